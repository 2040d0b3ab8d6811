"""Addresses of awards, letters and claims."""

from django.urls import path

from awards.views import awards, banking, checks, claims, letters, match, offers, preparation

AWARD, CLAIM = "awards/<str:reference>", "claims/<str:reference>"
SOURCE = f"{AWARD}/match/<int:key>"
urlpatterns = [
    path("awards/", awards.awards, name="awards"),
    path("awards/offers/", offers.offers, name="award_offers"),
    path("awards/offers/<str:bid>", offers.offer, name="award_offer"),
    path(f"{AWARD}/", awards.award, name="award"),
    path(f"{AWARD}/before-the-letter", preparation.preparation, name="award_preparation"),
    path(f"{AWARD}/conditions/<int:key>", preparation.condition, name="condition"),
    path(f"{AWARD}/conditions/<int:key>/paper", preparation.paper, name="condition_paper"),
    path(f"{AWARD}/papers/<int:key>", preparation.open_paper, name="condition_paper_open"),
    path(f"{AWARD}/large", preparation.large, name="award_large"),
    path(f"{AWARD}/large/approve", preparation.approve_large, name="award_large_approve"),
    path(f"{AWARD}/officer", preparation.officer, name="award_officer"),
    path("organisations/<int:key>/bank", banking.organisation_bank, name="organisation_bank"),
    path("organisations/<int:key>/bank/change", banking.change, name="bank_change"),
    path("bank/", banking.queue, name="bank_queue"),
    path("bank/<int:key>", banking.check, name="bank_check"),
    path(f"{AWARD}/network", awards.network, name="award_network"),
    path(f"{AWARD}/accept", letters.accept, name="award_accept"),
    path(f"{AWARD}/decline", awards.decline, name="award_decline"),
    path(f"{AWARD}/start", awards.go_live, name="award_start"),
    path(f"{AWARD}/withdraw", awards.end, {"deed": "withdraw"}, name="award_withdraw"),
    path(f"{AWARD}/terminate", awards.end, {"deed": "terminate"}, name="award_terminate"),
    path(f"{AWARD}/complete", awards.end, {"deed": "complete"}, name="award_complete"),
    path(f"{AWARD}/letters/propose", letters.propose, name="letter_propose"),
    path(f"{AWARD}/letters/issue", letters.issue, name="letter_issue"),
    path(f"{AWARD}/letters/<int:number>", letters.download, name="letter_download"),
    path(f"{AWARD}/match", match.match, name="award_match"),
    path(f"{SOURCE}/verify", match.decide, {"deed": "verify"}, name="match_verify"),
    path(f"{SOURCE}/query", match.decide, {"deed": "query"}, name="match_query"),
    path(f"{SOURCE}/reject", match.decide, {"deed": "reject"}, name="match_reject"),
    path(f"{AWARD}/evidence/<int:key>", match.evidence, name="match_evidence"),
    path(f"{AWARD}/claims/start", claims.start, name="claim_start"),
    path("claims/", claims.claims, name="claims"),
    path(f"{CLAIM}/", claims.claim, name="claim"),
    path(f"{CLAIM}/edit", claims.edit, name="claim_edit"),
    path(f"{CLAIM}/submit", claims.submit, name="claim_submit"),
    path(f"{CLAIM}/review", claims.agree, {"step": "review"}, name="claim_review"),
    path(f"{CLAIM}/approve", claims.agree, {"step": "approve"}, name="claim_approve"),
    path(f"{CLAIM}/instruct", claims.agree, {"step": "instruct"}, name="claim_instruct"),
    path(f"{CLAIM}/query", claims.give_back, {"deed": "query"}, name="claim_query"),
    path(f"{CLAIM}/reject", claims.give_back, {"deed": "reject"}, name="claim_reject"),
    path(f"{CLAIM}/pay", claims.pay, name="claim_pay"),
    path("letters/", checks.start, name="letter_check_start"),
    path("letters/<str:code>", checks.letter_check, name="letter_check"),
]
