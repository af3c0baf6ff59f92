"""A choice from the list that its field declares.

Accepted: a choice in any case. Canonical: as it is declared.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import partial
from typing import Final

import polars as pl

from kundekort.engine.values.column import Canonical, Outcome, map_distinct
from kundekort.engine.values.rules import Context, KindRules


def choice(value: str, *, choices: Iterable[str]) -> Outcome:
    """The declared spelling of a choice, whatever the case, or choice_unknown."""
    known = {c.casefold(): c for c in choices} | {c: c for c in choices}
    match = known.get(value) or known.get(value.casefold())
    return (match, None) if match else (value, "choice_unknown")


def _read(text: pl.Series, context: Context) -> Canonical:
    return map_distinct(text, partial(choice, choices=context.field.choices))


RULES: Final = KindRules(read=_read)
