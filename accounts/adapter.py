"""How allauth makes our users."""

from allauth.account.adapter import DefaultAccountAdapter
from allauth.mfa.adapter import DefaultMFAAdapter
from django.contrib import messages
from django.urls import reverse
from django.utils import timezone

from accounts import post
from audit.record import record


class AccountAdapter(DefaultAccountAdapter):
    """Save the name that our sign-up form asks for, and put the new person on the record."""

    error_messages = DefaultAccountAdapter.error_messages | {
        "account_inactive": "This account is closed. Ask the fund’s team to open it again.",
        "email_password_mismatch": "The e-mail address or the password is wrong. Check both and try again.",
        "enter_current_password": "That is not your current password. Try again, or reset it if you have forgotten it.",
        "incorrect_password": "That is not your password. Try again.",
        "too_many_login_attempts": "Too many wrong attempts. Wait five minutes, then try again or reset your password.",
        "rate_limited": "Too many attempts. Wait five minutes, then try again.",
    }

    def get_password_change_redirect_url(self, request):
        """Return the page to go on with after a new password."""
        return reverse("account")

    def save_user(self, request, user, form, commit=True):
        """Return the user with the name filled in."""
        user.full_name = form.cleaned_data.get("full_name", "")
        user = super().save_user(request, user, form, commit=commit)
        if commit:
            record("person.signed_up", f"user:{user.pk}", by=user, at=timezone.now(), role="person")
        return user

    def send_mail(self, template_prefix, email, context):
        """Send an e-mail of signing in at once: its secret link is not kept; that it was sent, is."""
        context = {"request": self.request, "email": email, **context}
        rendered = self.render_mail(template_prefix, email, context)
        name = template_prefix.rpartition("/")[2]
        if not post.send_now(name, address=email, subject=rendered.subject, body=rendered.body, at=timezone.now()):
            messages.error(self.request, "The e-mail could not be sent. Try again in a few minutes.")

    def confirm_email(self, request, email_address):
        """Confirm an address; the first time, welcome the person."""
        is_confirmed = super().confirm_email(request, email_address)
        if is_confirmed:
            user = email_address.user
            post.tell("welcome", to=user, key="person.welcome", at=timezone.now(), path=reverse("dashboard"))
        return is_confirmed


class MfaAdapter(DefaultMFAAdapter):
    """Say in our own words what is wrong with a code."""

    error_messages = DefaultMFAAdapter.error_messages | {
        "incorrect_code": "That code is wrong or too old. Enter the one that your app shows now.",
        "unverified_email": "Confirm your e-mail address before you set up an authenticator app.",
        "cannot_generate_recovery_codes": "Set up an authenticator app before you make recovery codes.",
    }
