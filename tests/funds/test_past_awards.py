"""A register of past awards is read whole, line by line, kept once, and never given to the wrong organisation."""

import csv
import datetime as dt
from collections import Counter
from decimal import Decimal
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.db import DatabaseError, transaction
from hypothesis import given
from hypothesis import strategies as st

from funds import past_awards
from funds.models import PastAward
from funds.register_lines import Amount, amount_of, company_number_of, day_of, name_key, register_line
from infra.importing.report import Report
from infra.importing.tables import Unacceptable
from tests.cast import NOW

REGISTER = Path(__file__).parents[3] / "shared/data/reference/innovate_uk_past_awards_421.csv"
LINE = {
    "aid_measure_title": "A scheme", "national_id": "1234567", "beneficiary": "Fictional Ltd",
    "beneficiary_type": "Small", "aid_instrument": "Direct grant", "objective": "Industrial research",
    "amount_as_published": "1000", "date_granted": "2016-07-01", "granting_authority": "INNOVATE UK", "region": "WALES",
}  # fmt: skip


def imported(tmp_path, *lines: dict[str, str], text: str | None = None) -> Report:
    path = tmp_path / "register.csv"
    if text is None:
        with path.open("w", newline="") as file:
            writer = csv.DictWriter(file, LINE)
            writer.writeheader()
            writer.writerows(lines)
    else:
        path.write_text(text)
    report = Report("test")
    past_awards.import_past_awards(path, report, NOW)
    return report


@pytest.mark.parametrize(
    ("text", "low", "high", "currency"),
    [
        ("551778", "551778", "551778", "GBP"), ("456331.2", "456331.2", "456331.2", "GBP"), ("", None, None, "GBP"),
        ("£1,234.50", "1234.50", "1234.50", "GBP"), ("60001-500000", "60001", "500000", "GBP"),
        ("60,001 – 500,000", "60001", "500000", "GBP"), ("€60,001 to €500,000", "60001", "500000", "EUR"),
        ("> 30,000,000", "30000000", None, "GBP"), ("30000000+", "30000000", None, "GBP"),
        ("< 60000 EUR", "0", "60000", "EUR"), ("0", "0", "0", "GBP"),
    ],
)  # fmt: skip
def test_amounts_and_ranges_are_understood(text, low, high, currency):
    wanted = [None if end is None else Decimal(end) for end in (low, high)]
    assert amount_of(text) == Amount(*wanted, currency)


@pytest.mark.parametrize("text", ["-5", "1e9", "NaN", "n/a", "1.234.567", "10^15", "9" * 13, "５００", "500-100"])
def test_what_is_no_amount_is_refused(text):
    with pytest.raises(ValueError, match="amount_as_published"):
        amount_of(text)


@given(st.text(max_size=40))
def test_any_text_is_an_amount_or_refused(text):
    try:
        found = amount_of(text)
    except ValueError:
        return
    assert found.low is None or found.high is None or 0 <= found.low <= found.high


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("3302507", "03302507"), ("355922", "00355922"), ("33774", "00033774"), ("10184077", "10184077"),
        ("SC259887", "SC259887"), ("ni 001062", "NI001062"), ("SE000103", "SE000103"), ("1234", ""), ("", ""),
        ("DE123456789", ""), ("552 100 554", ""), ("12345678A", ""), ("３３７７４", ""),
    ],
)  # fmt: skip
def test_short_numbers_are_padded_and_foreign_ones_matched_to_nobody(text, number):
    assert company_number_of(text)[0] == number


@pytest.mark.parametrize(
    ("name", "other"),
    [("GKN Aerospace Services Ltd", "GKN AEROSPACE SERVICES LIMITED"), ("Low Carbon Hub  C.I.C.", "LOW CARBON HUB CIC"),
     ("Rolls-Royce PLC", "Rolls Royce plc"), ("A & B Ltd", "A and B Limited")],
)  # fmt: skip
def test_names_that_differ_in_form_alone_share_a_key(name, other):
    assert name_key(name) == name_key(other)


def test_a_name_that_is_only_a_legal_form_keeps_it():
    assert name_key("Limited") == "limited"


def test_days_are_read_in_two_forms():
    assert day_of("2016-07-01") == day_of("01/07/2016") == dt.date(2016, 7, 1)


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"beneficiary": " "}, "“beneficiary” is missing"),
        ({"date_granted": "2016-02-30"}, "must be a date"),
        ({"date_granted": "2099-01-01"}, "in the future"),
        ({"beneficiary": "x" * 201}, "201 characters"),
        ({"region": "a\x00b"}, "cannot be kept"),
        ({"granting_authority": ""}, "“granting_authority” is missing"),
    ],
)
def test_a_line_is_refused_with_its_reason(changed, words):
    with pytest.raises(Unacceptable, match=words):
        register_line(LINE | changed, NOW.date())


def test_every_reason_is_told_at_once():
    with pytest.raises(Unacceptable, match=r"beneficiary.*amount.*must be a date"):
        register_line(LINE | {"beneficiary": "", "amount_as_published": "x", "date_granted": "y"}, NOW.date())


def test_three_spellings_of_one_funder_are_one(db, tmp_path):
    spellings = ["INNOVATE UK", "UKRI - Innovate UK", "Innovate UK"]
    imported(tmp_path, *({**LINE, "granting_authority": s} for s in spellings))
    assert list(PastAward.objects.order_by("pk").values_list("funder", "funder_as_published")) == [
        ("Innovate UK", s) for s in spellings
    ]


def test_a_rerun_adds_nothing(db, tmp_path):
    assert [[e.outcome for e in imported(tmp_path, LINE).entries] for _ in range(2)] == [["changed"], ["already there"]]
    assert PastAward.objects.count() == 1


def test_a_line_that_stands_twice_is_kept_once_and_told(db, tmp_path):
    report = imported(tmp_path, LINE, LINE)
    assert report.entries[1].notes == ["the same as line 2: kept once"]


def test_two_names_under_one_number_are_told(db, tmp_path):
    report = imported(tmp_path, LINE, LINE | {"beneficiary": "Renamed Ltd"})
    assert report.entries[1].notes == ["01234567 also stands as “Fictional Ltd”"]


def test_an_award_belongs_to_a_number_and_a_name_is_only_a_suggestion(db, tmp_path):
    imported(tmp_path, LINE, LINE | {"national_id": "7654321"}, LINE | {"national_id": "FR552"})
    assert [a.number_as_published for a in past_awards.of_companies(["01234567", ""])] == ["1234567"]
    assert {a.number_as_published for a in past_awards.perhaps_of("FICTIONAL LIMITED", "01234567")} == {
        "7654321", "FR552"
    }  # fmt: skip


def test_a_refused_line_leaves_the_others(db, tmp_path):
    report = imported(tmp_path, LINE | {"amount_as_published": "lots"}, LINE)
    assert [(e.line, e.outcome) for e in report.entries] == [(2, "refused"), (3, "changed")]


def test_a_row_with_too_many_cells_is_refused(db, tmp_path):
    text = ",".join(LINE) + "\n" + ",".join(LINE.values()) + ",more\n"
    assert "more cells" in imported(tmp_path, text=text).entries[0].reason


def test_a_table_without_its_headings_is_no_register(db, tmp_path):
    (tmp_path / "r.csv").write_text("a,b\n1,2\n")
    with pytest.raises(CommandError, match="lacks the heading national_id"):
        call_command("import_past_awards", str(tmp_path / "r.csv"))


def test_what_was_published_is_never_changed(db, tmp_path):
    imported(tmp_path, LINE)
    with pytest.raises(DatabaseError, match=r"never changed|permission denied"), transaction.atomic():
        PastAward.objects.update(name="Somebody else")


@pytest.mark.skipif(not REGISTER.exists(), reason="the published register is not on this machine")
def test_the_published_register_is_taken_whole(db, tmp_path):
    report = Report("register")
    past_awards.import_past_awards(REGISTER, report, NOW)
    assert Counter(str(e.outcome) for e in report.entries) == {"accepted": 9, "changed": 412}
    facts = PastAward.objects.values_list("funder", flat=True).distinct()
    assert (PastAward.objects.count(), list(facts)) == (421, ["Innovate UK"])
    assert not PastAward.objects.filter(company_number="").exists()
    assert PastAward.objects.filter(low=None).count() == 2
    assert PastAward.objects.get(number_as_published="33774").company_number == "00033774"
