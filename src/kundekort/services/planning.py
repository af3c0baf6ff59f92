"""From a received file to its plan: read, match, check, fetch, compare, keep. Nothing here writes customers."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import asdict, replace
from typing import Any, Final

import polars as pl
from django.conf import settings
from django.utils import timezone
from procrastinate.contrib.django import app

from kundekort.engine import check, frames, mapping
from kundekort.engine import plan as plans
from kundekort.engine.errors import FileRefused
from kundekort.engine.reading import reader
from kundekort.engine.recipe import Decisions, Policy, Recipe
from kundekort.services import fields, imports
from kundekort.services.accounts import Actor
from kundekort.services.choices import Choices
from kundekort.services.comparing import compare
from kundekort.services.progress import Report, unwatched
from kundekort.services.refusals import NotWaiting
from kundekort.store import packages, pages
from kundekort.store.models import Import

SMALL: Final = 2 * 2**20
"""Bytes up to which a file is planned while its sender waits; it takes about a second."""
SAFETY_NET: Final = 60
"""Seconds for every LARGE part of a file after which a job plans it, if its own process was killed before it had."""
LARGE: Final = 20 * 2**20
"""Bytes that are planned in far less than SAFETY_NET, also by a slow machine."""
ANSWERABLE: Final = ("no_known_column", "column_twice", "no_key_column")
"""Refusals of a file that a person can lift by saying what its columns are."""


class _Asks(Exception):
    """The file is read, but a person has to look at its columns before it can be planned."""


def prepare(import_id: int) -> None:
    """Have a received import planned: at once when its file is small, else by a job."""
    if Import.objects.get(pk=import_id).size <= SMALL:
        secure(import_id)
        plan(import_id)
    else:
        app.configure_task("plan_import").defer(import_id=import_id)


def secure(import_id: int) -> None:
    """Have a job plan a received import after a while, unless the process that is about to has done so by then."""
    parts = 1 + Import.objects.get(pk=import_id).size // LARGE
    app.configure_task("plan_import", schedule_in={"seconds": SAFETY_NET * parts}).defer(import_id=import_id)


def plan(import_id: int, *, ask: bool = True, report: Report = unwatched) -> Import:
    """Plan a received import and leave it in state PREVIEW, COLUMNS or REFUSED; leave any other as it is.

    With `ask`, columns that were not recognised and dates that could be either way round wait for a person; without,
    the columns are left aside and the dates are errors.
    """
    imp = Import.objects.get(pk=import_id)
    if imp.state != Import.State.RECEIVED:
        return imp
    found: dict[str, Any] = {"progress": None}
    try:
        _make(imp, found, ask=ask, report=report)
        found["state"] = Import.State.PREVIEW
    except _Asks:
        found["state"] = Import.State.COLUMNS
    except FileRefused as refused:
        answerable = ask and refused.code in ANSWERABLE
        found["state"] = Import.State.COLUMNS if answerable else Import.State.REFUSED
        found["refusal"] = {"code": refused.code, "params": refused.params}
    Import.objects.filter(pk=import_id, state=Import.State.RECEIVED).update(**_storable(found))
    imp.refresh_from_db()
    if imp.state in (Import.State.CANCELLED, Import.State.REFUSED):
        packages.remove(import_id)
    return imp


def choose(
    import_id: int,
    *,
    actor: Actor,
    columns: Mapping[int, str | None] | None = None,
    chosen: reader.Chosen | None = None,
    policy: Policy | None = None,
) -> None:
    """A person's answer: fields by column position (all others are left aside), how to read the file, or the policy."""
    imp = _waiting(import_id, actor=actor)
    choices = Choices.from_json(imp.chosen)
    if chosen is not None and chosen != choices.dialect:
        # What the columns were says nothing about a file that is cut in another way.
        choices = replace(choices, dialect=chosen, columns=None)
    elif columns is not None:
        count = len(imports.recipe(imp).columns)
        choices = replace(choices, columns=tuple(columns.get(position) for position in range(count)))
    if policy is not None:
        choices = replace(choices, policy=policy)
    _reset(imp, chosen=choices.to_json())
    prepare(import_id)


def leave_out_errors(import_id: int, *, actor: Actor, leave_out: bool, then: Callable[[int], None] = prepare) -> None:
    """Decide that rows with errors are not imported, or take that back; `then` has the import planned anew."""
    imp = _waiting(import_id, actor=actor)
    _reset(imp, decisions=replace(Decisions.from_json(imp.decisions), leave_out_errors=leave_out).to_json())
    then(import_id)


def reset(import_id: int, *, notice: str) -> None:
    """Put an import back to be planned anew because the register has moved; `notice` is the code of what to tell."""
    _reset(Import.objects.get(pk=import_id), notice=notice)


def _waiting(import_id: int, *, actor: Actor) -> Import:
    imp = imports.get(import_id, actor=actor)
    if imp.state not in (Import.State.COLUMNS, Import.State.PREVIEW):
        raise NotWaiting(state=imp.state)
    return imp


def _reset(imp: Import, **changes: Any) -> None:
    changes = {"notice": "", "refusal": None, "progress": None, "state": Import.State.RECEIVED} | changes
    waiting = (Import.State.COLUMNS, Import.State.PREVIEW, Import.State.CONFIRMING)
    if not Import.objects.filter(pk=imp.pk, state__in=waiting).update(**changes):
        imp.refresh_from_db()
        raise NotWaiting(state=imp.state)


def _make(imp: Import, found: dict[str, Any], *, ask: bool, report: Report) -> None:
    """Make and keep the plan. What is learned on the way goes into `found`, also when the way ends early."""
    schema = fields.schema()
    choices = Choices.from_json(imp.chosen)
    policy = choices.policy
    limits = reader.Limits(
        bytes=settings.KUNDEKORT_MAX_BYTES,
        rows=settings.KUNDEKORT_MAX_ROWS,
        columns=settings.KUNDEKORT_MAX_COLUMNS,
        expanded=settings.KUNDEKORT_MAX_EXPANDED,
    )
    with packages.source(imp.pk) as data:
        table = reader.read(
            data,
            known=mapping.knower(schema),
            chosen=choices.dialect,
            limits=limits,
            progress=lambda done, total: report("reading", done, total),
        )
    columns = choices.apply(mapping.match(table.headers, schema))
    found["recipe"] = Recipe(dialect=table.dialect, columns=columns, policy=policy).to_json()
    found["facts"] = facts = _facts_of(table)
    mapping.refuse(columns, schema=schema, policy=policy, separator=table.dialect.separator)
    if ask and choices.columns is None and mapping.left_aside(columns, facts["samples"]):
        raise _Asks
    checked = check.check(
        table,
        columns=columns,
        policy=policy,
        schema=schema,
        today=timezone.localdate(),
        country=settings.KUNDEKORT_COUNTRY,
        progress=lambda done, total: report("checking", done, total),
    )
    if ask and policy.date_order is None and "date_ambiguous" in checked.problems["code"]:
        raise _Asks
    difference = compare(checked, policy=policy, schema=schema, report=report)
    plan = plans.make(difference, Decisions.from_json(imp.decisions))
    report("keeping", 0, 1)
    parts = plan.to_parts()
    found["digest"] = plans.digest(parts)
    packages.keep_plan(imp.pk, found["digest"], parts)
    found["totals"] = asdict(plan.totals)
    facts["emptied"] = difference.emptied
    facts["changes"] = plan.changes
    facts["codes"] = pages.code_counts(plan.problems)


def _storable(value: Any) -> Any:
    """What is kept of a file, with its NUL characters made visible: the database cannot hold them."""
    match value:
        case str():
            return value.replace("\0", "\N{SYMBOL FOR NULL}")
        case dict():
            return {key: _storable(item) for key, item in value.items()}
        case list() | tuple():
            return [_storable(item) for item in value]
    return value


def _facts_of(table: reader.Table) -> dict[str, Any]:
    """What is shown of a file besides its plan: the first values of each column, blank rows, a workbook's sheets."""
    first = table.cells.head(200).select(pl.exclude(frames.ROW, frames.LINE).str.head(80))
    samples = [list(dict.fromkeys(v for v in column if v and v.strip()))[:3] for column in first.iter_columns()]
    return {
        "rows": table.cells.height,
        "blank_rows": table.blank_rows,
        "samples": samples,
        "sheets": list(table.sheets),
    }
