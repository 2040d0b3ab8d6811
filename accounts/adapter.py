"""How allauth makes our users."""

from allauth.account.adapter import DefaultAccountAdapter
from django.utils import timezone

from audit.record import record


class AccountAdapter(DefaultAccountAdapter):
    """Save the name that our sign-up form asks for, and put the new person on the record."""

    def save_user(self, request, user, form, commit=True):
        """Return the user with the name filled in."""
        user.full_name = form.cleaned_data.get("full_name", "")
        user = super().save_user(request, user, form, commit=commit)
        if commit:
            record("person.signed_up", f"user:{user.pk}", by=user, at=timezone.now(), role="person")
        return user
