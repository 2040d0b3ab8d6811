#!/usr/bin/env python3
"""Verify an auditor's pack of the record. Needs Python 3.9 or newer, and nothing else.

The rules, complete, so that anybody can write this program again:

* Canonical JSON: keys sorted, no spaces, UTF-8 with no \\u escapes, no NaN; one value a line, each line ended by \\n.
* events.jsonl: one event a line, ids rising. The line without its \\n is a leaf of the Merkle tree of RFC 6962,
  section 2.1: leaf = SHA-256(0x00 line), node = SHA-256(0x01 left right), split at the largest power of two.
* seals.jsonl: one seal a line, numbered 1, 2, 3 … A seal closes the events after the seal before, up to `last_id`:
  root = the tree's root, seal = SHA-256(canonical JSON of number, previous, first_id, last_id, count, root), where
  `previous` is the seal before, or 64 zeros. Hashes are written as 64 small hexadecimal digits.
* leaves.txt: "id leaf" of each event, a help to name the one event that was changed; the seals decide.
* manifest.json: bytes, lines and SHA-256 of every other file, and the last seal. A pack holds no other file.
* Sheets of panels and papers that were kept by their hash: each hash that the files of `KEPT_BY_HASH` name stands in a
  sealed event of the verb given there, and the content beside it, where there is any, has that hash. What is newer
  than the last sealed event but for ten minutes may not be sealed yet.
* A zipped pack ends with the SHA-256 (64 digits, the zip comment) of all bytes before it.

Exit code 0: whole. 1: broken, the first broken record is named. 2: wrong use.
"""

from __future__ import annotations

import argparse
import datetime as dt
import hashlib
import itertools
import json
import re
import sys
import zipfile
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any, NamedTuple, Optional

FORMAT = "matchfund-record/1"
NOTHING_BEFORE = "0" * 64
REQUIRED = ("README.txt", "events.jsonl", "leaves.txt", "seals.jsonl", "verify.py")
INSTANT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z")
Fields = dict[str, tuple[type, ...]]
EVENT_FIELDS: Fields = {"id": (int,), "actor_id": (int, type(None)), "changes": (dict,)}
EVENT_FIELDS.update(dict.fromkeys(("at", "request_id", "role", "subject", "verb"), (str,)))
SEAL_FIELDS: Fields = dict.fromkeys(("count", "first_id", "last_id", "number"), (int,))
SEAL_FIELDS.update(dict.fromkeys(("previous", "root", "seal", "sealed_at"), (str,)))
# File of the pack → (field with a hash, field with its content or none, verbs and fields of the events that carry it).
KEPT_BY_HASH: dict[str, list[tuple[str, Optional[str], dict[str, str]]]] = {
    "frozen_sheets.jsonl": [("sha256", "lines", {"competition.at_panel": "sheet_sha256"})],
    "handed_in.jsonl": [("sha256", None, {"assessment.submitted": "sha256", "interview.submitted": "sha256"})],
    "panel_meetings.jsonl": [
        ("sheet_sha256", None, {"panel.opened": "sheet_sha256"}),
        ("minutes_sha256", None, {"panel.minutes_agreed": "sha256"}),
    ],
    "decisions.jsonl": [("sha256", None, {"decision.approved": "sha256"})],
}
INSTANTS = ("at", "planned_at", "opened_at", "agreed_at")
NOT_SEALED_YET = 10 * 60  # seconds before the last sealed event, of which a seal may still come
MANIFEST_FIELDS: Fields = {"files": (dict,), "format": (str,), "head": (dict, type(None))}

_encode = json.JSONEncoder(ensure_ascii=False, allow_nan=False, sort_keys=True, separators=(",", ":")).encode


class Broken(Exception):
    """The record is not what was sealed; the message names the first place."""


class BrokenBlock(Broken):
    """The events after the first `before` are not those that `seal` closed."""

    def __init__(self, message: str, seal: dict[str, Any], before: int) -> None:
        super().__init__(message)
        self.seal, self.before = seal, before


class Chain(NamedTuple):
    """What a whole chain holds. `head` is the last seal; `leaves_sha256` is that of the file leaves.txt."""

    events: int
    seals: int
    head: dict[str, Any] | None
    leaves_sha256: str

    def __str__(self) -> str:
        head = f"Head: seal {self.seals}, {self.head['seal']}." if self.head else "No seal yet."
        return f"{self.events:,} events in {self.seals:,} seals, every seal recomputed. {head}"


def canonical(value: Any) -> bytes:
    """Return the canonical JSON of a value; raise TypeError or ValueError for what JSON cannot hold."""
    return _encode(value).encode()


def leaf_hash(line: bytes) -> bytes:
    """Return the hash of a leaf (RFC 6962, 2.1)."""
    return hashlib.sha256(b"\x00" + line).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """Return the hash of an inner node (RFC 6962, 2.1)."""
    return hashlib.sha256(b"\x01" + left + right).digest()


class MerkleTree:
    """The tree of RFC 6962, section 2.1, grown leaf by leaf; keeps one hash for each power of two only."""

    def __init__(self) -> None:
        self.count = 0
        self._peaks: list[bytes] = []

    def add(self, leaf: bytes) -> None:
        """Add the hash of the next leaf."""
        self.count += 1
        size = self.count
        while size % 2 == 0:
            leaf = node_hash(self._peaks.pop(), leaf)
            size //= 2
        self._peaks.append(leaf)

    def root(self) -> str:
        """Return the root over the leaves so far, in hexadecimal."""
        if not self._peaks:
            return hashlib.sha256(b"").hexdigest()
        *peaks, root = self._peaks
        while peaks:
            root = node_hash(peaks.pop(), root)
        return root.hex()


def leaf_line(event_id: int, leaf: bytes) -> bytes:
    """Return an event's line of leaves.txt."""
    return b"%d %s\n" % (event_id, leaf.hex().encode())


def seal_hash(seal: dict[str, Any]) -> str:
    """Return what a seal's `seal` must be, from its other fields (`sealed_at` is not part of it)."""
    names = ("count", "first_id", "last_id", "number", "previous", "root")
    return hashlib.sha256(canonical({name: seal[name] for name in names})).hexdigest()


def read_row(line: bytes, where: str, fields: Fields | None = None) -> dict[str, Any]:
    """Return the object on a line; raise Broken unless it is canonical JSON with exactly these fields."""
    try:
        row = json.loads(line.decode())
        same = canonical(row) == line
    except (ValueError, RecursionError) as error:
        raise Broken(f"{where} cannot be read: {error}.") from error
    if not same or type(row) is not dict:
        raise Broken(f"{where} is not an object in canonical JSON: it was changed.")
    if fields and row.keys() != fields.keys():
        raise Broken(f"{where} does not have exactly the fields {', '.join(sorted(fields))}.")
    for name, kinds in (fields or {}).items():
        if type(row[name]) not in kinds or (name in ("at", "sealed_at") and not INSTANT.fullmatch(row[name])):
            raise Broken(f"{where} has a wrong {name}: {row[name]!r}.")
    return row


def _read_events(lines: Iterable[bytes]) -> Iterator[tuple[int, bytes, int]]:
    """Yield each event's id, leaf and line number; raise Broken on a line that is no event or out of order."""
    last = 0
    for number, line in enumerate(lines, 1):
        where = f"events.jsonl line {number}"
        row = read_row(line, where, EVENT_FIELDS)
        if row["id"] <= last:
            raise Broken(f"event {row['id']} ({where}) stands after event {last}: repeated or out of order.")
        last = row["id"]
        yield last, leaf_hash(line), number


def _read_seals(lines: Iterable[bytes]) -> Iterator[dict[str, Any]]:
    """Yield the seals; raise Broken on the first that does not follow from the one before."""
    previous, last_id = NOTHING_BEFORE, 0
    for number, line in enumerate(lines, 1):
        where = f"seal {number} (seals.jsonl line {number})"
        seal = read_row(line, where, SEAL_FIELDS)
        if seal["number"] != number:
            raise Broken(f"{where} says that it is seal {seal['number']}: a seal is missing, added or out of order.")
        if seal["seal"] != seal_hash(seal):
            raise Broken(f"{where} was changed: its own hash does not fit its fields.")
        if seal["previous"] != previous:
            raise Broken(f"{where} does not follow from the seal before it.")
        if not last_id < seal["first_id"] <= seal["last_id"] or seal["count"] < 1:
            raise Broken(f"{where} closes no proper range of events after {last_id}.")
        previous, last_id = seal["seal"], seal["last_id"]
        yield seal


def check_chain(events: Iterable[bytes], seals: Iterable[bytes]) -> Chain:
    """Recompute every seal from the events, in bounded memory.

    Args:
        events, seals: the lines of events.jsonl and seals.jsonl, without their ends, in order.

    Raises:
        Broken: names the first record that is not what was sealed.
    """
    rows, row = _read_events(events), None
    leaves = hashlib.sha256()
    total, head = 0, None
    for seal in _read_seals(seals):
        tree, first, last = MerkleTree(), 0, 0
        try:
            row = row or next(rows, None)
            while row and row[0] <= seal["last_id"]:
                last, leaf, _ = row
                first = first or last
                tree.add(leaf)
                leaves.update(leaf_line(last, leaf))
                row = next(rows, None)
        except Broken as error:
            raise BrokenBlock(str(error), seal, total) from error
        if (first, last, tree.count, tree.root()) != tuple(seal[f] for f in ("first_id", "last_id", "count", "root")):
            words = "events {first_id} to {last_id} are not those of seal {number} ({count} sealed, {found} found)."
            raise BrokenBlock(words.format(**seal, found=tree.count), seal, total)
        total, head = total + tree.count, seal
    if row := row or next(rows, None):
        raise Broken(f"event {row[0]} (events.jsonl line {row[2]}) stands outside every seal: it was added.")
    return Chain(total, head["number"] if head else 0, head, leaves.hexdigest())


class Pack:
    """A pack's files: those of a folder, without the folders `beside` them, or those inside a zip."""

    def __init__(self, path: Path, beside: Iterable[Path] = ()) -> None:
        self.path = path
        self._beside = [folder.resolve() for folder in beside]
        try:
            self._zip = None if path.is_dir() else zipfile.ZipFile(path)
        except Exception as error:  # whatever a damaged zip makes zipfile raise
            raise Broken(f"{path} cannot be opened: {error}.") from error

    def names(self) -> list[str]:
        """Return the names of all files, a repeated one as often as it occurs."""
        if self._zip:
            return self._zip.namelist()
        files = (f for f in sorted(self.path.rglob("*")) if f.is_file() or f.is_symlink())
        return [f.relative_to(self.path).as_posix() for f in files if not set(self._beside) & set(f.resolve().parents)]

    def lines(self, name: str) -> Iterator[bytes]:
        """Yield a file's lines without their ends; raise Broken where it cannot be read."""
        number = 0
        try:
            with self._zip.open(name) if self._zip else (self.path / name).open("rb") as file:
                for line in file:
                    if not line.endswith(b"\n"):
                        raise ValueError("the file was cut")
                    number += 1
                    yield line[:-1]
        except Exception as error:  # whatever a damaged zip or disk makes a reader raise
            raise Broken(f"{name} cannot be read after line {number}: {error}.") from error


def find_changed_event(pack: Pack, block: BrokenBlock) -> str | None:
    """Name the first event of a block that is not as sealed, if leaves.txt proves what was sealed."""
    start, end = block.before, block.before + block.seal["count"]
    tree = MerkleTree()

    def rows(name: str) -> Iterator[bytes]:
        return itertools.islice(pack.lines(name), start, end)

    try:
        for line in rows("leaves.txt"):
            tree.add(bytes.fromhex(line[-64:].decode()))
        if tree.root() != block.seal["root"]:
            return None
        pairs = itertools.zip_longest(rows("leaves.txt"), rows("events.jsonl"))
        for number, (sealed, line) in enumerate(pairs, start + 1):
            was, where = sealed[:-65].decode(), f"events.jsonl line {number}"
            if line is None:
                return f"event {was} is missing: events.jsonl ends before it"
            if leaf_hash(line).hex().encode() != sealed[-64:]:
                if was == str(now := read_row(line, where)["id"]):
                    return f"event {was} ({where}) was changed"
                return f"event {was} is not at its place, {where}: event {now} stands there"
    except (Broken, ValueError, KeyError):
        return None
    return None


def check_record(pack: Pack) -> Chain:
    """Check the events and seals of a pack; raise Broken, naming one event where that can be proved."""
    try:
        return check_chain(pack.lines("events.jsonl"), pack.lines("seals.jsonl"))
    except BrokenBlock as block:
        if named := find_changed_event(pack, block):
            raise Broken(f"{named}; seal {block.seal['number']} proves it.") from block
        raise


def _facts(pack: Pack, name: str) -> dict[str, Any]:
    """Return bytes, lines and SHA-256 of a file; raise Broken if a line of a .jsonl is not canonical."""
    digest, size, number = hashlib.sha256(), 0, 0
    for number, line in enumerate(pack.lines(name), 1):
        if name.endswith(".jsonl") and name not in REQUIRED:
            read_row(line, f"{name} line {number}")
        digest.update(line + b"\n")
        size += len(line) + 1
    return {"bytes": size, "lines": number, "sha256": digest.hexdigest()}


def check_files(pack: Pack, chain: Chain | None) -> str:
    """Check every file against the manifest; say how many there are. Raise Broken on the first that differs."""
    manifest = read_row(b"\n".join(pack.lines("manifest.json")), "manifest.json", MANIFEST_FIELDS)
    if manifest["format"] != FORMAT:
        raise Broken(f"manifest.json has the format {manifest['format']!r}; this program reads {FORMAT!r}.")
    listed, held = [*manifest["files"], "manifest.json"], pack.names()
    for name in [*REQUIRED, *listed, *held]:
        if name not in listed:
            raise Broken(f"{name} is not in the manifest.")
        if held.count(name) != 1:
            raise Broken(f"{name} is missing from the pack, or is in it twice.")
    for name, told in manifest["files"].items():
        if told != _facts(pack, name):
            raise Broken(f"{name} was changed: it is not the file that manifest.json describes.")
    if chain and manifest["head"] != chain.head:
        raise Broken("manifest.json does not end with the last seal of seals.jsonl.")
    if chain and manifest["files"]["leaves.txt"]["sha256"] != chain.leaves_sha256:
        raise Broken("leaves.txt does not hold the leaves of the sealed events.")
    return f"{len(listed)} files as the manifest says."


def check_kept(pack: Pack) -> str:
    """Check that what was kept by its hash is what sealed events name; say how much. Raise Broken otherwise."""
    files = [name for name in KEPT_BY_HASH if name in pack.names()]
    named, last = _hashes_of(pack, {verb for name in files for _, _, verbs in KEPT_BY_HASH[name] for verb in verbs})
    count = 0
    for name in files:
        for number, line in enumerate(pack.lines(name), 1):
            where = f"{name} line {number}"
            try:
                count += _check_row(read_row(line, where), KEPT_BY_HASH[name], named, last, where)
            except (ValueError, TypeError, AttributeError) as error:
                raise Broken(f"{where} is not as a pack has it: {error}.") from error
    return f"{count} hashes of sheets, minutes and decisions stand in sealed events."


Named = dict[tuple[str, str], set[str]]  # (verb, field) → the texts of that field in the events of that verb
Kept = list[tuple[str, Optional[str], dict[str, str]]]


def _check_row(row: dict[str, Any], kept: Kept, named: Named, last: float, where: str) -> int:
    """Check the hashes of one row; say how many there were."""
    count = 0
    for field, content, verbs in kept:
        digest = row.get(field)
        if not digest:
            continue
        count += 1
        if content and hashlib.sha256(canonical(row.get(content))).hexdigest() != digest:
            raise Broken(f"{where}: {content} does not have the hash that was kept.")
        is_named = any(digest in named.get((verb, key), ()) for verb, key in verbs.items())
        if not is_named and _newest(row) < last - NOT_SEALED_YET:
            raise Broken(f"{where}: no sealed event names its {field}.")
    return count


def _hashes_of(pack: Pack, verbs: set[str]) -> tuple[Named, float]:
    """Return what the events of these verbs name, and the instant of the last event."""
    found: Named = {}
    wanted = re.compile("|".join(re.escape(f'"verb":"{verb}"') for verb in verbs).encode())
    line = b""
    for line in pack.lines("events.jsonl"):
        if verbs and wanted.search(line):
            event = json.loads(line)
            for key, value in event["changes"].items():
                if isinstance(value, str):
                    found.setdefault((event["verb"], key), set()).add(value)
    return found, _seconds(json.loads(line)["at"]) if line else 0.0


def _newest(row: dict[str, Any]) -> float:
    return max(_seconds(value) for name, value in row.items() if name in INSTANTS and value)


def _seconds(instant: str) -> float:
    return dt.datetime.fromisoformat(instant.replace("Z", "+00:00")).timestamp()


def check_container(path: Path) -> str:
    """Check that a zip ends with the SHA-256 of all bytes before; say it. Raise Broken otherwise."""
    digest, held = hashlib.sha256(), b""
    with path.open("rb") as file:
        while chunk := file.read(1 << 20):
            held += chunk
            digest.update(held[:-64])
            held = held[-64:]
    if held != digest.hexdigest().encode():
        raise Broken(f"{path.name} was changed: it does not end with the SHA-256 of its own bytes.")
    return f"{path.name} has no byte changed."


def check_heads(pack: Pack, folder: Path, allow_later: bool) -> str:
    """Compare each seal with its published head; say how many. Raise Broken on the first difference."""
    heads = {file.name: file for file in folder.rglob("*") if file.is_file()}
    for name in heads:
        if not re.fullmatch(r"[0-9]{10,}\.json", name):
            raise Broken(f"{name} in {folder} is no head: a head is called like 0000000001.json.")
    number = 0
    for number, line in enumerate(pack.lines("seals.jsonl"), 1):
        head = heads.pop(f"{number:010}.json", None)
        if head is None:
            raise Broken(f"the head of seal {number} is not in {folder}: fetch it, or it was never published.")
        if head.read_bytes() != line + b"\n":
            raise Broken(f"seal {number} is not the one that was published.")
    if heads and not allow_later:
        later = f"{folder} also holds {min(heads)}, which the pack lacks: its end was cut off."
        raise Broken(f"{later} If the pack was made before that head, add --allow-later-heads.")
    return f"{number} seals equal their published heads."


def check_letters(pack: Pack, folder: Path) -> str:
    """Compare letters' files, whatever they are called, with letters.jsonl; say how many. Raise Broken."""
    files = {hashlib.sha256(f.read_bytes()).hexdigest(): f.name for f in sorted(folder.rglob("*")) if f.is_file()}
    known = set()
    for number, line in enumerate(pack.lines("letters.jsonl"), 1):
        digest = read_row(line, f"letters.jsonl line {number}").get("sha256")
        if digest and digest not in files:
            raise Broken(f"the letter of letters.jsonl line {number} is not in {folder}, or was changed.")
        known.add(digest)
    for digest in files.keys() - known:
        raise Broken(f"{files[digest]} in {folder} is no letter of this record.")
    return f"{len(files)} letters equal the record."


def check_pack(
    path: Path, heads: Path | None = None, letters: Path | None = None, allow_later_heads: bool = False
) -> tuple[list[str], list[str]]:
    """Check a pack in every way; return what was found whole and what broken, the first broken record first."""
    try:
        pack = Pack(path, beside=[folder for folder in (heads, letters) if folder])
    except Broken as error:
        return [], [str(error)]
    whole: list[str] = []
    broken: list[str] = []

    def attempt(check: Callable[..., Any], *arguments: Any) -> Any:
        try:
            result = check(*arguments)
        except Broken as error:
            broken.append(str(error))
            return None
        whole.append(str(result))
        return result

    chain = attempt(check_record, pack)
    attempt(check_files, pack, chain)
    if chain:
        attempt(check_kept, pack)
    if heads:
        attempt(check_heads, pack, heads, allow_later_heads)
    if letters:
        attempt(check_letters, pack, letters)
    if path.is_file():
        attempt(check_container, path)
    return whole, broken


def main(arguments: list[str] | None = None) -> int:
    """Verify a pack and print what was found; return the exit code."""
    parser = argparse.ArgumentParser(description="Verify an auditor's pack of the record.")
    parser.add_argument("pack", nargs="?", type=Path, default=Path(__file__).resolve().parent, help="zip or folder")
    parser.add_argument("--heads", type=Path, help="folder with the published heads, fetched from the record bucket")
    parser.add_argument("--allow-later-heads", action="store_true", help="accept heads newer than the pack")
    parser.add_argument("--letters", type=Path, help="folder with all letters, to compare with letters.jsonl")
    options = parser.parse_args(arguments)
    for place in (options.pack, options.heads, options.letters):
        if place and not (place.is_dir() or (place is options.pack and place.is_file())):
            parser.error(f"there is no {place}, or it is of the wrong kind.")
    whole, broken = check_pack(options.pack, options.heads, options.letters, options.allow_later_heads)
    print("BROKEN: " + "\n  also: ".join(broken) if broken else "WHOLE: " + "\n       ".join(whole))
    if not broken and not options.heads:
        print("       Not compared with the published heads: without --heads FOLDER, a record made anew would pass.")
    return 1 if broken else 0


if __name__ == "__main__":
    sys.exit(main())
