"""Tell the quality of bids from the leniency of assessors, from a file of scores."""

from typing import Any

from assessments.management.solving import SolveCommand
from assessments.solve import calibration


class Command(SolveCommand):
    help = "Calibrate scores: read them from a JSON file and write each bid's quality and each assessor's leniency."

    def answer(self, data: Any, options: dict[str, Any]) -> dict[str, Any]:
        return calibration.calibrate(*calibration.parse(data)).as_dict()

    def told(self, answer: dict[str, Any]) -> str:
        bids, assessors = len(answer["quality"]), len(answer["leniency"])
        return f"{bids} bids and {assessors} assessors in {answer['components']} components."
