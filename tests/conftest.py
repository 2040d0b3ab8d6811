"""Tests run on a real PostgreSQL and act as the web's role; only the set-up and the sweeping act as the owner."""

import os
from collections.abc import Iterator
from copy import deepcopy

import psycopg
import pytest
from django.db import connections
from django.test import TransactionTestCase
from django.test.utils import setup_databases, teardown_databases
from hypothesis import settings
from playwright.sync_api import Error

pytest_plugins = ["tests.cast"]
settings.register_profile("house", deadline=None)  # a busy machine is no failure
settings.load_profile("house")


def _test_database() -> str:
    """Return the name of this process's database: one for each of pytest-xdist's workers."""
    name = os.environ.get("MATCHFUND_TEST_DATABASE", "test_matchfund")
    return "_".join(filter(None, [name, os.environ.get("PYTEST_XDIST_WORKER")]))


@pytest.fixture(scope="session")
def django_db_setup(
    request, django_test_environment, django_db_blocker, django_db_modify_db_settings
) -> Iterator[None]:
    """Make the test database as the owner, then hand the default connection to the web's role."""
    default = connections["default"]
    web = deepcopy(default.settings_dict)
    owner = deepcopy(connections["owner"].settings_dict)
    with django_db_blocker.unblock():
        default.settings_dict.update({k: owner[k] for k in ("USER", "PASSWORD", "HOST", "PORT")})
        default.settings_dict["OPTIONS"] = {}
        default.settings_dict["TEST"]["NAME"] = _test_database()
        made = setup_databases(verbosity=0, interactive=False, aliases={"default"}, serialized_aliases=set())
        default.close()
        name = default.settings_dict["NAME"]
        connections["owner"].close()
        connections["owner"].settings_dict["NAME"] = name
        default.settings_dict.update({k: web[k] for k in ("USER", "PASSWORD", "HOST", "PORT")})
    yield
    with django_db_blocker.unblock():
        connections["owner"].close()
        default.close()
        default.settings_dict.update({k: owner[k] for k in ("USER", "PASSWORD", "HOST", "PORT")})
        teardown_databases(made, verbosity=0)


def _sweep(self: TransactionTestCase) -> None:
    """Empty every table as the owner: the web's role may not."""
    owner = connections["owner"].settings_dict
    with psycopg.connect(  # Django lets a test use no connection but the default one.
        dbname=owner["NAME"], user=owner["USER"], password=owner["PASSWORD"], host=owner["HOST"], port=owner["PORT"]
    ) as connection:
        cursor = connection.execute(
            "SELECT string_agg(quote_ident(tablename), ', ') FROM pg_tables WHERE schemaname = 'public'"
            " AND tablename NOT IN ('django_migrations', 'django_content_type', 'auth_permission')"
        )
        connection.execute(f"TRUNCATE {cursor.fetchone()[0]} RESTART IDENTITY CASCADE")


TransactionTestCase._fixture_teardown = _sweep


@pytest.fixture(autouse=True)
def no_registers(settings) -> None:
    """Leave the public registers of organisations unconnected; `tests.registers` connects its own."""
    settings.COMPANIES_HOUSE_URL = settings.ODS_URL = ""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Give a browser that fails itself one more go, and say so at the end; a wrong answer fails at once."""
    for item in items:
        if item.get_closest_marker("browser"):
            item.add_marker(pytest.mark.flaky(reruns=1, only_rerun=[Error]))
