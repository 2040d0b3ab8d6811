"""The public page that confirms a letter by its short code, or by its file."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from awards import forms, queries
from awards.models import Letter
from awards.register import answer, first_facts
from awards.views.shared import GET_OR_POST

OVERHEAD = 10_000  # bytes of a request around the file


@csrf_exempt  # it changes nothing; and so the size is judged before a byte of the body is read
@never_cache
@require_http_methods(GET_OR_POST)
def start(request: HttpRequest) -> HttpResponse:
    """Take a code, a hash or a file."""
    if typed := request.GET.get("code", "").replace("/", "").strip():
        return redirect("letter_check", typed[:80])
    return _page(request, code="", letter=None)


@csrf_exempt
@never_cache
@require_http_methods(GET_OR_POST)
def letter_check(request: HttpRequest, code: str) -> HttpResponse:
    """Confirm the letter with a code or a hash, and take a file that says that it is this letter."""
    return _page(request, code=code, letter=queries.letter_by_code(code))


def _page(request: HttpRequest, *, code: str, letter: Letter | None) -> HttpResponse:
    form, found, status = forms.LetterFile(), None, 404 if code and letter is None else 200
    if request.method == "POST":
        form, status = _received(request)
        if form.is_valid():
            found = answer(form.cleaned_data["letter"].read(), asked_about=letter)
    context = {
        "code": code,
        "is_hash": len(code) == queries.HASH_LENGTH,
        "letter": first_facts(letter) if letter else None,
        "form": form,
        "code_form": forms.LetterCode(initial={"code": code if letter is None else ""}),
        "answer": found,
    }
    return render(request, "awards/letter_check.html", context, status=status)


def _received(request: HttpRequest) -> tuple[forms.LetterFile, int]:
    """Return the form with the file, or refuse a file that is too large without reading it."""
    if int(request.META.get("CONTENT_LENGTH") or 0) > forms.LARGEST_LETTER + OVERHEAD:
        return forms.LetterFile.too_large(), 413
    return forms.LetterFile(request.POST, request.FILES), 200
