"""The site as granian serves it, at the instant that stands in a file."""

import datetime as dt
import os
from pathlib import Path

from django.utils import timezone

from infra.wsgi import application

__all__ = ["application"]
timezone.now = lambda: dt.datetime.fromisoformat(Path(os.environ["SERVED_AT"]).read_text())
