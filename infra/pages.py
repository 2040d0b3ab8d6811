"""How pages are made: the Jinja2 environment, its filters, and the macros that every page may call by name."""

from collections.abc import Callable
from typing import Any

from django import forms
from django.conf import settings
from django.templatetags.static import static
from django.urls import reverse
from jinja2 import Environment, StrictUndefined, pass_context, select_autoescape
from jinja2.runtime import Context

from infra import navigation
from infra.components import component, errors_of, field
from infra.filters import FILTERS
from infra.kept import writer
from infra.paging import query

# Each page may call these without importing them: file in templates/components, macros in it.
MACROS = {
    "forms": ("form_page", "form_fields", "saves_itself", "saved_line", "action_button"),
    "lists": ("table", "summary", "tag", "pagination", "cards", "card", "empty", "figures"),
    "frame": ("breadcrumbs", "back_link", "banners", "inset", "warning", "details", "button_link", "heading"),
}
# What the macros see of the page.
SHARED = ("request", "csrf_input", "messages")


def environment(**options: Any) -> Environment:
    """Return the environment of all templates: only HTML is escaped, and a misspelt name is an error."""
    ours = {"undefined": StrictUndefined, "autoescape": select_autoescape(), "trim_blocks": True, "lstrip_blocks": True}
    made = Environment(**options | ours)
    made.filters.update(FILTERS)
    made.globals.update(
        base_url=settings.BASE_URL,
        component=component,
        error_lines=error_lines,
        field=field,
        navigation=navigation.links,
        query=query,
        static=static,
        support_email=settings.SUPPORT_EMAIL,
        url=url,
        writer=writer,
    )
    for file, names in MACROS.items():
        made.globals.update({name: _macro(made, f"components/{file}.html", name) for name in names})
    return made


def _macro(made: Environment, file: str, name: str) -> Callable[..., str]:
    """Return a macro that is loaded when it is called and sees the page's request and messages."""

    @pass_context
    def call(context: Context, *words: Any, **named: Any) -> str:
        shared = {key: context.get(key) for key in SHARED}
        return getattr(made.get_template(file).make_module(shared), name)(*words, **named)

    return call


def url(name: str, *words: Any, **named: Any) -> str:
    """Return the address of a page by its name."""
    return reverse(name, args=words, kwargs=named)


@pass_context
def error_lines(context: Context) -> list[dict[str, Any]]:
    """Return the errors of all forms and sets of forms on the page, for the error summary and the title."""
    lines: list[dict[str, Any]] = []
    things = {id(thing): thing for thing in context.get_all().values()}
    for thing in things.values():
        if isinstance(thing, forms.BaseFormSet) and thing.is_bound:
            lines += [{"text": text} for text in thing.non_form_errors()]
            lines += [line for form in thing.forms for line in errors_of(form)]
        elif isinstance(thing, forms.BaseForm) and thing.is_bound:
            lines += errors_of(thing)
    return lines
