"""How much of the register a file would touch, column by column, and where that is more than anybody means to.

The rows of a plan are gone through block by block, and of each column only counters are kept.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

import polars as pl

from kundekort.engine.decisions import Decisions
from kundekort.engine.facts import ColumnChange
from kundekort.engine.finding import Finding, accepted
from kundekort.engine.frames import CHANGED, STATUS, Status
from kundekort.engine.keeping import ALIKE, EMPTIED
from kundekort.engine.plan import Plan
from kundekort.engine.schema import Field

MUCH_CHANGED: Final = "much_changed"
_FREQUENT: Final = 100
"""So many values of a block are counted: one on a hundredth of all changed cells is among them in some block."""


@dataclass(frozen=True, slots=True)
class Thresholds:
    """From where on a column is a finding: more than so many per cent of the register, and at least so many cards.

    `alike` are the cards that would be given one and the same value.
    """

    cards: int = 50
    changed: int = 20
    emptied: int = 5
    alike: int = 1


def reach(plan: Plan, thresholds: Thresholds) -> int:
    """Of how many cards a register may be at most for a plan to change more of some column than the thresholds say."""
    least = min(thresholds.changed, thresholds.emptied, thresholds.alike)
    return 1 + max(plan.changes.values(), default=0) * 100 // max(1, least)


def columns(plan: Plan, *, size: int) -> tuple[ColumnChange, ...]:
    """What the changed rows of a plan do to each column of a register of so many cards; columns that change only."""
    changes = plan.changes
    fields = [f for f in plan.fields if changes[f.key]]
    emptied: Counter[str] = Counter()
    values: dict[str, Counter[str]] = {f.key: Counter() for f in fields if f.distinct}
    for rows in _blocks(plan, fields):
        for field in fields:
            cells = rows.filter(CHANGED + field.key)[field.key]
            emptied[field.key] += int((cells == "").sum())
            if field.distinct:
                values[field.key].update(_frequent(cells.filter(cells != "")))
    found = []
    for field in fields:
        value, alike = max(values.get(field.key, Counter()).items(), key=lambda item: item[1], default=("", 0))
        found.append(ColumnChange(field.key, changes[field.key], emptied[field.key], alike, value, size))
    return tuple(sorted(found, key=lambda column: -column.changed))


def _blocks(plan: Plan, fields: list[Field]) -> Iterator[pl.DataFrame]:
    """What the rows of cards that change would have in some fields, and which of these change."""
    if not fields:
        return
    for index, values in plan.blocks(*(f.key for f in fields)):
        changed = index[STATUS] == Status.CHANGED
        if changed.any():
            flags = index.select(CHANGED + f.key for f in fields)
            yield pl.concat([flags, values()], how="horizontal").filter(changed)


def _frequent(cells: pl.Series) -> dict[str, int]:
    """The values that stand in cells more than once, most first, and how often they do."""
    counts = cells.alias("value").value_counts(sort=True).filter(pl.col("count") > 1)
    return dict(counts.head(_FREQUENT).iter_rows())


def findings(plan: Plan, thresholds: Thresholds, decisions: Decisions) -> Iterator[Finding]:
    """The columns of which more would be emptied, be made alike or change than the thresholds let pass.

    One that is emptied on half of the cards of the file is one of them in a register of any size. That a column changes
    is not said of one of which something worse is.
    """
    known = plan.totals.changed + plan.totals.unchanged
    for column in plan.columns:
        counts = (
            (EMPTIED, column.emptied, thresholds.emptied),
            (ALIKE, column.alike, thresholds.alike),
            (MUCH_CHANGED, column.changed, thresholds.changed),
        )
        worse = False
        for code, count, percent in counts:
            above = count * 100 > percent * column.register or (code == EMPTIED and 2 * count >= known)
            above &= count >= thresholds.cards
            if above and not (code == MUCH_CHANGED and worse):
                params: dict[str, int | str] = {
                    "of": column.register,
                    "percent": count * 100 // max(1, column.register),
                }
                params |= {"value": column.value} if code == ALIKE else {}
                yield accepted(Finding(code, column.field, count, count, params), decisions)
            worse = worse or above
