"""How a year's money is shared between the networks. Pure."""

from funds.money import share

CORE_PERCENT = 50  # default of the formula: half in equal parts, half by population


def formula_shares(
    total_pence: int, populations: dict[str, int], core_percent: int = CORE_PERCENT
) -> dict[str, tuple[int, int]]:
    """Return each network's core and population share in pence; together they are the total, to the penny.

    Args:
        total_pence: one year's money.
        populations: acronym to population, in thousands.
        core_percent: part of the total shared equally; the rest goes by population.

    Raises:
        ValueError: no networks, or a percentage outside 0 to 100.
    """
    if not 0 <= core_percent <= 100:
        raise ValueError("The core must be between 0 and 100 per cent of the total.")
    names = sorted(populations)
    core_total = total_pence * core_percent // 100
    core = share(core_total, [1] * len(names))
    weighted = share(total_pence - core_total, [populations[name] for name in names])
    return {name: (core[i], weighted[i]) for i, name in enumerate(names)}
