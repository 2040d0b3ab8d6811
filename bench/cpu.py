"""Count the CPU seconds that processes have spent, from /proc: a server's, PostgreSQL's, the whole machine's."""

import os
from pathlib import Path
from typing import NamedTuple

TICKS = os.sysconf("SC_CLK_TCK")  # in a second


class Spent(NamedTuple):
    """CPU seconds of a web server, of PostgreSQL, of this process and of everything on the machine."""

    web: float
    postgres: float
    us: float
    machine: float

    def since(self, earlier: "Spent") -> "Spent":
        """Return what was spent since."""
        return Spent(*(now - before for now, before in zip(self, earlier, strict=True)))

    def __str__(self) -> str:
        others = self.machine - self.web - self.postgres - self.us
        return f"web {self.web:.1f}, PostgreSQL {self.postgres:.1f}, bidders {self.us:.1f}, all others {others:.1f}"

    def each(self, count: int) -> str:
        """Return milliseconds for each of so many."""
        ms = Spent(*(1000 * seconds / count for seconds in self))
        return f"web {ms.web:.1f}, PostgreSQL {ms.postgres:.1f}, bidders {ms.us:.1f}"


def spent(web: int) -> Spent:
    """Return what has been spent until now by the server with this process id, its children and all others."""
    processes = {int(p.name): p for p in Path("/proc").iterdir() if p.name.isdigit()}
    lines = {pid: line for pid, path in processes.items() if (line := _line(path))}
    return Spent(
        web=sum(ticks for name, parent, ticks in (lines[pid] for pid in _tree(web, lines))) / TICKS,
        postgres=sum(ticks for name, parent, ticks in lines.values() if name == "postgres") / TICKS,
        us=lines[os.getpid()][2] / TICKS,
        machine=sum(_busy(Path("/proc/stat").read_text())) / TICKS,
    )


def _line(process: Path) -> tuple[str, int, int] | None:
    """Return a process's name, its parent and its ticks with those of its ended children; None when it has ended."""
    try:
        before, _, after = (process / "stat").read_text().rpartition(")")
    except OSError:
        return None
    words = after.split()
    return before.partition("(")[2], int(words[1]), sum(map(int, words[11:15]))


def _tree(root: int, lines: dict[int, tuple[str, int, int]]) -> set[int]:
    found: set[int] = set()
    more = {root} & lines.keys()
    while more:
        found |= more
        more = {pid for pid, (_, parent, _) in lines.items() if parent in more} - found
    return found


def _busy(stat: str) -> list[int]:
    """Return the ticks of all cores but those in which they waited: user, nice, system, interrupts, stolen."""
    words = stat.splitlines()[0].split()[1:]
    return [int(words[n]) for n in (0, 1, 2, 5, 6, 7)]
