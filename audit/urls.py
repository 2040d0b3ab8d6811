"""Addresses of the record."""

from django.urls import path

from audit import views

urlpatterns = [
    path("record/", views.record, name="record"),
    path("record/events.csv", views.record_csv, name="record_csv"),
    path("record/seals/", views.seals, name="seals"),
    path("record/pack", views.record_pack, name="record_pack"),
]
