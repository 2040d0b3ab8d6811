"""States and kinds of assessors' work."""

from django.db.models import TextChoices

from funds.states import AssessorType as AssessorType


class InterestKind(TextChoices):
    """What a declared interest is."""

    EMPLOYER = "employer", "Employer"
    APPOINTMENT = "appointment", "Appointment or directorship"
    SHAREHOLDING = "shareholding", "Shareholding"
    FAMILY = "family", "Family"
    AFFILIATION = "affiliation", "Professional affiliation"
    MONEY = "money", "Money received"


class BlockKind(TextChoices):
    """What of an assessor touches a party of a bid: a declared interest, or what the portal knows of them itself."""

    EMPLOYER = "employer", "Employer"
    APPOINTMENT = "appointment", "Appointment or directorship"
    SHAREHOLDING = "shareholding", "Shareholding"
    FAMILY = "family", "Family"
    AFFILIATION = "affiliation", "Professional affiliation"
    MONEY = "money", "Money received"
    NETWORK = "network", "Member of a network"
    ROLE = "role", "Role"
    PERSON = "person", "The assessor in person"
    DECLARED = "declared", "Declared when declining the bid"


class Part(TextChoices):
    """What an organisation is to a bid."""

    LEAD = "lead", "the lead"
    PARTNER = "partner", "a partner"
    SUBCONTRACTOR = "subcontractor", "a subcontractor"
    MATCH_FUNDER = "match_funder", "a match funder"


class MatchedBy(TextChoices):
    """How an interest and a party of a bid were found to be one, or close; the surest first."""

    ORGANISATION = "organisation", "the organisation"
    COMPANY_NUMBER = "company_number", "company number"
    NAME = "name", "name"
    NAMED_IN = "named_in", "its name in the description"
    SIMILAR_NAME = "similar_name", "a name much like it"
    GROUP = "group", "a group of companies"
    DIRECTOR = "director", "a director"


class SeatState(TextChoices):
    """invited → accepted | declined; withdrawn by staff."""

    INVITED = "invited", "Invited"
    ACCEPTED = "accepted", "Accepted"
    DECLINED = "declined", "Declined"
    WITHDRAWN = "withdrawn", "Withdrawn"


SEAT_EDGES = (
    (SeatState.INVITED, SeatState.ACCEPTED),
    (SeatState.INVITED, SeatState.DECLINED),
    (SeatState.INVITED, SeatState.WITHDRAWN),
    (SeatState.ACCEPTED, SeatState.DECLINED),
    (SeatState.ACCEPTED, SeatState.WITHDRAWN),
)


class DeclineReason(TextChoices):
    """Why an assessor declines a bid."""

    CONFLICT = "conflict", "Conflict of interest"
    NOT_MY_AREA = "not_my_area", "Not my area"
    TOO_MANY = "too_many", "Too many assessments"


class AssessmentState(TextChoices):
    """in progress → submitted; reopened with a reason goes back to in progress."""

    IN_PROGRESS = "in_progress", "In progress"
    SUBMITTED = "submitted", "Submitted"


ASSESSMENT_EDGES = (
    (AssessmentState.IN_PROGRESS, AssessmentState.SUBMITTED),
    (AssessmentState.SUBMITTED, AssessmentState.IN_PROGRESS),
)


class Outcome(TextChoices):
    """What the panel decides about a bid."""

    SUCCESSFUL = "successful", "Successful"
    RESERVE = "reserve", "Reserve"
    UNSUCCESSFUL = "unsuccessful", "Unsuccessful"


class DiscussionState(TextChoices):
    """open → closed, with an outcome."""

    OPEN = "open", "Open"
    CLOSED = "closed", "Closed"


DISCUSSION_EDGES = ((DiscussionState.OPEN, DiscussionState.CLOSED),)


class InterviewState(TextChoices):
    """invited → confirmed | asked to move; another slot is another invitation; cancelled by staff."""

    INVITED = "invited", "Invited"
    CONFIRMED = "confirmed", "Confirmed"
    MOVE_ASKED = "move_asked", "Asked to move"
    CANCELLED = "cancelled", "Cancelled"


INTERVIEW_EDGES = (
    (InterviewState.INVITED, InterviewState.CONFIRMED),
    (InterviewState.INVITED, InterviewState.MOVE_ASKED),
    (InterviewState.INVITED, InterviewState.CANCELLED),
    (InterviewState.CONFIRMED, InterviewState.MOVE_ASKED),
    (InterviewState.CONFIRMED, InterviewState.INVITED),
    (InterviewState.CONFIRMED, InterviewState.CANCELLED),
    (InterviewState.MOVE_ASKED, InterviewState.CONFIRMED),
    (InterviewState.MOVE_ASKED, InterviewState.INVITED),
    (InterviewState.MOVE_ASKED, InterviewState.CANCELLED),
    (InterviewState.CANCELLED, InterviewState.INVITED),
)


class RunState(TextChoices):
    """queued → running → done → accepted; cancelled by an official, or failed, on the way."""

    QUEUED = "queued", "Waiting"
    RUNNING = "running", "Running"
    DONE = "done", "Done"
    ACCEPTED = "accepted", "Accepted"
    CANCELLED = "cancelled", "Cancelled"
    FAILED = "failed", "Failed"


RUN_EDGES = (
    (RunState.QUEUED, RunState.RUNNING),
    (RunState.QUEUED, RunState.CANCELLED),
    (RunState.QUEUED, RunState.FAILED),
    (RunState.RUNNING, RunState.DONE),
    (RunState.RUNNING, RunState.CANCELLED),
    (RunState.RUNNING, RunState.FAILED),
    (RunState.DONE, RunState.ACCEPTED),
)


class MeetingState(TextChoices):
    """planned → open → agreed; planned → cancelled."""

    PLANNED = "planned", "Planned"
    OPEN = "open", "Open"
    AGREED = "agreed", "Minutes agreed"
    CANCELLED = "cancelled", "Cancelled"


MEETING_EDGES = (
    (MeetingState.PLANNED, MeetingState.OPEN),
    (MeetingState.PLANNED, MeetingState.CANCELLED),
    (MeetingState.OPEN, MeetingState.AGREED),
)


class Duty(TextChoices):
    """What somebody does at a panel's meeting. The secretary writes the minutes and does not vote."""

    CHAIR = "chair", "Chair"
    MEMBER = "member", "Member"
    SECRETARY = "secretary", "Secretary"


class Choice(TextChoices):
    """How a member votes on a bid."""

    FUND = "fund", "Fund"
    REJECT = "reject", "Do not fund"
    ABSTAIN = "abstain", "Abstain"


class Source(TextChoices):
    """How a conflict at the table became known."""

    DECLARED = "declared", "Declared"
    REGISTER = "register", "Register of interests"


class ComplaintState(TextChoices):
    """open → answered."""

    OPEN = "open", "Waiting for an answer"
    ANSWERED = "answered", "Answered"


COMPLAINT_EDGES = ((ComplaintState.OPEN, ComplaintState.ANSWERED),)
