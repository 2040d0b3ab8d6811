"""Write the auditor's pack: the sealed record, the parts of the other rooms, and the program that checks them."""

import datetime as dt
import decimal
import hashlib
import json
import re
import tempfile
import uuid
import zipfile
from collections.abc import Iterable, Iterator
from contextlib import closing
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import IO, Any, BinaryIO, NamedTuple, cast

from django.apps import apps

from audit import verify
from audit.lines import event_lines, instant, seal_line, seal_lines, sealed_to, snapshot
from audit.models import Seal

HERE = Path(__file__).resolve().parent
PART_NAME = re.compile(r"[a-z0-9_]+\.jsonl")


class PackFacts(NamedTuple):
    """What a pack holds: its head (empty: no seal yet), and per file its bytes, lines and SHA-256."""

    events: int
    seals: int
    head: str
    files: dict[str, dict[str, Any]]
    sha256: str
    bytes: int


class SelfChecked:
    """A stream that replaces the last 64 bytes written by the SHA-256 of all bytes before them."""

    def __init__(self, out: BinaryIO) -> None:
        self._out = out
        self._held = b""
        self._digest = hashlib.sha256()
        self.whole = hashlib.sha256()
        self.size = 0

    def write(self, data: bytes) -> int:
        """Pass on all but the last 64 bytes."""
        self._held += data
        ready, self._held = self._held[:-64], self._held[-64:]
        self._digest.update(ready)
        self._put(ready)
        return len(data)

    def flush(self) -> None:
        """Do nothing: the bytes held back are not final."""

    def finish(self) -> None:
        """Write the check in the place of the bytes held back."""
        self._put(self._digest.hexdigest().encode())

    def _put(self, data: bytes) -> None:
        self.whole.update(data)
        self.size += len(data)
        self._out.write(data)


class PackWriter:
    """Write files into a zip that is the same bytes for the same content, and keep their facts."""

    def __init__(self, stream: SelfChecked) -> None:
        self.files: dict[str, dict[str, Any]] = {}
        self._zip = zipfile.ZipFile(cast(BinaryIO, stream), "w", zipfile.ZIP_DEFLATED, compresslevel=6)
        self._zip.comment = b"0" * 64

    def add(self, name: str, lines: Iterable[bytes]) -> None:
        """Write lines, each with its end, as one file."""
        entry = zipfile.ZipInfo(name, date_time=(1980, 1, 1, 0, 0, 0))
        entry.compress_type = zipfile.ZIP_DEFLATED
        entry.create_system = 3
        entry.external_attr = 0o100644 << 16
        digest, size, count = hashlib.sha256(), 0, 0
        with self._zip.open(entry, "w", force_zip64=True) as file:
            for line in lines:
                count += 1
                digest.update(line)
                size += len(line)
                file.write(line)
        self.files[name] = {"bytes": size, "lines": count, "sha256": digest.hexdigest()}

    def close(self) -> None:
        """Write the directory of the zip."""
        self._zip.close()


def write_pack(out: Path | BinaryIO) -> PackFacts:
    """Write the pack of everything sealed so far, in bounded memory and from one snapshot of the database.

    Events that no seal covers yet are left out: close a block first. A file appears under its name only when it is
    complete.

    Raises:
        ValueError: a room offers a part with a forbidden name or content.
    """
    if not isinstance(out, Path):
        return _write(out)
    with tempfile.NamedTemporaryFile(dir=out.parent, prefix=f".{out.name}.", delete=False) as draft:
        path = Path(draft.name)
        try:
            facts = _write(cast(BinaryIO, draft))
            draft.close()
            path.chmod(0o644)
            path.replace(out)
        except BaseException:
            path.unlink()
            raise
    return facts


def _write(out: BinaryIO) -> PackFacts:
    stream = SelfChecked(out)
    with closing(PackWriter(stream)) as writer, snapshot():
        for name, source in (("README.txt", "pack_readme.txt"), ("verify.py", "verify.py")):
            writer.add(name, (HERE / source).read_bytes().splitlines(keepends=True))
        with tempfile.TemporaryFile() as leaves:
            writer.add("events.jsonl", _events(leaves))
            leaves.seek(0)
            writer.add("leaves.txt", leaves)
        writer.add("seals.jsonl", (line + b"\n" for line in seal_lines()))
        for name, rows in sorted(_parts().items()):
            writer.add(name, _part_lines(name, rows))
        last = Seal.objects.order_by("number").last()
        head = json.loads(seal_line(last)) if last else None
        manifest = {"files": dict(writer.files), "format": verify.FORMAT, "head": head}
        writer.add("manifest.json", [verify.canonical(manifest) + b"\n"])
    stream.finish()
    return PackFacts(
        events=writer.files["events.jsonl"]["lines"],
        seals=writer.files["seals.jsonl"]["lines"],
        head=last.seal if last else "",
        files=writer.files,
        sha256=stream.whole.hexdigest(),
        bytes=stream.size,
    )


def _events(leaves: IO[bytes]) -> Iterator[bytes]:
    """Yield the lines of events.jsonl; write those of leaves.txt aside, as a zip takes one file at a time."""
    for event_id, line in event_lines(upto=sealed_to()):
        leaves.write(verify.leaf_line(event_id, verify.leaf_hash(line)))
        yield line + b"\n"


def _parts() -> dict[str, Iterable[dict[str, Any]]]:
    """Return the parts that rooms offer: `parts()` of each room's `audit_parts.py`, as (file name, rows)."""
    found: dict[str, Iterable[dict[str, Any]]] = {}
    for app in apps.get_app_configs():
        module = f"{app.name}.audit_parts"
        if find_spec(module) is None:
            continue
        for name, rows in import_module(module).parts():
            if not PART_NAME.fullmatch(name) or name in verify.REQUIRED or name in found:
                raise ValueError(f"{module} offers {name}: give it a free name such as letters.jsonl.")
            found[name] = rows
    return found


def _part_lines(name: str, rows: Iterable[dict[str, Any]]) -> Iterator[bytes]:
    for row in rows:
        try:
            yield verify.canonical(_plain(row)) + b"\n"
        except (TypeError, ValueError) as error:
            raise ValueError(f"The part {name} holds a row that JSON cannot hold: {error}.") from error


def _plain(value: Any) -> Any:
    """Return a part's value as JSON keeps it: instants in UTC, dates as ISO, decimals and UUIDs as text."""
    match value:
        case dt.datetime():
            return instant(value)
        case dt.date():
            return value.isoformat()
        case decimal.Decimal() | uuid.UUID():
            return str(value)
        case dict():
            return {str(key): _plain(item) for key, item in value.items()}
        case list() | tuple():
            return [_plain(item) for item in value]
    return value
