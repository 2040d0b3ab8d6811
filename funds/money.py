"""The one place where money is rounded and shared out. Pure."""

from collections.abc import Sequence
from decimal import ROUND_FLOOR, ROUND_HALF_EVEN, ROUND_HALF_UP, Decimal


def round_half_up(value: Decimal, places: int = 0) -> Decimal:
    """Return `value` rounded to `places` decimals, halves away from zero."""
    return value.quantize(Decimal(1).scaleb(-places), rounding=ROUND_HALF_UP)


def round_half_even(value: Decimal, places: int) -> Decimal:
    """Return `value` rounded to `places` decimals, halves to the even digit."""
    return value.quantize(Decimal(1).scaleb(-places), rounding=ROUND_HALF_EVEN)


def floor_percent(amount: int, percent: Decimal) -> int:
    """Return ⌊amount × percent ÷ 100⌋ in the unit of `amount`."""
    return int((Decimal(amount) * percent / 100).to_integral_value(rounding=ROUND_FLOOR))


def share(total: int, weights: Sequence[int]) -> list[int]:
    """Share a whole amount by weight so that the parts add up to it (largest remainder, first come on a tie).

    Args:
        total: pence or pounds, zero or more.
        weights: zero or more each, with a sum above zero.

    Raises:
        ValueError: a negative total or weight, or no weight above zero.
    """
    whole = sum(weights)
    if total < 0 or whole <= 0 or min(weights) < 0:
        raise ValueError("Shares need a total of zero or more and weights that add up to more than zero.")
    parts = [total * weight // whole for weight in weights]
    by_remainder = sorted(range(len(weights)), key=lambda i: (-(total * weights[i] % whole), i))
    for i in by_remainder[: total - sum(parts)]:
        parts[i] += 1
    return parts


def in_words(amount: Decimal, currency: str) -> str:
    """Return a sum as people read it: £1,234, €1,234.50."""
    sign, rounded = {"GBP": "£", "EUR": "€"}[currency], round_half_up(amount, 2)
    return f"{sign}{rounded:,.0f}" if rounded == int(rounded) else f"{sign}{rounded:,.2f}"


def pounds(pence: int) -> str:
    """Return pence as people read them: £1,234.50, or £1,234 when there are no odd pence."""
    sign, whole, odd = "−" if pence < 0 else "", abs(pence) // 100, abs(pence) % 100
    return f"{sign}£{whole:,}.{odd:02d}" if odd else f"{sign}£{whole:,}"
