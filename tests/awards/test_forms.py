"""What people type about awards and claims."""

import pytest
from django.core.exceptions import ValidationError

from awards.forms import AwardFilter, PenceField


@pytest.mark.parametrize(
    ("typed", "pence"),
    [("1234.50", 123_450), ("£1,234.5", 123_450), (" 0.01 ", 1), ("10 000", 1_000_000), ("0", 0), ("1e2", 10_000)],
)
def test_a_sum_is_kept_in_pence(typed, pence):
    assert PenceField().clean(typed) == pence


@pytest.mark.parametrize(
    "typed",
    ["", "ten", "1.005", "-0.01", "Infinity", "NaN", "1e99", "1.2.3", "12,50", "1,2345", "\uff11\uff12", "\u0661"],
)
def test_what_is_no_sum_is_refused(typed):
    with pytest.raises(ValidationError):
        PenceField().clean(typed)


def test_a_sum_is_shown_in_pounds_and_pence():
    assert PenceField().prepare_value(123_405) == "1234.05"


def test_a_filter_does_not_call_its_boxes_optional():
    assert "optional" not in str(AwardFilter({}))
