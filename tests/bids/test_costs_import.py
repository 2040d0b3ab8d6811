"""Costs come from a spreadsheet, row by row, and nothing is written until somebody confirms."""

import io
import zipfile
from contextlib import suppress
from html import unescape

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import Workbook, load_workbook

from accounts.rules import Refused
from bids import actions, sheets
from bids.models import CostLine
from bids.states import CostCategory
from tests.bids.cast_pages import LINES
from tests.cast import NOW
from tests.cast_bids import LABOUR, lead_partner
from tests.signing_in import signed_in

HEAD = ["Category", "Description", "Gross annual cost (£)", "Days on the project", "Quantity", "Cost of one (£)"]
ENGINEER = ["Labour", "Engineer", 67500, 200]
SENSORS = ["Materials", "Sensors", None, None, 40, 12.5]


def xlsx(*rows, head=HEAD, change=None) -> bytes:
    book = Workbook()
    book.active.append(head)
    for row in rows:
        book.active.append(row)
    if change:
        change(book.active)
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


def csv(*lines: str, head: str = "Category,Description,Gross annual cost,Days on the project") -> bytes:
    return "\n".join([head, *lines]).encode()


def read(content: bytes) -> list:
    return sheets.read(io.BytesIO(content), len(content))


def checked(content: bytes) -> sheets.Sheet:
    return sheets.checked(read(content), 225, CostCategory.values)


def wrong(content: bytes) -> list[tuple[int, str, str]]:
    return [(e.row, e.column, e.sentence) for e in checked(content).errors]


@pytest.mark.parametrize(
    "content",
    [
        xlsx(ENGINEER),
        csv("labour,Engineer,67500,200"),
        csv('LABOUR,Engineer,"£67,500",200'),
        csv("Labour;Engineer;67 500;200", head="category;description;GROSS ANNUAL COST (£);days on the project"),
        b"\xef\xbb\xbf" + csv("Labour,Engineer,67500,200"),
        "Category,Description,Gross annual cost (£),Days on the project\nLabour,Engineer,£67500,200".encode("cp1252"),
    ],
)
def test_a_row_becomes_a_line(content):
    sheet = checked(content)
    assert sheet.errors == ()
    [line] = sheet.lines
    assert (line["category"], line["description"], line["inputs"]["days"]) == ("labour", "Engineer", "200")


def test_blank_rows_are_passed_over_and_rows_keep_their_numbers():
    assert checked(xlsx([], ENGINEER, [None, ""], SENSORS)).rows == (3, 5)


def test_a_percentage_of_a_spreadsheet_is_one():
    def as_percent(sheet):
        sheet["E2"].number_format = "0%"

    head = ["Category", "Description", "Value when bought (£)", "Residual value (£)", "Utilisation (%)"]
    content = xlsx(["Capital usage", "Microscope", 10_000, 0, 0.5], head=head, change=as_percent)
    assert read(content)[0][1]["utilisation_percent"].rstrip("0").rstrip(".") == "50"


@pytest.mark.parametrize(
    ("row", "error"),
    [
        (["Labour", "Engineer", -1, 200], (2, "Gross annual cost (£)", "must be between 0.01 and 1,000,000,000")),
        (["Labour", "Engineer", 1e15, 200], (2, "Gross annual cost (£)", "must be between 0.01 and 1,000,000,000")),
        (["Labour", "Engineer", "NaN", 200], (2, "Gross annual cost (£)", "must be a number, such as 1250")),
        (["Labour", "Engineer", "about 5", 200], (2, "Gross annual cost (£)", "must be a number, such as 1250")),
        (["Labour", "Engineer", 1.123456789012, 200], (2, "Gross annual cost (£)", "to 2 decimals at most")),
        (["Labour", "Engineer", None, 200], (2, "Gross annual cost (£)", "Enter the gross annual cost.")),
        (["Labour", None, 67500, 200], (2, "Description", "Enter the description.")),
        (["Labour", "x" * 201, 67500, 200], (2, "Description", "at most 200 characters")),
        (["Wages", "Engineer", 67500, 200], (2, "Category", "Enter one of: Labour, Overheads")),
        (["Labour", "Engineer", 67500, 200, 3], (2, "Quantity", "This column is not for labour. Leave it blank.")),
        (["Labour", "Engineer", "=1+1", 200], (2, "Gross annual cost (£)", "The cell holds a formula.")),
        (["Labour", "Engineer", True, 200], (2, "Gross annual cost (£)", "must be a number, such as 1250")),
    ],
)
def test_each_error_names_its_row_and_column(row, error):
    found = wrong(xlsx(row))
    assert [(e[0], e[1]) for e in found] == [error[:2]]
    assert error[2] in found[0][2]


def test_errors_of_several_rows_are_all_told():
    rows = [["Labour", "Engineer", "x", 200], ENGINEER, ["Nothing", "y"]]
    assert [(row, column) for row, column, _ in wrong(xlsx(*rows))] == [(2, "Gross annual cost (£)"), (4, "Category")]


def test_a_formula_in_a_csv_is_refused_too():
    assert wrong(csv("Labour,=cmd(),67500,200"))[0][1] == "Description"


def bomb() -> bytes:
    file = io.BytesIO(xlsx(ENGINEER))
    with zipfile.ZipFile(file, "a", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr("xl/media/zeros", b"0" * 50_000_000)
    return file.getvalue()


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (b"PK\x03\x04 no zip", "damaged. Give an Excel workbook"),
        (b"%PDF-1.4\n%%EOF\n", "no spreadsheet"),
        (b"\xd0\xcf\x11\xe0 old", "old Office format"),
        (b"", "headings"),
        (b"\x89PNG\r\n\x1a\n\0", "no CSV"),
        ("Category".encode("utf-16"), "no CSV"),
        (csv(), "no rows"),
        (csv("a,b", head="Name,Sum"), "“Category” is missing"),
        (csv("a,b", head="Category,Category,Description"), "stands there twice"),
        (csv("Labour,Engineer,9", head="Category,Description,Days"), "“Days” is no heading of our template, and row 2"),
        (csv(*["Labour,Engineer,67500,200"] * 2_001), "more than 2,000 rows"),
        (xlsx(ENGINEER, change=lambda sheet: sheet.merge_cells("A2:B2")), "merged cells"),
        (xlsx(ENGINEER, change=lambda sheet: sheet.cell(1_000_000, 1, "Labour")), "below row 10,000"),
        (bomb(), "unpacks"),
        (b"x" * (2 * 1024 * 1024 + 1), "2 MB"),
        (csv('Labour,"' + "x" * 200_000), "cannot be read"),
    ],
    ids=lambda value: value[:20] if isinstance(value, str) else "",
)
def test_a_file_that_is_no_sheet_of_costs_is_refused_in_words(content, why):
    with pytest.raises(Refused, match=why):
        read(content)


@given(st.binary(max_size=300) | st.binary(max_size=300).map(lambda rest: b"PK\x03\x04" + rest))
def test_no_bytes_break_the_reader(content):
    with suppress(Refused):
        read(content)


@pytest.fixture
def part(bid, applicant):
    """The lead's part of the bid, with three lines of costs."""
    return actions.set_costs(partner=lead_partner(bid), lines=LINES, by=applicant, at=NOW)


def address(part, path: str) -> str:
    return f"/bids/{part.bid.reference}/partners/{part.pk}/costs/{path}"


def upload(client, part, content: bytes, name: str = "costs.xlsx") -> str:
    page = client.post(address(part, "import"), {"file": SimpleUploadedFile(name, content)})
    return unescape(page.content.decode())


def confirm(client, part, page: str, how: str) -> str:
    sealed = page.split('name="sheet" value="')[1].split('"')[0]
    answer = client.post(address(part, "import/confirm"), {"sheet": sealed, "how": how}, follow=True)
    return unescape(answer.content.decode())


def lines(part) -> list[str]:
    return [line.description for line in part.cost_lines.all()]


pages = pytest.mark.usefixtures("noon", "db")


@pages
def test_the_template_holds_the_lines_that_are_there(part, applicant):
    content = signed_in(applicant).get(address(part, "sheet.xlsx")).content
    sheet = load_workbook(io.BytesIO(content)).worksheets[0]
    assert [row[1].value for row in sheet.rows] == ["Description", "Engineer", "Sensors", "Overheads"]


@pages
def test_the_template_comes_back_as_the_same_costs(part, applicant):
    client = signed_in(applicant)
    before = list(part.cost_lines.values_list("category", "description", "inputs", "amount"))
    confirm(client, part, upload(client, part, client.get(address(part, "sheet.xlsx")).content), "replace")
    assert [x[::3] for x in part.cost_lines.values_list("category", "description", "inputs", "amount")] == [
        x[::3] for x in before
    ]


@pages
def test_a_description_like_a_formula_leaves_as_text(bid, applicant):
    line = LABOUR | {"description": "=1+1"}
    part = actions.set_costs(partner=lead_partner(bid), lines=[line], by=applicant, at=NOW)
    content = signed_in(applicant).get(address(part, "sheet.xlsx")).content
    assert read(content)[0][1]["description"] == "=1+1"


@pages
def test_nothing_is_written_before_it_is_confirmed(part, applicant):
    page = upload(signed_in(applicant), part, xlsx(ENGINEER))
    assert "nothing is wrong" in page
    assert lines(part) == ["Engineer", "Sensors", "Overheads"]


@pages
@pytest.mark.parametrize(
    ("how", "after"), [("replace", ["Chemist"]), ("add", ["Engineer", "Chemist", "Sensors", "Overheads"])]
)
def test_a_sheet_replaces_or_adds(part, applicant, how, after):
    client = signed_in(applicant)
    page = upload(client, part, xlsx(["Labour", "Chemist", 50_000, 10]))
    assert "The sheet is taken over: 1 line of costs." in confirm(client, part, page, how)
    assert lines(part) == after


@pages
@pytest.mark.parametrize("how", ["replace", "add"])
def test_a_second_press_changes_nothing(part, applicant, how):
    client = signed_in(applicant)
    page = upload(client, part, xlsx(["Labour", "Chemist", 50_000, 10]))
    confirm(client, part, page, how)
    before = list(CostLine.objects.values_list("pk", flat=True))
    confirm(client, part, page, how)
    assert list(CostLine.objects.values_list("pk", flat=True)) == before


@pages
def test_costs_that_changed_meanwhile_are_not_written_over(part, applicant):
    client = signed_in(applicant)
    page = upload(client, part, xlsx(["Labour", "Chemist", 50_000, 10]))
    actions.set_costs(partner=part, lines=[LABOUR], by=applicant, at=NOW)
    assert "Somebody has changed the costs since you uploaded the sheet." in confirm(client, part, page, "replace")
    assert lines(part) == ["Engineer"]


@pages
def test_a_sheet_with_errors_cannot_be_confirmed(part, applicant):
    page = upload(signed_in(applicant), part, xlsx(["Labour", "Chemist", "x", 10]))
    assert "1 error in costs.xlsx. Nothing is changed." in page
    assert 'name="sheet"' not in page


@pages
def test_a_file_of_another_kind_is_refused_beside_its_field(part, applicant):
    assert "There is a problem" in upload(signed_in(applicant), part, b"%PDF-1.4\n%%EOF\n")


@pages
@pytest.mark.parametrize("sealed", ["", "x", "a:b:c"])
def test_a_sheet_that_was_not_read_through_is_refused(part, applicant, sealed):
    client = signed_in(applicant)
    answer = client.post(address(part, "import/confirm"), {"sheet": sealed, "how": "replace"}, follow=True)
    assert "Upload it again." in unescape(answer.content.decode())


@pages
def test_another_company_sees_no_sheet(part, stranger):
    for path in ("import", "sheet.xlsx"):
        assert signed_in(stranger).get(address(part, path)).status_code == 404


# A line while it is typed, copied, removed and put back


@pages
def test_a_line_that_is_typed_shows_its_working_and_the_totals(part, applicant):
    typed = {"description": "Chemist", "gross_pounds": "£45,000", "days": "30"}
    page = unescape(signed_in(applicant).post(address(part, "labour/try"), typed).content.decode())
    assert "£45,000 ÷ 225 days = £200.00000 a day × 30 days = £6,000" in page
    assert "has costs of £79,700: grant £0 + other public funding £0 + match funding £79,700." in page
    assert part.cost_lines.count() == 3


@pages
@pytest.mark.parametrize("gross", ["", "x", "NaN", "1e15", "9" * 60, "-1", "\0", "１２"])
def test_a_line_that_cannot_be_worked_out_yet_shows_nothing_or_a_sum(part, applicant, gross):
    typed = {"description": "Chemist", "gross_pounds": gross, "days": "30"}
    answer = signed_in(applicant).post(address(part, "labour/try"), typed)
    assert answer.status_code == 200


@pages
def test_a_copy_begins_with_the_line_that_is_copied(part, applicant):
    page = signed_in(applicant).get(address(part, "")[:-1]).content.decode()
    href = unescape(page.split("materials/add?copy=")[1].split('"')[0])
    page = signed_in(applicant).get(address(part, "materials/add") + f"?copy={href}").content.decode()
    assert 'value="Sensors"' in page


@pages
def test_a_line_that_was_removed_can_be_put_back(part, applicant):
    client = signed_in(applicant)
    page = client.get(address(part, "")[:-1]).content.decode()
    key = page.split("materials/")[1].split('"')[0]
    client.post(address(part, f"{key}/remove"))
    assert lines(part) == ["Engineer", "Overheads"]
    assert "You removed “Sensors”." in unescape(client.get(address(part, "")[:-1]).content.decode())
    client.post(address(part, "undo"))
    client.post(address(part, "undo"))
    assert lines(part) == ["Engineer", "Sensors", "Overheads"]
