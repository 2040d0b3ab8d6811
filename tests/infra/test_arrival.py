"""The first contact of a request."""

from django.conf import settings
from django.http import HttpResponse
from django.test import RequestFactory
from django.utils import timezone

from infra.arrival import FirstContact, arrived_at
from tests.cast import NOW


def test_a_request_is_stamped_before_anything_else_is_done_with_it(monkeypatch):
    monkeypatch.setattr(timezone, "now", lambda: NOW)
    request = RequestFactory().get("/", headers={"matchfund.arrived_at": "2000-01-01"})
    FirstContact(lambda request: HttpResponse())(request)
    assert arrived_at(request) == NOW
    assert settings.MIDDLEWARE[0] == "infra.arrival.FirstContact"
