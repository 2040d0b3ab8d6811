"""Addresses of the officials' pages of money."""

from django.urls import path

from awards.views import money

urlpatterns = [
    path("", money.matrix, name="money"),
    path("download/<str:kind>", money.download, name="money_download"),
    path("forecast", money.forecast, name="money_forecast"),
    path("planned/<str:month>", money.month, {"figure": "planned"}, name="money_planned"),
    path("claimed/<str:month>", money.month, {"figure": "claimed"}, name="money_claimed"),
    path("paid/<str:month>", money.month, {"figure": "paid"}, name="money_paid"),
]
