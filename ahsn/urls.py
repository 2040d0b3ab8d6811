"""Addresses of the networks' money."""

from django.urls import path

from ahsn.views import overview, releases, returns

urlpatterns = [
    path("", overview.networks, name="networks"),
    path("mine/", returns.mine, name="my_allocation"),
    path("instalments", overview.instalments, name="network_instalments"),
    path("instalments.csv", overview.download, name="network_instalments_csv"),
    path("share", overview.share, name="network_share"),
    path("shares/<str:year>/", overview.shares, name="network_shares"),
    path("shares/<str:year>/approve", overview.approve, name="network_shares_approve"),
    path("shares/<str:year>/send-back", overview.shares_back, name="network_shares_back"),
    path("returns/<str:reference>/", returns.network_return, name="network_return"),
    path("returns/<str:reference>/sign", returns.sign, name="network_return_sign"),
    path("returns/<str:reference>/accept", returns.accept, name="network_return_accept"),
    path("returns/<str:reference>/send-back", returns.send_back, name="network_return_back"),
    path("releases/", releases.releases, name="network_releases"),
    path("releases/propose", releases.propose, name="network_release_propose"),
    path("releases/make", releases.make, name="network_release_make"),
    path("releases/<str:reference>/<str:deed>", releases.end, name="network_release_end"),
    path("files/<str:reference>.xml", releases.file, name="network_release_file"),
]
