"""What the database keeps about organisations, whoever writes."""

import pgtrigger
from django.db import models

from audit.database import Rule, refuse


class SizeAsDeclared(Rule):
    """Let the size of an organisation change only to that of its newest declaration, or when it is no funder alone."""

    name = "size_as_declared"
    operation = pgtrigger.Update

    def get_func(self, model: models.Model) -> str:
        return f"""
            IF NEW.size <> OLD.size AND OLD.kind <> 'funder' AND NEW.size IS DISTINCT FROM (
                SELECT size FROM accounts_sizedeclaration WHERE organisation_id = NEW.id ORDER BY id DESC LIMIT 1
            ) THEN
                {refuse("the size of an organisation changes by a declaration of its figures")}
            END IF;
            RETURN NEW;
        """
