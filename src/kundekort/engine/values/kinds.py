"""Every kind of field with the rules that its file gives; `tests/house/test_kinds.py` holds the table complete."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from kundekort.engine.schema import Kind
from kundekort.engine.values import (
    choices,
    countries,
    dates,
    emails,
    genders,
    identifiers,
    languages,
    notes,
    numbers,
    phones,
    postal,
    tags,
    text,
    versions,
    yes_no,
)
from kundekort.engine.values.rules import KindRules

KINDS: Final[Mapping[Kind, KindRules]] = {
    Kind.ID: identifiers.RULES,
    Kind.TEXT: text.RULES,
    Kind.NOTE: notes.RULES,
    Kind.ZIP: postal.RULES,
    Kind.COUNTRY: countries.RULES,
    Kind.EMAIL: emails.RULES,
    Kind.PHONE: phones.RULES,
    Kind.GENDER: genders.RULES,
    Kind.DATE: dates.RULES,
    Kind.LANGUAGE: languages.RULES,
    Kind.YES_NO: yes_no.RULES,
    Kind.TAGS: tags.RULES,
    Kind.NUMBER: numbers.RULES,
    Kind.CHOICE: choices.RULES,
    Kind.VERSION: versions.RULES,
}
