"""Who is signed in, read with what every page shows of them."""

from allauth.account.auth_backends import AuthenticationBackend
from django.db.models import Count, IntegerField, OuterRef, Subquery, Value
from django.db.models.functions import Coalesce

from accounts.models import Message, User


class Backend(AuthenticationBackend):
    """Sign people in as allauth does; read the number of their unread messages in the query that reads them."""

    def get_user(self, user_id: int) -> User | None:
        """Return the person of a session, None when there is none or their account is closed."""
        mine = Message.objects.filter(to=OuterRef("pk"), read_at=None).order_by().values("to")
        unread = Subquery(mine.annotate(count=Count("pk")).values("count"), output_field=IntegerField())
        user = User.objects.annotate(count=Coalesce(unread, Value(0))).filter(pk=user_id).first()
        if user is None or not self.user_can_authenticate(user):
            return None
        user.unread = user.count
        return user
