"""Default deny: nobody sees a page without signing in, and staff do nothing without a second factor."""

from collections.abc import Callable

from allauth.mfa.adapter import get_adapter
from django.contrib import messages
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.shortcuts import redirect
from django.urls import Resolver404, resolve

from infra import kept

# Names of the addresses that anybody may open.
PUBLIC = frozenset(
    {
        "home",
        "competition",
        "find_competitions",
        "feed",
        "competition_answers",
        "competition_file",
        "invitation",
        "assessor_invitation",
        "letter_check",
        "letter_check_start",
        "accessibility",
        "privacy",
        "cookies",
        "health",
        "account_login",
        "account_logout",
        "account_signup",
        "account_confirm_email",
        "account_email_verification_sent",
        "account_reset_password",
        "account_reset_password_done",
        "account_reset_password_from_key",
        "account_reset_password_from_key_done",
        "account_inactive",
        "mfa_authenticate",
    }
)
# What staff without a second factor may still do: sign out and enrol.
BEFORE_SECOND_FACTOR = frozenset(
    {
        "account_logout",
        "account_reauthenticate",
        "mfa_index",
        "mfa_activate_totp",
        "home",
        "health",
        "accessibility",
        "privacy",
        "cookies",
    }
)
Next = Callable[[HttpRequest], HttpResponse]


def _name(request: HttpRequest) -> str | None:
    try:
        return resolve(request.path_info).url_name
    except Resolver404:
        return None


class MethodsOfPages:
    """Answer 405 to every method that no page of ours takes; some views of packages would take PUT for POST."""

    methods = ("GET", "HEAD", "OPTIONS", "POST")

    def __init__(self, get_response: Next) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request) if request.method in self.methods else HttpResponseNotAllowed(self.methods)


class SignInRequired:
    """Send anybody who is not signed in to the sign-in page, except on public pages, and keep what they typed.

    A part of a page, which htmx asks for, is answered 401: the page itself says so and keeps its text.
    """

    def __init__(self, get_response: Next) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.user.is_authenticated:
            kept.tidy(request)
            return self.get_response(request)
        name = _name(request)
        if name is None or name in PUBLIC:
            return self.get_response(request)
        if "HX-Request" in request.headers:
            return HttpResponse("You have been signed out.", content_type="text/plain", status=401)
        if kept.keep(request):
            messages.info(request, "You had been signed out. Sign in, and you will find what you typed.")
        return redirect_to_login(request.get_full_path())


class SecondFactorRequired:
    """Send staff who have no second factor to the page where they set one up."""

    def __init__(self, get_response: Next) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        user = request.user
        if (
            user.is_authenticated
            and user.is_staff
            and _name(request) not in BEFORE_SECOND_FACTOR
            and not get_adapter().is_mfa_enabled(user)
        ):
            return redirect("mfa_activate_totp")
        return self.get_response(request)
