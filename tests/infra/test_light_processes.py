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
