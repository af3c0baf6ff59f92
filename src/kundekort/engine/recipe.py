"""A recipe says how a file becomes rows and rows become fields: dialect, mapping and policy, as JSON both ways."""

from __future__ import annotations

from collections.abc import Mapping as Map
from dataclasses import asdict, dataclass, field, replace
from dataclasses import field as dataclass_field
from enum import StrEnum
from typing import Any, Final, Literal, Self, TypeAlias

ENCODINGS = (
    *("utf-8", "utf-16-le", "utf-16-be"),
    *("windows-1252", "iso-8859-1", "iso-8859-15", "mac-roman", "cp850", "cp865", "cp437", "cp861"),
    *("windows-1250", "windows-1257", "windows-1254", "windows-1251", "iso-8859-2", "iso-8859-13", "cp852", "cp775"),
    *("mac-iceland", "mac-centraleurope"),
)
SEPARATORS = (";", ",", "\t", "|")
WORKBOOK = "xlsx"
"""Stands for the encoding of a file that is a workbook; it has a sheet instead of a separator."""

OURS: Final = "version"
"""The header that only exports of ours have, in small letters."""


class EmptyCells(StrEnum):
    """What an empty cell does to a stored value."""

    OVERWRITE = "overwrite"
    KEEP = "keep"


class RowKey(StrEnum):
    """By what a row finds its card; NAME_BIRTH is first name, last name and date of birth together."""

    ID = "id"
    EXTERNAL_ID = "external_id"
    EMAIL = "email"
    MOBILE = "mobile"
    NAME_BIRTH = "name_birth"


class DateOrder(StrEnum):
    """Which way round 03/04/1990 is meant. Dates with a dot are always day first, ISO dates always year first."""

    DAY_FIRST = "dmy"
    MONTH_FIRST = "mdy"


MIXED: Final = "mixed"
ColumnOrder: TypeAlias = DateOrder | Literal["mixed"]
"""What the dates of a column prove: an order, or that some have the one and some the other."""


@dataclass(frozen=True, slots=True)
class Dialect:
    """How the bytes of a file are laid out: `header_row` is the physical line of the header, from 1.

    A workbook has encoding WORKBOOK, separator '' and the name of the sheet that was read; a text has sheet ''.
    `one_cell`: rows that were one single cell have been cut at the separator. `visible_only`: rows that do not show in
    a spreadsheet were left out.
    """

    encoding: str = "utf-8"
    separator: str = ";"
    header_row: int = 1
    sheet: str = ""
    one_cell: bool = False
    visible_only: bool = False


@dataclass(frozen=True, slots=True)
class Column:
    """One column of the file and the field it becomes; `field` None: the column is left aside.

    `suggestion` is a field whose name is near the header: shown to a person, never assumed. `words` are texts of its
    cells that the field does not know, whatever their case, and the canonical text that each stands for.
    """

    header: str
    field: str | None = None
    suggestion: str | None = None
    words: Map[str, str] = dataclass_field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Policy:
    """The choices a person can make about a whole file.

    A row is about the card that the first of the `keys` finds; without any, every row is a new customer.
    """

    empty_cells: EmptyCells = EmptyCells.OVERWRITE
    keys: tuple[RowKey, ...] = (RowKey.ID,)
    date_order: DateOrder | None = None

    @classmethod
    def from_json(cls, data: Map[str, Any]) -> Self:
        """The policy of a JSON object. ValueError for an unknown choice."""
        order, keys = data["date_order"], data.get("keys")
        if keys is None:  # imports of 0.1 had one key, or none
            keys = [data["key"]] if data["key"] != "none" else []
        return cls(
            empty_cells=EmptyCells(data["empty_cells"]),
            keys=tuple(map(RowKey, keys)),
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

    `header_row` is a physical line, from 1; `sheet` the name of a sheet of a workbook. `one_cell`: rows that are one
    single cell are to be cut. `visible_only`: rows of a sheet that do not show are to be left out.
    """

    encoding: str | None = None
    separator: str | None = None
    header_row: int | None = None
    sheet: str | None = None
    one_cell: bool | None = None
    visible_only: bool | None = None


@dataclass(frozen=True, slots=True)
class Origin:
    """Whose answers about columns are used again: who gave them, when (ISO 8601), and the name they were kept under.

    `user` is the number by which they log in, 0 for a command on the server.
    """

    by: str
    when: str
    name: str = ""
    user: int = 0


@dataclass(frozen=True, slots=True)
class Answers:
    """What a person has said about a file, before or after it was looked at.

    `columns`: the field of each column by its position, None for a column that is ignored; None as a whole until a
    person has answered. `words`: what they said of words in a column, by its position; a column they were asked about
    stands there even where they said nothing. `origin`: where the columns are from, if not from this person and file.
    """

    dialect: DialectOverrides = field(default_factory=DialectOverrides)
    policy: Policy = field(default_factory=Policy)
    columns: tuple[str | None, ...] | None = None
    words: Map[int, Map[str, str]] = field(default_factory=dict)
    origin: Origin | None = None

    def to_json(self) -> dict[str, Any]:
        """The answers as a JSON object."""
        return asdict(self)

    @classmethod
    def from_json(cls, data: Map[str, Any]) -> Self:
        """The answers that `to_json` gave."""
        columns, origin = data["columns"], data.get("origin")
        return cls(
            dialect=DialectOverrides(**data["dialect"]),
            policy=Policy.from_json(data["policy"]),
            columns=None if columns is None else tuple(columns),
            words={int(position): words for position, words in data.get("words", {}).items()},
            origin=Origin(**origin) if origin else None,
        )

    def assign(self, matched: tuple[Column, ...]) -> tuple[Column, ...]:
        """The columns as matched by their headers, or with the fields that the person gave them."""
        if self.columns is None or len(self.columns) != len(matched):
            return matched
        return tuple(
            replace(column, field=key, suggestion=None, words=self.words.get(position, {}))
            for position, (column, key) in enumerate(zip(matched, self.columns, strict=True))
        )
