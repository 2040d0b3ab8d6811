"""Share what the commands that solve a file have in common; none of them needs a database."""

import math
from abc import ABC, abstractmethod
from argparse import ArgumentParser
from collections.abc import Callable
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from assessments.solve.files import BadInput, must_be_writable, read_json, write_json


class SolveCommand(BaseCommand, ABC):
    """Read a question, answer it, write the answer; bad input ends with a message, status 1 and nothing written."""

    requires_system_checks: list[str] = []
    requires_migrations_checks = False
    question = "FILE.json"
    number: Callable[[str], Any] = float

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path, metavar=self.question, help="the question")
        parser.add_argument("--out", type=Path, required=True, metavar="OUT.json", help="where the answer goes")

    def handle(self, *args: Any, **options: Any) -> None:
        seconds = options.get("seconds")
        if seconds is not None and not (math.isfinite(seconds) and seconds > 0):
            raise CommandError(f"--seconds is {seconds}: it must be more than 0.")
        try:
            must_be_writable(options["out"])
            answer = self.answer(read_json(options["file"], type(self).number), options)
            write_json(options["out"], answer)
        except BadInput as problem:
            raise CommandError(str(problem)) from problem
        self.stdout.write(f"{self.told(answer)} Written to {options['out']}.")

    def progress(self, options: dict[str, Any]) -> Callable[[str, float], None] | None:
        """Return a function that tells the stages, if they are wanted."""
        if options["verbosity"] < 2:
            return None
        return lambda stage, share: self.stdout.write(f"{share:4.0%} {stage}")

    @abstractmethod
    def answer(self, data: Any, options: dict[str, Any]) -> dict[str, Any]:
        """Return the answer to what the file holds; raise BadInput where it cannot be one."""

    @abstractmethod
    def told(self, answer: dict[str, Any]) -> str:
        """Tell the answer in a sentence."""
