"""A small record made without a database, as lines and as a pack's folder."""

import hashlib
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from audit import verify

HERE = Path(verify.__file__).parent


def event(number: int, **fields: Any) -> bytes:
    """Return an event's line."""
    row = {
        "actor_id": 7, "at": f"2027-02-02T12:00:00.{number:06}Z", "changes": {"state": ["draft", "submitted"]},
        "id": number, "request_id": "", "role": "applicant", "subject": f"bid:B-{number}", "verb": "bid.submitted",
    }  # fmt: skip
    return verify.canonical(row | fields)


def seals(blocks: Sequence[Sequence[bytes]]) -> list[bytes]:
    """Return the seals' lines over blocks of events' lines."""
    lines, previous = [], verify.NOTHING_BEFORE
    for number, block in enumerate(blocks, 1):
        ids = [verify.json.loads(line)["id"] for line in block]
        tree = verify.MerkleTree()
        for line in block:
            tree.add(verify.leaf_hash(line))
        seal = {
            "count": len(block), "first_id": ids[0], "last_id": ids[-1], "number": number, "previous": previous,
            "root": tree.root(), "sealed_at": f"2027-02-02T12:{number:02}:00.000000Z",
        }  # fmt: skip
        previous = verify.seal_hash(seal)
        lines.append(verify.canonical(seal | {"seal": previous}))
    return lines


def blocks(*sizes: int) -> list[list[bytes]]:
    """Return blocks of so many events, with one id left out between two blocks, as a rolled-back deed leaves it."""
    made, number = [], 1
    for size in sizes:
        made.append([event(n) for n in range(number, number + size)])
        number += size + 1
    return made


def joined(lines: Sequence[bytes]) -> bytes:
    """Return lines as a file."""
    return b"".join(line + b"\n" for line in lines)


def write(folder: Path, name: str, lines: Sequence[bytes]) -> None:
    """Write a file of a pack."""
    (folder / name).write_bytes(joined(lines))


def pack(folder: Path, *sizes: int, letters: Sequence[bytes] = ()) -> Path:
    """Write a pack's folder of blocks of so many events, and of letters with these bytes."""
    folder.mkdir(exist_ok=True)
    made = blocks(*sizes)
    events = [line for block in made for line in block]
    write(folder, "events.jsonl", events)
    write(folder, "seals.jsonl", seals(made))
    leaves = [verify.leaf_line(verify.json.loads(line)["id"], verify.leaf_hash(line)) for line in events]
    (folder / "leaves.txt").write_bytes(b"".join(leaves))
    rows = [{"key": f"letters/{n}", "sha256": hashlib.sha256(body).hexdigest()} for n, body in enumerate(letters)]
    write(folder, "letters.jsonl", [verify.canonical(row) for row in rows])
    (folder / "README.txt").write_bytes((HERE / "pack_readme.txt").read_bytes())
    (folder / "verify.py").write_bytes((HERE / "verify.py").read_bytes())
    remake_manifest(folder)
    return folder


def remake_manifest(folder: Path) -> None:
    """Write the manifest that fits the files, as somebody who tampers would."""
    (folder / "manifest.json").unlink(missing_ok=True)
    files = {}
    for file in sorted(folder.iterdir()):
        body = file.read_bytes()
        files[file.name] = {"bytes": len(body), "lines": body.count(b"\n"), "sha256": hashlib.sha256(body).hexdigest()}
    last = (folder / "seals.jsonl").read_bytes().splitlines()[-1:]
    head = verify.json.loads(last[0]) if last else None
    manifest = {"files": files, "format": verify.FORMAT, "head": head}
    write(folder, "manifest.json", [verify.canonical(manifest)])
