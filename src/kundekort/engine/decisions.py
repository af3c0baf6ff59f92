"""What a person decided about rows, cells, conflicts and findings: an input to the plan, never a change to it.

A decision says what is done and where; whether it fits anything is found when the plan is made. Knows no register.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from enum import StrEnum
from functools import reduce
from typing import Any, Final, Self

MOST_REOPENED: Final = 1_000


class Whose(StrEnum):
    """Whose value stays in a cell that two people have changed: that of the file, or that of the register."""

    MINE = "mine"
    THEIRS = "theirs"


@dataclass(frozen=True, slots=True)
class Choice:
    """Whose value stays in conflicts: those of one field, of one card, of one cell with both, or all of them.

    `whose` None: nobody has said; a cell that was chosen for is asked about again.
    """

    whose: Whose | None
    field: str | None = None
    card: int | None = None

    def covers(self, other: Choice) -> bool:
        """Whether all conflicts that another choice is about are among those of this one."""
        return self.field in (None, other.field) and self.card in (None, other.card)


class Action(StrEnum):
    """What a decision does with the cells or rows that it is about."""

    SET = "set"
    """The file says `value` there."""
    KEEP = "keep"
    """The card keeps what it has."""
    FILL = "fill"
    """Only cells of cards that are empty are filled."""
    ADD = "add"
    """The tags of the file are added to those of the card."""
    LEAVE_OUT = "leave_out"
    """The rows are not imported; of a column nothing is."""
    MATCH = "match"
    """The rows are about the card `value`, or where that is '' about the one that the finding names."""
    ACCEPT = "accept"
    """What was found there is meant."""
    MEND = "mend"
    """The rows are those of the mended file `value`."""


class Rows(StrEnum):
    """The rows of a kind that a decision can be about: of cards that would be new, or of those in the register."""

    NEW = "new"
    KNOWN = "known"


@dataclass(frozen=True, slots=True)
class Decision:
    """One thing that was decided, about all cells or rows that fit everything that is said of them.

    `field` is a field key, `rows` are numbers of rows, `text` is what the file says in a cell (trimmed; '' is empty),
    `code` that of a problem or a finding. `kind` are rows of cards that are new or known. `count` is how many cells or
    rows it was about when it was taken; what was accepted holds for so many only. `number` names it in its import.
    """

    action: Action
    value: str = ""
    field: str | None = None
    rows: tuple[int, ...] | None = None
    text: str | None = None
    code: str | None = None
    kind: Rows | None = None
    count: int = 0
    number: int = 0

    def voids(self, other: Decision) -> bool:
        """Whether it says anew what the other one said of the very same cells."""
        about = (self.field, self.text, self.code, self.kind)
        same = about == (other.field, other.text, other.code, other.kind) and self.rows == other.rows
        if Action.MEND in (self.action, other.action):  # another file has other rows
            return (self.action, self.value) == (other.action, other.value)
        answers = (Action.SET, Action.KEEP, Action.LEAVE_OUT, Action.MATCH, Action.ACCEPT)
        return same and (self.action == other.action or (self.action in answers and other.action in answers))

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Self:
        """The decision of a JSON object."""
        rows, kind = data["rows"], data["kind"]
        return cls(
            **dict(data)
            | {
                "action": Action(data["action"]),
                "rows": None if rows is None else tuple(rows),
                "kind": Rows(kind) if kind else None,
            }
        )


@dataclass(frozen=True, slots=True)
class Decisions:
    """Everything that was decided about a file, in the order in which it was.

    Of the `choices` about a conflict the last one counts, and so of the `steps` about a cell; but what is answered of a
    row by itself counts before what is answered of its whole finding.
    """

    leave_out_errors: bool = False
    choices: tuple[Choice, ...] = ()
    steps: tuple[Decision, ...] = ()

    def choose(self, choice: Choice) -> Self:
        """The decisions with one more choice, in place of those it makes void."""
        kept = (one for one in self.choices if not choice.covers(one))
        return replace(self, choices=(*kept, choice))

    def unchoose(self, choice: Choice) -> Self:
        """The decisions without a choice; one about more cells holds there again."""
        return replace(self, choices=tuple(one for one in self.choices if one != choice))

    def reopen(self, cells: Sequence[tuple[int, str]]) -> Self:
        """The decisions with cells (card, field) of which is to be said anew whose value stays.

        Of very many, it is to be said of their whole fields.
        """
        again = [Choice(None, field=field, card=card) for card, field in cells]
        if len(cells) > MOST_REOPENED:
            again = [Choice(None, field=field) for field in sorted({field for _, field in cells})]
        return reduce(lambda made, choice: made.choose(choice), again, self)

    def take(self, decision: Decision) -> Self:
        """The decisions with one more step, in place of those it makes void."""
        number = 1 + max((step.number for step in self.steps), default=0)
        kept = (step for step in self.steps if not decision.voids(step))
        return replace(self, steps=(*kept, replace(decision, number=number)))

    def withdraw(self, number: int) -> Self:
        """The decisions without a step."""
        return replace(self, steps=tuple(step for step in self.steps if step.number != number))

    def without_rows(self) -> Self:
        """The decisions that hold for a file that is read in another way, whose rows have other numbers."""
        steps = (s for s in self.steps if s.rows is None and s.action is not Action.MEND)
        return replace(self, steps=tuple(steps))

    def of(self, *actions: Action) -> Iterator[Decision]:
        """The steps that do one of these things."""
        return (step for step in self.steps if step.action in actions)

    def apart(self, step: Decision, *actions: Action) -> tuple[int, ...]:
        """The rows of which `step`, an answer to a finding, does not count because they were given one of these.

        Of a finding as a whole these are the rows that were answered by themselves, of some rows those that were later.
        A cell that was to keep what it has may be answered later too.
        """
        cell = step.action is Action.KEEP and step.rows is not None
        if step.code is None and not cell:
            return ()
        later = (s for s in self.of(*actions) if s.rows and (step.rows is None or s.number > step.number))
        alone = (s for s in later if s.field == step.field and (s.code == step.code or step.code is None))
        return tuple(row for one in alone for row in one.rows or ())

    def set_later(self, step: Decision, field: str) -> tuple[int, ...]:
        """The rows of which the cell of a field was set by itself after a step."""
        later = (s for s in self.of(Action.SET) if s.field == field and s.rows and s.number > step.number)
        return tuple(row for one in later for row in one.rows or ())

    def to_json(self) -> dict[str, Any]:
        """The decisions as a JSON object."""
        return asdict(self)

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Self:
        """The decisions that `to_json` gave, or an earlier version that knew no steps."""
        choices = (replace(Choice(**c), whose=Whose(c["whose"]) if c["whose"] else None) for c in data["choices"])
        return cls(
            leave_out_errors=data["leave_out_errors"],
            choices=tuple(choices),
            steps=tuple(Decision.from_json(step) for step in data.get("steps", ())),
        )
