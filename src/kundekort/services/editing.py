"""One card made or changed by hand: a file of one row, with the checks, canonical forms and history of an import.

Knows no rule of its own about values. What is new here is that two people may have the same card open.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

import polars as pl
from django.conf import settings
from django.utils import timezone

from kundekort.bulk import register
from kundekort.bulk.apply import RegisterMoved
from kundekort.engine import interpretation, pipeline
from kundekort.engine.draft import Task
from kundekort.engine.facts import Question
from kundekort.engine.frames import Status
from kundekort.engine.plan import Plan, changed_cells
from kundekort.engine.problem import Conflict, Problem
from kundekort.engine.schema import Schema
from kundekort.services import customers, fields, history, revisions
from kundekort.services.accounts import Actor, Role
from kundekort.services.database import psycopg_connection
from kundekort.services.history import Cell
from kundekort.services.refusals import CardInvalid, EditConflict, NotFound
from kundekort.services.register import DatabaseRegister
from kundekort.store.models import Revision


@dataclass(frozen=True, slots=True)
class EditResult:
    """What an edit came to: the card's version now, and the cells that changed, which may be none."""

    version: int
    changed_cells: tuple[Cell, ...]


def create(values: Mapping[str, str], *, actor: Actor) -> int:
    """A new card from what people write, by field key; its number.

    Raises CardInvalid, NotFound for a field that there is not.
    """
    actor.require(Role.IMPORTER)
    try:
        return _create(values, actor=actor)
    except RegisterMoved:  # a unique value was taken meanwhile; now the check sees where it is
        return _create(values, actor=actor)


def edit(customer_id: int, *, version: int, values: Mapping[str, str], actor: Actor) -> EditResult:
    """Change a card that was opened at a version; values by field key, others stay.

    As in a file with versions, a value that stands as it did then is not touched, whoever has changed it since, and is
    not judged.
    Raises CardInvalid, EditConflict when somebody has changed the same cells since to something else, NotFound,
    CardMerged.
    """
    actor.require(Role.IMPORTER)
    try:
        return _edit(customer_id, version=version, values=values, actor=actor)
    except RegisterMoved:
        return _edit(customer_id, version=version, values=values, actor=actor)


def plan(
    customer_id: int,
    values: Mapping[str, str],
    *,
    schema: Schema,
    version: int | None = None,
    leaving: frozenset[int] = frozenset(),
) -> Plan:
    """What values as people write them would change on a card (0: a new one), which was opened at a version.

    `leaving` are cards that will be gone when the plan is written. Raises CardInvalid, NotFound.
    """
    _refuse_unfit(values, schema=schema)
    source, recipe = interpretation.of_card(customer_id, values, version=version)
    cards = DatabaseRegister(leaving=leaving)
    country = settings.KUNDEKORT_COUNTRY
    made = pipeline.plan(source, Task(recipe, cards, schema, today=timezone.localdate(), country=country))
    assert not isinstance(made, Question)
    if not made.problems.is_empty():
        raise CardInvalid(problems=_by_field(made.problems))
    return made


def _create(values: Mapping[str, str], *, actor: Actor) -> int:
    schema = fields.schema()
    with revisions.register_transaction():
        made = plan(0, values, schema=schema)
        revision = revisions.write(made, kind=Revision.Kind.EDIT, actor=actor)
        return int(register.created(psycopg_connection(), revision.pk).item())


def _edit(customer_id: int, *, version: int, values: Mapping[str, str], actor: Actor) -> EditResult:
    schema = fields.schema()
    with revisions.register_transaction():
        customers.lock([customer_id])
        card = customers.card(customer_id, actor=actor)
        made = plan(customer_id, values, version=version, schema=schema)
        if not made.conflicts.is_empty():
            raise EditConflict(conflicts=_with_people(made.conflicts, customer_id, version=version))
        if not made.totals.changed:
            return EditResult(version=int(card["version"]), changed_cells=())
        revisions.write(made, kind=Revision.Kind.EDIT, actor=actor)
    cells = changed_cells(next(made.rows(Status.CHANGED)), made.fields)
    changed = tuple(Cell(field=c["field"], old=c["old"], new=c["new"]) for c in cells.iter_rows(named=True))
    return EditResult(version=int(card["version"]) + 1, changed_cells=changed)


def _with_people(conflicts: pl.DataFrame, customer_id: int, *, version: int) -> tuple[Conflict, ...]:
    """Conflicts of a card with who wrote the other's, and when."""
    since = history.since(customer_id, version=version)
    return tuple(
        Conflict(field, mine, theirs, who=since[field].who, when=since[field].when, base=since[field].old)
        for field, mine, theirs in conflicts.select("field", "mine", "theirs").iter_rows()
    )


def _refuse_unfit(values: Mapping[str, str], *, schema: Schema) -> None:
    """Refuse fields that there are not, and what no file could bring either: NUL, and halves of characters."""
    known = {f.key for f in schema.values}
    if unknown := [key for key in values if key not in known]:
        raise NotFound(id=unknown[0])
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
    for problem in map(Problem.from_row, problems.iter_rows(named=True)):
        # A form has no other rows by which the order of day and month could be told.
        code = "date_invalid" if problem.code == "date_ambiguous" else problem.code
        # Nor has it a place for the version that it was opened at.
        place = "" if problem.field in (None, "version") else problem.field
        found.setdefault(place or "", []).append(replace(problem, code=code))
    return found
