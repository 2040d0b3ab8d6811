"""Addresses of payment runs, the bank's reports and reconciliation."""

from django.urls import path

from awards.views import payments

urlpatterns = [
    path("", payments.runs, name="payment_runs"),
    path("new", payments.new, name="run_new"),
    path("reconciliation", payments.reconciliation, name="reconciliation"),
    path("reconciliation/<str:code>/<str:figure>", payments.reconciled, name="reconciled"),
    path("reports/", payments.reports, name="bank_reports"),
    path("reports/<int:key>/", payments.report, name="bank_report"),
    path("<str:reference>/", payments.run, name="payment_run"),
    path("<str:reference>/make", payments.make, name="run_make"),
    path("<str:reference>/cancel", payments.cancel, name="run_cancel"),
    path("<str:reference>/files/<str:kind>", payments.file, name="run_file"),
]
