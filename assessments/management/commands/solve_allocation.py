"""Allocate assessors to bids as a file describes them."""

from argparse import ArgumentParser
from typing import Any

from assessments.management.solving import SolveCommand
from assessments.solve import allocation, instance
from assessments.solve.files import ids_as_given


class Command(SolveCommand):
    help = (
        "Allocate assessors to bids: read an instance from a JSON file and write the allocation (docs/allocation.md)."
    )
    question = "INSTANCE.json"

    def add_arguments(self, parser: ArgumentParser) -> None:
        super().add_arguments(parser)
        parser.add_argument(
            "--seconds", type=float, default=allocation.SECONDS, help="time limit (default: %(default)s seconds)"
        )

    def answer(self, data: Any, options: dict[str, Any]) -> dict[str, Any]:
        asked = instance.parse(data)
        bids, assessors = ids_as_given(data["bids"]), ids_as_given(data["assessors"])
        data.clear()  # the rows of a large file are not needed twice
        found = allocation.solve(asked, seconds=options["seconds"], progress=self.progress(options)).as_dict()
        pairs = [[bids[bid], assessors[assessor]] for bid, assessor in found["pairs"]]
        shortfalls = [short | {"bid": bids[short["bid"]]} for short in found["shortfalls"]]
        return found | {"pairs": pairs, "shortfalls": shortfalls}

    def told(self, answer: dict[str, Any]) -> str:
        optimal = "proved optimal" if answer["optimal"] else "not proved optimal"
        return (
            f"{len(answer['pairs'])} seats, {answer['unfilled']} unfilled, {answer['rule_violations']} rule misses, "
            f"worst bid {answer['min_bid_total']}, total {answer['total']} (at most {answer['bound']}): {optimal}."
        )
