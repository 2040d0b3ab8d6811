"""Addresses of the streams and their money."""

from django.urls import path

from funds.views import streams

urlpatterns = [
    path("streams/", streams.streams, name="streams"),
    path("streams/<str:code>/", streams.stream, name="stream"),
]
