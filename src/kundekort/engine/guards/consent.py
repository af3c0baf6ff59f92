"""Consent that somebody has not given, or has withdrawn, and that a file would switch on."""

from __future__ import annotations

import polars as pl

from kundekort.engine import finding, frames
from kundekort.engine.frames import CHANGED, ID, OLD
from kundekort.engine.guards.block import Block

YES = "1"
NO = "0"


def evidence(block: Block) -> pl.DataFrame:
    """Cells of a consent that say yes where the card says no: who has said yes before has withdrawn it since."""
    found = [pl.DataFrame(schema=frames.EVIDENCE)]
    for field in block.changed(f for f in block.fields if f.consent):
        old = pl.col(OLD + field.key)
        given = block.rows.filter(CHANGED + field.key, pl.col(field.key) == YES, old == NO)
        if given.height:
            withdrawn = pl.col(ID).is_in(block.register.withdrawn(field, given[ID]).implode())
            code = pl.when(withdrawn).then(pl.lit("consent_given")).otherwise(pl.lit("consent_from_no"))
            found.append(finding.evidence(given, field=field, code=code, value=YES, old=NO))
    return pl.concat(found)
