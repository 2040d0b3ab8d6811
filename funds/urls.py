"""Addresses of the streams and their money, and of competitions as the public finds and reads them."""

from django.urls import path

from funds.views import enquiries, public, saved, streams, supporting

CALL = "competitions/<str:reference>/"

urlpatterns = [
    path("", public.home, name="home"),
    path("find/", public.find, name="find_competitions"),
    path("find/feed.atom", public.feed, name="feed"),
    path(CALL, public.competition, name="competition"),
    path(f"{CALL}answers/", public.answers, name="competition_answers"),
    path(f"{CALL}answers/<int:number>/change", enquiries.correct, name="answer_correct"),
    path(f"{CALL}files/<int:file>", public.file, name="competition_file"),
    path(f"{CALL}save", saved.save, name="competition_save"),
    path(f"{CALL}unsave", saved.unsave, name="competition_unsave"),
    path(f"{CALL}ask", enquiries.ask, name="enquiry_ask"),
    path("questions/mine/", enquiries.mine, name="my_enquiries"),
    path("questions/", enquiries.queue, name="enquiries"),
    path("questions/<int:enquiry>/", enquiries.enquiry, name="enquiry"),
    path(f"{CALL}supporting/", supporting.files, name="competition_files"),
    path(f"{CALL}supporting/<int:file>/title", supporting.change, name="file_change"),
    path(f"{CALL}supporting/<int:file>/replace", supporting.replace, name="file_replace"),
    path(f"{CALL}supporting/<int:file>/remove", supporting.remove, name="file_remove"),
    path(f"{CALL}supporting/<int:file>/move", supporting.move, name="file_move"),
    path("streams/", streams.streams, name="streams"),
    path("streams/<str:code>/", streams.stream, name="stream"),
]
