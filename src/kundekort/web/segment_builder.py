"""What the builder of segments can ask: subjects, the operators that fit them, and the inputs that fit both.

Values for templates only; nothing here is checked or counted.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

from django.utils.dates import MONTHS
from django.utils.formats import date_format
from django.utils.timezone import localtime

from kundekort import wording
from kundekort.engine.schema import Kind
from kundekort.engine.segments.check import BESIDE, BY_IMPORT, Family, Subject, values_of
from kundekort.engine.segments.condition import Operator
from kundekort.services import imports, segments
from kundekort.services.accounts import Actor
from kundekort.services.refusals import NotFound
from kundekort.store.models import Import
from kundekort.web.query import number
from kundekort.web.templatetags.kundekort import import_title

IMPORTS_OFFERED: Final = 200

INPUTS: Final[Mapping[Kind, str]] = {
    **dict.fromkeys((Kind.TEXT, Kind.NOTE, Kind.ZIP, Kind.EMAIL, Kind.PHONE), "text"),
    **dict.fromkeys((Kind.ID, Kind.NUMBER), "number"),
    Kind.DATE: "date",
    Kind.TAGS: "tags",
    Kind.GENDER: "gender",
    Kind.YES_NO: "yes_no",
    Kind.COUNTRY: "country",
    Kind.LANGUAGE: "language",
    Kind.CHOICE: "choice",
}
"""The input for values of each kind that can be asked about; it is a template in segments/inputs."""
_OPERATOR_INPUTS: Final[Mapping[Operator, str]] = {
    Operator.CONTAINS: "text",
    Operator.STARTS_WITH: "text",
    Operator.IN_LAST_DAYS: "days",
    Operator.IN_NEXT_DAYS: "days",
    Operator.BIRTHDAY_WITHIN_DAYS: "days",
    Operator.BIRTHDAY_IN_MONTH: "month",
    Operator.AGE_BETWEEN: "years",
}
"""Operators whose values are written in their own way, whatever they ask of."""
_EVERY_INPUT: Final = tuple(dict.fromkeys((*INPUTS.values(), *_OPERATOR_INPUTS.values(), "lines", "import")))


def of_builder(data: Any, *, actor: Actor) -> dict[str, Any]:
    """What the builder's template needs for rules in their JSON form, besides the rules themselves."""
    subjects = segments.subjects()
    rules = list(_rules(data))
    beside = [subject.key for subject in BESIDE]
    keys = [key for key in subjects if key not in beside]
    named = {value for rule in rules if rule["field"] in BY_IMPORT for value in _texts(rule.get("values"))}
    return {
        "fields": [key for key in keys if not subjects[key].field.custom],
        "custom_fields": [key for key in keys if subjects[key].field.custom],
        "beside": beside,
        "inputs": [name for name in _EVERY_INPUT if name != "choice"],
        "choices": [subject.field for subject in subjects.values() if subject.field.kind is Kind.CHOICE],
        "countries": wording.countries(),
        "languages": wording.languages(),
        "months": MONTHS.items(),
        "imports": _imports(named, actor),
        "tags": segments.tags(actor=actor),
        "questions": {
            "subjects": {
                key: {"operators": subject.operators, "input": _input(subject)} for key, subject in subjects.items()
            },
            "operators": {
                operator: {
                    "words": wording.operator(operator),
                    "values": values_of(operator),
                    "input": _OPERATOR_INPUTS.get(operator),
                }
                for operator in Operator
            },
            "dead": {key: wording.field(key) for rule in rules if (key := rule["field"]) not in subjects},
        },
    }


def _input(subject: Subject) -> str:
    """The name of the input in which a value of a subject is written."""
    if subject.family is Family.IMPORT:
        return "import"
    if subject.field.kind is Kind.CHOICE:
        return f"choice-{subject.key}"
    return INPUTS[subject.field.kind]


def _rules(data: Any) -> Iterator[Mapping[str, Any]]:
    """All rules in a condition's JSON form, however it is shaped."""
    if isinstance(data, dict) and isinstance(data.get("field"), str):
        yield data
    elif isinstance(data, dict):
        for parts in data.values():
            for part in parts if isinstance(parts, list) else ():
                yield from _rules(part)


def _texts(values: Any) -> list[str]:
    """The values of a rule, however they are shaped."""
    return [value for value in values if isinstance(value, str)] if isinstance(values, list) else []


def _imports(named: set[str], actor: Actor) -> list[tuple[int, str]]:
    """The newest imports that changed the register, and those that rules name, as people know them."""
    found = {imp.pk: imp for imp in imports.recent(actor=actor, limit=IMPORTS_OFFERED) if imp.revision_id}
    for wanted in map(number, named):
        if wanted is not None and wanted not in found:
            try:
                found[wanted] = imports.get(wanted, actor=actor)
            except NotFound:
                continue
    return [(imp.pk, _import_words(imp)) for imp in found.values()]


def _import_words(imp: Import) -> str:
    return f"{date_format(localtime(imp.created_at), 'SHORT_DATETIME_FORMAT')} · {import_title(imp)}"
