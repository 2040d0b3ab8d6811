"""The Atom feed (RFC 4287) of competitions that take bids or soon will."""

import re
from collections.abc import Iterable

from django.conf import settings
from django.urls import reverse
from django.utils.feedgenerator import Atom1Feed

from funds.models import Competition
from infra.filters import uk_seconds

_NOT_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def atom(competitions: Iterable[Competition]) -> bytes:
    """Return the feed of competitions that carry `changed_at`; characters that XML cannot hold are left out."""
    home = f"{settings.BASE_URL}{reverse('find_competitions')}"
    feed = Atom1Feed(
        title="Matchfund: competitions", link=home, description="", language="en-GB", author_name="Matchfund",
        subtitle="Competitions that are open or will open soon", feed_url=f"{settings.BASE_URL}{reverse('feed')}",
    )  # fmt: skip
    for competition in competitions:
        dates = f"Opens {uk_seconds(competition.opens_at)}. Closes {uk_seconds(competition.closes_at)}."
        feed.add_item(
            title=_plain(competition.title),
            link=f"{settings.BASE_URL}{reverse('competition', args=[competition.reference])}",
            description=_plain(f"{competition.summary}\n\n{dates}"),
            unique_id=f"{settings.BASE_URL}{reverse('competition', args=[competition.reference])}",
            pubdate=competition.published_at or competition.opens_at,
            updateddate=competition.changed_at,  # type: ignore[attr-defined]
            categories=[_plain(competition.stream.title)],
        )
    return feed.writeString("utf-8").encode()


def _plain(text: str) -> str:
    return _NOT_XML.sub("", text)
