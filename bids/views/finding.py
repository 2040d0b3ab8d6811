"""Find an organisation, step by step: its kind, a search, and what it is. One finder for every page that needs one."""

import datetime as dt
from collections.abc import Collection
from dataclasses import dataclass, field
from typing import Any

from django import forms
from django.http import HttpRequest

from accounts import registers
from accounts.models import Organisation
from accounts.registers import Hit, Named
from accounts.states import OrganisationKind
from bids.forms.organisations import KindForm, OrganisationForm, SearchForm, key_name

SEARCHED = 200  # characters that are looked at


@dataclass
class Finding:
    """Where somebody stands who looks for an organisation.

    Attributes:
        form: asks for the kind, for words to search, or for what is needed to name it.
        hits: what a search found; None when nothing was searched.
        away: why the register was not asked, in words.
    """

    form: forms.Form
    kind: str = ""
    named: Named = field(default_factory=lambda: Named(""))
    hits: list[Hit] | None = None
    away: str = ""

    @property
    def known(self) -> Organisation | None:
        """The organisation that was meant, when it is known here."""
        return self.named.known

    @property
    def step(self) -> str:
        """What is asked now: kind, search or name."""
        return {KindForm: "kind", SearchForm: "search"}.get(type(self.form), "name")

    @property
    def may_type(self) -> bool:
        """Tell whether it can be typed when it is not found: no register could say that it is not there."""
        return self.kind not in registers.REGISTERED or bool(self.away) or not registers.register_of(self.kind)

    def facts(self, at: dt.datetime) -> dict[str, Any] | None:
        """Return what the actions of `bids.actions.organisations` take; None until all is said."""
        if isinstance(self.form, OrganisationForm) and self.form.is_valid():
            return self.form.facts(at)
        return None


def find(request: HttpRequest, kinds: Collection[str], label: str) -> Finding:
    """Return where somebody stands, by `kind`, `q`, `key` and `typed` of the address and by what they post.

    Args:
        kinds: the kinds of organisation that are possible; a single one is not asked for.
        label: how the kind is asked for.
    """
    allowed = list(kinds)
    kind = allowed[0] if len(allowed) == 1 else request.GET.get("kind", "")
    if kind not in allowed:
        is_asked = "kind" in request.GET or "asked" in request.GET
        return Finding(KindForm(request.GET if is_asked else None, kinds=allowed, label=label))
    if request.method != "POST" and kind != OrganisationKind.AHSN and not {"key", "typed"} & request.GET.keys():
        return _searched(request, kind)
    text = (request.POST.get(key_name(kind)) if request.method == "POST" else request.GET.get("key")) or ""
    named = registers.named(kind, text[:SEARCHED]) if text.strip() else Named("")
    if named.wrong and request.method != "POST":
        search = SearchForm({"q": text, "kind": kind}, kind=kind)
        search.add_error("q", named.wrong)
        return Finding(search, kind)
    return Finding(OrganisationForm(request.POST or None, kind=kind, named=named), kind, named, away=named.away)


def _searched(request: HttpRequest, kind: str) -> Finding:
    form = SearchForm(request.GET if "q" in request.GET else None, kind=kind)
    if not form.is_valid():
        return Finding(form, kind)
    hits, away = registers.search(kind, form.cleaned_data["q"])
    return Finding(form, kind, hits=hits, away=away)
