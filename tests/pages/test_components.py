"""Each kind of form field becomes the component that fits it, wired to its label, hint and error."""

import datetime as dt

import pytest
from django import forms
from lxml import html

from infra.components import errors_of
from infra.forms import DateField, Line, PercentField, PoundsField, Radios, WordsField


class Example(forms.Form):
    title = forms.CharField(label="Title", max_length=1_000, help_text="Short.", widget=Line(width=20))
    summary = WordsField(label="Summary", max_words=3)
    starts_on = DateField(label="First day")
    cost = PoundsField(label="Cost", required=False)
    share = PercentField(label="Share", required=False)
    kind = forms.ChoiceField(label="Kind", choices=[("a", "A"), ("b", "B")], widget=Radios(hints={"a": "First"}))
    areas = forms.MultipleChoiceField(label="Areas", choices=[("x", "X")], widget=forms.CheckboxSelectMultiple)
    network = forms.ChoiceField(label="Network", choices=[("", "---------"), ("n", "North")])
    agrees = forms.BooleanField(label="I agree")
    file = forms.FileField(label="Quote", widget=forms.FileInput(attrs={"accept": ".pdf"}))
    token = forms.CharField(widget=forms.HiddenInput, initial="t")


GOOD = {
    "title": "T", "summary": "one two three", "starts_on_day": "1", "starts_on_month": "4", "starts_on_year": "2027",
    "cost": "£12,500.00", "share": "62.5%", "kind": "a", "areas": ["x"], "network": "n", "agrees": "on", "token": "t",
}  # fmt: skip


def page(form: forms.Form) -> html.HtmlElement:
    return html.fromstring(f"<form>{form}</form>")


def test_every_field_has_a_name_that_is_sent():
    sent = {e.get("name") for e in page(Example()).xpath("//*[@name]")}
    assert sent == {*Example.base_fields, "starts_on_day", "starts_on_month", "starts_on_year"} - {"starts_on"}


def test_every_label_points_at_a_box_that_is_there():
    tree = page(Example())
    assert {e.get("for") for e in tree.xpath("//label")} <= {e.get("id") for e in tree.xpath("//*[@id]")}


def test_no_identity_is_given_twice():
    ids = [e.get("id") for e in page(Example()).xpath("//*[@id]")]
    assert sorted(ids) == sorted(set(ids))


def test_a_hint_describes_its_box():
    assert page(Example()).xpath("//input[@name='title']/@aria-describedby") == ["id_title-hint"]


def test_a_field_that_may_stay_empty_says_so():
    assert "Cost (optional)" in page(Example()).text_content()


def test_each_error_links_to_a_box_that_is_there():
    form = Example({})
    ids = set(page(form).xpath("//input/@id | //select/@id | //textarea/@id"))
    assert [line for line in errors_of(form) if line.get("href", "#id_title")[1:] not in ids] == []


def test_an_empty_field_is_named_in_its_error():
    assert [line["text"] for line in errors_of(Example({}))] == [
        "Fill in “Title”.", "Fill in “Summary”.", "Enter the date.", "Choose an answer for “Kind”.",
        "Choose an answer for “Areas”.", "Choose an answer for “Network”.", "Tick “I agree”.",
        "Choose a file for “Quote”.", "Fill in “Token”.",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("typed", "told"),
    [
        ({"cost": "1000000000"}, "“Cost” must be at most £999,999,999."),
        ({"cost": "-1"}, "“Cost” must be at least £0."),
        ({"share": "100.01"}, "“Share” must be at most 100%."),
        ({"share": "1.234"}, "“Share” must have at most 2 decimals."),
        ({"title": "x" * 2_000}, "“Title” must have at most 1,000 characters. It has 2,000."),
    ],
)
def test_a_limit_that_was_passed_is_told_with_the_name_of_the_box(typed, told):
    assert told in [line["text"] for line in errors_of(Example(GOOD | typed))]


def test_what_people_type_is_understood():
    form = Example(GOOD)
    form.full_clean()
    assert (form.cleaned_data["cost"], form.cleaned_data["share"], form.cleaned_data["starts_on"]) == (
        12_500, 62.5, dt.date(2027, 4, 1),
    )  # fmt: skip


@pytest.mark.parametrize(
    ("day", "month", "year", "error"),
    [
        ("31", "2", "2027", "There is no such day. Enter a real date, such as 27 3 2027."),
        ("1", "", "2027", "The date must have a day, a month and a year."),
        ("one", "2", "2027", "Enter the date as numbers, such as 27 3 2027."),
        ("1", "2", "27", "There is no such day. Enter a real date, such as 27 3 2027."),
    ],
)
def test_a_date_that_is_none_is_refused(day, month, year, error):
    form = Example(GOOD | {"starts_on_day": day, "starts_on_month": month, "starts_on_year": year})
    assert form.errors["starts_on"] == [error]


def test_too_many_words_are_counted():
    assert Example(GOOD | {"summary": "one two three four"}).errors["summary"] == ["Shorten the text by 1 word to 3."]


def test_a_word_as_long_as_a_book_is_none():
    assert Example(GOOD | {"summary": "x" * 121}).errors["summary"] == [
        "The text has 121 characters. Shorten it to 120."
    ]


def test_a_text_that_nobody_can_see_is_none():
    unseen = "\u202e\u200b\ufeff"
    assert Example(GOOD | {"summary": unseen}).errors["summary"] == [
        "The text holds nothing that can be seen. Type it again."
    ]


def test_odd_pence_are_refused_where_whole_pounds_are_asked():
    assert Example(GOOD | {"cost": "12.50"}).errors["cost"] == ["Enter a sum in whole pounds, such as 12,500."]


def test_what_was_typed_is_shown_again_and_escaped():
    tree = page(Example(GOOD | {"title": '"><script>'}))
    assert (tree.xpath("//input[@name='title']/@value"), tree.xpath("//script")) == (['"><script>'], [])


def test_choices_made_are_shown_again():
    tree = page(Example(GOOD))
    assert tree.xpath("//input[@checked]/@value | //option[@selected]/@value") == ["a", "x", "n", "on"]
