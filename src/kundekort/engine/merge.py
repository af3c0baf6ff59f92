"""Several cards of one person as one: what they come to before a person decides otherwise, and the plan of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import polars as pl

from kundekort.engine import frames
from kundekort.engine import plan as plans
from kundekort.engine.frames import Status
from kundekort.engine.plan import Plan
from kundekort.engine.schema import Field, Schema
from kundekort.engine.values.kinds import KINDS

Card = Mapping[str, str]


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
    gone = plans.removal(others, fields=schema.values, into=kept[frames.ID].item())
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
