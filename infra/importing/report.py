"""What an import did, line by line: for people on the screen, for spreadsheets as CSV."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path

from defusedcsv import csv as safe_csv


class Outcome(StrEnum):
    """What became of a line."""

    ACCEPTED = "accepted"
    CHANGED = "changed"
    THERE = "already there"
    REFUSED = "refused"


COLUMNS = ("file", "line", "outcome", "reference", "subject", "changes", "notes", "reason")


@dataclass
class Entry:
    """One line's fate.

    Attributes:
        changes: how what was kept differs from what the line says.
        notes: what breaks a rule of the competition and was kept all the same.
        reason: why the line was refused.
    """

    file: str
    line: int
    outcome: Outcome
    subject: str
    reference: str = ""
    changes: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    reason: str = ""


@dataclass
class Report:
    """Everything an import has to tell."""

    title: str
    remarks: list[str] = field(default_factory=list)
    entries: list[Entry] = field(default_factory=list)

    def add(self, entry: Entry) -> None:
        """Add a line's fate; an accepted line with changes counts as changed."""
        if entry.outcome == Outcome.ACCEPTED and entry.changes:
            entry.outcome = Outcome.CHANGED
        self.entries.append(entry)

    def text(self) -> Iterator[str]:
        """Yield the lines of the report for people: totals per file, every refusal, change and note."""
        yield self.title
        yield from (f"  {remark}" for remark in self.remarks)
        for file in dict.fromkeys(e.file for e in self.entries):
            entries = [e for e in self.entries if e.file == file]
            counts = Counter(e.outcome for e in entries)
            yield ""
            yield f"{file}: {len(entries)} lines, " + ", ".join(f"{counts[o]} {o}" for o in Outcome)
            for entry in entries:
                if entry.outcome == Outcome.REFUSED:
                    yield f"  line {entry.line} refused ({entry.subject or 'no title'}): {entry.reason}"
            yield from _grouped("changed", entries, [e.changes for e in entries])
            yield from _grouped("note", entries, [e.notes for e in entries])

    def write_csv(self, path: Path) -> None:
        """Write every line's fate to a file that a spreadsheet opens safely."""
        with path.open("w", encoding="utf-8", newline="") as file:
            writer = safe_csv.writer(file)
            writer.writerow(COLUMNS)
            for e in self.entries:
                facts = (e.file, e.line, e.outcome, e.reference, e.subject)
                writer.writerow([*facts, "; ".join(e.changes), "; ".join(e.notes), e.reason])


def _grouped(heading: str, entries: list[Entry], sentences: list[list[str]]) -> Iterator[str]:
    """Yield each sentence once, with the lines that it is about."""
    about: dict[str, list[Entry]] = {}
    for entry, said in zip(entries, sentences, strict=True):
        for sentence in said:
            about.setdefault(sentence, []).append(entry)
    for sentence, where in about.items():
        yield f"  {heading}: {sentence} ({_lines(where)})"


def _lines(entries: list[Entry]) -> str:
    """Return where entries stand, such as line 3, B000003 or lines 1–4, 7."""
    numbers = [e.line for e in entries]
    if len(numbers) == 1:
        return f"line {numbers[0]}" + (f", {entries[0].reference}" if entries[0].reference else "")
    runs: list[list[int]] = []
    for number in numbers:
        if runs and number <= runs[-1][1] + 1:
            runs[-1][1] = number
        else:
            runs.append([number, number])
    return "lines " + ", ".join(str(a) if a == b else f"{a}–{b}" for a, b in runs)
