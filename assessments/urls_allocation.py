"""Addresses of allocations and seats."""

from django.urls import path

from assessments.views import allocation, seats

_MANAGE = "competitions/<str:reference>/manage"

urlpatterns = [
    path(f"{_MANAGE}/allocation", allocation.compare, name="allocation_runs"),
    path(f"{_MANAGE}/allocation/differences", allocation.differences, name="allocation_differences"),
    path(f"{_MANAGE}/allocation/<int:number>", allocation.run, name="allocation_run"),
    path(f"{_MANAGE}/allocation/<int:number>/cancel", allocation.cancel, name="allocation_cancel"),
    path(f"{_MANAGE}/allocation/<int:number>/accept", allocation.accept, name="allocation_accept"),
    path(f"{_MANAGE}/allocation/<int:number>/bids/<str:bid>", allocation.team, name="allocation_team"),
    path(f"{_MANAGE}/seats", seats.seats, name="seats"),
    path(f"{_MANAGE}/seats/<str:bid>", seats.team, name="seats_team"),
]
