"""What the templates need to say things: icons, words for codes, names of fields. It may not fetch anything."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Any

from django import template
from django.template.loader import render_to_string
from django.templatetags.static import static
from django.utils.html import format_html
from django.utils.safestring import SafeString

from kundekort import version, wording
from kundekort.engine.schema import Kind
from kundekort.languages import NAMES
from kundekort.services import identities, import_names
from kundekort.services.audit_log import Entry
from kundekort.services.import_names import ImportName
from kundekort.store.models import Import
from kundekort.web import guide
from kundekort.web.accounts import may_administer, may_import
from kundekort.web.editing import Input
from kundekort.web.help_pages import HELP

register = template.Library()

SPRITE = "vendor/tabler-icons-3.51.0.svg"

register.simple_tag(version)
register.simple_tag(wording.countries)
register.simple_tag(wording.languages)
register.filter("state_words", wording.state)
register.filter("may_import", may_import)
register.filter("may_administer", may_administer)
register.filter("kind_words", wording.kind_of_field)
register.filter("role_words", wording.role)
register.filter("label", wording.field)
register.filter("phase_words", wording.phase)
register.filter("export_state_words", wording.export_state)
register.filter("anonymisation_state_words", wording.anonymisation_state)
register.filter("webhook_event_words", wording.webhook_event)
register.filter("source_file_state_words", wording.source_file_state)
register.filter("delivery_state_words", wording.delivery_state)
register.filter("file_format_words", wording.file_format)
register.filter("file_size", wording.file_size)
register.filter("encoding_words", wording.encoding)
register.filter("separator_words", wording.separator)
register.filter("day_counts", wording.day_counts)
register.filter("one_person", import_names.one_person)
register.filter("uploader", identities.uploader)
register.filter("confirmer", identities.confirmer)
register.filter("author", identities.author)


@register.simple_tag
def page_languages() -> list[tuple[str, str]]:
    """The codes and the own names of the languages that the pages have."""
    return list(NAMES.items())


@register.simple_tag
@cache  # a page has forty
def icon(name: str) -> SafeString:
    """An icon of the sprite, hidden from screen readers: a word always stands beside it."""
    return format_html('<svg class="icon" aria-hidden="true"><use href="{}#{}"></use></svg>', static(SPRITE), name)


@register.inclusion_tag("kundekort/parts/help.html", takes_context=True)
def help_link(context: Mapping[str, Any], about: str = "") -> dict[str, str]:
    """The way to where the guide tells of this page, or of what it shows; to its beginning, if it tells of neither."""
    place = getattr(context.get("request"), "resolver_match", None)
    where = HELP.get(about or getattr(place, "url_name", ""), "")
    return {"language": guide.preferred(), "where": where}


@register.simple_tag
def value(key: str, text: str, *, on_card: bool = False) -> SafeString:
    """What a field of a customer says, by the partial of its kind; on the card itself with links and signs.

    Without a line end around it, since it stands within a sentence; a field that is not known any more is a text.
    """
    part = f"values/{kind(key) or Kind.TEXT}" if text else "parts/empty"
    context = {"key": key, "text": text, "words": wording.value(key, text), "on_card": on_card}
    shown = render_to_string(f"kundekort/{part}.html", context)
    return SafeString(shown.strip())


@register.simple_tag
def field_input(input: Input) -> SafeString:
    """A field of the card form with all that belongs to it, by the partial of its kind."""
    context = {"input": input, "field": input.field, "key": input.field.key, "text": input.text}
    return render_to_string(f"kundekort/inputs/{input.field.kind}.html", context)


@register.filter
def kind(key: str) -> str:
    """The kind of a field; '' for a key the register does not know."""
    schema = wording.current_schema()
    return str(schema[key].kind) if key in schema else ""


@register.filter
def at(mapping: Mapping[str, str], key: str) -> str:
    """The value under a key, '' without one."""
    return mapping.get(key, "")


@register.filter
def name(card: Mapping[str, str | int]) -> str:
    """What a customer is called: the name, else the company, the e-mail or the number."""
    person = f"{card['first_name']} {card['last_name']}".strip()
    return person or str(card["company"] or card["email"] or card["id"])


@register.filter
def import_title(of: Import | ImportName) -> str:
    """What an import is called: its file, or what it takes back."""
    name = import_names.name(of) if isinstance(of, Import) else of
    return wording.import_title(name.filename, undone=name.undone)


@register.filter
def audit_words(entry: Entry) -> str:
    """What an entry of the audit log tells."""
    return wording.audit_event(entry.event, entry.params)


@register.filter
def tags(text: str) -> list[str]:
    """The tags of a customer one by one."""
    return text.split("|")
