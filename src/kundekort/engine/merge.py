"""Several cards of one person as one: what they come to before a person decides otherwise, and the plan of it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import polars as pl

from kundekort.engine import frames
from kundekort.engine import plan as plans
from kundekort.engine.card import problems as card_problems
from kundekort.engine.frames import Status
from kundekort.engine.plan import Plan
from kundekort.engine.schema import Field, Schema
from kundekort.engine.values.kinds import KINDS

Card = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Merge:
    """Cards that become one: the one that stays, at its version, what it says now, and what it is to say."""

    id: int
    version: int
    values: Card
    wanted: Card

    @property
    def changes(self) -> dict[str, tuple[str, str]]:
        """By field key what changes on the card that stays: the old value and the new one."""
        return {key: (self.values[key], new) for key, new in self.wanted.items() if new != self.values[key]}


def union(cards: Sequence[Card], *, schema: Schema, together: Sequence[str] = ()) -> dict[str, str]:
    """The canonical texts of the cards as one, by field key; the first card is the one that the others go into.

    Its values stay, and where it has none the next card's fills in. Tags are united, different notes follow each other,
    and of consents a no on any card outweighs every yes. The fields named by `together` are filled only by cards that
    contradict in none of them.
    """
    agreeing = _agreeing(cards, together)
    return {f.key: _one(f, [c[f.key] for c in (agreeing if f.key in together else cards)]) for f in schema.values}


def plan(master: Plan, others: pl.DataFrame, *, schema: Schema) -> Plan:
    """The plan that gives a card its values and removes the others (`frames.cards`), which are merged into it.

    `master` is a plan of one row, that of the card alone; it counts as changed also when none of its values is.
    """
    row = next(master.rows(Status.CHANGED, Status.UNCHANGED)).drop(frames.ROW, frames.LINE, frames.STATUS)
    kept = row.select(pl.exclude("^" + frames.CHANGED + ".*$"))
    return _plan(kept, others.with_columns(pl.lit(kept[frames.ID].item(), pl.Int64).alias(frames.INTO)), schema=schema)


def plan_several(merges: Sequence[Merge], others: pl.DataFrame, *, schema: Schema) -> Plan:
    """The plan of several merges at once. `others` are all the cards that go (`frames.cards`), with INTO."""
    return _plan(_rows(merges, schema), others, schema=schema)


def problems(merges: Sequence[Merge], *, schema: Schema) -> pl.DataFrame:
    """What would be wrong with the cards that stay, as `frames.PROBLEMS` whose rows are places among the merges."""
    rows = _rows(merges, schema).with_row_index(frames.ROW).with_columns((pl.col(frames.ROW) + 1).alias(frames.LINE))
    changed = [pl.col(frames.OLD + f.key).is_not_null().alias(frames.CHANGED + f.key) for f in schema.values]
    found = card_problems(rows.with_columns(changed), fields=schema.values, schema=schema)
    return frames.concat(found, frames.PROBLEMS)


def contradict(cards: Sequence[Card], keys: Iterable[str]) -> bool:
    """Whether cards say different things in one of the fields, whatever the case; silence contradicts nothing."""
    return any(len({c[key].casefold() for c in cards if c[key]}) > 1 for key in keys)


def _rows(merges: Sequence[Merge], schema: Schema) -> pl.DataFrame:
    types: dict[str, pl.DataType | type[pl.DataType]] = {frames.ID: pl.Int64, frames.VERSION: pl.Int64}
    for field in schema.values:
        types |= {field.key: pl.String, frames.OLD + field.key: pl.String}
    rows = [
        {frames.ID: one.id, frames.VERSION: one.version}
        | dict(one.wanted)
        | {frames.OLD + key: old for key, (old, _new) in one.changes.items()}
        for one in merges
    ]
    return pl.DataFrame(rows, schema=types)


def _plan(kept: pl.DataFrame, others: pl.DataFrame, *, schema: Schema) -> Plan:
    gone = plans.removal(others, fields=schema.values)
    return plans.concat([(gone, Status.REMOVED), (kept, Status.CHANGED)], fields=schema.values)


def _one(field: Field, values: Sequence[str]) -> str:
    given = [value for value in dict.fromkeys(values) if value]
    return "0" if field.consent and "0" in given else KINDS[field.kind].union(given)


def _agreeing(cards: Sequence[Card], together: Sequence[str]) -> list[Card]:
    """The first card and those after it that differ neither from it nor from each other where both say something."""
    said: dict[str, str] = {}
    agreeing = []
    for card in cards:
        says = {key: card[key] for key in together if card[key]}
        if all(said.get(key, value) == value for key, value in says.items()):
            said |= says
            agreeing.append(card)
    return agreeing
