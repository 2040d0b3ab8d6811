"""Tests run on a real PostgreSQL and act as the web's role; only the set-up and the sweeping act as the owner."""

import gc
import os
from collections.abc import Iterator

import django.core.cache.backends.db  # noqa: F401 - it takes the clock when imported: before a test stops it
import psycopg
import pytest
from django.conf import settings as django_settings
from django.db import connections
from django.test import TransactionTestCase
from hypothesis import settings
from playwright.sync_api import Error

from infra.machine import template

pytest_plugins = ["tests.cast"]
django_settings.WHITENOISE_AUTOREFRESH = True  # each client of a test would list all files of the pages anew
settings.register_profile("house", deadline=None)  # a busy machine is no failure
settings.load_profile("house")


def _test_database() -> str:
    """Return the name of this process's database: one for each of pytest-xdist's workers."""
    name = os.environ.get("MATCHFUND_TEST_DATABASE", "test_matchfund")
    return "_".join(filter(None, [name, os.environ.get("PYTEST_XDIST_WORKER")]))


@pytest.fixture(scope="session")
def django_db_setup(django_test_environment, django_db_blocker) -> Iterator[None]:
    """Make the test database, and point both roles at it."""
    name = _test_database()
    template.make(name)
    with django_db_blocker.unblock():
        connections["default"].settings_dict["OPTIONS"].pop("pool")  # a test's connection is its own
        for connection in connections.all():
            connection.close()
            connection.settings_dict["NAME"] = name
    yield
    with django_db_blocker.unblock():
        connections.close_all()
    template.drop(name)


SWEEP = """
DO $$
DECLARE
    name text;
    filled text[] := '{}';
    has_rows boolean;
BEGIN
    FOR name IN SELECT quote_ident(tablename) FROM pg_tables WHERE schemaname = 'public'
        AND tablename NOT IN ('django_migrations', 'django_content_type', 'auth_permission')
    LOOP
        EXECUTE 'SELECT EXISTS (SELECT FROM ' || name || ')' INTO has_rows;
        IF has_rows AND name LIKE 'procrastinate%' THEN
            EXECUTE 'TRUNCATE ' || name || ' CASCADE';
        ELSIF has_rows THEN
            filled := filled || name;
        END IF;
    END LOOP;
    SET CONSTRAINTS ALL DEFERRED;
    FOREACH name IN ARRAY filled LOOP
        EXECUTE 'ALTER TABLE ' || name || ' DISABLE TRIGGER USER';
        EXECUTE 'DELETE FROM ' || name;
    END LOOP;
    SET CONSTRAINTS ALL IMMEDIATE;
    FOREACH name IN ARRAY filled LOOP
        EXECUTE 'ALTER TABLE ' || name || ' ENABLE TRIGGER USER';
    END LOOP;
    PERFORM setval(seqrelid::regclass, seqstart, false) FROM pg_sequence JOIN pg_class ON oid = seqrelid
        WHERE relnamespace = 'public'::regnamespace;
END $$"""


def _sweep(self: TransactionTestCase) -> None:
    """Empty every table as the owner, whom no trigger of ours stops; to truncate all of them takes 20 times as long."""
    owner = connections["owner"].settings_dict
    with psycopg.connect(  # Django lets a test use no connection but the default one.
        dbname=owner["NAME"], user=owner["USER"], password=owner["PASSWORD"], host=owner["HOST"], port=owner["PORT"]
    ) as connection:
        connection.execute(SWEEP)


TransactionTestCase._fixture_teardown = _sweep


@pytest.fixture(autouse=True)
def no_registers(settings) -> None:
    """Leave the public registers of organisations unconnected; `tests.registers` connects its own."""
    settings.COMPANIES_HOUSE_URL = settings.ODS_URL = ""


def pytest_collection_finish() -> None:
    """Let the collector of garbage pass over what stays for all tests."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 50)


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Let the tests that are swept come last, as a sweep takes what migrations wrote; repeat what fails as a browser.

    A browser that fails itself gets one more go, which is said at the end; a wrong answer fails at once.
    """
    items.sort(key=_is_swept)
    for item in items:
        if item.get_closest_marker("browser"):
            item.add_marker(pytest.mark.flaky(reruns=1, only_rerun=[Error]))


def _is_swept(item: pytest.Item) -> bool:
    marker = item.get_closest_marker("django_db")
    return bool(marker and marker.kwargs.get("transaction"))
