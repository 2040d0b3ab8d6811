"""How files reach us: to disk while they arrive, and no further than the largest that anybody may give."""

from typing import Any

from django.core.files.uploadhandler import FileUploadHandler

from infra.files import MOST_BYTES


class NoMoreThanTaken(FileUploadHandler):
    """Let go of what comes after the largest size that is taken, so that no upload fills a disk.

    Stands before the handlers that keep. What they get is still too large, and is refused in words.
    """

    def receive_data_chunk(self, raw_data: bytes, start: int) -> bytes | None:
        """Pass on a piece that still belongs to what is looked at; `start` is its place in the file, in bytes."""
        return raw_data if start <= MOST_BYTES else None

    def file_complete(self, file_size: int) -> Any:
        """Leave the file to the handlers that keep it."""
        return None
