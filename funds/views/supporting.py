"""Officials keep the supporting files of a competition."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST

from accounts.signed_in import acting
from funds import queries, rules
from funds.actions import supporting as actions
from funds.forms.supporting import FileForm, TitleForm
from funds.models import Competition, SupportingFile
from infra.deeds import attempt, carry_out

CHECKED = "The file is uploaded. The public sees it once it has been checked for viruses, usually within a minute."


def _competition(request: HttpRequest, reference: str) -> Competition:
    return get_object_or_404(queries.visible_to(request.user), reference=reference)


def _file(request: HttpRequest, reference: str, file: int) -> SupportingFile:
    rows = _competition(request, reference).supporting_files.filter(removed_at=None)
    return get_object_or_404(rows.select_related("competition"), pk=file)


@require_http_methods(["GET", "HEAD", "POST"])
def files(request: HttpRequest, reference: str) -> HttpResponse:
    """Show the files of a competition, and add one."""
    user, role = acting(request, rules.SETS_UP)
    found = _competition(request, reference)
    form = FileForm(*((request.POST, request.FILES) if request.method == "POST" else ()))
    if form.is_valid():
        facts = {"competition": found, "title": form.cleaned_data["title"], "by": user, "role": role}
        sent = form.cleaned_data["file"]
        if carry_out(form, actions.add_file, file=sent, filename=sent.name, at=timezone.now(), **facts):
            messages.success(request, CHECKED)
            return redirect("competition_files", reference)
    there = found.supporting_files.filter(removed_at=None).select_related("uploaded_by")
    return render(request, "funds/files.html", {"competition": found, "form": form, "files": list(there)})


@require_http_methods(["GET", "HEAD", "POST"])
def change(request: HttpRequest, reference: str, file: int) -> HttpResponse:
    """Give a file another title."""
    user, role = acting(request, rules.SETS_UP)
    found = _file(request, reference, file)
    form = TitleForm(request.POST or None, initial={"title": found.title})
    facts = {"file": found, "by": user, "role": role, "at": timezone.now()}
    if form.is_valid() and carry_out(form, actions.retitle_file, **facts, **form.cleaned_data):
        messages.success(request, "The title is changed.")
        return redirect("competition_files", reference)
    return render(request, "funds/file_change.html", {"competition": found.competition, "file": found, "form": form})


@require_http_methods(["GET", "HEAD", "POST"])
def replace(request: HttpRequest, reference: str, file: int) -> HttpResponse:
    """Put a newer file in the place of one."""
    user, role = acting(request, rules.SETS_UP)
    found = _file(request, reference, file)
    sent = (request.POST, request.FILES) if request.method == "POST" else ()
    form = FileForm(*sent, title=found.title)
    if form.is_valid():
        new = form.cleaned_data["file"]
        facts = {"competition": found.competition, "replaces": found, "by": user, "role": role, "at": timezone.now()}
        if carry_out(form, actions.add_file, file=new, filename=new.name, title=form.cleaned_data["title"], **facts):
            messages.success(request, f"{CHECKED} Until then they see the one before.")
            return redirect("competition_files", reference)
    return render(request, "funds/file_replace.html", {"competition": found.competition, "file": found, "form": form})


@require_POST
def remove(request: HttpRequest, reference: str, file: int) -> HttpResponse:
    """Take a file away."""
    user, role = acting(request, rules.SETS_UP)
    found = _file(request, reference, file)
    facts = {"file": found, "by": user, "role": role, "at": timezone.now()}
    attempt(request, actions.remove_file, f"“{found.title}” is removed.", **facts)
    return redirect("competition_files", reference)


@require_POST
def move(request: HttpRequest, reference: str, file: int) -> HttpResponse:
    """Move a file up or down."""
    user, role = acting(request, rules.SETS_UP)
    found = _file(request, reference, file)
    facts = {"file": found, "up": "up" in request.POST, "by": user, "role": role, "at": timezone.now()}
    attempt(request, actions.move_file, "The order is changed.", **facts)
    return redirect("competition_files", reference)
