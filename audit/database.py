"""Rules that PostgreSQL keeps whoever writes: triggers that nobody can switch off for a session.

pgtrigger's own template lets any session name triggers to ignore; money and records must not have that door, so
`RuleSql` leaves it out. Every rule refuses with SQLSTATE 23000, which Django raises as `IntegrityError`, in words a
person can read.
"""

from collections.abc import Iterable
from typing import Any

import pgtrigger
from django.db import models
from pgtrigger import compiler


class RuleSql(compiler.UpsertTriggerSql):
    """Install a trigger that runs as the owner, with a fixed search path and no way round."""

    def get_template(self) -> str:
        return """
            CREATE OR REPLACE FUNCTION {pgid}() RETURNS TRIGGER AS $$
                {declare}
                BEGIN
                    {func}
                END;
            $$ LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp;
            DROP TRIGGER IF EXISTS {pgid} ON {table};
            CREATE {constraint} TRIGGER {pgid}
                {when} {operation} ON {table}
                {timing}
                {referencing}
                FOR EACH {level} {condition}
                EXECUTE PROCEDURE {execute};
            COMMENT ON TRIGGER {pgid} ON {table} IS '{hash}';
        """


def refuse(message: str, *values: str) -> str:
    """Return SQL that refuses the write; each % in `message` is filled by one SQL expression of `values`."""
    arguments = "".join(f", {value}" for value in values)
    return f"RAISE EXCEPTION '{message.replace(chr(39), chr(39) * 2)}'{arguments} USING ERRCODE = '23000';"


class Rule(pgtrigger.Trigger):
    """A trigger that cannot be ignored. `revokes` names privileges that the web role loses on the table."""

    when = pgtrigger.Before
    revokes: tuple[str, ...] = ()

    def compile(self, model: models.Model) -> compiler.Trigger:
        """Return the trigger as migrations keep it."""
        plain = super().compile(model)
        kwargs = {k: v for k, v in plain.sql.kwargs.items() if k != "ignore_func_name"}
        return compiler.Trigger(name=self.name, sql=RuleSql(**kwargs))


class AppendOnly(Rule):
    """Refuse every update and delete: a record is corrected by another record."""

    name = "append_only"
    operation = pgtrigger.Update | pgtrigger.Delete
    revokes = ("UPDATE", "DELETE")

    def get_func(self, model: models.Model) -> str:
        return refuse(f"{model._meta.verbose_name_plural} are never changed or deleted: add a new record")


class StateGraph(Rule):
    """Keep a state field on its graph: begin in `initial`, move only along `edges`.

    Args:
        edges: pairs (from, to), the same that the model's transitions allow.
    """

    operation = pgtrigger.Insert | pgtrigger.Update

    def __init__(self, *, edges: Iterable[tuple[str, str]], initial: str, field: str = "state") -> None:
        self.edges = tuple((str(a), str(b)) for a, b in edges)
        self.initial = str(initial)
        self.field = field
        super().__init__(name=f"{field}_graph")

    def get_func(self, model: models.Model) -> str:
        allowed = ", ".join(f"'{a}>{b}'" for a, b in self.edges)
        name = model._meta.verbose_name
        return f"""
            IF TG_OP = 'INSERT' THEN
                IF NEW.{self.field} <> '{self.initial}' THEN
                    {refuse(f"a {name} begins as {self.initial}, not %", f"NEW.{self.field}")}
                END IF;
            ELSIF NEW.{self.field} <> OLD.{self.field}
                  AND (OLD.{self.field} || '>' || NEW.{self.field}) NOT IN ({allowed}) THEN
                {refuse(f"a {name} cannot go from % to %", f"OLD.{self.field}", f"NEW.{self.field}")}
            END IF;
            RETURN NEW;
        """


def _column(model: models.Model, field: str) -> str:
    found: Any = model._meta.get_field(field)
    return found.column


class Frozen(Rule):
    """Refuse changes of `fields` once the row has left the states named in `open_in`; refuse deletes then too."""

    operation = pgtrigger.Update | pgtrigger.Delete

    def __init__(self, *, fields: Iterable[str], open_in: Iterable[str], field: str = "state") -> None:
        self.fields = tuple(fields)
        self.open_in = tuple(str(s) for s in open_in)
        self.field = field
        super().__init__(name="frozen")

    def get_func(self, model: models.Model) -> str:
        columns = [_column(model, f) for f in self.fields]
        changed = " OR ".join(f"NEW.{c} IS DISTINCT FROM OLD.{c}" for c in columns)
        states = ", ".join(f"'{s}'" for s in self.open_in)
        refusal = refuse(f"this {model._meta.verbose_name} is % and cannot be changed", f"OLD.{self.field}")
        return f"""
            IF OLD.{self.field} NOT IN ({states or "''"}) THEN
                IF TG_OP = 'DELETE' THEN
                    {refusal}
                ELSIF {changed} THEN
                    {refusal}
                END IF;
            END IF;
            IF TG_OP = 'DELETE' THEN RETURN OLD; END IF;
            RETURN NEW;
        """


class FrozenWith(Rule):
    """Refuse writing a child row once the row above it has left the states named in `open_in`.

    Args:
        parent: foreign keys from the child up to that row, such as "bid" or "partner__bid".
    """

    operation = pgtrigger.Insert | pgtrigger.Update | pgtrigger.Delete

    def __init__(self, *, parent: str, open_in: Iterable[str], field: str = "state") -> None:
        self.parent = parent
        self.open_in = tuple(str(s) for s in open_in)
        self.field = field
        super().__init__(name=f"frozen_with_{parent}")

    def get_declare(self, model: models.Model) -> list[tuple[str, str]]:
        return [("parent_state", "text")]

    def _look(self, model: models.Model, row: str) -> str:
        """Return SQL that reads the state above `row` (OLD or NEW) and holds it until the transaction ends."""
        first, *further = self.parent.split("__")
        key: Any = model._meta.get_field(first)
        above = key.related_model._meta
        joins, alias = f"{above.db_table} t0", "t0"
        for i, name in enumerate(further, start=1):
            link: Any = above.get_field(name)
            above = link.related_model._meta
            joins += f" JOIN {above.db_table} t{i} ON t{i}.{above.pk.column} = {alias}.{link.column}"
            alias = f"t{i}"
        return (
            f"SELECT {alias}.{self.field} INTO parent_state FROM {joins}"
            f" WHERE t0.{key.related_model._meta.pk.column} = {row}.{key.column} FOR SHARE OF {alias};"
        )

    def get_func(self, model: models.Model) -> str:
        states = ", ".join(f"'{s}'" for s in self.open_in)
        refusal = refuse(
            f"its {self.parent.split('__')[-1]} is %: {model._meta.verbose_name_plural} are fixed", "parent_state"
        )
        return f"""
            IF TG_OP <> 'INSERT' THEN
                {self._look(model, "OLD")}
                IF parent_state NOT IN ({states}) THEN {refusal} END IF;
            END IF;
            IF TG_OP = 'DELETE' THEN RETURN OLD; END IF;
            {self._look(model, "NEW")}
            IF parent_state NOT IN ({states}) THEN {refusal} END IF;
            RETURN NEW;
        """


def revoked_privileges(model: type[models.Model]) -> set[str]:
    """Return the privileges that the web role must not hold on a model's table."""
    rules = getattr(model._meta, "triggers", None) or []
    return {privilege for rule in rules if isinstance(rule, Rule) for privilege in rule.revokes}
