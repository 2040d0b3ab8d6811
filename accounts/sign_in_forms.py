"""The forms of signing in and of one's account, in our own words."""

from typing import Any

from allauth.account import forms as account
from allauth.mfa.base import forms as mfa
from allauth.mfa.totp import forms as totp
from django import forms
from django.core.validators import EmailValidator

ADDRESS = EmailValidator("Enter an e-mail address in full, such as name@example.org.")
E_MAIL = "E-mail address"
HINT_FOR_A_NEW_ONE = "At least 12 characters. Three random words are easy to remember and hard to guess."
CODE_HINT = "6 digits, such as 123456. A recovery code works too."


class OurWords(forms.Form):
    """Give each field the label and hint of `words`, and leave out the fields named in `without`."""

    words: dict[str, tuple[str, str]] = {}
    without: tuple[str, ...] = ()

    def __init__(self, *arguments: Any, **named: Any) -> None:
        super().__init__(*arguments, **named)
        for name in self.without:
            self.fields.pop(name, None)
        for name, (label, hint) in self.words.items():
            field = self.fields[name]
            field.label, field.help_text = label, hint
            field.error_messages["required"] = f"Enter your {label[0].lower()}{label[1:]}."
            if name == "code":
                field.widget.attrs |= {"class": "govuk-input--width-10", "inputmode": "numeric"}
            if isinstance(field, forms.EmailField):
                field.validators = [ADDRESS]


class SignIn(OurWords, account.LoginForm):
    """E-mail address and password."""

    words = {"login": (E_MAIL, ""), "password": ("Password", "")}


class SignUp(OurWords, account.SignupForm):
    """Name, e-mail address and password."""

    field_order = ["full_name", "email", "password1"]
    words = {
        "full_name": ("Full name", ""),
        "email": (E_MAIL, "We will send you a link to confirm it."),
        "password1": ("Password", HINT_FOR_A_NEW_ONE),
    }


class ChangePassword(OurWords, account.ChangePasswordForm):
    """The password one has and the one that shall take its place."""

    words = {"oldpassword": ("Current password", ""), "password1": ("New password", HINT_FOR_A_NEW_ONE)}
    without = ("password2",)


class SetPassword(OurWords, account.SetPasswordForm):
    """A first password."""

    words = {"password1": ("New password", HINT_FOR_A_NEW_ONE)}
    without = ("password2",)


class AskForReset(OurWords, account.ResetPasswordForm):
    """The address to send a link to."""

    words = {"email": (E_MAIL, "")}


class ResetPassword(OurWords, account.ResetPasswordKeyForm):
    """The password that shall take the place of the one forgotten."""

    words = {"password1": ("New password", HINT_FOR_A_NEW_ONE)}
    without = ("password2",)


class ConfirmPassword(OurWords, account.ReauthenticateForm):
    """The password again, before something that needs care."""

    words = {"password": ("Password", "")}


class Code(OurWords, mfa.AuthenticateForm):
    """A code of the second factor at sign-in."""

    words = {"code": ("Security code", CODE_HINT)}


class ConfirmCode(OurWords, mfa.ReauthenticateForm):
    """A code of the second factor, before something that needs care."""

    words = {"code": ("Security code", CODE_HINT)}


class FirstCode(OurWords, totp.ActivateTOTPForm):
    """The first code of an app that has just been set up."""

    words = {"code": ("Security code", "The 6 digits that the app shows now.")}
