"""A process of the web or of the jobs loads what it uses: solvers and renderers come when they are asked for."""

import subprocess
import sys

from django.conf import settings

LOAD = """
import sys, django
django.setup()
import infra.urls, infra.jobs
print(*sorted({"numpy", "highspy", "scipy", "sklearn", "weasyprint", "pyhanko"} & set(sys.modules)))
"""


def test_a_fresh_process_has_loaded_no_solver_and_no_renderer():
    done = subprocess.run(
        [sys.executable, "-c", LOAD], cwd=settings.BASE_DIR, capture_output=True, text=True, timeout=120
    )
    assert (done.stdout.strip(), done.stderr) == ("", "")


JOBS = """
import django
django.setup()
from procrastinate.contrib.django import app
app.perform_import_paths()
of_the_worker = set(app.tasks)
import infra.urls
print(*sorted(set(app.tasks) - of_the_worker), len(app.periodic_registry.periodic_tasks))
"""


def test_a_worker_knows_every_job_that_a_page_queues_and_all_that_is_done_on_the_clock():
    on_the_clock = (settings.BASE_DIR / "infra" / "jobs.py").read_text().count("@app.periodic(")
    done = subprocess.run(
        [sys.executable, "-c", JOBS], cwd=settings.BASE_DIR, capture_output=True, text=True, timeout=120
    )
    assert (done.stdout.strip(), done.stderr) == (str(on_the_clock), "")
