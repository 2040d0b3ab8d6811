"""A PostgreSQL and an S3 of a benchmark's own, in a folder that is deleted afterwards: to be crashed and killed."""

import os
import shlex
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from bench.database import ROOT

START = "from infra.machine import authority, env, postgres, s3; postgres.up(); s3.up(); authority.make(); env.write()"
STOP = "import signal; from infra.machine import postgres, processes; processes.stop('postgres', by=signal.SIGQUIT)"
WIPE = "from infra.machine import postgres, s3; postgres.wipe(); s3.wipe()"


@dataclass(frozen=True)
class Machine:
    """The services in their folder."""

    folder: Path

    def call(self, code: str) -> None:
        """Run a line of Python in the copied checkout, where the services keep their data."""
        subprocess.run([sys.executable, "-c", code], cwd=self.folder, check=True)

    def settings(self) -> dict[str, str]:
        """Return the settings that lead to the services."""
        lines = (line.partition("=") for line in (self.folder / "var" / "env").read_text().splitlines())
        return {name: shlex.split(value)[0] for name, _, value in lines}

    def stop_postgres(self) -> None:
        """Stop PostgreSQL at once, whatever it is doing, as a crash stops it."""
        self.call(STOP)

    def start_postgres(self) -> None:
        """Start PostgreSQL and wait until it has recovered."""
        self.call("from infra.machine import postgres; postgres.up()")


@contextmanager
def machine() -> Iterator[Machine]:
    """Start the services, point this process and its children at them, migrate; wipe them at the end."""
    folder = Path(tempfile.mkdtemp(prefix="machine-"))
    folder.chmod(0o755)  # PostgreSQL runs as another account
    for part in ("infra/machine", "infra/demo/reference"):
        shutil.copytree(ROOT / part, folder / part)
    (folder / "var").mkdir()
    made, before = Machine(folder), dict(os.environ)
    try:
        made.call(START)
        os.environ.update(made.settings() | {"DJANGO_SETTINGS_MODULE": "infra.settings"})
        subprocess.run([sys.executable, "manage.py", "migrate", "-v", "0", "--skip-checks"], cwd=ROOT, check=True)
        yield made
    finally:
        os.environ.clear()
        os.environ.update(before)
        made.call(WIPE)
        shutil.rmtree(folder)
