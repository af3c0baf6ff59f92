"""Values of a card as people read them: in words and in groups, while the value itself stays canonical text."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import suppress
from datetime import date
from typing import Final

from django.utils.formats import date_format
from django.utils.translation import gettext as _

from kundekort.engine.schema import Kind
from kundekort.wording.fields import current_schema
from kundekort.wording.phones import phone
from kundekort.wording.places import country_name, language_name


def value(key: str, text: str) -> str:
    """What a field of a card says, as people read it; the text itself where the field is not known any more."""
    schema = current_schema()
    return VALUES[schema[key].kind](text) if text and key in schema else text


def gender(text: str) -> str:
    """Woman, man or none; any other text as it is."""
    return {"0": _("Not given"), "1": _("Man"), "2": _("Woman")}.get(text, text)


def yes_no(text: str) -> str:
    """Yes or no; any other text as it is."""
    return {"0": _("No"), "1": _("Yes")}.get(text, text)


def day(text: str) -> str:
    """An ISO date as the active language writes it in figures; any other text as it is."""
    with suppress(ValueError):
        return str(date_format(date.fromisoformat(text), "SHORT_DATE_FORMAT"))
    return text


def tags(text: str) -> str:
    """Tags beside each other."""
    return " · ".join(text.split("|"))


VALUES: Final[Mapping[Kind, Callable[[str], str]]] = {
    Kind.ID: str,
    Kind.TEXT: str,
    Kind.NOTE: str,
    Kind.ZIP: str,
    Kind.COUNTRY: country_name,
    Kind.EMAIL: str,
    Kind.PHONE: phone,
    Kind.GENDER: gender,
    Kind.DATE: day,
    Kind.LANGUAGE: language_name,
    Kind.YES_NO: yes_no,
    Kind.TAGS: tags,
    Kind.NUMBER: str,
    Kind.CHOICE: str,
    Kind.VERSION: str,
}
"""How the values of each kind are written for people; any text may come, also one that is no value of the kind."""
