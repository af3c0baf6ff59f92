"""E-mail addresses: ordinary ones by expression, the odd distinct ones through email-validator.

Accepted: one address, which may be invented (a@example.com, a@b.test): whether anybody reads it is not asked, and no
network is used. Canonical: as it is written; two that differ in case only are the same.
"""

from __future__ import annotations

import re
from typing import Final

import polars as pl

from kundekort.engine.values.column import Canonical, Outcome, map_distinct
from kundekort.engine.values.rules import KindRules

_ATOM: Final = r"[A-Za-z0-9!#$%&'*+/=?^_{|}~-]+"
_LABEL: Final = r"[A-Za-z0-9]+(?:-[A-Za-z0-9]+)*"
_ORDINARY: Final = rf"^{_ATOM}(?:\.{_ATOM})*@(?:{_LABEL}\.)+[A-Za-z]{{2,}}$"
_SHORT: Final = 64
"""Bytes within which no part of an address can be too long."""
_LONGEST: Final = 254
"""Characters of the longest address there can be."""
_SHAPED: Final = re.compile(r"[^\s@]+@[^\s@]+\.[^\s@]+")


def read(text: pl.Series) -> Canonical:
    """A trimmed column as it is, with email_invalid where a cell is not one address."""
    ordinary = text.str.contains(_ORDINARY) & (text.str.len_bytes() <= _SHORT)
    return map_distinct(text, careful, odd=~ordinary)


def careful(value: str) -> Outcome:
    """The trimmed value, or email_invalid."""
    if len(value) > _LONGEST or not _SHAPED.fullmatch(value):
        return value, "email_invalid"
    from email_validator import EmailNotValidError, validate_email  # asked about few addresses, and slow to load

    try:
        validate_email(value, check_deliverability=False, globally_deliverable=False, strict=True)
    except EmailNotValidError:
        return value, "email_invalid"
    return value, None


RULES: Final = KindRules(read=lambda text, context: read(text), ignores_case=True)
