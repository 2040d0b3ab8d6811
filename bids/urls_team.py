"""Addresses of who works on a bid."""

from django.urls import path

from bids.views import invitations, team

BID = "bids/<str:reference>/"
TEAM = f"{BID}team/"

urlpatterns = [
    path(f"{BID}team", team.people, name="bid_team"),
    path(f"{TEAM}invite", team.invite, name="bid_invite"),
    path(f"{TEAM}leave", team.leave, name="bid_leave"),
    path(f"{TEAM}hand-over", team.hand_over, name="bid_hand_over"),
    path(f"{TEAM}take-lead", team.take_lead, name="bid_take_lead"),
    path(f"{TEAM}<int:member>/role", team.role, name="bid_role"),
    path(f"{TEAM}<int:member>/remove", team.remove, name="bid_member_remove"),
    path(f"{TEAM}invitations/<int:invitation>/again", team.send_again, name="bid_invitation_again"),
    path(f"{TEAM}invitations/<int:invitation>/withdraw", team.withdraw, name="bid_invitation_withdraw"),
    path(f"{BID}assign/<path:section>", team.assign, name="bid_assign"),
    path("invitations/mine/<int:invitation>", invitations.to_me, name="invitation_to_me"),
    path("invitations/<str:token>", invitations.invitation, name="invitation"),
]
