"""People, the organisations they act for, and the role they hold there."""

from functools import cached_property

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.postgres.functions import TransactionNow
from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower

from accounts.rules import COMPANY_NUMBER, ODS_CODE
from accounts.rules_in_database import SizeAsDeclared
from accounts.states import COMPANY_KINDS, STAFF_ROLES, JoinAnswer, MessageOutcome, OrganisationKind, Role, Size
from audit.database import AppendOnly, Frozen
from infra.rows import rows


class UserManager(BaseUserManager["User"]):
    """Make users, who are known by their e-mail address."""

    def create_user(self, email: str, password: str | None = None, **fields: object) -> "User":
        """Return a new user; without a password they must reset it to sign in."""
        user = self.model(email=email.strip().lower(), **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def get_by_natural_key(self, email: str | None) -> "User":
        """Return the user with this address, in any case of letters."""
        return self.get(email__iexact=email)


class User(AbstractBaseUser):
    """A person, known by an e-mail address."""

    email = models.EmailField(unique=True)
    full_name = models.CharField(max_length=120)
    is_active = models.BooleanField(default=True)
    date_joined = models.DateTimeField(db_default=TransactionNow())

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS = ["full_name"]
    objects = UserManager()

    class Meta:
        constraints = [models.UniqueConstraint(Lower("email"), name="accounts_user_email_any_case")]

    def __str__(self) -> str:
        return self.full_name or self.email

    def get_full_name(self) -> str:
        """Return the person's name."""
        return self.full_name

    @cached_property
    def roles(self) -> frozenset[str]:
        """The roles the person holds anywhere."""
        return frozenset(m.role for m in self.held)

    @cached_property
    def held(self) -> tuple["Membership", ...]:
        """The person's current memberships; every request asks for them, so in the cheapest way."""
        current = "SELECT {m} FROM accounts_membership m WHERE m.user_id = %(user)s AND m.ended_at IS NULL"
        return tuple(membership for (membership,) in rows(current, {"user": self.pk}, m=Membership))

    @property
    def is_staff(self) -> bool:
        """Tell whether the person holds a role that needs a second factor."""
        return bool(self.roles & STAFF_ROLES)

    @cached_property
    def unread(self) -> int:
        """How many messages the person has not opened; known from the start for who is signed in."""
        return self.messages.filter(read_at=None).count()

    def organisation_ids(self, *roles: str) -> set[int]:
        """Return the keys of the organisations where the person holds one of `roles` (any role when none named)."""
        return {m.organisation_id for m in self.held if not roles or m.role in roles}


class Organisation(models.Model):
    """A company, NHS body, network, university, charity or department, typed once and used by every bid."""

    kind = models.CharField(max_length=20, choices=OrganisationKind)
    name = models.CharField(max_length=200)
    company_number = models.CharField(max_length=8, blank=True, help_text="Companies House number, 8 characters.")
    ods_code = models.CharField(max_length=6, blank=True, help_text="NHS Organisation Data Service code.")
    charity_number = models.CharField(max_length=8, blank=True)
    size = models.CharField(max_length=12, choices=Size, default=Size.NON_BUSINESS)
    address = models.CharField(max_length=200, blank=True, help_text="Where letters go, lines parted by commas.")
    postcode = models.CharField(max_length=8, blank=True)
    region = models.CharField(max_length=60, blank=True, help_text="NHS region, such as London.")
    registered_address = models.CharField(max_length=200, blank=True, help_text="As its register has it.")
    registered_postcode = models.CharField(max_length=20, blank=True)
    register_status = models.CharField(max_length=40, blank=True, help_text="Such as active or liquidation.")
    is_verified = models.BooleanField(default=False, help_text="Seen in its register, not only typed.")
    unverified_because = models.CharField(max_length=160, blank=True, help_text="Why it was typed instead.")
    checked_at = models.DateTimeField(null=True, blank=True, help_text="When its register last answered.")
    created_at = models.DateTimeField(db_default=TransactionNow())

    class Meta:
        triggers = [SizeAsDeclared()]
        constraints = [
            models.CheckConstraint(name="accounts_organisation_name_given", condition=~Q(name="")),
            models.CheckConstraint(
                name="accounts_verified_has_no_reason", condition=Q(is_verified=False) | Q(unverified_because="")
            ),
            models.CheckConstraint(
                name="accounts_organisation_company_number",
                condition=Q(company_number="") | Q(company_number__regex=COMPANY_NUMBER),
            ),
            models.CheckConstraint(
                name="accounts_company_has_number", condition=~Q(kind__in=COMPANY_KINDS) | ~Q(company_number="")
            ),
            models.CheckConstraint(
                name="accounts_nhs_body_has_code",
                condition=(~Q(kind=OrganisationKind.NHS_BODY) | ~Q(ods_code=""))
                & (Q(ods_code="") | Q(ods_code__regex=ODS_CODE)),
            ),
            models.CheckConstraint(
                name="accounts_business_has_size",
                condition=Q(kind__in=COMPANY_KINDS) ^ Q(size=Size.NON_BUSINESS),
            ),
            models.CheckConstraint(
                name="accounts_large_company_is_large",
                condition=~Q(kind=OrganisationKind.SME) | Q(size__in=[Size.MICRO, Size.SMALL, Size.MEDIUM]),
            ),
            models.UniqueConstraint(
                fields=["company_number"], condition=~Q(company_number=""), name="accounts_one_per_company_number"
            ),
            models.UniqueConstraint(fields=["ods_code"], condition=~Q(ods_code=""), name="accounts_one_per_ods_code"),
            models.UniqueConstraint(
                fields=["charity_number"], condition=~Q(charity_number=""), name="accounts_one_per_charity_number"
            ),
        ]
        indexes = [models.Index(fields=["kind", "name"], name="accounts_organisation_by_kind")]

    def __str__(self) -> str:
        return self.name

    @property
    def identifier(self) -> str:
        """The number the organisation is known by, in words."""
        if self.company_number:
            return f"Companies House {self.company_number}"
        if self.ods_code:
            return f"ODS code {self.ods_code}"
        if self.charity_number:
            return f"Charity {self.charity_number}"
        return ""


class EuroRate(models.Model):
    """What a euro cost in pounds on a day, with its source: sizes of enterprises are measured in euros."""

    on = models.DateField(unique=True)
    pounds_per_euro = models.DecimalField(max_digits=8, decimal_places=5)
    source = models.CharField(max_length=200)

    class Meta:
        triggers = [AppendOnly()]
        constraints = [
            models.CheckConstraint(name="accounts_euro_costs_something", condition=Q(pounds_per_euro__gt=0)),
        ]

    def __str__(self) -> str:
        return f"£{self.pounds_per_euro} to the euro on {self.on}"


class SizeDeclaration(models.Model):
    """The figures from which the size of a company was worked out, and how; the newest one counts."""

    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="size_declarations")
    year_end = models.DateField(help_text="Last day of the year that the figures are of.")
    staff = models.DecimalField(max_digits=9, decimal_places=2, help_text="Annual work units.")
    turnover_pounds = models.BigIntegerField()
    balance_pounds = models.BigIntegerField(help_text="Balance sheet total.")
    related = models.JSONField(default=list, help_text="Linked and partner enterprises as typed, with their figures.")
    rate = models.ForeignKey(EuroRate, on_delete=models.PROTECT, related_name="+")
    size = models.CharField(max_length=12, choices=Size)
    working = models.JSONField(help_text="How the size follows, line by line.")
    declared_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    declared_at = models.DateTimeField()

    class Meta:
        ordering = ["-id"]
        triggers = [AppendOnly()]
        constraints = [
            models.CheckConstraint(
                name="accounts_size_of_nothing_below_zero",
                condition=Q(staff__gte=0, turnover_pounds__gte=0, balance_pounds__gte=0),
            ),
            models.CheckConstraint(
                name="accounts_declared_size_known", condition=Q(size__in=Size.values) & ~Q(size=Size.NON_BUSINESS)
            ),
        ]
        indexes = [models.Index(fields=["organisation", "-id"], name="accounts_newest_size")]

    def __str__(self) -> str:
        return f"{self.organisation_id} is {self.size}"


class Directors(models.Model):
    """The directors of a company as Companies House named them last; it need be no organisation here."""

    company_number = models.CharField(max_length=8, unique=True)
    people = models.JSONField(default=list, help_text="Of each: name, and year and month of birth.")
    asked_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="accounts_directors_company_number", condition=Q(company_number__regex=COMPANY_NUMBER)
            )
        ]

    def __str__(self) -> str:
        return f"directors of {self.company_number}"


class JoinRequest(models.Model):
    """Somebody asks the people of an organisation to be let in as applicant."""

    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="join_requests")
    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="join_requests")
    asked_at = models.DateTimeField()
    answer = models.CharField(max_length=10, choices=JoinAnswer, default=JoinAnswer.WAITING)
    answered_by = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    answered_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        triggers = [
            Frozen(
                fields=["organisation", "user", "answer", "answered_by", "answered_at"],
                open_in=[JoinAnswer.WAITING], field="answer",
            )
        ]  # fmt: skip
        constraints = [
            models.UniqueConstraint(
                fields=["organisation", "user"], condition=Q(answer=JoinAnswer.WAITING), name="accounts_asks_once"
            ),
            models.CheckConstraint(
                name="accounts_join_answered_whole",
                condition=Q(answer=JoinAnswer.WAITING, answered_by=None, answered_at=None)
                | Q(answer__in=[JoinAnswer.ACCEPTED, JoinAnswer.DECLINED], answered_by__isnull=False,
                    answered_at__isnull=False),
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"{self.user_id} asks to join {self.organisation_id}"


class Membership(models.Model):
    """A role that a person holds in an organisation, from one day to another."""

    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="memberships")
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="memberships")
    role = models.CharField(max_length=20, choices=Role)
    began_at = models.DateTimeField(db_default=TransactionNow())
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["user", "organisation", "role"],
                condition=Q(ended_at=None),
                name="accounts_one_membership_per_role",
            ),
            models.CheckConstraint(name="accounts_membership_role_known", condition=Q(role__in=Role.values)),
        ]

    def __str__(self) -> str:
        return f"{self.user} {self.get_role_display()} at {self.organisation}"


_OUTCOMES = ["", *MessageOutcome.values]


class Message(models.Model):
    """What the portal wrote to a person: kept as it was sent by e-mail, and to be read here too."""

    to = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="messages")
    address = models.EmailField(help_text="Where it went; somebody without an account can be written to.")
    template = models.SlugField(max_length=40)
    subject = models.CharField(max_length=200)
    body = models.TextField()
    path = models.CharField(max_length=200, blank=True, help_text="Page of the portal that it is about.")
    key = models.CharField(max_length=120, unique=True, help_text="What must be said only once.")
    queued_at = models.DateTimeField()
    sent_at = models.DateTimeField(null=True, blank=True)
    provider_id = models.CharField(max_length=80, blank=True, help_text="The provider's own name for it.")
    attempts = models.PositiveIntegerField(default=0, help_text="Times that it was handed to the provider.")
    failure = models.CharField(max_length=200, blank=True, help_text="Why the last attempt failed.")
    outcome = models.CharField(max_length=10, choices=MessageOutcome, blank=True)
    outcome_at = models.DateTimeField(null=True, blank=True)
    read_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        triggers = [
            Frozen(fields=["to", "address", "template", "subject", "body", "key"], open_in=[], field="template")
        ]
        constraints = [
            models.CheckConstraint(name="accounts_message_outcome_known", condition=Q(outcome__in=_OUTCOMES)),
            models.CheckConstraint(
                name="accounts_message_outcome_whole", condition=Q(outcome="") ^ Q(outcome_at__isnull=False)
            ),
        ]
        indexes = [
            models.Index(fields=["to", "-id"], name="accounts_message_by_person"),
            models.Index(fields=["to"], condition=Q(read_at=None), name="accounts_message_unread"),
            models.Index(fields=["id"], condition=Q(outcome=""), name="accounts_message_in_flight"),
        ]

    def __str__(self) -> str:
        return self.subject

    @property
    def status(self) -> str:
        """How far the e-mail is, in words."""
        if self.outcome:
            return MessageOutcome(self.outcome).label
        return "Sent" if self.sent_at else "Waiting"
