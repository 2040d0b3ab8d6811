"""The public page that confirms a letter: by its code, by its file, and no more than the letter says itself."""

from io import BytesIO

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client, RequestFactory
from django.urls import reverse

from awards import tasks
from awards.models import Award, Letter, LetterRequest
from awards.views import checks
from funds import approvals
from infra import storage
from tests.asking import get, text
from tests.cast import NOW
from tests.cast_awards import People

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]


@pytest.fixture
def letter(issued_award) -> Letter:
    """A letter that is stored."""
    tasks.make_letters(at=NOW)
    return issued_award.letters.get()


@pytest.fixture
def pdf(letter, settings) -> bytes:
    """The bytes of that letter."""
    return storage.get(settings.S3_LETTERS_BUCKET, letter.key)


def sealed(award: Award, number: int, short_code: str) -> tuple[LetterRequest, bytes]:
    """Return a further letter of an award, as the worker seals it."""
    data = LetterRequest.objects.filter(award=award).first().data
    data["letter"] |= {"number": number, "short_code": short_code, "reference": f"{award.reference}/{number}"}
    data["award"]["accepted_on"] = "2027-02-02"
    request = LetterRequest(award=award, number=number, data=data, short_code=short_code, requested_at=NOW)
    return request, tasks.sealed(request)


def send(pdf: bytes, *code: str) -> str:
    """Upload a file without signing in and without a token; return the page's text."""
    name = "letter_check" if code else "letter_check_start"
    file = SimpleUploadedFile("letter.pdf", pdf, "application/pdf")
    return text(Client(enforce_csrf_checks=True).post(reverse(name, args=code), {"letter": file}))


def test_a_code_confirms_the_letter_and_tells_its_first_facts(letter):
    page = text(get(None, "letter_check", letter.short_code))
    assert "We issued a letter with this code, and no later one has taken its place." in page
    assert f"Award {letter.award.reference} Letter 1 Recipient Breathe Example Ltd Dated 2 February 2027" in page
    assert letter.sha256 in page


def test_a_code_is_known_in_small_letters_and_without_its_dash(letter):
    assert letter.sha256 in text(get(None, "letter_check", letter.short_code.lower().replace("-", "")))


def test_a_hash_confirms_the_letter_as_its_code_does(letter):
    typed = get(None, "letter_check_start", code=f" {letter.sha256.upper()} ").headers["Location"]
    assert f"Short code {letter.short_code}" in text(Client().get(typed))
    assert "no letter with the hash 0000" in text(get(None, "letter_check", "0" * 64))


def test_nothing_else_is_told(letter, people):
    page = text(get(None, "letter_check", letter.short_code))
    secrets = ("40,250", "17,251", letter.award.bid.title, letter.award.bid.reference, "Sampletown", "Frances")
    assert [secret for secret in secrets if secret in page] == []


def test_an_unknown_code_is_answered_plainly_with_help():
    answer = get(None, "letter_check", "ABCD-2345")
    assert answer.status_code == 404
    assert "We have issued no letter with the code ABCD-2345 ." in text(answer)
    assert 'name="code"' in answer.content.decode()


def test_a_code_in_markup_stays_text():
    assert b"<b>x" not in get(None, "letter_check", "<b>x").content


def test_a_letter_that_is_not_stored_yet_is_not_confirmed(issued_award):
    code = issued_award.letter_requests.get().short_code
    assert get(None, "letter_check", code).status_code == 404


def test_a_typed_code_leads_to_its_page(letter):
    answer = get(None, "letter_check_start", code=f" {letter.short_code} ")
    assert answer.headers["Location"] == f"/letters/{letter.short_code}"


@pytest.mark.parametrize("typed", ["../awards/", "//example.org", "?", "\x00", "é" * 40])
def test_whatever_is_typed_as_a_code_is_answered(typed):
    client = Client()
    asked = client.get(reverse("letter_check_start"), {"code": typed})
    assert client.get(asked.headers["Location"]).status_code == 404


def second_letter(award: Award, people: People) -> None:
    """Write a second letter of an award down, on two people's word."""
    facts = {"role": "fund_manager", "at": NOW}
    content = {"what": "the award has changed"}
    proposal = approvals.propose(
        kind="letter", reference=award.reference, content=content, by=people.fund_manager, **facts
    )
    approvals.approve(proposal=proposal, by=people.second_manager, **facts)
    request, pdf = sealed(award, 2, "AAAA-2222")
    request.save()
    facts = {"request": request, "award": award, "number": 2, "short_code": "AAAA-2222", "stored_at": NOW}
    Letter.objects.create(sha256="a" * 64, key="letters/a.pdf", bytes=len(pdf), **facts)


def test_a_later_letter_supersedes(letter, people):
    second_letter(letter.award, people)
    assert "This letter is superseded" in text(get(None, "letter_check", letter.short_code))


def test_the_file_itself_is_genuine(letter, pdf):
    page = send(pdf, letter.short_code)
    assert "This letter is genuine Not a byte has changed since it was sealed." in page
    assert f"Award {letter.award.reference}" in page


def test_a_file_is_checked_without_a_code(letter, pdf):
    assert f"Short code {letter.short_code}" in send(pdf)


@pytest.mark.parametrize("place", [100, 20_000, -100])
def test_a_changed_byte_is_told(place, letter, pdf):
    changed = bytearray(pdf)
    changed[place] ^= 1
    page = send(bytes(changed), letter.short_code)
    assert "This file is not a letter as we sealed it. Do not rely on it." in page
    assert letter.award.reference not in page


def test_a_file_without_a_seal_is_told(letter):
    assert "The file carries no seal." in send(b"%PDF-1.7 nothing", letter.short_code)


def test_a_sealed_file_that_the_register_does_not_hold_is_told(letter):
    assert "This file carries our seal, but the register holds no such letter." in send(
        sealed(letter.award, 3, "BBBB-3333")[1], letter.short_code
    )


def test_a_genuine_letter_with_another_code_is_told(letter, pdf, people):
    second_letter(letter.award, people)
    assert "a genuine letter, but not the one with the code that you asked about" in send(pdf, "AAAA-2222")


def test_no_file_is_an_error_beside_the_field():
    answer = Client().post(reverse("letter_check_start"), {})
    assert "Choose a file for “The letter as a PDF”." in text(answer)


def test_a_file_above_5_mb_is_refused():
    page = send(b"%PDF-" + b"x" * 5_000_000)
    assert "The file is larger than 5 MB, and no award letter is." in page


def test_a_request_far_too_large_is_refused_without_being_read():
    class Untouched(BytesIO):
        def read(self, *size):
            raise AssertionError("The body was read.")

    request = RequestFactory().post("/letters/", b"", content_type="multipart/form-data; boundary=x")
    request.META |= {"CONTENT_LENGTH": "900000000", "wsgi.input": Untouched()}
    form, status = checks._received(request)
    assert (status, form.errors["letter"]) == (413, ["The file is larger than 5 MB, and no award letter is. "
                                                     "Choose the letter as you received it."])  # fmt: skip
