"""A segment's condition as one SQL expression: identifiers quoted, values beside it and never inside.

Every expression is true or false, never null, so that `not` means exactly the others. Composes only; nothing runs here.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, time, tzinfo
from decimal import Decimal
from typing import Final

from psycopg.sql import SQL, Composable, Composed, Identifier, Literal
from psycopg.types.json import Jsonb

from kundekort.bulk.statements import CHANGE, CUSTOMER
from kundekort.engine.schema import Field, Kind
from kundekort.engine.segments.check import Family, Subject
from kundekort.engine.segments.condition import Condition, Group, Operator, Quantifier, Rule
from kundekort.engine.segments.days import birthdays, span

_OPPOSITE: Final = {
    Operator.IS_NOT: Operator.IS,
    Operator.NOT_EMPTY: Operator.EMPTY,
    Operator.HAS_NONE: Operator.HAS_ANY,
}


@dataclass(frozen=True, slots=True)
class Where:
    """A condition on `c`, a row of customers, with a placeholder for each of its values.

    `few` is the same with the same placeholders, asked of some cards at a time: quicker of a few, slower of all.
    """

    text: Composable
    values: tuple[object, ...] = ()
    few: Composable | None = None

    @property
    def of_few(self) -> Composable:
        """The condition as a few cards are asked for it."""
        return self.few or self.text


@dataclass(frozen=True, slots=True)
class Moment:
    """When a segment is counted: the day, where its days begin and end, and the revision of each import by then."""

    today: date
    zone: tzinfo
    revisions: Mapping[str, int] = field(default_factory=dict)


def where(condition: Condition, *, subjects: Mapping[str, Subject], moment: Moment) -> Where:
    """The expression of a canonical condition without faults."""
    if isinstance(condition, Rule):
        return _rule(condition, subjects[condition.field], moment)
    parts = [where(part, subjects=subjects, moment=moment) for part in condition.parts]
    return _group(condition, parts)


def _group(group: Group, parts: Sequence[Where]) -> Where:
    either = group.quantifier is not Quantifier.ALL
    if not parts:
        return Where(SQL("FALSE" if group.quantifier is Quantifier.ANY else "TRUE"))
    joint = SQL(" OR " if either else " AND ")
    whole = SQL("NOT ({})" if group.quantifier is Quantifier.NONE else "({})")
    return Where(
        whole.format(joint.join(part.text for part in parts)),
        tuple(value for part in parts for value in part.values),
        whole.format(joint.join(part.of_few for part in parts)),
    )


def _rule(rule: Rule, subject: Subject, moment: Moment) -> Where:
    if rule.operator in _OPPOSITE:
        same = _rule(replace(rule, operator=_OPPOSITE[rule.operator]), subject, moment)
        return Where(SQL("NOT ({})").format(same.text), same.values, SQL("NOT ({})").format(same.of_few))
    if rule.operator is Operator.EMPTY:
        return Where(_empty(subject.field))
    match subject.family:
        case Family.TEXT:
            return _text(rule, subject.field)
        case Family.DATE | Family.BIRTH | Family.MOMENT:
            return _days(rule, subject, moment)
        case Family.TAGS:
            return Where(
                SQL("c.tags && %s::text[]" if rule.operator is Operator.HAS_ANY else "c.tags @> %s::text[]"),
                ([*rule.values],),
            )
        case Family.IMPORT:
            return _import(rule, moment, created=subject.key == "created_by_import")
        case Family.FACT:
            shared = SQL("{}" if rule.values == ("1",) else "NOT ({})")
            return Where(shared.format(_email_shared()), few=shared.format(_EMAIL_SHARED_OF_FEW))
        case _:
            return _equal(rule, subject.field) if rule.operator in _EQUAL else _number(rule, subject.field)


_EQUAL: Final = (Operator.IS, Operator.ONE_OF)
_TEXTS: Final = (Kind.TEXT, Kind.NOTE, Kind.ZIP, Kind.COUNTRY, Kind.EMAIL, Kind.PHONE, Kind.LANGUAGE)
_EMPTY: Final[Mapping[Kind, SQL]] = {
    **dict.fromkeys(_TEXTS, SQL("{} = ''")),
    Kind.DATE: SQL("{} IS NULL"),
    Kind.YES_NO: SQL("{} IS NULL"),
    Kind.TAGS: SQL("cardinality({}) = 0"),
}
"""When a field of the card has no value; id and gender always have one, numbers and choices are own fields only."""


def _column(field: Field) -> Composed:
    return SQL("c.{}").format(Identifier(field.key))


def _custom(field: Field) -> Composed:
    """The canonical text of an own field, null for none."""
    return SQL("(c.custom ->> {})").format(Literal(field.key))


def _empty(field: Field) -> Composed:
    if field.custom:
        return SQL("{} IS NULL").format(_custom(field))
    return _EMPTY[field.kind].format(_column(field))


def _text(rule: Rule, field: Field) -> Where:
    """Text is compared without case, by the database's idea of case on both sides."""
    text = SQL("coalesce({}, '')").format(_custom(field)) if field.custom else _column(field)
    match rule.operator:
        case Operator.CONTAINS:
            return Where(SQL("strpos(lower({}), lower(%s)) > 0").format(text), rule.values)
        case Operator.STARTS_WITH:
            return Where(SQL("starts_with(lower({}), lower(%s))").format(text), rule.values)
    # No value of a rule is empty; saying so lets an index on the filled ones be used.
    given = SQL("{} <> '' AND ").format(text) if not field.custom else SQL("")
    if rule.operator is Operator.IS:
        return Where(SQL("({}lower({}) = lower(%s))").format(given, text), rule.values)
    listed = SQL("({}lower({}) IN (SELECT lower(v) FROM unnest(%s::text[]) v))").format(given, text)
    return Where(listed, ([*rule.values],))


def _equal(rule: Rule, field: Field) -> Where:
    """Values that are the same when their canonical forms are."""
    if field.custom and rule.operator is Operator.IS:
        return Where(SQL("c.custom @> %s"), (Jsonb({field.key: rule.values[0]}),))
    if field.custom:
        return Where(SQL("coalesce({} = ANY(%s), FALSE)").format(_custom(field)), ([*rule.values],))
    match field.kind:
        case Kind.YES_NO:
            states = SQL(" OR ").join(
                SQL("{} IS TRUE" if value == "1" else "{} IS FALSE").format(_column(field)) for value in rule.values
            )
            return Where(SQL("({})").format(states))
        case Kind.ID | Kind.GENDER:
            return Where(SQL("{} = ANY(%s)").format(_column(field)), ([int(value) for value in rule.values],))
        case _:
            return Where(SQL("{} = ANY(%s)").format(_column(field)), ([*rule.values],))


def _number(rule: Rule, field: Field) -> Where:
    number = SQL("{}::numeric").format(_custom(field)) if field.custom else _column(field)
    values = tuple(Decimal(value) if field.custom else int(value) for value in rule.values)
    compared = {
        Operator.LESS_THAN: SQL("{} < %s"),
        Operator.MORE_THAN: SQL("{} > %s"),
        Operator.BETWEEN: SQL("{} BETWEEN %s AND %s"),
    }[rule.operator].format(number)
    return Where(_given(number, compared) if field.custom else compared, values)


def _days(rule: Rule, subject: Subject, moment: Moment) -> Where:
    field = subject.field
    day = SQL("{}::date").format(_custom(field)) if field.custom else _column(field)
    if rule.operator in (Operator.BIRTHDAY_IN_MONTH, Operator.BIRTHDAY_WITHIN_DAYS):
        born = SQL("(extract(month FROM {0}) * 100 + extract(day FROM {0}))::int = ANY(%s)").format(day)
        return Where(_given(day, born), ([*birthdays(rule, today=moment.today)],))
    first, end = span(rule, today=moment.today)
    limits = [("{} >= %s", first), ("{} < %s", end)]
    within = SQL(" AND ").join(SQL(limit).format(day) for limit, at in limits if at is not None)
    return Where(_given(day, within), tuple(_at(at, subject, moment) for _, at in limits if at is not None))


def _at(day: date, subject: Subject, moment: Moment) -> date | datetime:
    """A day as what its subject is compared with: a day, or the moment at which it begins."""
    return datetime.combine(day, time.min, moment.zone) if subject.family is Family.MOMENT else day


def _given(value: Composable, compared: Composable) -> Composed:
    """A comparison that is false where there is no value."""
    return SQL("({} IS NOT NULL AND {})").format(value, compared)


def _import(rule: Rule, moment: Moment, *, created: bool) -> Where:
    """Cards that imports brought into being, or changed: the first leaves a change of `id`, the second of values."""
    how = SQL("h.field = 'id'" if created else "(h.field <> 'id' OR h.card IS NOT NULL)")
    text = SQL("c.id IN (SELECT h.customer_id FROM {} h WHERE h.revision_id = ANY(%s) AND {})").format(CHANGE, how)
    # The numbers of the revisions stand in the query themselves, so that the database can tell many cards from few.
    return Where(text, ([moment.revisions[value] for value in rule.values if value in moment.revisions],))


_EMAIL_SHARED_OF_FEW: Final = SQL(
    "(c.email <> '' AND EXISTS (SELECT FROM {} d WHERE lower(d.email) = lower(c.email) AND d.id <> c.id))"
).format(CUSTOMER)


def _email_shared() -> Composed:
    """The shared addresses are gathered from the index alone, which holds them in their order.

    OFFSET 0 has them gathered once; without it every parallel worker of the database would gather all of them anew.
    """
    return SQL(
        "(c.email <> '' AND lower(c.email) IN "
        "(SELECT lower(d.email) FROM {} d WHERE d.email <> '' GROUP BY 1 HAVING count(*) > 1 OFFSET 0))"
    ).format(CUSTOMER)
