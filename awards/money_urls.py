"""Addresses of the officials' pages of money."""

from django.urls import path

from awards.views import money

urlpatterns = [
    path("", money.matrix, name="money"),
    path("download/<str:kind>", money.download, name="money_download"),
    path("forecast", money.forecast, name="money_forecast"),
    path("planned/<str:month>", money.planned, name="money_planned"),
]
