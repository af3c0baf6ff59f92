"""A recipe says how a file becomes rows and rows become fields: dialect, mapping and policy, as JSON both ways."""

from __future__ import annotations

from collections.abc import Mapping as Map
from dataclasses import asdict, dataclass, field, replace
from enum import StrEnum
from typing import Any, Self

ENCODINGS = ("utf-8", "utf-16-le", "utf-16-be", "windows-1252", "iso-8859-1", "iso-8859-15", "mac-roman")
SEPARATORS = (";", ",", "\t", "|")
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
