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
from kundekort.store import explanations
from kundekort.store.explanations import FALLBACK

Columns: TypeAlias = Sequence[tuple[Field, str]]
"""The fields of a list in their order, each with its header."""


class Form(StrEnum):
    """What kind of file a list is: a workbook, CSV with cells that spreadsheets leave alone, or CSV as it is."""

    XLSX = "xlsx"
    CSV = "csv"
    PLAIN = "plain"

    @property
    def ending(self) -> str:
        """Of the file's name."""
        return "xlsx" if self is Form.XLSX else "csv"

    @property
    def media_type(self) -> str:
        """As web browsers are told."""
        if self is Form.XLSX:
            return "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
        return "text/csv; charset=utf-8"


_WIDTHS: Final = {
    Kind.ID: 13,
    Kind.NOTE: 40,
    Kind.ZIP: 10,
    Kind.COUNTRY: 10,
    Kind.EMAIL: 32,
    Kind.PHONE: 17,
    Kind.GENDER: 10,
    Kind.DATE: 14,
    Kind.LANGUAGE: 11,
    Kind.YES_NO: 14,
    Kind.TAGS: 28,
    Kind.NUMBER: 12,
    Kind.VERSION: 10,
}
_WIDTH: Final = 20
_OFFERS: Final = {Kind.GENDER: ("0", "1", "2"), Kind.YES_NO: ("0", "1")}
_EXAMPLES: Final = {Kind.YES_NO: "1", Kind.DATE: "2026-01-31", Kind.NUMBER: "1"}


def written(frames: Iterable[pl.DataFrame], *, columns: Columns, form: Form, language: str) -> Iterator[bytes]:
    """The bytes of a list. Frames have a column for each field, named by its key; ids and versions are numbers.

    Raises xlsx.TooLarge for what no workbook can hold.
    """
    texts = (frame.select(pl.col(field.key).cast(pl.String) for field, _ in columns) for frame in frames)
    if form is Form.XLSX:
        customers, about = explanations.SHEETS.get(language, explanations.SHEETS[FALLBACK])
        sheet = xlsx.Sheet(customers, tuple(_column(field, header) for field, header in columns))
        return xlsx.workbook([(sheet, texts), _about(about, columns, language)])
    plain = csv.PLAIN if form is Form.PLAIN else csv.SPREADSHEET
    return csv.write(texts, headers=[header for _, header in columns], form=plain)


def template(*, columns: Columns, form: Form, language: str) -> Iterator[bytes]:
    """A list of two invented new customers to write over, without the version that only exports have."""
    columns = [(field, header) for field, header in columns if field.kind is not Kind.VERSION]
    return written([examples(columns)], columns=columns, form=form, language=language)


def examples(columns: Columns) -> pl.DataFrame:
    """The two invented new customers of templates: a column of text for each field, named by its key."""
    return pl.DataFrame({f.key: [_example(f, customer) for customer in explanations.EXAMPLES] for f, _ in columns})


def _column(field: Field, header: str) -> xlsx.Column:
    locked = field.kind in (Kind.ID, Kind.VERSION)
    return xlsx.Column(
        header,
        width=max(_WIDTHS.get(field.kind, _WIDTH), len(header) + 4),
        style=xlsx.Style.LOCKED if locked else xlsx.Style.TEXT,
        offers=_OFFERS.get(field.kind, field.choices),
    )


def _about(name: str, columns: Columns, language: str) -> tuple[xlsx.Sheet, list[pl.DataFrame]]:
    """The sheet that explains each column."""
    titles = explanations.HEADERS.get(language, explanations.HEADERS[FALLBACK])
    widths = (22, 28, 70)
    sheet = xlsx.Sheet(
        name,
        tuple(xlsx.Column(t, width=w, style=xlsx.Style.WRAPPED) for t, w in zip(titles, widths, strict=True)),
    )
    rows = [(header, field.label(language), _what_to_write(field, language)) for field, header in columns]
    return sheet, [pl.DataFrame(rows, schema=dict.fromkeys(titles, pl.String), orient="row")]


def _what_to_write(field: Field, language: str) -> str:
    language = language if language in explanations.SHEETS else FALLBACK
    sentences = [explanations.KINDS[field.kind][language].format(", ".join(field.choices))]
    if field.max_length is not None and field.kind in (Kind.TEXT, Kind.NOTE):
        sentences.append(explanations.LONGEST[language].format(field.max_length))
    if field.required:
        sentences.append(explanations.REQUIRED[language])
    if field.help.get(language):
        sentences.append(field.help[language])
    return " ".join(sentences)


def _example(field: Field, customer: Mapping[str, str]) -> str:
    """What an invented customer has in a field; in a venue's own one something that fits."""
    if not field.custom:
        return customer.get(field.key, "")
    return field.choices[0] if field.choices else _EXAMPLES.get(field.kind, "")
