"""The record of an import: its rows as they were confirmed, for as long as history stays; until then its preview.

They are read from the plan that was confirmed, and from the log where that plan is gone or is not what its digest says.
Reads; what it keeps beside the plan so that a page is quick can be made again at any time.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

import polars as pl
from django.db import transaction

from kundekort.bulk import register
from kundekort.engine import frames, mending, replay
from kundekort.engine.frames import ID, STATUS, Status
from kundekort.engine.mapping import spread
from kundekort.engine.schema import Field, Schema
from kundekort.services import fields, imports, preview
from kundekort.services.database import psycopg_connection
from kundekort.services.preview import Page, Summary
from kundekort.services.register import DatabaseRegister
from kundekort.store import packages, plans
from kundekort.store.bands import Band
from kundekort.store.bands import bands as bands_of
from kundekort.store.models import Import
from kundekort.store.pages import Filter, Place

SHOWN: Final = (Import.State.PREVIEW, Import.State.DONE)
"""The states of an import that has rows to show."""


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a record: a field, and the header it had in the file, where it had one."""

    field: str
    header: str | None


@dataclass(frozen=True, slots=True)
class Record:
    """All that stands above the rows.

    `whole`: they are those of the plan that was confirmed; else only what was written is known, and `untold` rows that
    were not are missing. `lines`: they stand where the file has them.
    """

    summary: Summary
    columns: tuple[Column, ...]
    whole: bool
    untold: int
    lines: bool


def of(imp: Import) -> Record:
    """What the record of an import comes to; it is in one of the states SHOWN."""
    summary, whole = preview.summary(imp), imp.state != Import.State.DONE or _numbers(imp) is not None
    totals = summary.totals
    if not whole:
        written = replace(totals, rows=totals.cards_written, unchanged=0, errors=0, left_out=0, conflicts=0)
        summary = replace(summary, totals=written, problems=(), conflicts=(), conflict_rows=0)
    return Record(
        summary=summary,
        columns=columns(imp),
        whole=whole,
        untold=totals.rows - summary.totals.rows,
        lines=whole and imp.recipe is not None,
    )


def page(imp: Import, wanted: Filter, *, offset: int, limit: int, place: Place | None = None) -> Page:
    """At most `limit` of the rows that a filter shows, from `offset`; new cards have the numbers they got.

    Raises PlanDamaged for an import that waits.
    """
    if imp.state != Import.State.DONE:
        return preview.page(imp, wanted, offset=offset, limit=limit, place=place)
    numbers = _numbers(imp)
    folder = _log(imp) if numbers is None else packages.plan_folder(imp.pk, imp.digest)
    return preview.page_of(folder, wanted, offset=offset, limit=limit, numbers=numbers, place=place)


def bands(imp: Import) -> list[Band]:
    """All its rows as they look from afar. Raises PlanDamaged for an import that waits."""
    if imp.state != Import.State.DONE or _numbers(imp) is not None:
        return preview.bands(imp)
    return bands_of(_log(imp))


def columns(imp: Import) -> tuple[Column, ...]:
    """The fields that the rows have, in the order of the file, else of the card; its number in any case."""
    if imp.recipe is None:
        known = imports.facts(imp).changes
        keys = [f.key for f in fields.schema(retired=True).values if not known or f.key in known]
        return tuple(Column(key, None) for key in (frames.CARD, *keys))
    own = imp.recipe.columns
    split = {c.field for c in spread(own)[len(own) :]}  # parts of one column, of which none is what its header says
    whole = mending.columns(spread(own), imp.decisions, fields.schema())
    given = tuple(Column(c.field, None if c.field in split else c.header) for c in whole if c.field)
    numbered = any(column.field == frames.CARD for column in given)
    return given if numbered else (Column(frames.CARD, None), *given)


def _numbers(imp: Import) -> Path | None:
    """The file with the number of the card of each row of the kept plan; None when that plan is not what it was.

    Such a file that is younger than the plan tells that the plan has been looked at and found whole.
    """
    numbers, folder = packages.numbers_file(imp.pk), packages.plan_folder(imp.pk, imp.digest)
    if _is_younger(numbers, folder):
        return numbers
    if not _is_whole(folder, imp.digest):
        return None
    with _alone(imp):
        created = pl.Series(ID, [], dtype=pl.Int64)
        if imp.revision_id is not None:
            created = register.created(psycopg_connection(), imp.revision_id)
        with packages.new_numbers(imp.pk) as file:
            _numbered(folder, created).write_parquet(file)
    return numbers


def _numbered(folder: Path, created: pl.Series) -> pl.DataFrame:
    """The ID of each row of a plan, in their order; those of its new cards are given in the order of their rows."""
    index = pl.read_parquet(folder / plans.INDEX, columns=[STATUS, ID])
    return index[ID].scatter((index[STATUS] == Status.NEW).arg_true(), created).to_frame()


def _log(imp: Import) -> Path:
    """The folder with the plan of an import as the log tells it."""
    folder = packages.log_plan_folder(imp.pk)
    if folder.exists():
        return folder
    with _alone(imp):
        if folder.exists():  # made while this one waited
            return folder
        blocks = register.stream_changes(psycopg_connection(), imp.revision_id) if imp.revision_id is not None else ()
        changes = pl.concat([pl.DataFrame(schema=frames.CHANGES), *blocks])
        schema = fields.schema(retired=True)
        with packages.new_log_plan(imp.pk) as new:
            made = replay.plan(
                changes,
                fields=_fields(imp, changes, schema),
                register=DatabaseRegister(),
                schema=schema,
                rows=lambda: plans.ParquetRows(new),
            )
            plans.write(made, new)
    return folder


def _fields(imp: Import, changes: pl.DataFrame, schema: Schema) -> tuple[Field, ...]:
    """The fields of the rows: those of the file; all there are where there was no file."""
    if imp.recipe is None:
        return schema.values
    given = {column.field for column in spread(imp.recipe.columns)} | {*changes["field"].unique()}
    return tuple(f for f in schema.values if f.key in given)


@contextmanager
def _alone(imp: Import) -> Iterator[None]:
    """A transaction in which nobody else makes what is kept beside the plan of this import."""
    with transaction.atomic():
        Import.objects.select_for_update(of=("self",)).get(pk=imp.pk)
        yield


def _is_whole(folder: Path, digest: str) -> bool:
    """Whether the plan in a folder is the one that its digest names."""
    try:
        return all((folder / part).exists() for part in plans.PARTS) and plans.digest(folder) == digest
    except FileNotFoundError:  # taken away meanwhile
        return False


def _is_younger(file: Path, folder: Path) -> bool:
    """Whether a file was written after every part of the plan in a folder, and after any was taken out of it."""
    parts = (folder, *(folder / part for part in plans.PARTS), *plans.value_parts(folder))
    try:
        return all(part.stat().st_mtime_ns < file.stat().st_mtime_ns for part in parts)
    except FileNotFoundError:
        return False
