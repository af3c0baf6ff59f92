"""What segments can ask about, which operators fit, and the canonical form of the values that people write.

The values go through the same cells as those of an import: `91 23 45 67` finds `+4791234567`, `Norge` finds `NO`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Final

import polars as pl

from kundekort.engine.schema import Field, Kind, Schema
from kundekort.engine.segments.condition import Condition, Group, Operator, Rule, RuleError
from kundekort.engine.values import canonical


class Family(StrEnum):
    """Subjects of which the same things can be asked."""

    TEXT = "text"
    CODE = "code"
    GENDER = "gender"
    NUMBER = "number"
    ID = "id"
    DATE = "date"
    BIRTH = "birth"
    MOMENT = "moment"
    TAGS = "tags"
    IMPORT = "import"
    FACT = "fact"


_O = Operator
_EMPTY: Final = (_O.EMPTY, _O.NOT_EMPTY)
_DATES: Final = (_O.IS, _O.IS_NOT, _O.BEFORE, _O.AFTER, _O.BETWEEN, _O.IN_LAST_DAYS)
_NUMBERS: Final = (_O.IS, _O.IS_NOT, _O.ONE_OF, _O.LESS_THAN, _O.MORE_THAN, _O.BETWEEN)
_BIRTHDAYS: Final = (_O.BIRTHDAY_IN_MONTH, _O.BIRTHDAY_WITHIN_DAYS, _O.AGE_BETWEEN)

OPERATORS: Final[Mapping[Family, tuple[Operator, ...]]] = {
    Family.TEXT: (_O.IS, _O.IS_NOT, _O.ONE_OF, _O.CONTAINS, _O.STARTS_WITH, *_EMPTY),
    Family.CODE: (_O.IS, _O.IS_NOT, _O.ONE_OF, *_EMPTY),
    Family.GENDER: (_O.IS, _O.IS_NOT, _O.ONE_OF),
    Family.NUMBER: (*_NUMBERS, *_EMPTY),
    Family.ID: _NUMBERS,
    Family.DATE: (*_DATES, _O.IN_NEXT_DAYS, *_EMPTY),
    Family.BIRTH: (*_BIRTHDAYS, *_DATES, *_EMPTY),
    Family.MOMENT: _DATES,
    Family.TAGS: (_O.HAS, _O.HAS_ANY, _O.HAS_ALL, _O.HAS_NONE, *_EMPTY),
    Family.IMPORT: (_O.IS, _O.ONE_OF),
    Family.FACT: (_O.IS,),
}
"""What can be asked of the subjects of a family, the likeliest first."""

MANY: Final = None
_COUNTS: Final[Mapping[Operator, int | None]] = {
    **dict.fromkeys((_O.EMPTY, _O.NOT_EMPTY), 0),
    **dict.fromkeys((_O.BETWEEN, _O.AGE_BETWEEN), 2),
    **dict.fromkeys((_O.ONE_OF, _O.HAS_ANY, _O.HAS_ALL, _O.HAS_NONE, _O.BIRTHDAY_IN_MONTH), MANY),
}
_RANGES: Final[Mapping[Operator, tuple[int, int]]] = {
    _O.IN_LAST_DAYS: (0, 36_500),
    _O.IN_NEXT_DAYS: (0, 36_500),
    _O.BIRTHDAY_IN_MONTH: (1, 12),
    _O.BIRTHDAY_WITHIN_DAYS: (0, 365),
    _O.AGE_BETWEEN: (0, 200),
}
"""Operators whose values are counts, not values of the field: the least and the most."""

_FAMILIES: Final[Mapping[Kind, Family]] = {
    Kind.ID: Family.ID,
    Kind.GENDER: Family.GENDER,
    Kind.NUMBER: Family.NUMBER,
    Kind.DATE: Family.DATE,
    Kind.TAGS: Family.TAGS,
    **dict.fromkeys((Kind.COUNTRY, Kind.LANGUAGE, Kind.YES_NO, Kind.CHOICE), Family.CODE),
    **dict.fromkeys((Kind.TEXT, Kind.NOTE, Kind.ZIP, Kind.EMAIL, Kind.PHONE), Family.TEXT),
}


@dataclass(frozen=True, slots=True)
class Subject:
    """Something a rule can ask about; `field` says how its values are written."""

    field: Field
    family: Family

    @property
    def key(self) -> str:
        """What rules call it."""
        return self.field.key

    @property
    def operators(self) -> tuple[Operator, ...]:
        """What can be asked of it."""
        return OPERATORS[self.family]


def _beside(key: str, kind: Kind, family: Family) -> Subject:
    return Subject(Field(key=key, header=key, kind=kind), family)


BESIDE: Final = (
    _beside("created_at", Kind.DATE, Family.MOMENT),
    _beside("changed_at", Kind.DATE, Family.MOMENT),
    _beside("created_by_import", Kind.ID, Family.IMPORT),
    _beside("changed_by_import", Kind.ID, Family.IMPORT),
    _beside("email_shared", Kind.YES_NO, Family.FACT),
)
"""What can be asked about a card besides its fields."""

BY_IMPORT: Final = frozenset(subject.key for subject in BESIDE if subject.family is Family.IMPORT)
"""Those whose values are numbers of imports."""


def values_of(operator: Operator) -> int | None:
    """How many values an operator takes; MANY for one or more."""
    return _COUNTS.get(operator, 1)


def subjects(schema: Schema) -> Mapping[str, Subject]:
    """All subjects of a register by key: its fields in their order, then those beside them."""
    fields = [Subject(f, _family(f)) for f in schema if f.kind in _FAMILIES]
    return {subject.key: subject for subject in (*fields, *BESIDE)}


def canonical_condition(
    condition: Group, *, schema: Schema, today: date, country: str = "NO", retired: frozenset[str] = frozenset()
) -> tuple[Group, tuple[RuleError, ...]]:
    """The condition with its values in canonical form, and what is wrong with it; a rule with a fault stays as it is.

    `country` is that of phone numbers without a calling code, `retired` the keys of fields taken out of use. The
    canonical form of a canonical condition is itself.
    """
    checking = _Checking(subjects(schema), today, country, retired)
    faults: list[RuleError] = []
    return checking.group(condition, (), faults), tuple(faults)


def _family(field: Field) -> Family:
    return Family.BIRTH if field.kind is Kind.DATE and field.past else _FAMILIES[field.kind]


@dataclass(frozen=True, slots=True)
class _Checking:
    """What a check needs besides the condition."""

    subjects: Mapping[str, Subject]
    today: date
    country: str
    retired: frozenset[str]

    def group(self, group: Group, path: tuple[int, ...], faults: list[RuleError]) -> Group:
        parts: list[Condition] = []
        for n, part in enumerate(group.parts):
            if isinstance(part, Group):
                parts.append(self.group(part, (*path, n), faults))
                continue
            checked = self._rule(part)
            if isinstance(checked, Rule):
                parts.append(checked)
            else:
                reason, params = checked
                faults.append(RuleError((*path, n), reason, {"field": part.field, "operator": part.operator} | params))
                parts.append(part)
        return replace(group, parts=tuple(parts))

    def _rule(self, rule: Rule) -> Rule | tuple[str, dict[str, object]]:
        """The rule with canonical values, or the reason and parameters of a fault."""
        subject = self.subjects.get(rule.field)
        if subject is None:
            return "field_retired" if rule.field in self.retired else "field_unknown", {}
        if rule.operator not in subject.operators:
            return "operator_unfit", {}
        given = canonical.clean(pl.Series(rule.values, dtype=pl.String))
        expected, count = values_of(rule.operator), sum(given != "")
        if count < (1 if expected is MANY else expected):
            return "values_missing", {"expected": expected or 1}
        if expected is not MANY and len(given) > expected:
            return "values_needless", {"expected": expected}
        given = given.filter(given != "")
        read = list(self._read(rule.operator, subject, given))
        for value, (_, code) in zip(given, read, strict=True):
            if code == "number_out_of_range":
                least, most = _RANGES[rule.operator]
                return code, {"value": value, "least": least, "most": most}
            if code is not None:
                return "value_invalid", {"value": value, "code": code}
        return replace(rule, values=_ordered(rule.operator, subject, [text for text, _ in read]))

    def _read(self, operator: Operator, subject: Subject, given: pl.Series) -> Iterator[tuple[str, str | None]]:
        """The canonical text and the code of what is wrong for each value."""
        if operator in _RANGES:
            least, most = _RANGES[operator]
            for value in given:
                fits = re.fullmatch("[0-9]{1,6}", value) and least <= int(value) <= most
                yield (str(int(value)), None) if fits else (value, "number_out_of_range")
        elif operator in (_O.CONTAINS, _O.STARTS_WITH):
            phone = subject.field.kind is Kind.PHONE
            yield from ((re.sub("^00", "+", re.sub(r"[ ()./-]", "", v)) if phone else v, None) for v in given)
        else:
            # A rule may name any value that a card could have had; how long or how new it may be is the card's matter.
            field = replace(subject.field, past=False, max_length=None, required=False)
            reading = canonical.read(field, given, today=self.today, country=self.country)
            yield from zip(reading.text, reading.code, strict=True)


def _ordered(operator: Operator, subject: Subject, values: list[str]) -> tuple[str, ...]:
    """The two ends of a range from the lower to the higher; many values without repetition."""
    if values_of(operator) == 2:
        is_date = subject.field.kind is Kind.DATE and operator is _O.BETWEEN
        return tuple(sorted(values) if is_date else sorted(values, key=Decimal))
    return tuple(dict.fromkeys(values))
