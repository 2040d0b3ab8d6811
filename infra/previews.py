"""Show papers as pictures: each page of a PDF, or an image, drawn anew as PNG; nothing of the file itself is served.

A PDF is drawn by pdftoppm (poppler-utils) in a process of its own with little memory and time; an image is decoded and
encoded again. Where the program is missing, or a file takes too much, there is no picture, and people download it.
"""

import io
import re
import shutil
import subprocess
import tempfile
from pathlib import Path

from django.http import HttpResponse
from PIL import Image, UnidentifiedImageError

from infra.files import PDF

SECONDS, MEMORY_KILOBYTES, FILE_BLOCKS = 10, 600_000, 40_000  # of one drawing; a block is 1,024 bytes
WIDTH, MOST_PIXELS, MOST_PAGES = 1_100, 40_000_000, 20
IMAGES = {"image/png": "PNG", "image/jpeg": "JPEG"}
_PAGES = re.compile(rb"^Pages:\s+(\d+)$", re.MULTILINE)


class NoPreview(Exception):
    """The file cannot be shown as a picture."""


def can_show(content_type: str) -> bool:
    """Tell whether files of a type are shown as pictures."""
    return (content_type == PDF and bool(shutil.which("pdftoppm"))) or content_type in IMAGES


def pages(body: bytes, content_type: str) -> int:
    """Return how many pages a file has that are shown, at most 20.

    Raises:
        NoPreview: it cannot be read.
    """
    if content_type in IMAGES:
        return 1
    found = _PAGES.search(_bounded(body, "pdfinfo", "{file}"))
    if not found:
        raise NoPreview("The file has no pages that can be counted.")
    return min(int(found[1]), MOST_PAGES)


def picture(body: bytes, content_type: str, page: int) -> bytes:
    """Return one page of a file as a PNG, about 1,100 pixels wide.

    Raises:
        NoPreview: there is no such page, or it cannot be drawn within the bounds.
    """
    if content_type in IMAGES:
        return _encoded(body, IMAGES[content_type])
    number = str(page)
    drawn = _bounded(
        body, "pdftoppm", "-png", "-singlefile", "-f", number, "-l", number, "-scale-to-x", str(WIDTH),
        "-scale-to-y", "-1", "{file}",
    )  # fmt: skip
    return _encoded(drawn, "PNG")


def _bounded(body: bytes, program: str, *arguments: str) -> bytes:
    """Run a program on a file in a folder of its own, bounded in memory, time and what it writes; return its output."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder, "paper.pdf")
        file.write_bytes(body)
        limits = f'ulimit -v {MEMORY_KILOBYTES} -t {SECONDS} -f {FILE_BLOCKS}; exec "$@"'
        command = ["/bin/sh", "-c", limits, "sh", program, *(a.format(file=file) for a in arguments)]
        try:
            done = subprocess.run(  # noqa: S603 - our own programs, on a file whose name is ours
                command, capture_output=True, timeout=SECONDS, check=True, cwd=folder, env={"PATH": "/usr/bin:/bin"}
            )
        except (subprocess.SubprocessError, OSError) as error:
            raise NoPreview("The file cannot be drawn.") from error
    return done.stdout


def _encoded(body: bytes, kind: str) -> bytes:
    """Return an image decoded and encoded again as PNG, without anything but its pixels."""
    try:
        with Image.open(io.BytesIO(body), formats=[kind]) as image:
            if image.width * image.height > MOST_PIXELS:
                raise NoPreview("The picture is too large.")
            plain = image.convert("RGB")
            plain.thumbnail((WIDTH, WIDTH * 4))
    except (UnidentifiedImageError, OSError, ValueError, Image.DecompressionBombError, SyntaxError) as error:
        raise NoPreview("The picture cannot be read.") from error
    out = io.BytesIO()
    plain.save(out, "PNG", optimize=False)
    return out.getvalue()


def answer(png: bytes) -> HttpResponse:
    """Return a picture that nothing can be run from, and that no cache shared between people keeps."""
    response = HttpResponse(png, content_type="image/png")
    response["Content-Security-Policy"] = "default-src 'none'; sandbox"
    response["X-Content-Type-Options"] = "nosniff"
    response["Cross-Origin-Resource-Policy"] = "same-origin"
    response["Cache-Control"] = "private, max-age=300"
    response["Content-Disposition"] = "inline"
    return response
