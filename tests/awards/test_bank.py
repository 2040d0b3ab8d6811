"""Sort codes and account numbers: typed, shown, sealed, checked."""

import pytest

from accounts.rules import Refused
from awards import bank
from awards.states import Modulus

HOLDER = "Breathe Example Ltd"
# A table of our own for a bank that does not exist: 11 divides 1×a + 2×b + … + 8×h.
TABLE = "990000 990099 MOD11 0 0 0 0 0 0 1 2 3 4 5 6 7 8\n"


@pytest.fixture
def table(tmp_path, settings):
    path = tmp_path / "weights.txt"
    path.write_text(TABLE)
    settings.BANK_WEIGHTS_FILE, settings.BANK_SUBSTITUTIONS_FILE = path, None


@pytest.mark.parametrize("code", ["12-34-56", "12 34 56", "123456", "１２３４５６", "12–34–56"])
def test_a_sort_code_is_understood_however_it_is_typed(code):
    assert bank.account(code, "12345678", HOLDER).sort_code_in_pairs == "12-34-56"


@pytest.mark.parametrize(
    ("typed", "number"), [("12345678", "12345678"), ("1234567", "01234567"), ("123456", "00123456")]
)
def test_short_account_numbers_are_filled_with_zeros(typed, number):
    assert bank.account("123456", typed, HOLDER).number == number


@pytest.mark.parametrize(
    ("code", "number", "holder"),
    [
        ("12345", "12345678", HOLDER), ("1234567", "12345678", HOLDER), ("12345x", "12345678", HOLDER),
        ("", "", ""), ("000000", "12345678", HOLDER), ("123456", "00000000", HOLDER), ("123456", "12345", HOLDER),
        ("123456", "123456789", HOLDER), ("123456", "1234\x005678", HOLDER), ("123456", "12345678", "A" * 71),
        ("123456", "12345678", "<b>"), ("123456", "12345678", "\u202eLtd"), ("123456", "1e7", HOLDER),
        ("१२३४५६", "१२३४५६७८", HOLDER), ("9" * 5_000, "12345678", HOLDER),
    ],
)  # fmt: skip
def test_anything_else_is_refused(code, number, holder):
    with pytest.raises(Refused):
        bank.account(code, number, holder)


def test_a_page_shows_too_little_to_use():
    assert bank.account("123456", "12345678", HOLDER).masked == "••-••-56, account ••••678"


def test_what_is_sealed_can_be_read_only_by_us():
    found = bank.account("123456", "12345678", HOLDER)
    sealed = bank.seal(found)
    assert "12345678" not in sealed
    assert bank.unseal(sealed, HOLDER) == found


def test_the_same_account_is_found_again_whatever_its_name():
    one, other = (bank.account("123456", "12345678", name) for name in (HOLDER, "Somebody else"))
    assert (
        bank.fingerprint(one) == bank.fingerprint(other) != bank.fingerprint(bank.account("123456", "12345679", HOLDER))
    )


def test_without_the_banks_table_only_the_form_is_checked(settings):
    settings.BANK_WEIGHTS_FILE = None
    assert bank.modulus(bank.account("990001", "12345678", HOLDER)) == Modulus.NOT_CHECKED


@pytest.mark.usefixtures("table")
class TestModulus:
    """With the banks' table."""

    @pytest.fixture(autouse=True)
    def library(self):
        return pytest.importorskip("uk_modulus_check", reason="the library of the modulus check is not installed")

    def test_an_account_number_that_fits_passes(self):
        assert bank.modulus(bank.account("990001", "10000004", HOLDER)) == Modulus.PASSED

    def test_one_that_does_not_is_refused(self):
        with pytest.raises(Refused, match="cannot belong to this sort code"):
            bank.modulus(bank.account("990001", "10000005", HOLDER))

    def test_a_sort_code_that_is_not_in_the_table_is_told(self):
        assert bank.modulus(bank.account("880001", "10000005", HOLDER)) == Modulus.UNKNOWN
