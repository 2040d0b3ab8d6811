"""Every address of the portal."""

from django.urls import include, path

from infra import views

urlpatterns = [
    path("accessibility/", views.accessibility, name="accessibility"),
    path("privacy/", views.privacy, name="privacy"),
    path("cookies/", views.cookies, name="cookies"),
    path("health/", views.health, name="health"),
    path("accounts/", include("accounts.urls")),
    path("", include("bids.urls")),
    path("", include("funds.urls")),
    path("", include("assessments.urls")),
    path("", include("awards.urls")),
    path("payments/", include("awards.payment_urls")),
    path("money/", include("awards.money_urls")),
    path("networks/", include("ahsn.urls")),
    path("", include("awards.change_urls")),
    path("", include("audit.urls")),
]
handler400 = "infra.errors.bad_request"
handler403 = "infra.errors.forbidden"
handler404 = "infra.errors.not_found"
handler429 = "infra.errors.too_many"
handler500 = "infra.errors.server_error"
