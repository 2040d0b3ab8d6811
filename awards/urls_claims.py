"""Addresses of what belongs to claims, and of the progress of awards."""

from django.urls import path

from awards.views import board, claim_items, claim_questions, claim_sheets, claims, progress

AWARD, CLAIM = "awards/<str:reference>", "claims/<str:reference>"
ITEM, MATCH, FILE = f"{CLAIM}/items", f"{CLAIM}/match-spent", f"{CLAIM}/files/<int:key>"
REPORT = f"{AWARD}/reports/<int:key>"
urlpatterns = [
    path("claims/board", board.board, name="claims_board"),
    path("claims/board.csv", board.export, {"kind": "csv"}, name="claims_board_csv"),
    path("claims/board.xlsx", board.export, {"kind": "xlsx"}, name="claims_board_xlsx"),
    path("claims/prompt-payment", board.prompt_payment, name="prompt_payment"),
    path("claims/prompt-payment.csv", board.prompt_payment_csv, name="prompt_payment_csv"),
    path(f"{CLAIM}/edit", claim_items.edit, name="claim_edit"),
    path(f"{ITEM}/add", claim_items.item, name="claim_item_add"),
    path(f"{ITEM}/try", claim_items.item_try, name="claim_item_try"),
    path(f"{ITEM}/<int:key>", claim_items.item, name="claim_item"),
    path(f"{ITEM}/<int:key>/try", claim_items.item_try, name="claim_item_try_one"),
    path(f"{ITEM}/<int:key>/remove", claim_items.item_remove, name="claim_item_remove"),
    path(f"{ITEM}/<int:key>/disallow", claim_questions.disallow, name="claim_disallow"),
    path(f"{ITEM}/template", claim_sheets.download, name="claim_sheet"),
    path(f"{ITEM}/import", claim_sheets.upload, name="claim_import"),
    path(f"{ITEM}/import/confirm", claim_sheets.take_over, name="claim_import_confirm"),
    path(f"{MATCH}/add", claim_items.match, name="claim_match_add"),
    path(f"{MATCH}/<int:key>", claim_items.match, name="claim_match"),
    path(f"{MATCH}/<int:key>/remove", claim_items.match_remove, name="claim_match_remove"),
    path(FILE, claim_items.document, name="claim_document"),
    path(f"{FILE}/replace", claim_items.document_replace, name="claim_document_replace"),
    path(f"{FILE}/remove", claim_items.document_remove, name="claim_document_remove"),
    path(f"{CLAIM}/questions/<int:key>", claim_questions.answer, name="claim_answer"),
    path(f"{CLAIM}/questions/<int:key>/settle", claim_questions.settle, name="claim_settle"),
    path(f"{CLAIM}/report", progress.give_claim_report, name="claim_report"),
    path(f"{CLAIM}/copy.pdf", claims.copy, name="claim_copy"),
    path(f"{AWARD}/progress", progress.show, name="award_progress"),
    path(f"{AWARD}/final-report", progress.give_final_report, name="award_final_report"),
    path(f"{AWARD}/reviews", progress.review, name="award_review"),
    path(REPORT, progress.report, name="award_report"),
    path(f"{REPORT}/accept", progress.accept, name="award_report_accept"),
    path(f"{REPORT}/send-back", progress.send_back, name="award_report_back"),
]
