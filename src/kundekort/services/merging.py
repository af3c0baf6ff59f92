"""Several cards of one person become one, and apart again. Cards are only ever merged because a person says so.

One after the other, under the lock of the imports. What a merge takes from the register is in the change log, so that
it can be taken back at any time (`services.undoing`).
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

import polars as pl

from kundekort.bulk.apply import RegisterMoved
from kundekort.engine import merge as merges
from kundekort.engine.schema import Schema
from kundekort.services import customers, editing, fields, revisions, settings, writers
from kundekort.services.accounts import Actor, Role
from kundekort.services.refusals import (
    CardMoved,
    MergeInvalid,
    MergeOff,
    NotFound,
)
from kundekort.services.register import DatabaseRegister
from kundekort.store.fields import ADDRESS
from kundekort.store.models import Revision

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
    values = merges.union([_texts(card, schema) for card in cards], schema=schema, together=ADDRESS)
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
    except RegisterMoved:  # a unique value was taken by an edit meanwhile; now the check sees where it is
        return _merge(master, others, versions=versions, values=values, actor=actor)


def _refuse_unmergeable(ids: Collection[int], *, count: int) -> None:
    if not settings.current().allow_merge:
        raise MergeOff
    if len(ids) < 2 or len(ids) != count:
        raise MergeInvalid


def _texts(card: Mapping[str, str | int], schema: Schema) -> dict[str, str]:
    return {f.key: str(card[f.key]) for f in schema.values}


def _merge(
    master: int,
    others: Sequence[int],
    *,
    versions: Mapping[int, int],
    values: Mapping[str, int | str],
    actor: Actor,
) -> Revision:
    with revisions.register_transaction(alone=writers.MERGE, number=actor.user.pk if actor.user else 0):
        ids = [master, *others]
        found = customers.lock(ids)
        if moved := [i for i in ids if versions.get(i) != found[i]]:
            raise CardMoved(ids=moved)
        schema = fields.schema(retired=True)
        every = DatabaseRegister().cards(schema["id"], pl.Series(ids), schema.values)
        cards = {row["id"]: _texts(row, schema) for row in every.iter_rows(named=True)}
        wanted = _chosen([cards[i] for i in ids], cards, values=values, schema=schema)
        changed = {key: text for key, text in wanted.items() if text != cards[master][key]}
        plan = merges.plan(
            editing.plan(master, changed, schema=schema, leaving=frozenset(others)),
            every.filter(pl.col("id") != master).sort("id"),
            schema=schema,
        )
        return revisions.write(plan, kind=Revision.Kind.MERGE, actor=actor)


def _chosen(
    cards: Sequence[Texts], by_id: Mapping[int, Texts], *, values: Mapping[str, int | str], schema: Schema
) -> dict[str, str]:
    """The values that the master shall have. Raises NotFound for a field or a card that is not among them."""
    wanted = merges.union(cards, schema=schema, together=ADDRESS)
    for key, value in values.items():
        if key not in wanted or (isinstance(value, int) and value not in by_id):
            raise NotFound(id=value if key in wanted else key)
        wanted[key] = by_id[value][key] if isinstance(value, int) else value
    return wanted
