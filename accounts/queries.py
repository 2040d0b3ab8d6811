"""Read who acts for an organisation, and what it has declared."""

from collections.abc import Iterable

from django.db.models import Q, QuerySet

from accounts.models import JoinRequest, Membership, Organisation, SizeDeclaration, User
from accounts.registers import REGISTERED
from accounts.states import OFFICIAL_ROLES, JoinAnswer, OrganisationKind, Role


def visible_to(user: User) -> QuerySet[Organisation]:
    """Return the organisations whose page a person may open: officials each, everybody else their own."""
    if user.roles & OFFICIAL_ROLES:
        return Organisation.objects.all()
    return Organisation.objects.filter(pk__in=user.organisation_ids())


def search(found: QuerySet[Organisation], words: str, *, only_typed: bool = False) -> QuerySet[Organisation]:
    """Return those whose name or number holds these words; only those that no register has confirmed, if asked."""
    if only_typed:
        found = found.filter(is_verified=False, kind__in=(*REGISTERED, OrganisationKind.FUNDER))
    numbers = Q(company_number__icontains=words) | Q(ods_code__iexact=words) | Q(charity_number__icontains=words)
    return found.filter(Q(name__icontains=words) | numbers) if words else found


def by_keys(keys: Iterable[int | None]) -> QuerySet[Organisation]:
    """Return the organisations with these keys, by name."""
    return Organisation.objects.filter(pk__in={key for key in keys if key}).order_by("name", "pk")


def people_of(organisation: Organisation) -> QuerySet[Membership]:
    """Return who holds which role in an organisation now, with the person, those who came first first."""
    held = Membership.objects.filter(organisation=organisation, ended_at=None)
    return held.select_related("user").order_by("began_at", "pk")


def must_ask(organisation: Organisation | None, user: User) -> bool:
    """Tell whether somebody has to be let in by the people of an organisation to act for it."""
    if organisation is None or organisation.pk in user.organisation_ids(Role.APPLICANT):
        return False
    return people_of(organisation).filter(role=Role.APPLICANT).exists()


def waiting(organisation: Organisation) -> QuerySet[JoinRequest]:
    """Return who asks to be let in, the first first."""
    found = organisation.join_requests.filter(answer=JoinAnswer.WAITING)
    return found.select_related("user").order_by("pk")


def declarations(organisation: Organisation) -> QuerySet[SizeDeclaration]:
    """Return the figures that were declared, the newest first."""
    return organisation.size_declarations.select_related("rate", "declared_by")
