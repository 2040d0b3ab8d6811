"""Write the auditor's pack to a file."""

import json
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from audit.pack import write_pack
from audit.sealing import RecordBusy, close_block


class Command(BaseCommand):
    """Close a block, write the pack, say where it is and what it holds."""

    help = "Seal what is new and write the auditor's pack: the whole sealed record with the program that checks it."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--out", type=Path, required=True, help="the file to write, such as record.zip")
        parser.add_argument("--json", action="store_true", help="print one JSON object")

    def handle(self, *, out: Path, **options: Any) -> None:
        """Write the pack; refuse if the folder is missing or the record is busy."""
        if not out.parent.is_dir() or out.is_dir():
            raise CommandError(f"{out} cannot be written: name a file in a folder that exists.")
        try:
            close_block(timezone.now())
        except RecordBusy as error:
            raise CommandError(str(error)) from error
        facts = write_pack(out)
        if options["json"]:
            self.stdout.write(json.dumps({"out": str(out), **facts._asdict()}, sort_keys=True))
            return
        self.stdout.write(f"{out}: {facts.events:,} events, {facts.seals:,} seals, {facts.bytes:,} bytes")
        self.stdout.write(f"Head: {facts.head or 'none, an empty record'}")
        self.stdout.write(f"SHA-256: {facts.sha256}")
        self.stdout.write(f"Check it with:  python3 audit/verify.py {out}")
