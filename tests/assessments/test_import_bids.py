"""`import_bids`: real and nasty lines are accepted, changed or refused; again adds nothing."""

import csv
import json
import os
from decimal import Decimal
from io import StringIO
from pathlib import Path

import pytest
from django.conf import settings
from django.core.management import CommandError, call_command
from django.urls import reverse

from accounts.models import Organisation, User
from accounts.states import Role
from assessments import agreement, queries
from assessments.actions import declare_interest
from assessments.models import Assessment, Score, Seat
from audit.models import Event
from bids.importing.competitions import competition_of
from bids.models import Answer, Bid, BidVersion, CostLine, Partner
from funds.models import Competition
from tests.asking import get, post, text
from tests.bids.test_importing_forms import USUAL
from tests.cast import NOW, organisation, person

pytestmark = pytest.mark.django_db
SHARED = Path(os.environ.get("MATCHFUND_SHARED", Path(settings.BASE_DIR).parent / "shared")) / "data" / "ifs_bids"
real = pytest.mark.skipif(not SHARED.is_dir(), reason="the 78 real test bids are not beside the checkout")
BID = {
    "title": "Breath", "lead_organisation": "Breathe Example Ltd", "partners": [], "applicant": "ada@example.org",
    "start_date": "2016-03-01", "duration_months": "12", "submitted_at": "2016-02-25 11:59:58",
    "status": "submitted", "research_category": "Feasibility studies", "answers": {"Scope": "In scope."},
    "finances": None,
}  # fmt: skip
HEADINGS = (
    "Business opportunity", "Potential market", "Project exploitation", "Economic benefit", "Technical approach",
    "Innovation", "Risks", "Project team", "Funding", "Adding value",
)  # fmt: skip


def sheet(points="7", **changed) -> dict:
    """Return a whole, submitted assessment of the bid."""
    responses = [{"question": "Scope", "kind": "ASSESSOR_APPLICATION_IN_SCOPE", "value": "true"}]
    for heading in HEADINGS:
        responses.append({"question": heading, "kind": "ASSESSOR_SCORE", "value": points})
        responses.append({"question": heading, "kind": "TEXTAREA", "value": "Because."})
    whole = {"bid": "Breath", "assessor": "asa@example.org", "state": "SUBMITTED", "reject_reason": None}
    return whole | {"responses": responses} | changed


@pytest.fixture
def run(tmp_path, sme):
    """Import lines (objects, or raw text) and return the report as rows."""

    def deed(bids=(), assessments=None, organisations=None, competition="OLD-1") -> list[dict]:
        options = {"competition": competition, "report": tmp_path / "report.csv", "stdout": StringIO()}
        if assessments is not None:
            options["assessments"] = write(tmp_path / "assessments.jsonl", assessments)
        if organisations is not None:
            options["organisations"] = tmp_path / "organisations.csv"
            options["organisations"].write_text(organisations, encoding="utf-8", errors="surrogateescape")
        call_command("import_bids", write(tmp_path / "bids.jsonl", bids), **options)
        with options["report"].open(encoding="utf-8", newline="") as file:
            return list(csv.DictReader(file))

    return deed


def write(path: Path, lines) -> Path:
    path.write_text("\n".join(x if isinstance(x, str) else json.dumps(x) for x in lines), encoding="utf-8")
    return path


def reasons(rows: list[dict]) -> list[str]:
    return [row["reason"] for row in rows if row["outcome"] == "refused"]


def outcomes(rows: list[dict]) -> list[str]:
    return [row["outcome"] for row in rows]


def counts() -> list[int]:
    """Return how many rows of each kind there are."""
    models = (
        Bid,
        Answer,
        BidVersion,
        Partner,
        CostLine,
        Seat,
        Assessment,
        Score,
        User,
        Organisation,
        Competition,
        Event,
    )
    return [model.objects.count() for model in models]


# Bids


def test_a_line_becomes_a_submitted_bid_with_its_own_time(run):
    assert outcomes(run([BID])) == ["accepted"]
    bid = Bid.objects.get()
    assert (bid.state, f"{bid.submitted_at:%F %T}", bid.submitted_by.email) == (
        "submitted", "2016-02-25 11:59:58", "ada@example.org",
    )  # fmt: skip
    assert bid.versions.get().content["answers"] == [{"slug": "scope", "heading": "Scope", "text": "In scope."}]


def test_the_system_is_on_the_record_as_the_one_who_imported(run):
    run([BID])
    assert set(Event.objects.filter(subject__startswith="bid:").values_list("verb", "role")) == {
        ("bid.imported", "system"), ("bid.submitted", "system"),
    }  # fmt: skip


def test_running_it_again_adds_nothing(run):
    run([BID], [sheet()])
    before = counts()
    assert outcomes(run([BID], [sheet()])) == ["already there", "already there"]
    assert counts() == before


def test_a_refused_line_changes_nothing(run):
    run([])
    before = counts()
    rows = run(
        [BID | {"lead_organisation": "Nobody Ltd"}, BID | {"title": ""}, '{"title": "cut', BID | {"status": "?"}]
    )
    assert outcomes(rows) == ["refused"] * 4
    assert counts() == before


def test_good_lines_between_bad_ones_are_kept(run):
    rows = run(['{"broken', BID, "[]", BID | {"title": "Second"}])
    assert [(row["line"], row["outcome"]) for row in rows] == [
        ("1", "refused"), ("2", "accepted"), ("3", "refused"), ("4", "accepted"),
    ]  # fmt: skip


def test_the_same_line_twice_is_there_already(run):
    assert outcomes(run([BID, BID])) == ["accepted", "already there"]


def test_another_line_for_the_same_title_and_lead_is_refused(run):
    (reason,) = reasons(run([BID, BID | {"duration_months": "6"}]))
    assert reason.startswith(f"{Bid.objects.get().reference} of the same lead has this title already")


def test_an_unknown_lead_is_refused_by_name(run):
    assert reasons(run([BID | {"lead_organisation": "Nobody Ltd"}])) == [
        "“Nobody Ltd” is not registered. Add it to the table of organisations and import it again."
    ]


def test_an_official_is_no_applicant(run, fund_manager):
    assert "is an official of this portal" in reasons(run([BID | {"applicant": fund_manager.email}]))[0]


def test_an_unknown_partner_is_left_out_but_a_university_is_registered(run):
    (row,) = run([BID | {"partners": ["EGGS", "Fictional University"]}])
    assert row["changes"] == (
        "partner “EGGS” left out, as it is not registered: register it and add it to the bid by hand; "
        "“Fictional University” was not registered: registered as a university, not verified"
    )
    names = Partner.objects.values_list("organisation__name", flat=True)
    assert set(names) == {"Breathe Example Ltd", "Fictional University"}
    assert Bid.objects.get().versions.get().content["imported"]["partners"] == ["EGGS", "Fictional University"]


def test_drafts_stay_drafts_and_ineligible_bids_ineligible(run):
    run([BID | {"status": "opened", "submitted_at": None, "title": "D"}, BID | {"status": "ineligible", "title": "I"}])
    assert dict(Bid.objects.values_list("title", "state")) == {"D": "draft", "I": "ineligible"}


def test_a_rule_of_the_competition_that_is_broken_is_a_note(run, competition):
    (row,) = run([BID | {"duration_months": 48}], competition=competition.reference)
    assert row["outcome"] == "changed"  # “Scope” is no question of this competition
    assert "The project must last between 1 and 12 months." in row["notes"]
    assert "submitted outside the dates of this competition" in row["notes"]
    assert row["changes"] == f"no question of {competition.reference} answers to “Scope”"
    assert Bid.objects.get().versions.get().content["imported"]["answers"] == {"Scope": "In scope."}


def test_finances_are_kept_to_the_pound(run):
    labour = [{"Role": "Engineer", "Annual salary": "50000", "Days spent": "200"}]
    finances = {"categories": {"Labour": labour}, "Working days per year": "250", "Grant claim": "62.5"}
    run([BID | {"finances": {"Breathe Example Ltd": finances}}])
    partner = Partner.objects.get()
    assert (partner.cost_pounds, partner.grant_pounds, partner.match_pounds) == (40_000, 25_000, 15_000)


# Organisations


def test_short_company_numbers_are_padded_and_odd_ones_refused(run):
    table = "name,type,company_number,town,postcode\n" + "\n".join(
        ["Crystal,Rto,6706432,Dagenham,RM10 9ND", "Odd,Business,12AB,,", "None,Business,,,", "Kind,Club,01234567,,"]
    )
    rows = run(organisations=table)
    assert Organisation.objects.get(name="Crystal").company_number == "06706432"
    assert rows[0]["changes"] == "company number 6706432 became 06706432"
    assert reasons(rows) == [
        "“12AB” is not a Companies House number. It has 8 characters, such as 01234567 or SC123456.",
        "“company_number” is missing.",
        "“type” is Club, which is not known. Known are: business, research, rto, university, public sector or charity,"
        " charity.",
    ]


def test_a_number_that_belongs_to_another_name_is_refused(run, sme):
    number = sme.company_number
    table = f"name,type,company_number\nOther Ltd,Business,{number}\n{sme.name.upper()},Business,{number}"
    rows = run(organisations=table)
    assert outcomes(rows) == ["refused", "already there"]
    assert reasons(rows) == [
        f"The company number {number} belongs to “Breathe Example Ltd” already. Correct the name or the number."
    ]


@pytest.mark.parametrize(
    ("row", "words"),
    [
        ("A,Business,01234567,x,y,z", "more cells"),
        ('"A\nB",Business,01234567,,', "several lines"),
        ("A\x00,Business,01234567,,", "cannot be kept"),
        ("A\udcff,Business,01234567,,", "cannot be kept"),
        ("x" * 200_000 + ",Business,01234567,,", "cannot be read"),
        ("A,Business,01234567,,ABCDEFGHI", "at most 8"),
        (",Business,01234567,,", "“name” is missing"),
    ],
)
def test_a_nasty_row_is_refused_and_the_next_one_kept(run, row, words):
    table = f"\ufeffName,Type,Company_Number,Town,Postcode\r\n{row}\r\nGood Ltd,Business,01234568,,\r\n"
    rows = run(organisations=table)
    assert outcomes(rows) == ["refused", "accepted"]
    assert words in reasons(rows)[0]


# Assessments


def test_a_submitted_assessment_counts(run):
    run([BID], [sheet("7")])
    (ranked,) = queries.ranked(Competition.objects.get(reference="OLD-1"))
    assert (ranked.counted, ranked.score, ranked.spread) == (1, Decimal("70.0"), Decimal("0.0"))


@pytest.mark.parametrize(
    "state", ["PENDING", "ACCEPTED", "OPEN", "READY_TO_SUBMIT", "REJECTED", "WITHDRAWN", "CREATED"]
)
def test_what_was_not_submitted_counts_for_nothing(run, state):
    reason = "CONFLICT_OF_INTEREST" if state == "REJECTED" else None
    assert "refused" not in outcomes(run([BID], [sheet(state=state, reject_reason=reason)]))
    (ranked,) = queries.ranked(Competition.objects.get(reference="OLD-1"))
    assert (ranked.counted, ranked.score) == (0, None)


def test_a_half_done_assessment_keeps_what_there_is(run):
    responses = [{"question": "Risks", "kind": "ASSESSOR_SCORE", "value": "7"}]
    run([BID], [sheet(state="OPEN", responses=responses)])
    assert list(Score.objects.values_list("question__slug", "points")) == [("risks", 7)]
    assert Assessment.objects.get().state == "in_progress"


def test_fundable_is_taken_from_score_and_scope_and_told(run):
    rows = run([BID], [sheet("7"), sheet("6", assessor="bea@example.org")])
    assert list(Assessment.objects.order_by("id").values_list("is_fundable", flat=True)) == [True, False]
    assert "suitable for funding not stated: taken as no, from 60.0 % and scope" in rows[2]["changes"]


@pytest.mark.parametrize("points", ["11", "-1", "7.5", "ten", "", None, True, 7.0, [7], "٧"])
def test_points_are_whole_numbers_from_0_to_10(run, points):
    rows = run([BID], [sheet(points)])
    assert outcomes(rows) == ["accepted", "refused"]
    assert Seat.objects.count() == 0


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"bid": "Unknown"}, "OLD-1 has no bid with this title"),
        ({"bid": None}, "“bid” is missing"),
        ({"assessor": "nobody"}, "not an e-mail address"),
        ({"state": "DREAMING"}, "not known"),
        ({"state": "REJECTED"}, "“reject_reason” is missing"),
        ({"responses": "many"}, "must be a list"),
        ({"responses": []}, "“Business opportunity” has no points or no reason"),
        ({"responses": [{"question": "Colour", "kind": "ASSESSOR_SCORE", "value": "7"}]}, "asks nothing that “Colour”"),
        ({"responses": [{"question": "Risks", "kind": "ASSESSOR_SCORE", "value": "7"}] * 2}, "answered twice"),
    ],
)
def test_an_assessment_that_cannot_be_is_refused(run, changed, words):
    rows = run([BID], [sheet(**changed)])
    assert words in reasons(rows)[0]
    assert Seat.objects.count() == 0


def test_an_assessor_has_one_seat_on_a_bid(run):
    rows = run([BID], [sheet("7"), sheet("7"), sheet("8")])
    assert outcomes(rows) == ["accepted", "changed", "already there", "refused"]
    assert reasons(rows) == ["Line 1 holds another assessment of this bid by the same assessor. Keep one."]
    assert reasons(run([], [sheet("8")]))[0].startswith("This assessor has a seat on")


def test_a_bid_that_was_never_submitted_is_not_assessed(run):
    rows = run([BID | {"status": "opened", "submitted_at": None}], [sheet()])
    assert reasons(rows) == [f"{Bid.objects.get().reference} was never submitted, so there is nothing to assess."]


def test_two_bids_of_one_title_cannot_be_told_apart(run):
    organisation(name="Listen Example Ltd")
    rows = run([BID, BID | {"lead_organisation": "Listen Example Ltd"}], [sheet()])
    assert reasons(rows) == ["Several bids have this title, so it is not clear which is meant."]


def test_an_interest_in_the_bid_refuses_the_seat(run, sme):
    run([BID | {"title": "Other"}], [sheet(bid="Other", state="PENDING")])
    assessor = Seat.objects.get().assessor
    declare_interest(assessor=assessor, kind="shareholding", organisation=sme, by=assessor.user, at=NOW)
    assert "conflict of interest blocks" in reasons(run([BID], [sheet()]))[0]


def test_an_applicant_does_not_assess_their_own_bid(run, sme):
    own = person(Role.APPLICANT, sme)
    assert "conflict of interest blocks" in reasons(run([BID], [sheet(assessor=own.email)]))[0]


def test_the_usual_form_takes_answers_and_scores_too(run):
    competition, _ = competition_of("USUAL-1", NOW)
    for question, usual in zip(competition.questions.order_by("position"), USUAL, strict=True):
        question.slug, question.heading, question.text = f"usual-{usual.slug}", usual.heading, "Please answer."
        question.save()
    rows = run(
        [BID | {"answers": {"What is innovative about your project?": "All."}}], [sheet()], competition="USUAL-1"
    )
    assert "refused" not in outcomes(rows)
    assert Answer.objects.get().question.heading == "Approach and innovation"
    assert (Score.objects.count(), queries.ranked(competition)[0].score) == (10, Decimal("70.0"))


# The command


def test_without_a_competition_a_draft_is_set_up_and_said(run, tmp_path):
    out = StringIO()
    call_command("import_bids", write(tmp_path / "b.jsonl", [BID]), competition="IFS-2016.1", stdout=out)
    made = Competition.objects.get(reference="IFS-2016.1")
    assert (made.state, made.pot.cap_pence, made.questions.filter(is_scored=True).count()) == ("draft", 0, 10)
    assert "There was no competition IFS-2016.1: a draft was set up" in out.getvalue()


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"competition": "has a space"}, "cannot be a reference"),
        ({"competition": "x" * 31}, "cannot be a reference"),
        ({"organisations": Path("/nowhere/o.csv")}, "There is no file /nowhere/o.csv"),
        ({"assessments": Path("/nowhere/a.jsonl")}, "There is no file /nowhere/a.jsonl"),
        ({"report": Path("/nowhere/r.csv")}, "cannot be written"),
    ],
)
def test_what_cannot_begin_changes_nothing(tmp_path, sme, options, words):
    before = counts()
    with pytest.raises(CommandError, match=words):
        call_command("import_bids", write(tmp_path / "b.jsonl", [BID]), **({"competition": "OLD-1"} | options))
    assert counts() == before


def test_a_table_without_its_headings_changes_nothing(tmp_path, sme):
    table, before = tmp_path / "o.csv", counts()
    table.write_text("company,number\nA,1")
    with pytest.raises(CommandError, match="lacks the heading name, type, company_number"):
        call_command("import_bids", write(tmp_path / "b.jsonl", [BID]), competition="OLD-1", organisations=table)
    assert counts() == before


# The real lines


def import_real() -> list[int]:
    files = {"organisations": SHARED / "organisations.csv", "assessments": SHARED / "assessments.jsonl"}
    call_command("import_bids", SHARED / "bids.jsonl", competition="IFS", stdout=StringIO(), **files)
    return counts()


@real
def test_the_78_real_bids_and_their_assessments_come_in_once():
    assert import_real() == import_real()
    assert (Bid.objects.filter(version=1).count(), Bid.objects.filter(version=0).count()) == (68, 10)
    assert (Seat.objects.count(), Assessment.objects.filter(state="submitted").count()) == (51, 4)
    assert (Organisation.objects.count(), Partner.objects.filter(is_lead=True).count()) == (54, 78)


def test_an_imported_assessment_is_kept_as_it_was_handed_in(run):
    run([BID], [sheet()])
    kept = Assessment.objects.get().handed_in.get()
    assert (kept.number, list(kept.content["scores"].values())) == (1, [[7, "Because."]] * 10)


def test_an_official_is_no_assessor(run, fund_manager):
    assert "cannot assess" in run([BID], [sheet(assessor=fund_manager.email)])[-1]["reason"]


def test_an_imported_assessor_agrees_before_a_bid_opens(run, department, clock):
    run([BID], [sheet(state="OPEN")])
    seat = Seat.objects.select_related("assessor__user").get()
    who, page = seat.assessor.user, ("assessment", seat.pk)
    assert get(who, *page).headers["Location"] == reverse("assessor_agreement")
    assert "You have not agreed yet" in text(get(who, "assessments"))
    post(who, "assessor_agreement", agreed="on", read_sha256=agreement.SHA256)
    assert get(who, *page).status_code == 200
