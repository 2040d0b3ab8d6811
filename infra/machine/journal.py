"""Keep a file of records that survives kill -9: a record cut short is dropped when the file is next opened."""

import os
import struct
import zlib
from collections.abc import Iterator
from pathlib import Path

HEAD = struct.Struct(">II")  # bytes in the record, its CRC-32


class Journal:
    """Append records to one file and read them back in order."""

    def __init__(self, path: Path) -> None:
        """Open the file, making it if there is none, and cut off whatever follows the last whole record."""
        path.touch()
        self.path = path
        os.truncate(path, sum(HEAD.size + len(record) for record in self))

    def __iter__(self) -> Iterator[bytes]:
        """Give each whole record, oldest first."""
        with self.path.open("rb") as file:
            while len(head := file.read(HEAD.size)) == HEAD.size:
                length, check = HEAD.unpack(head)
                record = file.read(length)
                if len(record) != length or zlib.crc32(record) != check:
                    return
                yield record

    def append(self, record: bytes) -> None:
        """Write one record; the kernel has it when this returns, so that killing this process loses nothing."""
        with self.path.open("ab") as file:
            file.write(HEAD.pack(len(record), zlib.crc32(record)) + record)
