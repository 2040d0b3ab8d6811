"""Supporting files: checked before anybody opens one, in an order, replaced without a gap, each change told."""

import io

import pytest
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from lxml import html

from accounts.models import Message
from accounts.rules import Refused
from accounts.states import Role
from audit.models import Event
from funds import scanning
from funds.actions import supporting as actions
from funds.models import Competition, SupportingFile
from infra import storage
from tests.asking import get, post, text, told
from tests.cast import NOW
from tests.cast_bids import pdf
from tests.cast_public import FM, given_file
from tests.signing_in import signed_in

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock", "store")]
REF = "DHTC-T-1"


def add(competition, by, body: io.BytesIO | None = None, **changed) -> SupportingFile:
    facts = {"competition": competition, "file": body or pdf(), "filename": "Guide.PDF", "title": "Guidance", "by": by}
    return actions.add_file(**FM | facts | changed)


def titles() -> list[str]:
    found = html.fromstring(get(None, "competition", REF).content)
    return found.xpath("//section[@id='files']//a/text()")


def told_changes(competition) -> list[str]:
    return list(competition.changes.order_by("pk").values_list("what", flat=True))


def test_the_bytes_lie_on_s3_under_their_hash(competition, fund_manager):
    file = add(competition, fund_manager, pdf("figures"))
    assert storage.get(settings.S3_UPLOADS_BUCKET, file.key) == pdf("figures").getvalue()
    assert (file.filename, file.scan) == ("Guide.pdf", "waiting")


def test_a_file_that_is_not_found_clean_is_opened_by_nobody(competition, fund_manager, auditor):
    for file in (add(competition, fund_manager), given_file(competition, fund_manager, clean=False)):
        answers = [get(user, "competition_file", REF, file.pk).status_code for user in (None, fund_manager, auditor)]
        assert answers == [404, 404, 404]


def test_anybody_opens_a_clean_file_by_a_link_that_lasts_a_minute(shown_file):
    address = get(None, "competition_file", REF, shown_file.pk).headers["Location"]
    assert ("X-Amz-Expires=60" in address, "filename%2A%3DUTF-8" in address) == (True, True)


def test_the_worker_asks_the_scanner_and_shows_what_is_clean(competition, fund_manager):
    file = add(competition, fund_manager)
    scanning.scan_supporting_file(file.pk)
    assert SupportingFile.objects.get().scan == "clean"


def test_the_same_finding_again_changes_nothing_and_another_is_refused(shown_file, competition):
    assert scanning.record_scan(file=shown_file, clean=True, at=NOW).shown_at == NOW
    with pytest.raises(Refused, match="another finding"):
        scanning.record_scan(file=shown_file, clean=False, at=NOW)
    assert len(told_changes(competition)) == 1


def test_a_file_of_another_type_leaves_nothing_behind(competition, fund_manager):
    with pytest.raises(Refused):
        add(competition, fund_manager, io.BytesIO(b"MZ program"))
    assert SupportingFile.objects.count() == 0


def test_each_change_after_publication_is_told_to_the_public(shown_file, competition, fund_manager):
    newer = given_file(competition, fund_manager, "Guidance", replaces=shown_file)
    actions.remove_file(file=newer, by=fund_manager, **FM)
    assert told_changes(competition) == [
        "The file “Guidance” was added.",
        "The file “Guidance” was replaced by a newer one.",
        "The file “Guidance” was removed.",
    ]


def test_changes_of_a_draft_are_not_told(draft_competition, fund_manager):
    actions.remove_file(file=given_file(draft_competition, fund_manager), by=fund_manager, **FM)
    assert told_changes(draft_competition) == []


def test_the_earlier_file_stands_until_the_newer_one_is_clean(shown_file, competition, fund_manager):
    newer = add(competition, fund_manager, title="Newer", replaces=shown_file)
    assert titles() == ["Guidance"]
    scanning.record_scan(file=newer, clean=True, at=NOW)
    assert titles() == ["Newer"]


def test_an_infected_newer_file_replaces_nothing(shown_file, competition, fund_manager):
    given_file(competition, fund_manager, "Bad", clean=False, replaces=shown_file)
    assert titles() == ["Guidance"]


def test_who_uploaded_a_virus_is_told(competition, fund_manager):
    given_file(competition, fund_manager, clean=False)
    written = Message.objects.get(to=fund_manager, template="supporting_infected")
    assert written.subject == "A file of Test round holds a virus"


def test_of_two_newer_files_the_last_counts(shown_file, competition, fund_manager):
    first, last = (add(competition, fund_manager, title=t, replaces=shown_file) for t in ("First", "Last"))
    for file in (last, first):
        scanning.record_scan(file=file, clean=True, at=NOW)
    assert titles() == ["Last"]


def test_a_removed_file_takes_the_newer_one_that_waits_with_it(shown_file, competition, fund_manager):
    newer = add(competition, fund_manager, replaces=shown_file)
    actions.remove_file(file=shown_file, by=fund_manager, **FM)
    scanning.record_scan(file=newer, clean=True, at=NOW)
    assert titles() == []


def test_files_move_up_and_down_with_what_waits_to_replace_them(competition, fund_manager):
    one, _two, three = (given_file(competition, fund_manager, title) for title in ("One", "Two", "Three"))
    newer = add(competition, fund_manager, title="Newer", replaces=three)
    actions.move_file(file=three, up=True, by=fund_manager, **FM)
    actions.move_file(file=one, up=True, by=fund_manager, **FM)
    scanning.record_scan(file=newer, clean=True, at=NOW)
    assert titles() == ["One", "Newer", "Two"]


def test_a_title_changes_and_the_record_says_so(shown_file, fund_manager):
    actions.retitle_file(file=shown_file, title="Costs", by=fund_manager, **FM)
    assert titles() == ["Costs"]
    changes = Event.objects.get(verb="supporting_file.retitled").changes
    assert changes == {"title": ["Guidance", "Costs"]}


def test_only_fund_managers_change_files(shown_file, competition, auditor):
    facts = {"by": auditor, "role": Role.AUDITOR, "at": NOW}
    with pytest.raises(Refused, match="Only fund managers"):
        actions.remove_file(file=shown_file, **facts)
    with pytest.raises(Refused, match="Only fund managers"):
        add(competition, auditor, role=Role.AUDITOR)


def test_files_are_fixed_once_bids_are_assessed(shown_file, competition, fund_manager):
    Competition.objects.filter(pk=competition.pk).update(state="in_assessment")
    with pytest.raises(Refused, match="being assessed"):
        actions.remove_file(file=shown_file, by=fund_manager, **FM)


def test_what_was_removed_meanwhile_is_told(shown_file, competition, fund_manager):
    actions.remove_file(file=shown_file, by=fund_manager, **FM)
    with pytest.raises(Refused, match="meanwhile"):
        add(competition, fund_manager, replaces=shown_file)


def test_thirty_files_are_enough(competition, fund_manager, monkeypatch):
    monkeypatch.setattr(actions, "MOST_FILES", 1)
    given_file(competition, fund_manager)
    with pytest.raises(Refused, match="at most 1"):
        add(competition, fund_manager)


@pytest.mark.parametrize("change", ["SET sha256 = repeat('0', 64)", "SET competition_id = 0", "SET scan = 'waiting'"])
def test_the_database_keeps_what_was_given(change, shown_file):
    with pytest.raises(IntegrityError), connection.cursor() as cursor:
        cursor.execute(f"UPDATE funds_supportingfile {change}")


def test_the_database_shows_nothing_that_is_not_clean(competition, fund_manager):
    add(competition, fund_manager)
    with pytest.raises(IntegrityError), connection.cursor() as cursor:
        cursor.execute("UPDATE funds_supportingfile SET shown_at = now()")


# Pages


def sent(name: str = "a.pdf", body: bytes = b"%PDF-1.4\n%%EOF\n") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, body)


def test_an_official_uploads_on_the_page(competition, fund_manager):
    answer = post(fund_manager, "competition_files", REF, title="Guide", file=sent())
    assert ("checked for viruses" in told(answer)[0], SupportingFile.objects.get().title) == (True, "Guide")


@pytest.mark.parametrize(
    ("fields", "why"),
    [
        ({"title": "Guide"}, "Choose a file"),
        ({"file": sent()}, "Fill in “Title”"),
        ({"title": "x" * 121, "file": sent()}, "at most 120"),
        ({"title": "a\0b", "file": sent()}, "Null characters"),
        ({"title": "Guide", "file": sent(body=b"MZ")}, "This type of file is not taken"),
    ],
)
def test_what_is_wrong_is_told_beside_its_field(fields, why, competition, fund_manager):
    shown = html.fromstring(post(fund_manager, "competition_files", REF, **fields).content)
    assert [why in e.text_content() for e in shown.xpath("//*[contains(@class, 'govuk-error-message')]")] == [True]


def test_pages_replace_retitle_move_and_remove(shown_file, competition, fund_manager):
    other = given_file(competition, fund_manager, "Other")
    post(fund_manager, "file_change", REF, shown_file.pk, title="Guide")
    post(fund_manager, "file_move", REF, other.pk, up="1")
    post(fund_manager, "file_replace", REF, shown_file.pk, title="Guide 2", file=sent())
    scanning.record_scan(file=SupportingFile.objects.latest("pk"), clean=True, at=NOW)
    assert titles() == ["Other", "Guide 2"]
    post(fund_manager, "file_remove", REF, other.pk)
    assert titles() == ["Guide 2"]


def test_a_file_is_found_only_below_its_own_competition(shown_file, another, fund_manager):
    another(2)
    names = ("competition_file", "file_change", "file_replace")
    assert [get(fund_manager, name, "DHTC-T-2", shown_file.pk).status_code for name in names] == [404] * 3


def test_a_title_stays_a_text(competition, fund_manager):
    given_file(competition, fund_manager, "<script>alert(1)</script>")
    assert titles() == ["<script>alert(1)</script>"]
    assert "<script>alert(1)</script>" in text(get(fund_manager, "competition_files", REF))


@pytest.mark.parametrize("count", [1, 3])
def test_the_page_asks_the_same_number_of_queries(count, competition, fund_manager):
    for number in range(count):
        given_file(competition, fund_manager, f"File {number}")
    client = signed_in(fund_manager)
    with CaptureQueriesContext(connection) as queries:
        client.get(reverse("competition_files", args=[REF]))
    assert len(queries) == 6
