"""The web process's door."""

import gc
import os

from django.core.wsgi import get_wsgi_application
from django.urls import get_resolver

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "infra.settings")
application = get_wsgi_application()

_ = get_resolver().url_patterns  # load every page now, not while the first visitor waits
gc.collect()
gc.freeze()  # what is loaded stays: the collector need not look through it again and again
gc.set_threshold(50_000, 20, 50)
