"""Draw the line under a ranked sheet in several ways, from a file of bids."""

from decimal import Decimal
from typing import Any

from assessments.management.solving import SolveCommand
from assessments.solve import panel
from assessments.solve.files import ids_as_given


class Command(SolveCommand):
    help = "Draw the line under a ranked sheet: from the top, best total under the pot, and with a minimum per theme."
    number = Decimal

    def answer(self, data: Any, options: dict[str, Any]) -> dict[str, Any]:
        found, ids = panel.solve(panel.parse(data)).as_dict(), ids_as_given(data["bids"])
        return found | {
            way: [ids[bid] for bid in found[way]] for way in ("top_down_stop", "top_down_skip", "portfolio")
        }

    def told(self, answer: dict[str, Any]) -> str:
        portfolio = answer["because"] if "because" in answer else f"{len(answer['portfolio'])} bids in the portfolio."
        return (
            f"{len(answer['top_down_stop'])} bids from the top, {len(answer['top_down_skip'])} with skips. {portfolio}"
        )
