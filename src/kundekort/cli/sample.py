"""Invented Nordic customers, the same ones for the same seed: for the demonstration, the examples and measuring.

Nobody in here exists: names are thrown together, e-mail addresses end in example.com, .org or .net, and phone numbers
are made up. All values are canonical, so an export gives back what was generated. This module may not touch files or
the register.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from random import Random
from typing import Final, TypeVar

import polars as pl

from kundekort.cli.sample_words import COMPANIES, LANDS, NOTES, TAGS, Land
from kundekort.engine.mapping import fold
from kundekort.engine.schema import Kind
from kundekort.store.fields import SCHEMA

HEADERS: Final = tuple(field.header for field in SCHEMA if field.kind is not Kind.VERSION)
"""The columns of the default layout as they are imported."""

_KEYS: Final = tuple(field.key for field in SCHEMA if field.kind is not Kind.VERSION)
_OLDEST: Final = date(1931, 1, 1)
_DAYS: Final = (date(2012, 12, 31) - _OLDEST).days
_Item = TypeVar("_Item")


class _Dice:
    """Chances from one seed; only `Random.random` is used, whose sequence Python promises to keep."""

    def __init__(self, seed: int) -> None:
        self._random = Random(seed).random  # noqa: S311 - samples, not secrets

    def below(self, limit: int) -> int:
        """A whole number from 0, below the limit."""
        return int(self._random() * limit)

    def one(self, items: Sequence[_Item]) -> _Item:
        """One of the items."""
        return items[self.below(len(items))]

    def happens(self, chance: float) -> bool:
        """True with this chance, from 0 to 1."""
        return self._random() < chance

    def digits(self, count: int) -> str:
        """So many decimal digits."""
        return f"{self.below(10**count):0{count}d}"


def customers(count: int, *, seed: int = 1) -> pl.DataFrame:
    """So many new customers (CustomerID 0) as rows of a file in the default layout: String columns named by header."""
    dice = _Dice(seed)
    rows = [_customer(dice, number) for number in range(1, count + 1)]
    return pl.DataFrame([tuple(row.get(key, "") for key in _KEYS) for row in rows], schema=list(HEADERS), orient="row")


def _customer(dice: _Dice, number: int) -> dict[str, str]:
    land = _land(dice)
    gender = dice.below(2) + 1
    first, last = dice.one(land.women if gender == 2 else land.men), dice.one(land.surnames)
    is_company = dice.happens(0.04)
    zip_code, city = dice.one(land.places)
    names = {"company": dice.one(COMPANIES)} if is_company else {"first_name": first, "last_name": last}
    return names | {
        "id": "0",
        "address": f"{dice.one(land.streets)} {1 + dice.below(180)}{dice.one('AB') if dice.happens(0.1) else ''}",
        "address2": f"c/o {dice.one(land.surnames)}" if dice.happens(0.03) else "",
        "zip_code": zip_code,
        "city": city,
        "country": land.country,
        "email": _email(first, last, number, dice) if dice.happens(0.9) else "",
        "mobile": dice.one(land.mobile) + dice.digits(land.digits[0]) if dice.happens(0.85) else "",
        "phone": dice.one(land.phone) + dice.digits(land.digits[1]) if dice.happens(0.15) else "",
        "gender": "0" if is_company or dice.happens(0.1) else str(gender),
        "date_of_birth": (_OLDEST + timedelta(dice.below(_DAYS))).isoformat()
        if not is_company and dice.happens(0.7)
        else "",
        "language": "en" if dice.happens(0.04) else land.language,
        "email_consent": dice.one(("1", "1", "1", "0", "")),
        "sms_consent": dice.one(("1", "0", "0", "")),
        "tags": "|".join(sorted({dice.one(TAGS) for _ in range(dice.below(4))})) if dice.happens(0.4) else "",
        "internal_note": dice.one(NOTES) if dice.happens(0.08) else "",
        "external_id": f"{number:06d}" if dice.happens(0.25) else "",
    }


def _land(dice: _Dice) -> Land:
    point = dice.below(1000) / 1000
    for land in LANDS:
        point -= land.share
        if point < 0:
            return land
    return LANDS[-1]


def _email(first: str, last: str, number: int, dice: _Dice) -> str:
    # the number keeps addresses apart, as real ones are
    return f"{fold(first)}.{fold(last)}{number}@example.{dice.one(('com', 'org', 'net'))}"
