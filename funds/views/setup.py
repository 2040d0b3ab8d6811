"""The pages on which officials set a competition up, part by part."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts.models import User
from accounts.signed_in import acting
from accounts.states import Size
from funds import actions, approvals, call, parts, queries, reading, rules
from funds.forms.rows import NEW, ROW_FORMS
from funds.forms.setup import FORMS, Beginning
from funds.models import Competition, SentBack, Stream
from funds.money import pounds
from funds.parts import Part
from funds.seen import key_of
from funds.starters import STARTERS
from funds.states import CompetitionState, ResearchCategory
from infra import kept
from infra.deeds import attempt, carry_out, outcome

FIXED = parts.Status("Published")


def competition_for(user: User, reference: str) -> Competition:
    """Return a competition that the person may see, or answer 404."""
    found = queries.visible_to(user).select_related("responsible_officer", "regime")
    return get_object_or_404(found, reference=reference)


def draft_for(request: HttpRequest, reference: str) -> tuple[Competition, dict[str, Any]]:
    """Return a competition that is being set up, and who acts on it now as actions take it.

    A competition that is published has no such pages any more: the answer is 404.
    """
    user, role = acting(request, rules.SETS_UP)
    competition = competition_for(user, reference)
    if competition.state != CompetitionState.DRAFT:
        raise Http404
    return competition, {"competition": competition, "by": user, "role": role, "at": timezone.now()}


@require_http_methods(["GET", "POST"])
def begin(request: HttpRequest) -> HttpResponse:
    """Begin a competition from a template or as a copy."""
    user, role = acting(request, rules.SETS_UP)
    form = Beginning(request.POST or None)
    if request.method == "POST" and form.is_valid():
        typed = form.cleaned_data
        earlier = typed["copy_of"] if typed["start_from"] == "copy" else None
        starter = actions.starter_of(earlier) if earlier else STARTERS[typed["start_from"]]
        stream = earlier.stream if earlier else Stream.objects.filter(code=typed["start_from"]).first()
        if stream is None:
            form.add_error("start_from", "This stream has no money yet. Give it an envelope first.")
        elif made := outcome(
            form, actions.set_up, stream=stream, starter=starter, reference=typed["reference"], title=typed["title"],
            by=user, role=role, at=timezone.now(),
        ):  # fmt: skip
            return redirect("setup", made.reference)
    return render(request, "funds/begin.html", {"form": form})


@require_GET
def overview(request: HttpRequest, reference: str) -> HttpResponse:
    """Show the parts of a competition with what is complete, what is wrong, and what can be done next."""
    user, _ = acting(request, rules.READS_MONEY)
    competition = competition_for(user, reference)
    found, now = queries.set_up_of(competition), timezone.now()
    is_draft, may_manage = competition.state == CompetitionState.DRAFT, bool(user.roles & rules.SETS_UP)
    missing = parts.missing(found, now)
    facts = {
        "competition": competition,
        "tasks": [
            _task(reference, found, part, status, is_draft and may_manage)
            for part, status in (parts.statuses(found, now) if is_draft else dict.fromkeys(Part, FIXED)).items()
        ],
        "missing": [(text, _address(reference, part)) for part, texts in missing.items() for text in texts],
        "proposal": approvals.newest("competition", reference),
        "sent_back": SentBack.objects.filter(proposal__kind="competition", proposal__reference=reference).last(),
        "done": len(Part) - len(missing),
        "may_manage": may_manage,
        "is_draft": is_draft,
    }
    return render(request, "funds/setup.html", facts)


def _address(reference: str, part: Part) -> str:
    """Return the page on which a part is worked on."""
    if part == Part.MONEY:
        return reverse("setup_money", args=[reference])
    return reverse("setup_rows" if part in ROW_FORMS else "setup_part", args=[reference, part.value])


def _task(reference: str, found: parts.SetUp, part: Part, status: parts.Status, may_change: bool) -> dict[str, Any]:
    """Return a part as an item of the task list; the money can be looked at by all who see the list."""
    rows = {Part.STRANDS: found.strands, Part.QUESTIONS: found.questions, Part.DOCUMENTS: found.documents}
    number = f"{len(rows[part]) or 'None'} so far" if part in rows else ""
    hint = pounds(found.pot_pence) if part == Part.MONEY else number
    shown = {"tag": {"text": status.label, "classes": f"govuk-tag--{status.colour}"}} if status.colour else {}
    return {
        "title": {"text": part.label},
        "href": _address(reference, part) if may_change or part == Part.MONEY else "",
        "hint": {"text": hint} if hint else None,
        "status": shown or {"text": status.label},
    }


@require_http_methods(["GET", "POST"])
def part(request: HttpRequest, reference: str, part: str) -> HttpResponse:
    """Show one part, and save it; "complete" is pressed to mark it too."""
    if part not in FORMS:
        raise Http404
    competition, who = draft_for(request, reference)
    form = FORMS[part](request.POST or kept.typed(request), competition=competition)
    if request.method == "POST" and form.is_valid():
        is_complete = request.POST.get("then") == "complete"
        deed = {"part": Part(part), "fields": form.fields_typed(), "is_complete": is_complete}
        deed["seen"] = form.cleaned_data["seen"]
        if carry_out(form, actions.save_part, **deed, **who):
            label = Part(part).label
            messages.success(request, f"{label}: {'complete' if is_complete else 'saved, not complete yet'}.")
            return redirect("setup", reference)
    facts = {"competition": competition, "form": form, "part": Part(part), "is_typed": form.is_bound}
    if form.outdated:
        facts["theirs"] = reading.part_lines(queries.set_up_of(form.outdated.theirs), Part(part))
    if part == Part.SUBSIDY:
        tables = {"ceilings": call.ceilings_of(competition), "regimes": call.ceilings_of_regimes()}
        facts |= tables | {"sizes": Size.labels}
    if part == Part.CONSORTIUM:
        facts["strands"] = competition.strands.all()
    return render(request, "funds/setup_part.html", facts)


def _rows_page(reference: str, part: str, key: int = 0) -> HttpResponse:
    """Lead back to the list of a part, at the row that was changed."""
    return redirect(reverse("setup_rows", args=[reference, part]) + (f"#row-{key}" if key else ""))


@require_GET
def rows(request: HttpRequest, reference: str, part: str) -> HttpResponse:
    """List the strands, questions or documents of a competition."""
    if part not in ROW_FORMS:
        raise Http404
    competition, who = draft_for(request, reference)
    found = queries.set_up_of(competition)
    facts = {
        "competition": competition,
        "part": Part(part),
        "rows": {Part.STRANDS: found.strands, Part.QUESTIONS: found.questions}.get(Part(part), found.documents),
        "wrong": parts.problems(found, who["at"])[Part(part)],
        "is_marked": part not in competition.parts_to_do,
        "categories": {strand.pk: call.labels(ResearchCategory, strand.categories) for strand in found.strands},
    }
    return render(request, f"funds/setup_{part}.html", facts)


@require_http_methods(["GET", "POST"])
def row(request: HttpRequest, reference: str, part: str, key: int = 0) -> HttpResponse:
    """Add a strand, a question or a document, or change one."""
    if part not in ROW_FORMS:
        raise Http404
    competition, who = draft_for(request, reference)
    found = get_object_or_404(actions.ROWS[part].objects.filter(competition=competition), pk=key) if key else None
    names = [name for name in ROW_FORMS[part].base_fields if name != "seen"]
    initial = {name: getattr(found, name) for name in names} | {"seen": key_of(found, names)} if found else NEW[part]
    form = ROW_FORMS[part](request.POST or kept.typed(request), initial=initial)
    if request.method == "POST" and form.is_valid():
        typed = {name: form.cleaned_data[name] for name in names}
        deed = {"part": Part(part), "key": key or None, "fields": typed, "seen": form.cleaned_data["seen"]}
        if saved := outcome(form, actions.save_row, **deed, **who):
            return _rows_page(reference, part, saved.pk)
    facts = {"competition": competition, "form": form, "part": Part(part), "row": found, "is_typed": form.is_bound}
    if form.outdated:
        facts["theirs"] = reading.row_lines(Part(part), form.outdated.theirs)
    return render(request, "funds/setup_row.html", facts)


@require_http_methods(["GET", "POST"])
def remove(request: HttpRequest, reference: str, part: str, key: int) -> HttpResponse:
    """Ask whether a strand, a question or a document is to go, and take it out."""
    competition, who = _row_deed(request, reference, part)
    if request.method == "GET":
        row = get_object_or_404(actions.ROWS[part].objects.filter(competition=competition), pk=key)
        facts = {"competition": competition, "part": Part(part), "row": row}
        facts["lines"] = reading.row_lines(Part(part), row)
        return render(request, "funds/setup_remove.html", facts)
    attempt(request, actions.remove_row, "It is removed.", part=Part(part), key=key, **who)
    return _rows_page(reference, part)


@require_POST
def move(request: HttpRequest, reference: str, part: str, key: int) -> HttpResponse:
    """Move a question or a document up or down."""
    _, who = _row_deed(request, reference, part)
    if part == Part.STRANDS:
        raise Http404
    is_up = request.POST.get("way") == "up"
    attempt(request, actions.move_row, "The order is changed.", part=Part(part), key=key, is_up=is_up, **who)
    return _rows_page(reference, part, key)


@require_POST
def mark(request: HttpRequest, reference: str, part: str) -> HttpResponse:
    """Mark strands, questions or documents as complete, or as not complete yet."""
    _, who = _row_deed(request, reference, part)
    is_complete = request.POST.get("complete") == "yes"
    label = Part(part).label
    done = f"{label}: complete." if is_complete else f"{label}: not complete yet."
    if attempt(request, actions.mark_part, done, part=Part(part), is_complete=is_complete, **who):
        return redirect("setup", reference)
    return _rows_page(reference, part)


def _row_deed(request: HttpRequest, reference: str, part: str) -> tuple[Competition, dict[str, Any]]:
    if part not in ROW_FORMS:
        raise Http404
    return draft_for(request, reference)


@require_GET
def preview(request: HttpRequest, reference: str) -> HttpResponse:
    """Show the form as an applicant will find it."""
    user, _ = acting(request, rules.READS_MONEY)
    competition = competition_for(user, reference)
    facts = {
        "competition": competition,
        **call.terms_of(competition),
        "public": reverse("competition", args=[reference]),
    }
    return render(request, "funds/preview.html", facts)
