"""Money, dates and numbers as pages write them."""

import datetime as dt
from decimal import Decimal

import pytest

from infra.filters import count, pence, percent, pounds, uk_date, uk_time


@pytest.mark.parametrize(
    ("amount", "text"),
    [(0, "£0"), (1234, "£1,234"), (Decimal("1234.50"), "£1,234.50"), (-5, "−£5"), (None, "–")],
)
def test_pounds(amount, text):
    assert pounds(amount) == text


@pytest.mark.parametrize(("amount", "text"), [(123_400, "£1,234"), (123_450, "£1,234.50"), (1, "£0.01"), (None, "–")])
def test_pence(amount, text):
    assert pence(amount) == text


@pytest.mark.parametrize(
    ("amount", "text"), [(Decimal("70.00"), "70%"), (Decimal("62.5"), "62.5%"), (100, "100%"), (None, "–")]
)
def test_percent(amount, text):
    assert percent(amount) == text


@pytest.mark.parametrize(
    ("instant", "text"),
    [
        (dt.datetime(2027, 2, 2, 12, tzinfo=dt.UTC), "2 February 2027, 12:00 GMT"),
        (dt.datetime(2027, 7, 31, 23, 30, tzinfo=dt.UTC), "1 August 2027, 00:30 BST"),
        (None, "–"),
    ],
)
def test_an_instant_is_told_by_the_clock_of_the_united_kingdom(instant, text):
    assert uk_time(instant) == text


@pytest.mark.parametrize(
    ("day", "text"),
    [
        (dt.date(2027, 2, 2), "2 February 2027"),
        (dt.datetime(2027, 7, 31, 23, 30, tzinfo=dt.UTC), "1 August 2027"),
        (None, "–"),
    ],
)
def test_a_day(day, text):
    assert uk_date(day) == text


def test_a_number_takes_its_noun():
    assert [count(0, "bid"), count(1, "bid"), count(2000, "bid"), count(2, "body", "bodies")] == [
        "0 bids", "1 bid", "2,000 bids", "2 bodies",
    ]  # fmt: skip
