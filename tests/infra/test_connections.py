"""A connection that PostgreSQL has closed is not given to a request."""

import psycopg
import pytest
from django.db import connection

from infra.connections import check


@pytest.fixture
def kept(db):
    facts = connection.get_connection_params()
    wanted = {name: facts[name] for name in ("host", "port", "user", "password", "dbname") if facts.get(name)}
    with psycopg.connect(**wanted, autocommit=True) as kept:
        yield kept


def test_an_open_connection_is_given(kept):
    check(kept)
    assert kept.execute("SELECT 1").fetchone() == (1,)


@pytest.mark.parametrize("autocommit", [True, False])
def test_a_connection_that_was_ended_is_told(kept, autocommit):
    kept.autocommit = autocommit
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_terminate_backend(%s, 10000)", [kept.info.backend_pid])
    with pytest.raises(psycopg.OperationalError):
        check(kept)
