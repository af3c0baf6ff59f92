"""How far a plan reaches besides the cards it writes: cells it empties, and consents it gives or withdraws."""

from __future__ import annotations

import polars as pl

from kundekort.engine.frames import OLD, STATUS, Status
from kundekort.engine.guards import blast
from kundekort.engine.plan import Plan


def emptied_cells(plan: Plan) -> int:
    """The filled cells of cards in the register that would be empty."""
    return sum(column.emptied for column in plan.columns or blast.columns(plan, size=0))


def consents(plan: Plan) -> int:
    """The consents that would change, and those with which cards would come into the register or leave it."""
    keys = [f.key for f in plan.fields if f.consent]
    count = sum(plan.changes[key] for key in keys)
    coming = pl.col(STATUS).is_in([int(Status.NEW), int(Status.RESTORED)])
    going = pl.col(STATUS) == int(Status.REMOVED)
    names = [prefix + key for key in keys for prefix in ("", OLD)]
    for index, values in plan.blocks(*names) if keys else ():
        masks = index.select(coming=coming, going=going)
        for prefix, mask in (("", masks["coming"]), (OLD, masks["going"])):
            if mask.any():
                given = values().select(prefix + key for key in keys).filter(mask)
                count += sum(int((column.fill_null("") != "").sum()) for column in given)
    return count
