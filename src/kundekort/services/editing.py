"""One card made or changed by hand: a file of one row, with the checks, canonical forms and history of an import.

Knows no rule of its own about values. What is new here is that two people may have the same card open.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import polars as pl
from django.conf import settings
from django.utils import timezone

from kundekort.bulk import postgres
from kundekort.engine import check, frames
from kundekort.engine import plan as plans
from kundekort.engine.check import Checked
from kundekort.engine.plan import Plan
from kundekort.engine.problem import load_params
from kundekort.engine.reading.table import Table
from kundekort.engine.recipe import Column, Decisions, Dialect, Policy
from kundekort.engine.schema import Schema
from kundekort.engine.values import canonical
from kundekort.services import customers, fields, history
from kundekort.services.accounts import Actor, Role
from kundekort.services.comparing import compare
from kundekort.services.database import impatient
from kundekort.services.history import Cell, Conflict
from kundekort.services.preview import Problem
from kundekort.services.refusals import CardInvalid, EditConflict, NotFound
from kundekort.store.models import Revision


@dataclass(frozen=True, slots=True)
class Edited:
    """What an edit came to: the card's version now, and the cells that changed, which may be none."""

    version: int
    cells: tuple[Cell, ...]


def create(values: Mapping[str, str], *, actor: Actor) -> int:
    """A new card from what people write, by field key; its number.

    Raises CardInvalid, NotFound for a field that there is not.
    """
    actor.require(Role.IMPORTER)
    try:
        return _create(values, actor=actor)
    except postgres.RegisterMoved:  # a unique value was taken meanwhile; now the check sees where it is
        return _create(values, actor=actor)


def edit(customer_id: int, *, version: int, values: Mapping[str, str], actor: Actor) -> Edited:
    """Change a card that was opened at a version; values by field key, others stay.

    A value that stands as it did at that version is not touched, whoever has changed it since, and is not judged.
    Raises CardInvalid, EditConflict when somebody has changed the same cells since to something else, NotFound,
    CardMerged.
    """
    actor.require(Role.IMPORTER)
    try:
        return _edit(customer_id, version=version, values=values, actor=actor)
    except postgres.RegisterMoved:
        return _edit(customer_id, version=version, values=values, actor=actor)


def read(customer_id: int, values: Mapping[str, str], *, schema: Schema) -> Checked:
    """Values as people write them as the checked row of a card (0: a new one). Raises CardInvalid, NotFound."""
    for key in values:
        if key not in (f.key for f in schema.values):
            raise NotFound(id=key)
    texts = {"id": str(customer_id), **values}
    _refuse_unstorable(values)
    row = {frames.ROW: 0, frames.LINE: 1} | {f"c{n}": text for n, text in enumerate(texts.values())}
    types = frames.NUMBERING | {f"c{n}": pl.String for n in range(len(texts))}
    return check.check(
        Table(
            dialect=Dialect(),
            headers=tuple(texts),
            cells=pl.DataFrame([row], schema=types),
            problems=frames.problems(),
            blank_rows=0,
        ),
        columns=[Column(header=key, field=key) for key in texts],
        policy=Policy(),
        schema=schema,
        today=timezone.localdate(),
        country=settings.KUNDEKORT_COUNTRY,
    )


def plan(checked: Checked, *, schema: Schema) -> Plan:
    """What the checked row would change in the register. Raises CardInvalid."""
    made = plans.make(compare(checked, policy=Policy(), schema=schema), Decisions())
    if not made.problems.is_empty():
        raise CardInvalid(problems=_by_field(made.problems))
    return made


def _create(values: Mapping[str, str], *, actor: Actor) -> int:
    schema = fields.schema()
    with impatient() as conn:
        made = plan(read(0, values, schema=schema), schema=schema)
        revision = Revision.objects.create(
            kind=Revision.Kind.EDIT, created_by=actor.user, actor_name=actor.name, created=1
        )
        applied = postgres.apply(conn, made, revision=revision.pk, progress=lambda done, total: None)
    return int(applied.created.item())


def _edit(customer_id: int, *, version: int, values: Mapping[str, str], actor: Actor) -> Edited:
    schema = fields.schema()
    with impatient() as conn:
        customers.lock([customer_id])
        card = customers.card(customer_id, actor=actor)
        touched = _touched(read(customer_id, values, schema=schema), card, version=version, schema=schema)
        made = plan(touched, schema=schema)
        if not made.changed_fields:
            return Edited(version=int(card["version"]), cells=())
        revision = Revision.objects.create(
            kind=Revision.Kind.EDIT, created_by=actor.user, actor_name=actor.name, changed=1
        )
        postgres.apply(conn, made, revision=revision.pk, progress=lambda done, total: None)
    changed = tuple(Cell(field=c["field"], old=c["old"], new=c["new"]) for c in made.cells.iter_rows(named=True))
    return Edited(version=int(card["version"]) + 1, cells=changed)


def _touched(checked: Checked, card: Mapping[str, str | int], *, version: int, schema: Schema) -> Checked:
    """Only what differs from the card as it was opened. Raises EditConflict."""
    later = history.since(int(card["id"]), version=version)
    touched, conflicts = [], []
    for field in (f for f in schema.values if f.key in checked.rows.columns):
        mine, theirs = checked.rows[field.key].item(), str(card[field.key])
        since = later.get(field.key)
        if canonical.same(field, mine, since.was if since else theirs):
            continue
        touched.append(field.key)
        if since and not canonical.same(field, mine, theirs) and not canonical.same(field, theirs, since.was):
            conflicts.append(Conflict(field=field.key, mine=mine, theirs=theirs, who=since.who, when=since.when))
    if conflicts:
        raise EditConflict(conflicts=tuple(conflicts))
    problems = checked.problems.filter(pl.col("field").is_null() | pl.col("field").is_in(touched))
    return Checked(rows=checked.rows.select(frames.ROW, frames.LINE, "id", *touched), problems=problems)


def _refuse_unstorable(values: Mapping[str, str]) -> None:
    """Refuse what no file could bring either: NUL, and halves of characters."""
    problems: dict[str, list[Problem]] = {}
    for key, text in values.items():
        whole = text.encode("utf-8", "replace").decode()
        code = "nul_byte" if "\0" in text else "undecodable" if whole != text else None
        if code:
            problems[key] = [Problem(field=key, code=code, value=whole.replace("\0", "␀")[:200], params={})]
    if problems:
        raise CardInvalid(problems=problems)


def _by_field(problems: pl.DataFrame) -> dict[str, list[Problem]]:
    found: dict[str, list[Problem]] = {}
    for p in problems.iter_rows(named=True):
        # A form has no other rows by which the order of day and month could be told.
        code = "date_invalid" if p["code"] == "date_ambiguous" else p["code"]
        problem = Problem(field=p["field"], code=code, value=p["value"], params=load_params(p["params"]))
        found.setdefault(p["field"] or "", []).append(problem)
    return found
