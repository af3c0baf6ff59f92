"""A list of customers as a file in the import format: its columns, its explanation, and the template without customers.

Pure: takes columns and frames and gives bytes. May not ask the register, so that it works without a database.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from enum import StrEnum
from typing import Final, TypeAlias

import polars as pl

from kundekort.engine.schema import Field, Kind
from kundekort.engine.writing import csv, xlsx
from kundekort.wording import lists as words

Columns: TypeAlias = Sequence[tuple[Field, str]]
"""The fields of a list in their order, each with its header."""


class FileFormat(StrEnum):
    """What kind of file a list is: a workbook, CSV with cells that spreadsheets leave alone, or CSV as it is."""

    XLSX = "xlsx"
    CSV = "csv"
    PLAIN = "plain"

    @property
    def extension(self) -> str:
        """Of the file's name."""
        return "xlsx" if self is FileFormat.XLSX else "csv"

    @property
    def media_type(self) -> str:
        """As web browsers are told."""
        if self is FileFormat.XLSX:
            return "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
        return "text/csv; charset=utf-8"


_COLUMNS: Final[Mapping[Kind, tuple[int, tuple[str, ...]]]] = {
    Kind.ID: (13, ()),
    Kind.TEXT: (20, ()),
    Kind.NOTE: (40, ()),
    Kind.ZIP: (10, ()),
    Kind.COUNTRY: (10, ()),
    Kind.EMAIL: (32, ()),
    Kind.PHONE: (17, ()),
    Kind.GENDER: (10, ("0", "1", "2")),
    Kind.DATE: (14, ()),
    Kind.LANGUAGE: (11, ()),
    Kind.YES_NO: (14, ("0", "1")),
    Kind.TAGS: (28, ()),
    Kind.NUMBER: (12, ()),
    Kind.CHOICE: (20, ()),
    Kind.VERSION: (10, ()),
}
"""The least width of a column in characters, and what a cell offers besides the choices of its field."""
_EXAMPLES: Final[Mapping[Kind, str]] = {
    Kind.TEXT: "",
    Kind.NUMBER: "1",
    Kind.DATE: "2026-01-31",
    Kind.YES_NO: "1",
    Kind.CHOICE: "",
}
"""What an invented customer has in an own field, where it has no choices; of these it has the first."""


def write(frames: Iterable[pl.DataFrame], *, columns: Columns, form: FileFormat, language: str) -> Iterator[bytes]:
    """The bytes of a list. Frames have a column for each field, named by its key; ids and versions are numbers.

    Raises xlsx.TooLarge for what no workbook can hold.
    """
    ordered = (frame.select(field.key for field, _ in columns) for frame in frames)
    if form is FileFormat.XLSX:
        texts = (frame.cast(pl.String) for frame in ordered)
        customers, about = words.sheet_names(language)
        sheet = xlsx.Sheet(customers, tuple(_column(field, header) for field, header in columns))
        return xlsx.workbook([(sheet, texts), _about(about, columns, language)])
    plain = csv.PLAIN if form is FileFormat.PLAIN else csv.SPREADSHEET
    return csv.write(ordered, headers=[header for _, header in columns], form=plain)


def template(*, columns: Columns, form: FileFormat, language: str) -> Iterator[bytes]:
    """A list of two invented new customers to write over, without the version that only exports have."""
    columns = [(field, header) for field, header in columns if field.kind is not Kind.VERSION]
    return write([examples(columns)], columns=columns, form=form, language=language)


def examples(columns: Columns) -> pl.DataFrame:
    """The two invented new customers of templates: a column of text for each field, named by its key."""
    return pl.DataFrame({f.key: [_example(f, customer) for customer in words.EXAMPLES] for f, _ in columns})


def _column(field: Field, header: str) -> xlsx.Column:
    locked = field.kind in (Kind.ID, Kind.VERSION)
    width, offers = _COLUMNS[field.kind]
    return xlsx.Column(
        header,
        width=max(width, len(header) + 4),
        style=xlsx.Style.LOCKED if locked else xlsx.Style.TEXT,
        offers=offers or field.choices,
    )


def _about(name: str, columns: Columns, language: str) -> tuple[xlsx.Sheet, list[pl.DataFrame]]:
    """The sheet that explains each column."""
    titles = words.headers(language)
    widths = (22, 28, 70)
    sheet = xlsx.Sheet(
        name,
        tuple(xlsx.Column(t, width=w, style=xlsx.Style.WRAPPED) for t, w in zip(titles, widths, strict=True)),
    )
    rows = [(header, field.label(language), words.what_to_write(field, language)) for field, header in columns]
    return sheet, [pl.DataFrame(rows, schema=dict.fromkeys(titles, pl.String), orient="row")]


def _example(field: Field, customer: Mapping[str, str]) -> str:
    """What an invented customer has in a field; in a venue's own one something that fits."""
    if not field.custom:
        return customer.get(field.key, "")
    return field.choices[0] if field.choices else _EXAMPLES[field.kind]
