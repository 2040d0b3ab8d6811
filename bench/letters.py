"""Measure how fast letters are rendered, sealed and stored, beside the bare libraries on the same letter.

Run it by: python -m bench.letters [--letters 60] [--long 500]

Ours renders a PDF/A-3a and PDF/UA-1 at once with its data attached, seals it so that equal letters have equal bytes,
and stores it on S3 with a checksum and a condition. The bare way renders the same page as PDF/A-3a by WeasyPrint and
signs it by pyHanko as PAdES. Both run in turn in one process; then one and two workers run by themselves.
"""

import argparse
import asyncio
import hashlib
import os
import subprocess
import sys
import time
from collections.abc import Callable
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path
from typing import Any, NamedTuple

ROOT = Path(__file__).resolve().parents[1]
AT = datetime(2026, 11, 23, 9, 30, tzinfo=UTC)
LEAST_RATE, LEAST_GAIN, MOST_MB = 0.85, 1.7, 200.0


def ours() -> Callable[[int], None]:
    """Return what makes one of our letters."""
    from django.conf import settings

    from awards.letters import document, seal
    from awards.letters.example import example
    from infra import storage

    signer = seal.FileSigner(settings.SEAL_KEY_FILE, settings.SEAL_CERTIFICATE_FILE)

    def make(number: int) -> None:
        sealed = seal.seal(document.render(example(number)), signer=signer, at=AT)
        key = f"bench/{hashlib.sha256(sealed).hexdigest()}.pdf"
        storage.put_once(settings.S3_UPLOADS_BUCKET, key, sealed, "application/pdf", retain=False)

    return make


def bare() -> Callable[[int], None]:
    """Return what makes the same page with nothing but WeasyPrint and pyHanko."""
    from django.conf import settings
    from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
    from pyhanko.sign import signers
    from pyhanko.sign.fields import SigSeedSubFilter
    from weasyprint import CSS, HTML
    from weasyprint.text.fonts import FontConfiguration

    from awards.letters import document
    from awards.letters.example import example

    signer = signers.SimpleSigner.load(str(settings.SEAL_KEY_FILE), str(settings.SEAL_CERTIFICATE_FILE))
    fonts = FontConfiguration()
    style = CSS(string=(document.TEMPLATES / "letter.css").read_text(), font_config=fonts)

    def make(number: int) -> None:
        pdf = HTML(string=document.html(example(number))).write_pdf(
            stylesheets=[style], font_config=fonts, pdf_variant="pdf/a-3a"
        )
        about = signers.PdfSignatureMetadata(field_name="Seal", subfilter=SigSeedSubFilter.PADES, md_algorithm="sha256")
        asyncio.run(signers.PdfSigner(about, signer=signer).async_sign_pdf(IncrementalPdfFileWriter(BytesIO(pdf))))

    return make


def timed(make: Callable[[int], None], first: int, count: int) -> float:
    """Return the CPU seconds of this process that some letters take."""
    began = time.process_time()
    for number in range(first, first + count):
        make(number)
    return time.process_time() - began


def side_by_side(count: int) -> None:
    """Make letters both ways in turn, ten at a time, and compare."""
    ways = {"ours": ours(), "bare": bare()}
    for make in ways.values():
        make(0)
    spent = dict.fromkeys(ways, 0.0)
    offset = int(time.time()) % 1_000_000  # so that S3 holds none of them yet
    for first in range(offset, offset + count, 10):
        for name, make in ways.items():
            spent[name] += timed(make, first, 10)
    rate = spent["bare"] / spent["ours"]
    each = {name: f"{seconds / count * 1000:.0f} ms" for name, seconds in spent.items()}
    print(f"CPU a letter: ours {each['ours']}, bare {each['bare']}: {rate:.2f} of the bare rate (limit {LEAST_RATE})")


class Worked(NamedTuple):
    """What some workers did together: letters a second of the clock, CPU ms a letter, and MB of the largest."""

    rate: float
    cpu_ms: float
    memory_mb: float


def alone(first: int, count: int) -> None:
    """Be a worker: get ready, wait for the word, make letters, and say what CPU and memory that took."""
    make = ours()
    make(first)
    print("ready", flush=True)
    sys.stdin.readline()
    spent = timed(make, first + 1, count)
    status = Path("/proc/self/status").read_text()
    print(spent, int(status.partition("VmHWM:")[2].split()[0]) / 1024)


def workers(many: int, count: int) -> Worked:
    """Let several workers make letters, timed from when all of them stand ready: they start once and work for days."""
    command = [sys.executable, "-m", "bench.letters", "--worker", str(count // many), "--first"]
    offset = int(time.time()) % 1_000_000 * 10
    pipes: Any = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "text": True}
    running = [subprocess.Popen([*command, str(offset + n * count)], cwd=ROOT, **pipes) for n in range(many)]
    for worker in running:
        worker.stdout.readline()
    began = time.perf_counter()
    for worker in running:
        worker.stdin.write("go\n")
        worker.stdin.flush()
    told = [[float(word) for word in worker.communicate()[0].split()] for worker in running]
    rate = count / (time.perf_counter() - began)
    return Worked(rate, 1000 * sum(cpu for cpu, _ in told) / count, max(memory for _, memory in told))


def main() -> None:
    """Read the command line and measure."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--letters", type=int, default=60)
    parser.add_argument("--long", type=int, default=500)
    parser.add_argument("--worker", type=int)
    parser.add_argument("--first", type=int, default=0)
    asked = parser.parse_args()
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "infra.settings")
    import django

    django.setup()
    if asked.worker:
        alone(asked.first, asked.worker)
        return
    side_by_side(asked.letters)
    single, double = workers(1, asked.long), workers(2, asked.long)
    gain = double.rate / single.rate
    print(
        f"One worker {single.rate:.1f} letters a second, two {double.rate:.1f}: {gain:.2f} times (limit {LEAST_GAIN})"
    )
    print(f"CPU a letter: {single.cpu_ms:.0f} ms with one worker, {double.cpu_ms:.0f} ms with two")
    print(f"Memory of a worker after {asked.long}: {single.memory_mb:.0f} MB (limit {MOST_MB:.0f})")


if __name__ == "__main__":
    main()
