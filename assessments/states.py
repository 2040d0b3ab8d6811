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
