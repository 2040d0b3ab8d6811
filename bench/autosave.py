"""Time the save of an answer while somebody types, beside a bare form of Django.

Run it by: python -m bench.autosave [--rounds 20]

Both requests go through the real WSGI application with all its middleware, from a person who is signed in, with a CSRF
token and 400 words, to a PostgreSQL of their own. The bare form checks two fields, inserts one row, updates one row and
answers with a redirect. Seconds are CPU of this process; the median round counts.
"""

import argparse
import datetime as dt
import io
import os
import statistics
import sys
import time
from collections.abc import Callable
from urllib.parse import urlencode

import psycopg

from bench.database import fresh

LIMIT_MS = 10.0
LIMIT_RATIO = 2.5
REQUESTS = 50  # in a round, of each kind
TABLES = """
    CREATE TABLE bench_note (id bigserial PRIMARY KEY, person_id bigint NOT NULL, text text, version int NOT NULL);
    CREATE TABLE bench_page (id bigint PRIMARY KEY, notes int NOT NULL);
    INSERT INTO bench_page VALUES (1, 0);
    GRANT SELECT, INSERT, UPDATE ON bench_note, bench_page TO PUBLIC;
    GRANT USAGE ON SEQUENCE bench_note_id_seq TO PUBLIC;
"""


def bare_form() -> str:
    """Add the bare form to the site; return its address."""
    from django import forms
    from django.db import models
    from django.http import HttpResponse
    from django.shortcuts import redirect
    from django.urls import path

    from infra import urls

    class Note(models.Model):  # noqa: DJ008
        person_id = models.BigIntegerField()
        text = models.TextField()
        version = models.IntegerField()

        class Meta:
            app_label, managed, db_table = "infra", False, "bench_note"

    class Page(models.Model):  # noqa: DJ008
        notes = models.IntegerField()

        class Meta:
            app_label, managed, db_table = "infra", False, "bench_page"

    class NoteForm(forms.Form):
        text = forms.CharField()
        version = forms.IntegerField()

    def note(request):
        form = NoteForm(request.POST)
        if not form.is_valid():
            return HttpResponse(status=400)
        Note.objects.create(person_id=request.user.pk, **form.cleaned_data)
        Page.objects.filter(pk=1).update(notes=models.F("notes") + 1)
        return redirect("home")

    urls.urlpatterns.insert(0, path("bench/note", note, name="bench_note"))
    return "/bench/note"


def poster(application: Callable, cookies: str, token: str) -> Callable[[str, dict], tuple[int, dict]]:
    """Return what posts a form through the application and returns status and headers."""
    from django.conf import settings

    host = settings.ALLOWED_HOSTS[0]

    def post(path: str, typed: dict) -> tuple[int, dict]:
        body = urlencode(typed | {"csrfmiddlewaretoken": token}).encode()
        answer: dict = {}

        def start(status: str, headers: list, exc_info: object = None) -> None:
            answer.update(status=int(status[:3]), headers=dict(headers))

        environ = {
            "REQUEST_METHOD": "POST", "PATH_INFO": path, "SCRIPT_NAME": "", "QUERY_STRING": "", "SERVER_PORT": "80",
            "SERVER_NAME": host, "HTTP_HOST": host, "REMOTE_ADDR": "127.0.0.1",
            "SERVER_PROTOCOL": "HTTP/1.1", "CONTENT_TYPE": "application/x-www-form-urlencoded",
            "CONTENT_LENGTH": str(len(body)), "HTTP_COOKIE": cookies, "HTTP_HX_REQUEST": "true",
            "wsgi.url_scheme": "https" if settings.HTTPS else "http", "wsgi.input": io.BytesIO(body),
            "wsgi.errors": sys.stderr, "wsgi.version": (1, 0), "wsgi.multithread": True, "wsgi.multiprocess": True,
            "wsgi.run_once": False, "HTTP_REFERER": settings.BASE_URL + path,
        }  # fmt: skip
        for _ in (chunks := application(environ, start)):
            pass
        if hasattr(chunks, "close"):
            chunks.close()
        return answer["status"], answer["headers"]

    return post


def measure(rounds: int) -> tuple[float, float]:
    """Return the CPU milliseconds of one save and of one bare form."""
    from bench.people import bidders
    from infra.wsgi import application

    bare = bare_form()
    [bidder] = bidders(1, dt.datetime.now(dt.UTC) + dt.timedelta(days=1))
    post = poster(application, f"sessionid={bidder.session}; csrftoken={bidder.token}", bidder.token)
    words = "biomarker " * 399
    version = 1

    def save(number: int) -> None:
        nonlocal version
        typed = {"text": f"{words}{number}", "version": version, "writer": "1:/bids/B000001/questions/summary:sign"}
        status, headers = post(f"/bids/{bidder.reference}/questions/{bidder.slug}/save", typed)
        assert status == 200, status
        version = int(headers["Matchfund-Version"])

    def note(number: int) -> None:
        status, _ = post(bare, {"text": f"{words}{number}", "version": number})
        assert status == 302, status

    spent: dict[Callable, list[float]] = {save: [], note: []}
    for a_round in range(rounds + 2):
        for deed in (save, note) if a_round % 2 else (note, save):
            began = time.process_time()
            for number in range(REQUESTS):
                deed(a_round * REQUESTS + number + 1)
            spent[deed].append((time.process_time() - began) / REQUESTS * 1000)
    return statistics.median(spent[save][2:]), statistics.median(spent[note][2:])


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=20)
    rounds = parser.parse_args().rounds
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "infra.settings")
    with fresh("bench_autosave"):
        with psycopg.connect(os.environ["MATCHFUND_OWNER_DATABASE_URL"]) as owner:
            owner.execute(TABLES)
        import django

        django.setup()
        save, bare = measure(rounds)
    ratio = save / bare
    print(
        f"save {save:.2f} ms CPU (limit {LIMIT_MS}), bare form {bare:.2f} ms, ratio {ratio:.2f} (limit {LIMIT_RATIO})"
    )
    return int(save > LIMIT_MS or ratio > LIMIT_RATIO)


if __name__ == "__main__":
    sys.exit(main())
