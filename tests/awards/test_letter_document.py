"""The letter as a document: complete, consistent, archival, accessible, always the same, and deaf to markup."""

import hashlib
import json
import os
import re
import socket
import subprocess
import sys
import zlib
from contextlib import suppress
from io import BytesIO
from pathlib import Path

import page
import pikepdf
import pytest

from awards.letters import contents, document, words
from awards.letters.errors import LetterDoesNotAddUp, LetterRefused, UnresolvedField
from awards.letters.example import example, partner
from funds.states import StreamCode

HOSTILE = [
    "<script>alert(1)</script>",
    "<img src=http://127.0.0.1:9/x>",
    "<link rel=attachment href=file:///etc/passwd>",
    "<svg xmlns='http://www.w3.org/2000/svg'><image href='file:///etc/passwd'/></svg>",
    "<style>@import url(http://127.0.0.1:9/x.css)</style>",
    '"><a href="javascript:1">x</a>',
    "</title></head><iframe src=file:///etc/passwd>",
    "%7B%7B7*7%7D%7D {% include 'award.html' %}",
]


@pytest.fixture(scope="module")
def letter() -> bytes:
    return document.render(example())


def leaves(value, path=()):
    """Return the path of every single value in the data."""
    if isinstance(value, dict):
        return [found for name, inner in value.items() for found in leaves(inner, (*path, name))]
    if isinstance(value, list):
        return [found for number, inner in enumerate(value) for found in leaves(inner, (*path, number))]
    return [path]


def put(data, path, value):
    """Return the data with one value changed."""
    *way, last = path
    place = data
    for step in way:
        place = place[step]
    place[last] = value
    return data


def written(path):
    """Write a path as the errors do: partners[0].costs.labour."""
    return "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in path).lstrip(".")


def text(pdf: bytes, *options: str) -> str:
    """Return the words that a reader sees, line ends turned to blanks."""
    found = subprocess.run(["pdftotext", *options, "-", "-"], input=pdf, capture_output=True, check=True)
    return " ".join(found.stdout.decode().split())


def crowd(names, *, title="A project"):
    """Return a letter for organisations of these names, with an eighth cost category."""
    data = example()
    data["bid"]["title"] = title
    data["partners"] = [partner(name, "Companies House 01234567", "small", "70", [1_234_567] * 7) for name in names]
    for row in data["partners"]:
        row["costs"]["clinical_trial_insurance"] = 0
    data["partners"][0]["is_lead"] = True
    data["totals"] = {name: sum(row[name] for row in data["partners"]) for name in contents.AMOUNTS}
    return data


@pytest.mark.parametrize("standard", ["3a", "ua1"])
def test_meets_the_archival_and_the_accessible_standard(letter, standard):
    assert page.validate_pdf_bytes(letter, profile=standard).failures == []


def test_same_data_gives_same_bytes_whatever_came_between(letter):
    document.render(example(2))
    assert document.render(example()) == letter


def test_another_process_gives_the_same_bytes(letter):
    code = "import hashlib; from awards.letters import document, example as e; " + (
        "print(hashlib.sha256(document.render(e.example())).hexdigest())"
    )
    environment = {**os.environ, "PYTHONHASHSEED": "7", "TZ": "Asia/Tokyo"}
    found = subprocess.check_output([sys.executable, "-c", code], env=environment, text=True, cwd=Path.cwd())
    assert found.strip() == hashlib.sha256(letter).hexdigest()


def test_order_of_fields_does_not_matter(letter):
    assert document.render(dict(reversed(example().items()))) == letter


def test_other_data_gives_other_bytes(letter):
    assert document.render(put(example(), ("letter", "short_code"), "7K3F-9QPE")) != letter


def test_carries_its_own_data_as_the_only_attachment(letter):
    with pikepdf.open(BytesIO(letter)) as pdf:
        attached = {name: spec.get_file().read_bytes() for name, spec in pdf.attachments.items()}
    assert attached == {"award.json": document.canonical(example())}


def test_names_the_attachment_as_data_of_the_whole_document(letter):
    with pikepdf.open(BytesIO(letter)) as pdf:
        assert [str(spec.AFRelationship) for spec in pdf.Root.AF] == ["/Data"]


def test_states_language_title_and_date(letter):
    with pikepdf.open(BytesIO(letter)) as pdf:
        stated = str(pdf.Root.Lang), str(pdf.docinfo.Title), str(pdf.docinfo.CreationDate)
    title = "Award letter MFA-0001/1: A wearable patch that finds irregular heart rhythm at home"
    assert stated == ("en-GB", title, "D:20261123000000Z")


def test_canonical_json_is_sorted_tight_and_unicode():
    assert document.canonical({"b": "é", "a": [1, True]}) == '{"a":[1,true],"b":"é"}'.encode()


@pytest.mark.parametrize("path", leaves(example()), ids=written)
def test_refuses_each_value_that_is_missing(path):
    with pytest.raises(UnresolvedField) as refusal:
        contents.check(put(example(), path, None))
    assert refusal.value.path == written(path)


@pytest.mark.parametrize("blank", ["", " \n", "[insert name]", "[ Insert date ]", "{{ name }}", 7, ["x"]])
def test_refuses_text_that_is_blank_or_a_placeholder(blank):
    with pytest.raises(UnresolvedField, match=r"recipient\.name"):
        document.render(put(example(), ("recipient", "name"), blank))


def test_takes_what_a_bidder_writes_about_placeholders_but_not_what_we_leave_open():
    words = "Letters from {{ templates }} and the [Insert] key"
    contents.check(put(example(), ("bid", "title"), words))
    with pytest.raises(UnresolvedField, match=r"conditions\[0\] still holds a placeholder"):
        contents.check(put(example(), ("conditions", 0), words))


@pytest.mark.parametrize("section", sorted(contents.SHAPE))
def test_refuses_a_missing_section(section):
    data = example()
    del data[section]
    with pytest.raises(UnresolvedField) as refusal:
        contents.check(data)
    assert refusal.value.path.startswith(section)


@pytest.mark.parametrize(
    ("path", "value"),
    [
        (("award", "starts_on"), "1 January 2027"),
        (("award", "starts_on"), "2027-02-30"),
        (("totals", "grant"), "409700"),
        (("totals", "grant"), 409700.0),
        (("totals", "grant"), True),
        (("totals", "grant"), -1),
        (("partners", 0, "percent"), "70%"),
        (("partners", 0, "percent"), "100.01"),
        (("partners", 0, "is_lead"), "yes"),
        (("partners",), []),
        (("partners",), {}),
        (("partners", 1), "Fictional Sensors plc"),
        (("recipient", "address"), []),
        (("letter", "check_url"), "javascript:alert(1)"),
    ],
)
def test_refuses_a_value_of_the_wrong_kind(path, value):
    with pytest.raises(UnresolvedField) as refusal:
        contents.check(put(example(), path, value))
    assert refusal.value.path == written(path)


@pytest.mark.parametrize(
    ("path", "value", "blamed"),
    [
        (("partners", 0, "costs", "labour"), 209_999, "partners[0].cost"),
        (("partners", 0, "costs", "training"), 1, "partners[0].cost"),
        (("partners", 0, "match"), 112_499, "partners[0].cost"),
        (("partners", 0, "other_public"), 1, "partners[0].cost"),
        (("partners", 0, "percent"), "69.99", "partners[0].grant"),
        (("partners", 0, "match_sources", 0, "amount"), 79_999, "partners[0].match_sources"),
        (("partners", 1, "is_lead"), True, "partners"),
        (("partners", 0, "is_lead"), False, "partners"),
        (("totals", "cost"), 579_001, "totals.cost"),
        (("totals", "grant"), 409_701, "totals.grant"),
        (("totals", "other_public"), 1, "totals.other_public"),
        (("totals", "match"), 169_301, "totals.match"),
        (("award", "starts_on"), "2027-01-02", "award.starts_on"),
        (("award", "ends_on"), "2028-06-29", "award.ends_on"),
        (("award", "ends_on"), "2026-12-31", "award.ends_on"),
        (("award", "accept_by"), "2026-11-22", "award.accept_by"),
    ],
)
def test_refuses_figures_and_dates_that_disagree(path, value, blamed):
    with pytest.raises(LetterDoesNotAddUp) as refusal:
        contents.check(put(example(), path, value))
    assert refusal.value.path == blamed


def test_other_public_funding_counts_against_the_rate():
    data = example()
    data["partners"][0] |= {"other_public": 10_000, "match": 102_500}
    data["totals"] |= {"other_public": 10_000, "match": 159_300}
    with pytest.raises(LetterDoesNotAddUp, match=r"allows £252,500"):
        contents.check(data)


def test_more_match_funding_may_be_verified_than_is_needed():
    contents.check(put(example(), ("partners", 0, "match_sources", 0, "amount"), 90_000))


@pytest.mark.parametrize(
    ("path", "value"),
    [
        (("bid", "public_description"), "x" * 10_001),
        (("conditions",), ["Report."] * 101),
        (("recipient", "address"), ["Sampletown"] * 11),
    ],
)
def test_refuses_a_field_beyond_what_a_letter_can_hold(path, value):
    with pytest.raises(UnresolvedField, match=r"longer than 10,000 characters|more than (100|10) rows"):
        contents.check(put(example(), path, value))


def test_refuses_more_data_than_a_letter_can_hold():
    with pytest.raises(LetterRefused, match="Shorten its texts to 100,000 bytes"):
        document.render(put(example(), ("conditions",), ["long " * 1_000] * 25))


def test_says_what_an_award_letter_must_say(letter):
    said = text(letter)
    for sentence in (
        "a grant of up to £409,700 towards this project. The project’s eligible costs are £579,000.",
        "Match funding provides £169,300, and we have verified each source of it.",
        "General Block Exemption Regulation (EU) No 651/2014: Article 25",
        "2. Publish the evaluation within six months of the project's end, whatever it finds.",
        "The project starts on 1 January 2027 and ends on 30 June 2028.",
        "Costs from before the start or after the end are not eligible",
        "quarterly in arrears, within 30 days of the end of each quarter",
        "If we have no acceptance by the end of that day, the award is void",
        "Check this letter 7K3F-9QPD",
    ):
        assert sentence in said


def test_schedule_shows_each_organisations_money(letter):
    said = text(letter, "-layout")
    assert "Fictional Sensors plc Medium £142,000 60% £85,200 £0 £56,800" in said
    assert "Example Heart Rhythm Ltd Equity Made-up Ventures LLP £80,000" in said
    assert "Total £579,000 £409,700 £0 £169,300" in said


def test_annex_has_a_page_of_its_own(letter):
    said = text(letter, "-f", "4")
    assert said.startswith("Annex: acceptance by a director")
    assert said.endswith("Award letter MFA-0001/1 Page 4 of 4")


def test_qr_code_has_words_for_those_who_cannot_see_it(letter):
    with pikepdf.open(BytesIO(letter)) as pdf:
        figures = [str(o.Alt) for o in pdf.objects if isinstance(o, pikepdf.Dictionary) and o.get("/S") == "/Figure"]
    assert figures == ["QR code that opens https://matchfund.example.org/letters/7K3F-9QPD"]


def test_an_award_without_match_funding_says_so():
    data = example()
    data["partners"] = [partner("Imaginary Trust", "NHS organisation RXX99", "non_business", "100", [5] * 7)]
    data["partners"][0]["is_lead"] = True
    data["totals"] = {"cost": 35, "grant": 35, "other_public": 0, "match": 0}
    data["conditions"] = []
    said = text(document.render(data))
    assert "No match funding is needed." in said
    assert "There are no additional conditions." in said
    assert "Match funding that we have verified" not in said


def varied():
    """The letter of a variation."""
    return put(put(example(), ("letter", "number"), 3), ("award", "accepted_on"), "2026-12-01")


def test_a_later_letter_replaces_the_earlier_ones_and_asks_for_no_acceptance():
    said = text(document.render(varied()))
    assert "This is letter number 3 for this award. It replaces every earlier one" in said
    assert "The award was accepted on 1" in said
    assert ("How to accept" in said, "Annex: acceptance" in said) == (False, False)


def test_a_later_letter_says_when_the_award_was_accepted():
    with pytest.raises(UnresolvedField, match=r"award\.accepted_on"):
        document.render(put(example(), ("letter", "number"), 2))


def test_a_later_letter_may_come_after_the_last_day_of_acceptance():
    assert document.render(put(varied(), ("letter", "dated_on"), "2027-03-01")).startswith(b"%PDF")


@pytest.mark.parametrize("stream", contents.STREAMS)
def test_each_stream_has_a_text_of_its_own(stream):
    said = text(document.render(put(example(), ("competition", "stream"), stream)))
    assert said.count("Use the grant only for this project") == 1


def test_a_stream_without_a_text_is_refused():
    with pytest.raises(UnresolvedField, match=r"competition\.stream"):
        document.render(put(example(), ("competition", "stream"), "unheard_of"))


def test_the_streams_of_letters_are_those_of_the_house():
    assert set(contents.STREAMS) == set(StreamCode.values)


@pytest.mark.parametrize("markup", HOSTILE)
def test_markup_from_a_bid_comes_out_as_plain_text(markup):
    data = put(example(), ("bid", "title"), markup)
    data["bid"]["public_description"] = data["conditions"][0] = data["partners"][1]["organisation"] = markup
    pdf = document.render(data)
    assert text(pdf).replace(" ", "").count(markup.replace(" ", "")) == 7
    with pikepdf.open(BytesIO(pdf)) as opened:
        assert list(opened.attachments) == ["award.json"]


def free_texts() -> list[tuple]:
    """Return the path of every field that takes any text: what people typed in bids, organisations and calls."""
    found = []
    for path in leaves(example()):
        with suppress(LetterRefused):
            contents.check(put(example(), path, HOSTILE[0]))
            found.append(path)
    return found


def test_whatever_people_typed_anywhere_comes_out_as_text_and_nothing_is_asked_for():
    with socket.create_server(("127.0.0.1", 0)) as somewhere:
        somewhere.setblocking(False)
        here = f"http://127.0.0.1:{somewhere.getsockname()[1]}/"
        data, typed = example(), " ".join(HOSTILE).replace("http://127.0.0.1:9/", here)
        for path in (paths := free_texts()):
            put(data, path, f"F{paths.index(path)} {typed}")
        pdf = document.render(data)
        with pytest.raises(BlockingIOError):
            somewhere.accept()
    assert {"title", "public_description", "name", "identifier", "address", "funder", "organisation"} <= {
        step for path in paths for step in path
    }
    squeezed = "".join(text(pdf).split())
    assert [n for n in range(len(paths)) if f"F{n}{''.join(typed.split())[:60]}" not in squeezed] == []
    assert (pdf.count(b"/URI ("), pdf.count(b"/JavaScript"), pdf.count(b"/Launch"), pdf.count(b"/GoToR")) == (
        1,
        0,
        0,
        0,
    )
    assert [f.message for kind in ("3a", "ua1") for f in page.validate_pdf_bytes(pdf, profile=kind).failures] == []
    with pikepdf.open(BytesIO(pdf)) as opened:
        assert list(opened.attachments) == ["award.json"]


@pytest.mark.parametrize("address", ["file:///etc/passwd", "http://127.0.0.1:9/", "https://example.org/", "data:,x"])
def test_nothing_outside_the_page_is_ever_fetched(address):
    with pytest.raises(ValueError, match="may not fetch"):
        document._house().fetcher.fetch(address)


@pytest.mark.parametrize(
    ("typed", "printed"),
    [
        ("a\u202eb\u2066c\x00d\x1be\ufefff", "abcdef"),
        ("soft\u00adhyphen", "softhyphen"),
        ("private \ue000 use", "private  use"),
        (" two \t blanks\u00a0 ", "two blanks"),
        ("one\r\ntwo", "one\ntwo"),
        ("e\u0301", "é"),
    ],
)
def test_what_would_hide_or_reorder_text_is_not_printed(typed, printed):
    assert words.printable({"texts": [typed, 1]}) == {"texts": [printed, 1]}


def test_characters_that_no_font_can_draw_are_spelt_out():
    pdf = document.render(put(example(), ("bid", "title"), "Herz \U0001f9ff \u5fc3 \u0e2b"))
    assert "[U+5FC3] [U+0E2B]" in text(pdf)
    assert page.validate_pdf_bytes(pdf, profile="3a").failures == []


def test_long_words_and_many_partners_stay_on_the_page():
    names = [f"Organisation{number}" * 9 for number in range(12)]
    pdf = document.render(crowd(names, title="Unbroken" * 40))
    boxes = subprocess.run(["pdftotext", "-bbox", "-", "-"], input=pdf, capture_output=True, check=True).stdout.decode()
    for width, words_on_page in re.findall(r'<page width="([\d.]+)"[^>]*>(.*?)</page>', boxes, re.DOTALL):
        assert max(float(edge) for edge in re.findall(r'xMax="([\d.]+)"', words_on_page)) < float(width) - 45
    assert [f.message for p in ("3a", "ua1") for f in page.validate_pdf_bytes(pdf, profile=p).failures] == []


def test_table_heads_repeat_on_every_page_of_the_schedule():
    pdf = document.render(crowd([f"Invented Company {number} of a Rather Long Name Limited" for number in range(12)]))
    pages = [text(pdf, "-f", str(number), "-l", str(number)) for number in (3, 4, 5)]
    assert ["Organisation" in said and "Eligible" in said for said in pages] == [True, True, True]


def test_no_stream_ends_so_that_a_validator_miscounts_it():
    officers = (put(example(), ("award", "responsible_officer"), "y" * length) for length in range(1, 300))
    data = next(d for d in officers if zlib.compress(document.canonical(d), 9).endswith(b"\r"))
    pdf = document.render(data)
    assert b"\r\nendstream" not in pdf
    assert page.is_pdf_compliant_bytes(pdf, profile="3a")


@pytest.mark.parametrize(("names", "sentence"), [(["A"], "the A"), (["A", "B"], "the A and the B")])
def test_departments_are_listed_in_a_sentence(names, sentence):
    assert words.listed(names) == sentence


def test_example_survives_json():
    assert json.loads(document.canonical(example())) == example()
