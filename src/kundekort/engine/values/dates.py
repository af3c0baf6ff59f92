"""Dates as people and spreadsheets write them, to ISO.

Accepted: the year first; day first with dots; slashes and dashes where it is certain which is the day; no time but
midnight, and a year of four digits. A field of the `past` takes dates from 1850 to today. Canonical: 1990-12-31.

Whether 03/04/1990 has the day or the month first is decided for a whole column (`evidence`), never for a single cell,
and never by majority: where some prove the one and some the other, a person is asked about all of them.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from functools import partial
from typing import Final

import polars as pl

from kundekort.engine.recipe import MIXED, ColumnOrder, DateOrder
from kundekort.engine.values.column import Canonical, Outcome, map_distinct
from kundekort.engine.values.rules import Context, KindRules

EARLIEST: Final = date(1850, 1, 1)
"""Nobody in the register was born before this day."""

UNDECIDED: Final = ("date_ambiguous", "date_mixed")
"""The problems that a person solves by saying which way round the dates are."""

_CANONICAL: Final = "^[1-9][0-9]{3}-[0-9]{2}-[0-9]{2}$"
_MIDNIGHT: Final = re.compile(r"[T ](?:00?:00(?::00(?:[.,]0+)?)?Z?|12:00(?::00)? ?AM)$")
_YEAR_FIRST: Final = re.compile(
    r"(?P<y>[0-9]{4})(?:([-/.])(?P<m>[0-9]{1,2})\2(?P<d>[0-9]{1,2})|(?P<mm>[0-9]{2})(?P<dd>[0-9]{2}))"
)
_DOTTED: Final = re.compile(r"([0-9]{1,2})\. ?([0-9]{1,2})\. ?([0-9]{4})")
_EITHER: Final = re.compile(r"([0-9]{1,2})([/-])([0-9]{1,2})\2([0-9]{4})")
_PROVES: Final = r"^(?:1[3-9]|2[0-9]|3[01])[/-](?:0?[1-9]|1[0-2])[/-][0-9]{4}(?:[T ].*)?$"
_DENIES: Final = r"^(?:0?[1-9]|1[0-2])[/-](?:1[3-9]|2[0-9]|3[01])[/-][0-9]{4}(?:[T ].*)?$"


@dataclass(frozen=True, slots=True)
class Evidence:
    """How many cells of a column prove that its slash and dash dates have the day, or the month, first."""

    day_first: int = 0
    month_first: int = 0

    def __add__(self, other: Evidence) -> Evidence:
        return Evidence(self.day_first + other.day_first, self.month_first + other.month_first)

    @property
    def order(self) -> ColumnOrder | None:
        """What the cells that can tell prove, MIXED where some prove the one and some the other; None for nothing."""
        if self.day_first and self.month_first:
            return MIXED
        if not (self.day_first or self.month_first):
            return None
        return DateOrder.DAY_FIRST if self.day_first else DateOrder.MONTH_FIRST


def evidence(text: pl.Series) -> Evidence:
    """What the cells of a column, or of a part of it, prove about the order of day and month."""
    return Evidence(*(int(text.str.contains(pattern).sum()) for pattern in (_PROVES, _DENIES)))


def day(value: str, *, order: ColumnOrder | None, latest: date | None) -> Outcome:
    """The ISO date of one trimmed, non-empty value, or the code of what is wrong with it.

    These are date_invalid, date_ambiguous (where only `order` could tell), date_mixed (a slash date where that is
    MIXED) and, when `latest` is given, date_out_of_range (before EARLIEST or after `latest`).
    """
    found = _day(_MIDNIGHT.sub("", value), order)
    if isinstance(found, str):
        return value, found
    if latest is not None and not EARLIEST <= found <= latest:
        return value, "date_out_of_range"
    return found.isoformat(), None


def _day(value: str, order: ColumnOrder | None) -> date | str:
    """The date, or the code of what is wrong."""
    if match := _YEAR_FIRST.fullmatch(value):
        return _date(match["y"], match["m"] or match["mm"], match["d"] or match["dd"])
    if match := _DOTTED.fullmatch(value):
        return _date(match[3], match[2], match[1])
    match = _EITHER.fullmatch(value)
    if match is None:
        return "date_invalid"
    first, second, year = match[1], match[3], match[4]
    day_first, month_first = _date(year, second, first), _date(year, first, second)
    if order is DateOrder.DAY_FIRST:
        return day_first
    if order is DateOrder.MONTH_FIRST:
        return month_first
    possible = {found for found in (day_first, month_first) if isinstance(found, date)}
    if order == MIXED and possible and day_first != month_first:
        return "date_mixed"  # what is certain by itself may be a slip where others prove the contrary
    if len(possible) > 1:
        return "date_ambiguous"
    return day_first if isinstance(day_first, date) else month_first


def _date(year: str, month: str, day: str) -> date | str:
    try:
        return date(int(year), int(month), int(day))
    except ValueError:
        return "date_invalid"


def _read(text: pl.Series, context: Context) -> Canonical:
    latest = context.today if context.field.past else None
    careful = partial(day, order=context.order, latest=latest)
    canonical = text.str.contains(_CANONICAL)
    if not canonical.any():
        return map_distinct(text, careful)
    days = text.str.to_date("%Y-%m-%d", strict=False)
    plain = canonical & days.is_not_null()
    if latest is not None:
        plain &= days.is_between(EARLIEST, latest)
    return map_distinct(text, careful, odd=~plain.fill_null(False))


RULES: Final = KindRules(read=_read)
