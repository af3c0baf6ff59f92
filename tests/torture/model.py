"""The register as a dict: what imports, edits, merges and undos come to, said again in plain words, card by card."""

from __future__ import annotations

from copy import deepcopy
from dataclasses import dataclass, field
from typing import Final

FIELDS: Final = ("city", "company", "internal_note")

Values = dict[str, str]
Cards = dict[int, Values]


@dataclass(slots=True)
class Act:
    """What one revision did: `cells` old and new by card and field, cards that came and went, and who went into whom.

    `left` are the values of the cards that came, as it left them.
    """

    cells: dict[tuple[int, str], tuple[str, str]]
    came: set[int]
    went: Cards
    merged: dict[int, int] = field(default_factory=dict)
    parted: dict[int, int] = field(default_factory=dict)
    left: Cards = field(default_factory=dict)

    @property
    def cards(self) -> set[int]:
        """Every card that is there before and after."""
        told = {number for number, _ in self.cells} | set(self.merged.values()) | set(self.parted.values())
        return told - self.came - set(self.went)


class Model:
    """The cards there are."""

    def __init__(self) -> None:
        self.cards: Cards = {}
        self.into: dict[int, int] = {}
        """Into whom the cards went that were merged."""

    def write(self, after: Cards, *, merged: dict[int, int] | None = None, parted: dict[int, int] | None = None) -> Act:
        """Have the cards be so from now on; what that was."""
        before, self.cards = self.cards, after
        self.into = {number: into for number, into in self.into.items() if number not in after} | (merged or {})
        there = set(before) & set(after)
        cells = {
            (number, key): (before[number][key], after[number][key])
            for number in there
            for key in FIELDS
            if before[number][key] != after[number][key]
        }
        came = set(after) - set(before)
        return Act(
            cells,
            came,
            {number: before[number] for number in set(before) - set(after)},
            merged=merged or {},
            parted=parted or {},
            left={number: dict(after[number]) for number in came},
        )

    def imported(self, lists: Cards, wanted: Cards, *, mine: bool) -> Cards:
        """The cards after a list that was taken home as `lists` and brought back as `wanted`: compared three ways."""
        after = deepcopy(self.cards)
        for number in wanted.keys() & after.keys():
            for key in FIELDS:
                base, brought, now = lists[number][key], wanted[number][key], self.cards[number][key]
                if brought != base and (now in (base, brought) or mine):
                    after[number][key] = brought
        return after

    def merge(self, master: int, other: int, chosen: dict[str, int]) -> Act:
        """Make one card of two, with the chosen card's value of each field."""
        after = deepcopy(self.cards)
        after[master] = {key: self.cards[chosen[key]][key] for key in FIELDS}
        del after[other]
        return self.write(after, merged={other: master})

    def undo(self, act: Act, *, mine: bool) -> Act:
        """Take back what something did; `mine`: also where others have written something else since."""
        after = deepcopy(self.cards)
        stays = {
            number
            for number in act.came
            if number not in self.cards
            or number in self.into.values()
            or (self.cards[number] != act.left[number] and not mine)
        }
        # A merge is taken back as a whole or not at all.
        held = {act.parted[number] for number in stays & act.parted.keys()}
        for number in (act.cards & after.keys()) - held:
            for key in FIELDS:
                old, new = act.cells.get((number, key), ("", ""))
                if (number, key) in act.cells and (self.cards[number][key] == new or mine):
                    after[number][key] = old
        parted, merged = {}, {}
        for number, values in act.went.items():
            master = act.merged.get(number)
            if master is None or master in self.cards:
                after[number] = dict(values)
                parted |= {number: master} if master is not None else {}
        for number in act.came - stays:
            master = act.parted.get(number)
            if master is None or (master in self.cards and master not in held):
                del after[number]
                merged |= {number: master} if master is not None else {}
        return self.write(after, merged=merged, parted=parted)
