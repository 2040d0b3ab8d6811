"""Addresses of the streams and their money."""

from django.urls import path

from funds import views

urlpatterns = [
    path("streams/", views.streams, name="streams"),
    path("streams/<str:code>/", views.stream, name="stream"),
]
