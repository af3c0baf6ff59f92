"""What several cards of one person come to as one card, before a person decides otherwise. Knows no register."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

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
