"""Addresses of the streams and their money, and of competitions as the public finds and reads them."""

from django.urls import path

from funds.views import corrections, enquiries, public, publication, saved, setup, streams, supporting

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
    path("competitions/begin", setup.begin, name="competition_new"),
    path(f"{CALL}setup", setup.overview, name="setup"),
    path(f"{CALL}setup/money", publication.money, name="setup_money"),
    path(f"{CALL}setup/money/approve", publication.money_approve, name="setup_money_approve"),
    path(f"{CALL}setup/money/back", publication.money_back, name="setup_money_back"),
    path(f"{CALL}setup/preview", setup.preview, name="preview"),
    path(f"{CALL}setup/<slug:part>", setup.part, name="setup_part"),
    path(f"{CALL}setup/<slug:part>/list", setup.rows, name="setup_rows"),
    path(f"{CALL}setup/<slug:part>/add", setup.row, name="setup_row_add"),
    path(f"{CALL}setup/<slug:part>/mark", setup.mark, name="setup_mark"),
    path(f"{CALL}setup/<slug:part>/<int:key>", setup.row, name="setup_row"),
    path(f"{CALL}setup/<slug:part>/<int:key>/remove", setup.remove, name="setup_row_remove"),
    path(f"{CALL}setup/<slug:part>/<int:key>/move", setup.move, name="setup_row_move"),
    path(f"{CALL}publish", publication.publish, name="publish"),
    path(f"{CALL}publish/forward", publication.put_forward, name="put_forward"),
    path(f"{CALL}publish/back", publication.publish_back, name="publish_back"),
    path(f"{CALL}corrections", corrections.corrections, name="corrections"),
    path(f"{CALL}corrections/plan", corrections.plan, name="correct_plan"),
    path(f"{CALL}corrections/note", corrections.note, name="correct_note"),
    path(f"{CALL}corrections/questions/<slug:slug>", corrections.question, name="correct_question"),
    path(f"{CALL}deadline", publication.deadline, name="deadline"),
    path(f"{CALL}deadline/approve", publication.deadline_approve, name="deadline_approve"),
    path(f"{CALL}deadline/back", publication.deadline_back, name="deadline_back"),
    path("streams/", streams.streams, name="streams"),
    path("streams/<str:code>/", streams.stream, name="stream"),
]
