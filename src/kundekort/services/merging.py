"""Several cards of one person become one, and apart again. Cards are only ever merged because a person says so.

One after the other, under the lock of the imports. What a merge takes from the register is in the change log, so that
it can be undone at any time.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

import polars as pl
from psycopg import Connection

from kundekort.bulk import postgres
from kundekort.engine import frames
from kundekort.engine.frames import Status
from kundekort.engine.merge import union
from kundekort.engine.plan import Plan
from kundekort.engine.schema import Schema
from kundekort.engine.values import canonical
from kundekort.services import customers, editing, fields, history, settings
from kundekort.services.accounts import Actor, Role
from kundekort.services.confirming import APPLY_LOCK
from kundekort.services.database import impatient
from kundekort.services.history import ID, MERGED, Conflict
from kundekort.services.preview import Problem
from kundekort.services.refusals import (
    AlreadyUndone,
    CardInvalid,
    CardMoved,
    MergeInvalid,
    MergeOff,
    NotFound,
    UndoConflict,
)
from kundekort.store.fields import ADDRESS
from kundekort.store.models import Change, Customer, Merged, Revision

Texts = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Proposal:
    """What a merge would come to if nobody chose: `cards` with the master first, and the `values` of all as one."""

    master: int
    cards: tuple[Mapping[str, str | int], ...]
    values: Texts


def proposal(ids: Collection[int], *, master: int | None = None, actor: Actor) -> Proposal:
    """What merging the cards would come to, for a person to choose from; the oldest is master unless named.

    Raises MergeOff, MergeInvalid, NotFound, CardMerged.
    """
    actor.require(Role.IMPORTER)
    ordered = sorted(set(ids), key=lambda i: (i != master, i))
    _refuse_unmergeable(ordered, count=len(ids))
    schema = fields.schema()
    cards = [customers.card(i, actor=actor) for i in ordered]
    values = union([_texts(card, schema) for card in cards], schema=schema, together=ADDRESS)
    return Proposal(master=ordered[0], cards=tuple(cards), values=values)


def merge(
    *, master: int, others: Sequence[int], versions: Mapping[int, int], values: Mapping[str, int | str], actor: Actor
) -> Revision:
    """Make other cards part of a master; their numbers point to it from now on.

    `versions` are those of all the cards as they were looked at. `values` holds by field key the number of the card
    whose value wins, or a text; every other field becomes what the proposal says. Raises MergeOff, MergeInvalid,
    CardMoved, CardInvalid, NotFound, CardMerged.
    """
    actor.require(Role.IMPORTER)
    _refuse_unmergeable({master, *others}, count=1 + len(others))
    try:
        return _merge(master, others, versions=versions, values=values, actor=actor)
    except postgres.RegisterMoved:  # a unique value was taken by an edit meanwhile; now the check sees where it is
        return _merge(master, others, versions=versions, values=values, actor=actor)


def undo(revision_id: int, *, keep_later: bool = False, actor: Actor) -> Revision:
    """Take a merge back: the cards return under their numbers, and the master gets its former values.

    Raises UndoConflict when the master's values have been changed since, unless `keep_later` lets these stay;
    CardInvalid when a value that must be unique is on another card by now; AlreadyUndone; CardMerged when the master
    itself has been merged since; NotFound.
    """
    actor.require(Role.IMPORTER)
    with _alone() as conn:
        done = Revision.objects.filter(pk=revision_id, kind=Revision.Kind.MERGE).first()
        if done is None:
            raise NotFound(id=revision_id)
        if Revision.objects.filter(undoes=done).exists():
            raise AlreadyUndone
        revision = Revision.objects.create(
            kind=Revision.Kind.UNDO, created_by=actor.user, actor_name=actor.name, undoes=done, changed=done.changed
        )
        _give_back(conn, done, revision, keep_later=keep_later)
    return revision


@contextmanager
def _alone() -> Iterator[Connection]:
    """A transaction beside which no plan is applied and no other merge is done. Raises RegisterBusy."""
    with impatient() as conn:
        conn.execute("SELECT pg_advisory_xact_lock(%s)", [APPLY_LOCK])
        yield conn


def _refuse_unmergeable(ids: Collection[int], *, count: int) -> None:
    if not settings.current().allow_merge:
        raise MergeOff
    if len(ids) < 2 or len(ids) != count:
        raise MergeInvalid


def _texts(card: Mapping[str, str | int], schema: Schema) -> dict[str, str]:
    return {f.key: str(card[f.key]) for f in schema.values}


def _merge(
    master: int, others: Sequence[int], *, versions: Mapping[int, int], values: Mapping[str, int | str], actor: Actor
) -> Revision:
    # Values of retired fields go along: they may come back into use.
    schema = fields.schema(retired=True)
    ids = [master, *others]
    with _alone() as conn:
        found = customers.lock(ids)
        if moved := [i for i in ids if versions.get(i) != found[i]]:
            raise CardMoved(ids=moved)
        cards = {i: _texts(card, schema) for i, card in customers.cards(ids, register=schema).items()}
        wanted = _chosen([cards[i] for i in ids], cards, values=values, schema=schema)
        revision = Revision.objects.create(
            kind=Revision.Kind.MERGE, created_by=actor.user, actor_name=actor.name, changed=len(ids)
        )
        gone = Customer.objects.filter(pk__in=others)
        Merged.objects.bulk_create(
            Merged(id=i, into_id=master, revision=revision, created_at=created_at)
            for i, created_at in gone.values_list("pk", "created_at")
        )
        gone.delete()  # before the master is checked, because it may take over what must be unique
        changed = {key: text for key, text in wanted.items() if text != cards[master][key]}
        plan = editing.plan(editing.read(master, changed, schema=schema), schema=schema)
        _write(conn, plan, revision)
        log = [(master, found[master], MERGED, "", str(i)) for i in others]
        for i in others:
            log += [(i, found[i], key, text, "") for key, text in cards[i].items() if text]
            log.append((i, found[i], ID, str(i), ""))
        _log(log, revision)
    return revision


def _chosen(
    cards: Sequence[Texts], by_id: Mapping[int, Texts], *, values: Mapping[str, int | str], schema: Schema
) -> dict[str, str]:
    """The values that the master shall have. Raises NotFound for a field or a card that is not among them."""
    wanted = union(cards, schema=schema, together=ADDRESS)
    for key, value in values.items():
        if key not in wanted or (isinstance(value, int) and value not in by_id):
            raise NotFound(id=value if key in wanted else key)
        wanted[key] = by_id[value][key] if isinstance(value, int) else value
    return wanted


def _give_back(conn: Connection, done: Revision, revision: Revision, *, keep_later: bool) -> None:
    schema = fields.schema(retired=True)
    rows = list(done.changes.order_by("pk"))
    master, version = next((row.customer_id, row.version) for row in rows if row.field == MERGED)
    customers.lock([master])
    card = customers.cards([master], register=schema)[master]
    conflicts = _conflicts(card, [r for r in rows if r.customer_id == master], version=version, schema=schema)
    if conflicts and not keep_later:
        raise UndoConflict(fields=[c.field for c in conflicts], conflicts=conflicts)
    kept = {c.field for c in conflicts}
    back = {r.field: r.old for r in rows if r.customer_id == master and r.field not in kept | {MERGED}}
    _write(conn, _plan(card, back, schema=schema), revision)
    lost = {r.customer_id: r.version for r in rows if r.customer_id != master}
    texts = {i: {r.field: r.old for r in rows if r.customer_id == i} for i in lost}
    _refuse_taken(texts, schema=schema)
    returning = [
        {frames.ID: i, frames.VERSION: lost[i], **{f.key: texts[i].get(f.key, "") for f in schema.values}} for i in lost
    ]
    types = {frames.ID: pl.Int64, frames.VERSION: pl.Int64, **{f.key: pl.String for f in schema.values}}
    postgres.restore(conn, pl.DataFrame(returning, schema=types), fields=schema.values)
    for merged in Merged.objects.filter(revision=done):
        Customer.objects.filter(pk=merged.pk).update(created_at=merged.created_at)
        merged.delete()
    log = [(master, int(card["version"]), MERGED, r.new, "") for r in rows if r.field == MERGED]
    log += [(r.customer_id, r.version, r.field, "", r.old) for r in rows if r.customer_id != master]
    _log(log, revision)


def _conflicts(
    card: Mapping[str, str | int], rows: Sequence[Change], *, version: int, schema: Schema
) -> tuple[Conflict, ...]:
    """The cells of the master that the merge changed and somebody has changed to something else since."""
    later = history.since(int(card["id"]), version=version)
    return tuple(
        Conflict(field=row.field, mine=row.old, theirs=theirs, who=since.who, when=since.when)
        for row in rows
        if (since := later.get(row.field)) and row.field != MERGED
        for theirs in [str(card[row.field])]
        if not any(canonical.same(schema[row.field], theirs, text) for text in (row.old, row.new))
    )


def _plan(card: Mapping[str, str | int], texts: Texts, *, schema: Schema) -> Plan:
    """The plan that gives one card former values as they were: they are not judged again."""
    back = {key: text for key, text in texts.items() if text != card[key]}
    row = {frames.ROW: 0, frames.LINE: 1, frames.ID: card["id"], frames.VERSION: card["version"]}
    row |= back | {frames.OLD + key: str(card[key]) for key in back}
    types = frames.NUMBERING | {frames.ID: pl.Int64, frames.VERSION: pl.Int64}
    types |= dict.fromkeys([*back, *(frames.OLD + key for key in back)], pl.String)
    given = tuple(f for f in schema.values if f.key in back)
    return Plan(rows=pl.DataFrame([row], schema=types), problems=frames.problems(), fields=given)


def _write(conn: Connection, plan: Plan, revision: Revision) -> None:
    """Apply the plan of a master: its version goes up even if none of its values changes."""
    plan = Plan(
        rows=plan.rows.with_columns(pl.lit(Status.CHANGED, dtype=pl.UInt8).alias(frames.STATUS)),
        problems=plan.problems,
        fields=plan.fields,
    )
    postgres.apply(conn, plan, revision=revision.pk, progress=lambda done, total: None)


def _refuse_taken(texts: Mapping[int, Texts], *, schema: Schema) -> None:
    """Refuse to give a card a unique value back that has gone to another card. Raises CardInvalid."""
    for field in (f for f in schema.values if f.unique):
        given = [text for card in texts.values() if (text := card.get(field.key))]
        for number, value in Customer.objects.filter(**{f"{field.key}__in": given}).values_list("pk", field.key):
            problem = Problem(field=field.key, code="value_taken", value=value, params={"id": number})
            raise CardInvalid(problems={field.key: [problem]})


def _log(rows: Sequence[tuple[int, int, str, str, str]], revision: Revision) -> None:
    """Log changes: customer, version before, field, old, new."""
    Change.objects.bulk_create(
        Change(revision=revision, customer_id=i, version=version + 1, field=field, old=old, new=new)
        for i, version, field, old, new in rows
    )
