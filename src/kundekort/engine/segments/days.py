"""Which days a rule about dates means, seen from a given day. This module reads no clock."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Final, TypeAlias

from kundekort.engine.segments.condition import Operator, Rule

Span: TypeAlias = tuple[date | None, date | None]
"""The days from the first to before the second; None is without end on that side."""

_NEVER: Final = (date.max, date.max)


def span(rule: Rule, *, today: date) -> Span:
    """The days that a rule with an operator on dates, or on ages, accepts."""
    match rule.operator, [_number_or_day(rule.operator, value) for value in rule.values]:
        case Operator.IS, [date() as day]:
            return day, _next(day)
        case Operator.BEFORE, [date() as day]:
            return None, day
        case Operator.AFTER, [date() as day]:
            return (_next(day), None) if _next(day) else _NEVER
        case Operator.BETWEEN, [date() as first, date() as last]:
            return first, _next(last)
        case Operator.IN_LAST_DAYS, [int(days)]:
            return today - timedelta(days), _next(today)
        case Operator.IN_NEXT_DAYS, [int(days)]:
            return today, today + timedelta(days + 1)
        case Operator.AGE_BETWEEN, [int(youngest), int(oldest)]:
            return _next(_birth(today, oldest + 1)), _next(_birth(today, youngest))
    raise ValueError(rule)


def birthdays(rule: Rule, *, today: date) -> tuple[int, ...]:
    """The days of the year, as month * 100 + day, on which those whom the rule means were born.

    Who was born on 29 February has their birthday on 1 March in other years, as age counts too.
    """
    if rule.operator is Operator.BIRTHDAY_IN_MONTH:
        return tuple(int(month) * 100 + day for month in rule.values for day in range(1, 32))
    days = [today + timedelta(n) for n in range(int(rule.values[0]) + 1)]
    found = {day.month * 100 + day.day for day in days}
    if any((day.month, day.day) == (3, 1) and not _is_leap(day.year) for day in days):
        found.add(229)
    return tuple(sorted(found))


def _number_or_day(operator: Operator, value: str) -> int | date:
    counts = (Operator.IN_LAST_DAYS, Operator.IN_NEXT_DAYS, Operator.AGE_BETWEEN)
    return int(value) if operator in counts else date.fromisoformat(value)


def _birth(today: date, age: int) -> date:
    """The last birth date of those who are that old today."""
    if (today.month, today.day) == (2, 29) and not _is_leap(today.year - age):
        return date(today.year - age, 2, 28)
    return today.replace(year=today.year - age)


def _next(day: date) -> date | None:
    return day + timedelta(1) if day < date.max else None


def _is_leap(year: int) -> bool:
    return year % 4 == 0 and (year % 100 != 0 or year % 400 == 0)
