"""Consent that somebody has not given, or has withdrawn, and that a file would switch on."""

from __future__ import annotations

import polars as pl

from kundekort.engine import finding, frames
from kundekort.engine.frames import CHANGED, OLD
from kundekort.engine.guards.block import Block

YES = "1"
NO = "0"


def evidence(block: Block) -> pl.DataFrame:
    """Cells of a consent that say yes where the card says no; where it says nothing nobody has withdrawn anything."""
    found = [pl.DataFrame(schema=frames.EVIDENCE)]
    for field in (f for f in block.fields if f.consent):
        old = pl.col(OLD + field.key)
        given = block.rows.filter(CHANGED + field.key, pl.col(field.key) == YES, old == NO)
        found.append(finding.evidence(given, field=field, code="consent_given", value=YES, old=NO))
    return pl.concat(found)
