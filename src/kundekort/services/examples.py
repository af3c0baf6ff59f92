"""Some rows in which something was found, with all that a person needs to judge them. Reads, never plans."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import polars as pl

from kundekort.engine.finding import KINDS, Evidence, Finding
from kundekort.engine.frames import ROW
from kundekort.engine.row import Row
from kundekort.services import customers, imports, preview
from kundekort.services.refusals import NotFound, PlanDamaged
from kundekort.store import packages, plans
from kundekort.store.models import Import
from kundekort.store.pages import Filter

LIMIT: Final = 5
"""Examples that a person looks at before they answer for all."""

Card = Mapping[str, str | int]
"""A card of the register as canonical text by field key, with its number under `id`."""


@dataclass(frozen=True, slots=True)
class Example:
    """A row with what was found there, its own card, the other one that is meant, and an earlier row of the file.

    None for what there is not, or not any more.
    """

    row: Row
    evidence: Evidence
    own: Card | None = None
    other: Card | None = None
    before: Row | None = None


def examples(imp: Import, code: str, field: str | None, *, limit: int = LIMIT) -> tuple[Finding, tuple[Example, ...]]:
    """A finding, and some rows with its evidence, those that wait for an answer first. Raises NotFound, PlanDamaged."""
    finding = next((f for f in imports.facts(imp).findings if (f.code, f.field) == (code, field)), None)
    if finding is None:
        raise NotFound(id=code)
    if KINDS[code].column:
        return finding, tuple(_of_column(imp, finding, limit))
    numbers, before = _chosen(imp, finding, limit)
    wanted = Filter(rows=(*numbers, *before.values()))
    rows = {row.number: row for row in preview.page(imp, wanted, offset=0, limit=2 * limit).rows}
    found = {n: _evidence(rows[n], code, field) for n in numbers}
    cards = cards_of([(rows[n], found[n]) for n in numbers])
    return finding, tuple(
        Example(
            row=rows[n],
            evidence=found[n],
            own=cards.get(rows[n].id or 0),
            other=cards.get(found[n].card or 0),
            before=rows.get(before[n]) if n in before else None,
        )
        for n in numbers
    )


def cards_of(found: Sequence[tuple[Row, Evidence]]) -> dict[int, Card]:
    """The cards of some rows, and the others that evidence names, as they are now, by their numbers."""
    ids = {number for row, evidence in found for number in (row.id, evidence.card) if number}
    return customers.cards(sorted(ids))


def _chosen(imp: Import, finding: Finding, limit: int) -> tuple[list[int], dict[int, int]]:
    """The numbers of some rows of a finding, and of those that stand before them as the same person."""
    try:
        every = plans.evidence(packages.plan_folder(imp.pk, imp.digest))
    except (FileNotFoundError, pl.exceptions.PolarsError) as error:
        raise PlanDamaged from error
    every = every.filter(pl.col("code") == finding.code, pl.col("field").eq_missing(pl.lit(finding.field)))
    waits = pl.col("answer").is_null()
    first = pl.concat([every.filter(waits).head(limit), every.filter(~waits).head(limit)]).head(limit)
    before = {row[ROW]: Evidence.from_row(row).params.get("row") for row in first.iter_rows(named=True)}
    return list(before), {number: row for number, row in before.items() if row is not None}


def _evidence(row: Row, code: str, field: str | None) -> Evidence:
    return next(one for one in row.evidence if (one.code, one.field) == (code, field))


def _of_column(imp: Import, finding: Finding, limit: int) -> list[Example]:
    """Some rows that a finding about a whole column is about, with what their card has there."""
    key = finding.field or ""
    rows = preview.page(imp, Filter(finding=finding.code, field=key), offset=0, limit=limit).rows
    said = [
        Evidence(finding.code, key, row.cells[key] or "", row.old[key], card=None, params={}, answer=None)
        for row in rows
    ]
    cards = cards_of(list(zip(rows, said, strict=True)))
    return [Example(row=row, evidence=one, own=cards.get(row.id or 0)) for row, one in zip(rows, said, strict=True)]
