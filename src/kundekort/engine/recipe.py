"""A recipe says how a file becomes rows and rows become fields: dialect, mapping and policy, as JSON both ways."""

from __future__ import annotations

from collections.abc import Mapping as Map
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field, replace
from enum import StrEnum
from functools import reduce
from typing import Any, Self

ENCODINGS = ("utf-8", "utf-16-le", "utf-16-be", "windows-1252", "iso-8859-1", "iso-8859-15", "mac-roman")
SEPARATORS = (";", ",", "\t", "|")
MOST_REOPENED = 1_000
WORKBOOK = "xlsx"
"""Stands for the encoding of a file that is a workbook; it has a sheet instead of a separator."""


class EmptyCells(StrEnum):
    """What an empty cell does to a stored value."""

    OVERWRITE = "overwrite"
    KEEP = "keep"


class RowKey(StrEnum):
    """By what a row finds its card. NONE makes every row a new customer."""

    ID = "id"
    EXTERNAL_ID = "external_id"
    EMAIL = "email"
    NONE = "none"


class DateOrder(StrEnum):
    """Which way round 03/04/1990 is meant. Dates with a dot are always day first, ISO dates always year first."""

    DAY_FIRST = "dmy"
    MONTH_FIRST = "mdy"


@dataclass(frozen=True, slots=True)
class Dialect:
    """How the bytes of a file are laid out: `header_row` is the physical line of the header, from 1.

    A workbook has encoding WORKBOOK, separator '' and the name of the sheet that was read; a text has sheet ''.
    """

    encoding: str = "utf-8"
    separator: str = ";"
    header_row: int = 1
    sheet: str = ""


@dataclass(frozen=True, slots=True)
class Column:
    """One column of the file and the field it becomes; `field` None: the column is left aside.

    `suggestion` is a field whose name is near the header: shown to a person, never assumed.
    """

    header: str
    field: str | None = None
    suggestion: str | None = None


@dataclass(frozen=True, slots=True)
class Policy:
    """The choices a person can make about a whole file."""

    empty_cells: EmptyCells = EmptyCells.OVERWRITE
    key: RowKey = RowKey.ID
    date_order: DateOrder | None = None

    @classmethod
    def from_json(cls, data: Map[str, Any]) -> Self:
        """The policy of a JSON object. ValueError for an unknown choice."""
        order = data["date_order"]
        return cls(
            empty_cells=EmptyCells(data["empty_cells"]),
            key=RowKey(data["key"]),
            date_order=DateOrder(order) if order else None,
        )


@dataclass(frozen=True, slots=True)
class Recipe:
    """All that is needed besides the file and the register to make the plan again."""

    dialect: Dialect = field(default_factory=Dialect)
    columns: tuple[Column, ...] = ()
    policy: Policy = field(default_factory=Policy)

    def to_json(self) -> dict[str, Any]:
        """The recipe as a JSON object."""
        return asdict(self)

    @classmethod
    def from_json(cls, data: Map[str, Any]) -> Self:
        """The recipe that `to_json` gave. ValueError for an unknown choice, TypeError for an unknown key."""
        return cls(
            dialect=Dialect(**data["dialect"]),
            columns=tuple(Column(**c) for c in data["columns"]),
            policy=Policy.from_json(data["policy"]),
        )


@dataclass(frozen=True, slots=True)
class DialectOverrides:
    """What a person has said about the layout of the file; None: find out.

    `header_row` is a physical line, from 1; `sheet` the name of a sheet of a workbook.
    """

    encoding: str | None = None
    separator: str | None = None
    header_row: int | None = None
    sheet: str | None = None


@dataclass(frozen=True, slots=True)
class Answers:
    """What a person has said about a file, before or after it was looked at.

    `columns`: the field of each column by its position, None for a column that is ignored; None as a whole until a
    person has answered.
    """

    dialect: DialectOverrides = field(default_factory=DialectOverrides)
    policy: Policy = field(default_factory=Policy)
    columns: tuple[str | None, ...] | None = None

    def to_json(self) -> dict[str, Any]:
        """The answers as a JSON object."""
        return asdict(self)

    @classmethod
    def from_json(cls, data: Map[str, Any]) -> Self:
        """The answers that `to_json` gave."""
        columns = data["columns"]
        return cls(
            dialect=DialectOverrides(**data["dialect"]),
            policy=Policy.from_json(data["policy"]),
            columns=None if columns is None else tuple(columns),
        )

    def assign(self, matched: tuple[Column, ...]) -> tuple[Column, ...]:
        """The columns as matched by their headers, or with the fields that the person gave them."""
        if self.columns is None or len(self.columns) != len(matched):
            return matched
        return tuple(replace(c, field=f, suggestion=None) for c, f in zip(matched, self.columns, strict=True))


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


@dataclass(frozen=True, slots=True)
class Decisions:
    """What a person decided about single rows and cells; an input to the plan, never a change to it.

    Of the `choices` about a conflict the last one counts.
    """

    leave_out_errors: bool = False
    choices: tuple[Choice, ...] = ()

    def choose(self, choice: Choice) -> Self:
        """The decisions with one more choice, in place of those it makes void."""
        kept = (one for one in self.choices if not choice.covers(one))
        return replace(self, choices=(*kept, choice))

    def reopen(self, cells: Sequence[tuple[int, str]]) -> Self:
        """The decisions with cells (card, field) of which is to be said anew whose value stays.

        Of very many, it is to be said of their whole fields.
        """
        again = [Choice(None, field=field, card=card) for card, field in cells]
        if len(cells) > MOST_REOPENED:
            again = [Choice(None, field=field) for field in sorted({field for _, field in cells})]
        return reduce(lambda made, choice: made.choose(choice), again, self)

    def to_json(self) -> dict[str, Any]:
        """The decisions as a JSON object."""
        return asdict(self)

    @classmethod
    def from_json(cls, data: Map[str, Any]) -> Self:
        """The decisions that `to_json` gave."""
        choices = (replace(Choice(**c), whose=Whose(c["whose"]) if c["whose"] else None) for c in data["choices"])
        return cls(leave_out_errors=data["leave_out_errors"], choices=tuple(choices))
