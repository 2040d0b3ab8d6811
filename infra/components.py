"""GOV.UK components from our templates, and Django form fields as the components that fit them."""

from collections.abc import Callable, Iterable, Mapping
from functools import cache
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.forms.renderers import Jinja2
from django.http import HttpRequest
from django.utils.safestring import SafeString, mark_safe
from jinja2 import ChainableUndefined, Environment, PackageLoader, PrefixLoader
from markupsafe import Markup

from infra import forms as ours

Params = dict[str, Any]
EMPTY = "This field is required."
LIMITED = "Ensure "  # how Django begins to speak of a limit that was passed
LIMITS = {
    "max_value": "“{label}” must be at most {limit}.",
    "min_value": "“{label}” must be at least {limit}.",
    "max_length": "“{label}” must have at most {limit} characters. It has {has}.",
    "max_decimal_places": "“{label}” must have at most {limit} decimals.",
}
VERBS = {forms.ChoiceField: "Choose an answer for", forms.FileField: "Choose a file for", forms.BooleanField: "Tick"}


@cache
def _environment() -> Environment:
    """Return the packaged components' own environment: they count on undefined values being empty."""
    loader = PrefixLoader({"govuk_frontend_jinja": PackageLoader("govuk_frontend_jinja")})
    return Environment(loader=loader, autoescape=True, undefined=ChainableUndefined)


@cache
def _macro(name: str) -> Callable[[Params], str]:
    macro = "govuk" + "".join(word.capitalize() for word in name.split("-"))
    return getattr(_environment().get_template(f"govuk_frontend_jinja/components/{name}/macro.html").module, macro)


def component(name: str, /, **params: Any) -> Markup:
    """Return one component of the GOV.UK Design System; `params` are those that its documentation lists."""
    return Markup(_macro(name)(params))  # noqa: S704 - the macro escapes every text it is given


def field(bound: forms.BoundField, heading: bool = False) -> Markup:
    """Return a form field with its label, hint and error as the component that fits its widget.

    Args:
        heading: make the label the page's only heading, for a page that asks one thing.
    """
    widget = bound.field.widget
    if bound.is_hidden:
        return Markup(bound.as_hidden())  # noqa: S704 - Django escapes it
    for kinds, render in RENDERERS:
        if isinstance(widget, kinds):
            return render(bound, _shared(bound), heading)
    raise TypeError(f"No component fits {type(widget).__name__} of {bound.name}.")


def errors_of(form: forms.BaseForm) -> list[Params]:
    """Return a form's errors as lines of the error summary, those of fields with a link to the field."""
    lines: list[Params] = [{"text": text} for text in form.non_field_errors()]
    for name in form.errors:
        if name in form.fields:
            bound = form[name]
            href = {} if bound.is_hidden else {"href": f"#{bound.auto_id}"}
            lines += [{"text": text, **href} for text in _texts(bound)]
    return lines


def _shared(bound: forms.BoundField) -> Params:
    """Return what every component takes: identity, hint, error, classes and attributes."""
    attrs = bound.field.widget.attrs
    params: Params = {"id": bound.auto_id, "name": bound.html_name, "classes": attrs.get("class", "")}
    if bound.help_text:
        params["hint"] = {"text": bound.help_text}
    if bound.errors:
        params["errorMessage"] = {"text": " ".join(_texts(bound))}
    passed = {k: v for k, v in attrs.items() if k.startswith(("hx-", "data-"))}
    if passed:
        params["attributes"] = passed
    return params


def _texts(bound: forms.BoundField) -> list[str]:
    """Return what is wrong with a field; where Django has words of its own, ours name the field and say what to do."""
    return [_said(bound, error) for error in bound.errors.as_data()]


def _said(bound: forms.BoundField, error: ValidationError) -> str:
    text = str(error.messages[0])
    if text == EMPTY:
        verb = next((words for kind, words in VERBS.items() if isinstance(bound.field, kind)), "Fill in")
        return f"{verb} “{bound.label}”."
    if text.startswith(LIMITED) and error.code in LIMITS:
        return LIMITS[error.code].format(label=bound.label, **_limit(bound, error.params or {}))
    return text


def _limit(bound: forms.BoundField, params: Mapping[str, Any]) -> dict[str, str]:
    """Return the limit that was passed as it is written in the box, and how long the text is where that is known."""
    widget = bound.field.widget
    limit = f"{params.get('limit_value', params.get('max')):,}"
    if isinstance(widget, ours.Line) and "max" not in params:
        limit = f"{widget.prefix}{limit}{' ' * (widget.suffix not in ('', '%'))}{widget.suffix}"
    return {"limit": limit, "has": f"{params.get('show_value', 0):,}"}


def _label(bound: forms.BoundField, heading: bool) -> Params:
    size = "govuk-label--l" if heading else "govuk-label--s"
    return {"label": {"text": _name(bound), "classes": size, "isPageHeading": heading}}


def _fieldset(bound: forms.BoundField, heading: bool) -> Params:
    size = "govuk-fieldset__legend--l" if heading else "govuk-fieldset__legend--s"
    return {"fieldset": {"legend": {"text": _name(bound), "classes": size, "isPageHeading": heading}}}


def _name(bound: forms.BoundField) -> str:
    is_plain = bound.field.required or not getattr(bound.form, "marks_optional", True)
    return f"{bound.label}" if is_plain else f"{bound.label} (optional)"


def _text(bound: forms.BoundField) -> str:
    value = bound.value()
    return "" if value is None else str(bound.field.widget.format_value(value) or "")


def _items(bound: forms.BoundField, mark: str) -> list[Params]:
    """Return the choices of a field, those chosen marked `mark`."""
    value = bound.value()
    chosen = {str(v) for v in value} if isinstance(value, (list, tuple, set)) else {str("" if value is None else value)}
    hints: dict[str, str] = getattr(bound.field.widget, "hints", {})
    items: list[Params] = []
    for key, text in bound.field.choices:  # type: ignore[attr-defined]
        item: Params = {"value": str(key), "text": str(text), mark: str(key) in chosen}
        if hint := hints.get(str(key)):
            item["hint"] = {"text": hint}
        items.append(item)
    return items


def _choices(name: str, bound: forms.BoundField, shared: Params, heading: bool) -> Markup:
    items = [item for item in _items(bound, "checked") if item["value"] != ""]
    return component(name, **shared | {"idPrefix": bound.auto_id, "items": items} | _fieldset(bound, heading))


def _checkboxes(bound: forms.BoundField, shared: Params, heading: bool) -> Markup:
    return _choices("checkboxes", bound, shared, heading)


def _radios(bound: forms.BoundField, shared: Params, heading: bool) -> Markup:
    return _choices("radios", bound, shared, heading)


def _checkbox(bound: forms.BoundField, shared: Params, heading: bool) -> Markup:
    item: Params = {"value": "on", "text": str(bound.label), "checked": bool(bound.value())}
    if hint := shared.pop("hint", None):
        item["hint"] = hint
    return component("checkboxes", **shared | {"idPrefix": bound.auto_id, "items": [item]})


def _select(bound: forms.BoundField, shared: Params, heading: bool) -> Markup:
    items = _items(bound, "selected")
    for item in items:
        if item["value"] == "" and item["text"].startswith("---"):
            item["text"] = "Choose one"
    return component("select", **shared | {"items": items} | _label(bound, heading))


def _date(bound: forms.BoundField, shared: Params, heading: bool) -> Markup:
    value = bound.value()
    values = value if isinstance(value, (list, tuple)) else bound.field.widget.decompress(value)
    wrong = " govuk-input--error" if bound.errors else ""
    items = [
        {
            "id": f"{bound.auto_id}_{part}" if position else bound.auto_id,
            "name": f"{bound.html_name}_{part}",
            "label": part.capitalize(),
            "value": "" if values[position] is None else str(values[position]),
            "classes": f"govuk-input--width-{4 if part == 'year' else 2}{wrong}",
        }
        for position, part in enumerate(ours.DateBoxes.PARTS)
    ]
    return component(
        "date-input", **shared | {"id": f"{bound.auto_id}-date", "items": items} | _fieldset(bound, heading)
    )


def _textarea(bound: forms.BoundField, shared: Params, heading: bool) -> Markup:
    attrs = bound.field.widget.attrs
    params = shared | {"value": _text(bound), "rows": attrs.get("rows", 6)} | _label(bound, heading)
    if limit := getattr(bound.field.widget, "max_words", None):
        return component("character-count", **params | {"maxwords": limit})
    return component("textarea", **params)


def _file(bound: forms.BoundField, shared: Params, heading: bool) -> Markup:
    accept = {"accept": a} if (a := bound.field.widget.attrs.get("accept")) else {}
    attributes = shared.get("attributes", {}) | accept
    return component("file-upload", **shared | {"javascript": True, "attributes": attributes} | _label(bound, heading))


def _password(bound: forms.BoundField, shared: Params, heading: bool) -> Markup:
    autocomplete = bound.field.widget.attrs.get("autocomplete", "current-password")
    return component("password-input", **shared | {"autocomplete": autocomplete} | _label(bound, heading))


def _input(bound: forms.BoundField, shared: Params, heading: bool) -> Markup:
    widget = bound.field.widget
    params = shared | {"value": _text(bound), "type": widget.input_type} | _label(bound, heading)
    if widget.input_type == "number":
        params |= {"type": "text", "inputmode": "numeric", "spellcheck": False}
    for name in ("autocomplete", "inputmode", "pattern", "spellcheck"):
        if name in widget.attrs:
            params[name] = widget.attrs[name]
    for name in ("prefix", "suffix"):
        if text := getattr(widget, name, ""):
            params[name] = {"text": text}
    return component("input", **params)


# Order matters: the first that fits renders the field. Django's checkboxes descend from its radios.
RENDERERS: Iterable[tuple[type[forms.Widget] | tuple[type[forms.Widget], ...], Callable[..., Markup]]] = (
    (ours.DateBoxes, _date),
    ((forms.CheckboxSelectMultiple, forms.SelectMultiple), _checkboxes),
    (forms.RadioSelect, _radios),
    (forms.CheckboxInput, _checkbox),
    (forms.Select, _select),
    (forms.Textarea, _textarea),
    (forms.FileInput, _file),
    (forms.PasswordInput, _password),
    (forms.widgets.Input, _input),
)

FIELD = "one field"
FIELDS = "every field of a form"


class Renderer(Jinja2):
    """Render `{{ form }}` and `{{ form.name.as_field_group() }}` as GOV.UK components."""

    field_template_name = FIELD
    form_template_name = FIELDS

    def render(self, template_name: str, context: dict[str, Any], request: HttpRequest | None = None) -> SafeString:
        if template_name == FIELD:
            return mark_safe(field(context["field"]))  # noqa: S308 - the components escape
        if template_name == FIELDS:
            fields = [*context["hidden_fields"], *(bound for bound, _ in context["fields"])]
            return mark_safe("".join(field(bound) for bound in fields))  # noqa: S308 - the components escape
        return mark_safe(super().render(template_name, context, request))  # noqa: S308 - Django escapes it
