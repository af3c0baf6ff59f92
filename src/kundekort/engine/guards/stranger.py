"""Rows about somebody who has nothing in common with the card their number names: numbers of another system."""

from __future__ import annotations

from typing import Final

import polars as pl

from kundekort.engine import finding, frames
from kundekort.engine.frames import OLD
from kundekort.engine.guards import traits
from kundekort.engine.guards.block import Block
from kundekort.engine.values import canonical

CODE: Final = "stranger"
_LASTING: Final = (*traits.REACHED, traits.BIRTH, traits.EXTERNAL_ID)
"""What a person has and hardly changes all at once."""
_COMMON: Final = (*_LASTING, traits.COMPANY, "address")
"""What a row may have of its card though somebody else is meant by now: then the card is still the right one."""
_ENOUGH: Final = 2
"""Of what lasts so much has to be another's, besides both names."""


def stranger(block: Block) -> pl.DataFrame:
    """Rows with another first and last name than their card, whose first names also begin otherwise, and nothing of it.

    Of all that both tell of, nothing is the same, and at least two of it are things that last.
    """
    given = {f.key for f in block.fields}
    if not given.issuperset(traits.PERSON):
        return pl.DataFrame(schema=frames.EVIDENCE)
    first, last = traits.PERSON
    other = [pl.col(key) != pl.col(OLD + key) for key in traits.PERSON]  # of most rows no more is looked at
    found = block.rows.filter(pl.col(OLD + "id").is_not_null(), *other)
    if found.is_empty():
        return pl.DataFrame(schema=frames.EVIDENCE)
    named = traits.begins(pl.col(first)) != traits.begins(pl.col(OLD + first))
    renamed = traits.text(last).str.to_lowercase() != traits.text(last, OLD).str.to_lowercase()
    same = {k: _same(k, block) for k in _COMMON if k in given}
    kept = pl.any_horizontal(pl.lit(False), *(s.fill_null(False) for s in same.values()))
    lost = pl.sum_horizontal(
        pl.lit(0, pl.UInt8), *((~same[k]).fill_null(False).cast(pl.UInt8) for k in _LASTING if k in same)
    )
    wrong = named.fill_null(False) & renamed.fill_null(False) & ~kept & (lost >= _ENOUGH)
    value, old = (pl.concat_str(prefix + first, pl.lit(" "), prefix + last) for prefix in ("", OLD))
    return finding.evidence(found.filter(wrong), field=None, code=CODE, value=value, old=old)


def _same(key: str, block: Block) -> pl.Expr:
    """Whether a row says what stands on its card; null where one of them says nothing."""
    mine, old = (canonical.comparable(block.schema[key], traits.text(key, prefix)) for prefix in ("", OLD))
    return mine == old
