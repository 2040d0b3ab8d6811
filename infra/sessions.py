"""Keep sessions in the database as Django does; read the one of each request in the cheapest way."""

from django.contrib.sessions.backends import db
from django.contrib.sessions.models import Session
from django.utils import timezone

from infra.rows import rows

_ALIVE = "SELECT {s} FROM django_session s WHERE s.session_key = %(key)s AND s.expire_date > %(now)s"


class SessionStore(db.SessionStore):
    """Read a session without putting its statement together from a query set anew."""

    def _get_session_from_db(self) -> Session | None:
        found = rows(_ALIVE, {"key": self.session_key, "now": timezone.now()}, s=Session)
        if not found:
            self._session_key = None
            return None
        return found[0][0]
