"""Customer numbers: whole numbers from 0, where 0 means a card that is not made yet.

Accepted: digits only. Canonical: without leading zeros. An empty cell is `id_missing`: a row that says nothing of its
card could mean a new one or be a mistake, so a person has to say it.
"""

from __future__ import annotations

from typing import Final

import polars as pl

from kundekort.engine.values.column import Canonical, accept, mark
from kundekort.engine.values.rules import KindRules

LARGEST: Final = str(2**63 - 1)
"""The largest number the register can hold, as text."""


def whole_numbers(text: pl.Series, *, invalid: str, too_big: str) -> Canonical:
    """Whole numbers from 0 without leading zeros; never converted, so that no size is an exception."""
    padded = text.str.contains("^0+[0-9]").any()
    digits = text.str.replace("^0+([0-9])", "${1}") if padded else text  # hardly ever is, and a look costs a quarter
    size = digits.str.len_bytes()
    code = mark(too_big, (size > len(LARGEST)) | ((size == len(LARGEST)) & (digits > LARGEST)), accept(text).code)
    return Canonical(text=digits, code=mark(invalid, ~text.str.contains("^[0-9]*$"), code))


RULES: Final = KindRules(
    read=lambda text, context: whole_numbers(text, invalid="id_invalid", too_big="id_too_big"),
    empty="id_missing",
)
