"""Tell whether a connection of the pool still stands, without asking PostgreSQL before each request."""

import select

from psycopg import Connection
from psycopg_pool import ConnectionPool


def check(connection: Connection) -> None:
    """Raise OperationalError when PostgreSQL has closed this connection.

    A closed connection has an end to be read, which the kernel knows of; only then is PostgreSQL asked.
    """
    waiting = select.poll()
    waiting.register(connection.fileno(), select.POLLIN)
    if waiting.poll(0):
        ConnectionPool.check_connection(connection)
