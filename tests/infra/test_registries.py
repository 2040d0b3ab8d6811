"""Registers are asked over HTTP: what they answer is typed, and every failure becomes one of two, in plain words."""

import pytest

from infra.registries import companies, ods
from infra.registries.asking import Entry, NotFound, RegistryAway, one_line, text
from tests.infra.test_settings import manage
from tests.registers import registers

__all__ = ["registers"]
pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("registers")]
NEW = "98000002"


def company(number: str = NEW) -> Entry:
    return companies.company(companies.register(), number)


def trust(code: str) -> Entry:
    return ods.organisation(ods.register(), code)


def named(words: str) -> list[str]:
    return [entry.name for entry in companies.search(companies.register(), words)]


def test_a_company_comes_with_its_registered_office():
    assert company() == Entry(
        name="NEW EXAMPLE LTD", key=NEW, status="active", is_open=True, address="2 Example Lane, Sampletown",
        postcode="EX2 2CC",
    )  # fmt: skip


def test_a_company_without_an_address_has_none():
    assert (company("98000009").address, company("98000009").postcode) == ("", "")


@pytest.mark.parametrize(
    ("number", "is_open", "warning"),
    [("98000004", False, "Companies House: dissolved"), ("98000005", False, "Companies House: liquidation"),
     ("98000006", True, "Companies House: administration")],
)  # fmt: skip
def test_a_company_that_ends_is_not_open_and_one_in_trouble_is_flagged(number, is_open, warning):
    assert (company(number).is_open, company(number).warning) == (is_open, warning)


def test_companies_are_found_by_the_words_of_their_name():
    assert named("example new") == ["NEW EXAMPLE LTD", "NEW EXAMPLE HOLDINGS LTD"]


def test_companies_are_found_by_number():
    assert named(NEW) == ["NEW EXAMPLE LTD"]


def test_nothing_is_found_by_words_that_no_name_has():
    assert named("zzz") == []


def test_html_in_a_name_stays_text():
    assert company("98000007").name == '<b>BOLD</b> & "QUOTED" EXAMPLE LTD'


def test_a_trust_comes_with_the_region_two_steps_above_it():
    found = trust("R0A")
    assert (found.name, found.region, found.postcode, found.is_open) == (
        "MANCHESTER UNIVERSITY NHS FOUNDATION TRUST", "North West", "M13 9WL", True,
    )  # fmt: skip


def test_trusts_are_found_by_name():
    assert [e.key for e in ods.search(ods.register(), "manchester university")] == ["R0A"]


@pytest.mark.parametrize("look", [lambda: company("99999999"), lambda: trust("ZZ9")])
def test_what_a_register_does_not_have_is_not_found(look):
    with pytest.raises(NotFound):
        look()


@pytest.mark.parametrize(
    "number",
    [
        "../../search",
        "1/../2",
        "http://127.0.0.1",
        "98000002?x=1",
        "98000002#",
        "１２３４５６７８",
        "",
        "\x00",
        "@evil",
    ],
)
def test_no_number_leads_elsewhere(registers, number):
    for look in (company, trust):
        with pytest.raises(NotFound):
            look(number)
    assert registers.asked == []


@pytest.mark.parametrize("words", ["../company/98000002", "a&items_per_page=1000", "?q=", "#", "http://127.0.0.1:1/"])
def test_words_of_a_search_stay_words(registers, words):
    named(words)
    assert [path.partition("?")[0] for path in registers.asked] == ["/companies-house/search/companies"]


@pytest.mark.parametrize("trouble", ["500", "429", "503", "slow", "cut"])
def test_one_failure_is_tried_again(registers, trouble):
    registers.tell(trouble)
    assert company().name == "NEW EXAMPLE LTD"
    assert len(registers.asked) == 2


@pytest.mark.parametrize("trouble", ["500", "429", "slow", "cut"])
def test_a_register_that_keeps_failing_is_away_after_three_attempts(registers, trouble):
    registers.tell(f"always {trouble}")
    with pytest.raises(RegistryAway):
        company()
    assert len(registers.asked) == 3


@pytest.mark.parametrize("trouble", ["nonsense", "302", "400", "403"])
def test_an_answer_that_cannot_be_used_is_not_asked_for_again(registers, trouble):
    registers.tell(trouble)
    with pytest.raises(RegistryAway):
        company()
    assert len(registers.asked) == 1


def test_a_register_that_failed_is_left_alone_for_a_moment(registers):
    registers.tell("nonsense")
    for _ in range(2):
        with pytest.raises(RegistryAway):
            company()
    assert len(registers.asked) == 1


def test_a_register_that_is_not_there_is_away(settings):
    settings.COMPANIES_HOUSE_URL = "http://127.0.0.1:9/companies-house"
    with pytest.raises(RegistryAway, match="does not answer"):
        company()


def test_a_wrong_key_is_no_reason_to_say_that_a_company_is_not_there(settings):
    settings.COMPANIES_HOUSE_KEY = "wrong"
    with pytest.raises(RegistryAway, match="401"):
        company()


def test_an_answer_is_remembered(registers):
    assert company() == company()
    assert len(registers.asked) == 1


def test_an_organisation_that_is_no_nhs_body_is_not_found(registers):
    registers.trusts["FA123"] = registers.trusts["R0A"] | {"ods_code": "FA123"}
    registers.ods, asked = lambda path, question: (status, _as_pharmacy(said)), registers.ods
    status, said = asked(["organisations", "FA123"], {})
    with pytest.raises(NotFound, match="not the code of an NHS body"):
        trust("FA123")


def _as_pharmacy(said: dict) -> dict:
    return {"Organisation": said["Organisation"] | {"Roles": {"Role": [{"id": "RO182", "primaryRole": True}]}}}


@pytest.mark.parametrize(
    "said",
    [{}, {"company_number": NEW}, {"company_number": NEW, "registered_office_address": []},
     {"company_number": NEW, "company_name": ["x"], "company_status": None, "registered_office_address": "x"}],
)  # fmt: skip
def test_an_answer_of_another_shape_breaks_nothing(registers, said):
    registers.companies_house = lambda path, question: (200, said)
    try:
        assert company().name == ""
    except NotFound:
        assert said == {}


def test_text_of_a_register_is_one_line_that_can_be_kept():
    assert text("A\x00B\u202e  C\n", 10) == "A B C"
    assert text("x" * 300, 200) == "x" * 200
    assert text(None, 5) == text(["x"], 5) == ""


def test_an_address_leaves_out_what_is_missing_or_said_twice():
    assert one_line({"a": "1 Road", "b": "", "c": "Town", "d": "Town"}, ("a", "b", "c", "d")) == "1 Road, Town"


@pytest.mark.parametrize(
    ("name", "value", "words"),
    [("MATCHFUND_COMPANIES_HOUSE_URL", "http://registry.example.org", "must be blank or begin https://"),
     ("MATCHFUND_ODS_URL", "ftp://x", "must be blank or begin https://"),
     ("MATCHFUND_ODS_URL", "https://u:p@x", "without a question, a fragment or a user"),
     ("MATCHFUND_COMPANIES_HOUSE_KEY", "", "Set both")],
)  # fmt: skip
def test_a_silly_address_is_named(name, value, words, monkeypatch):
    for given in ("URL", "KEY"):
        monkeypatch.setenv(f"MATCHFUND_COMPANIES_HOUSE_{given}", "https://registry.example.org")
    answer = manage("check", **{name: value})
    assert answer.returncode != 0
    assert words in answer.stderr
