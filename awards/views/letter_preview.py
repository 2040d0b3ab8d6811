"""The letter as it would look, for those who put it forward or issue it."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from accounts.rules import Refused
from awards import rules
from awards.letter_preview import would_say
from awards.letters.errors import LetterRefused
from awards.views.shared import as_official, find_award


@require_safe
@never_cache
def preview(request: HttpRequest, reference: str) -> HttpResponse:
    """Hand out the letter as a PDF, as it would be issued now; say what is missing where it cannot be."""
    from awards.letters.preview import preview  # the renderer takes 0.7 s and 46 MB, which few requests need

    found = find_award(request, reference)
    as_official(request, rules.ISSUES)
    try:
        pdf = preview(would_say(found, timezone.now()))
    except (Refused, LetterRefused) as refused:
        messages.error(request, str(refused))
        return redirect("award", reference)
    answer = HttpResponse(pdf, content_type="application/pdf")
    answer["Content-Disposition"] = f'inline; filename="{reference}-letter-preview.pdf"'
    return answer
