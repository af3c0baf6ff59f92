"""Everything that can be wrong with a row or a cell, and what is worth a warning: stable codes, and how they travel.

Problems are data, never raised: rows of a frame of `frames.PROBLEMS`, made by `frame` alone. The words for the codes
stand in `kundekort.wording`.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from dataclasses import field as dataclass_field
from datetime import datetime
from typing import Any, Final, NamedTuple, Self

import polars as pl

from kundekort.engine import frames
from kundekort.engine.decisions import Whose
from kundekort.engine.schema import Field

SHOWN: Final = 200
"""Characters of a cell that a problem repeats."""

ROW_CODES: Final = {
    "row_too_short": "fewer cells than the header has; params: cells, expected",
    "row_too_long": "more cells than the header has; params: cells, expected",
    "cells_cut": "the row has more cells than are kept, and the others are left out; params: cells, limit",
    "unclosed_quote": "a quoted cell starts on this row and is never closed",
    "between_quotes": "the row stands between two quotes in the same column, which may hold it within one cell",
    "text_after_quote": "text stands between a closing quote and the next separator",
    "quotes_foreign": "single or typographic quotes stand around a separator, which they do not protect",
    "unopened_quote": "a cell ends with a double quote that opens nowhere",
    "separator_missing": "a separator seems to be missing before a quoted cell",
    "nul_byte": "the row contains a NUL character",
    "undecodable": "bytes of the row are not text in the file's encoding",
    "name_missing": "a card needs a first name, last name, company or e-mail",
    "card_merged": "the card was merged into another since, so nothing can be taken back on it; params: id, into",
    "card_gone": "the card is not in the register any more; params: id",
    "card_anonymised": "the customer was anonymised, which nothing takes back; params: id",
    "card_absorbed": "other cards were merged into this one since, so it cannot go; params: id",
    "merge_incomplete": "another card of the same merge stays as it is or cannot be written, so this one does too",
}

CELL_CODES: Final = {
    "formula_uncalculated": "a formula without a stored result: the program that wrote the file did not calculate it",
    "id_missing": "empty CustomerID; 0 means new",
    "id_invalid": "CustomerID is not a whole number from 0",
    "id_too_big": "a number too large for the register",
    "id_unknown": "no card has this CustomerID",
    "id_merged": "the card with this CustomerID was merged into another; params: into",
    "id_removed": "the card with this CustomerID was removed",
    "id_anonymised": "the customer with this CustomerID was anonymised, so that nobody ever has this number again",
    "id_twice": "the CustomerID stands on several rows; params: lines",
    "key_missing": "the cell by which rows are matched is empty",
    "key_twice": "the value by which rows are matched stands on several rows; params: lines",
    "key_ambiguous": "several cards have the value by which rows are matched; params: ids",
    "too_long": "more characters than the field holds; params: length, limit",
    "required": "the field may not be empty",
    "damaged": "a new customer's cell holds what programs make of another value: #####, #N/A, 4,79E+09 or 12345.0",
    "no_value": "a new customer's cell holds what programs write where there is nothing: NULL, nan, 1899-12-30",
    "encoded": "a new customer's cell has codes in place of letters: &oslash;, =?utf-8?Q?…?=, %C3%B8, Ã¸ or �",
    "gender_missing": "Gender is empty; 0 none, 1 man, 2 woman",
    "gender_unknown": "not a gender",
    "email_invalid": "not an e-mail address",
    "phone_invalid": "not a phone number",
    "zip_invalid": "not a postal code of the row's country; params: country",
    "country_unknown": "not a country",
    "language_unknown": "not a language",
    "date_invalid": "not a date",
    "date_ambiguous": "day and month could be either way round; the date order has to be chosen",
    "date_mixed": "other dates of the column prove both orders of day and month; the date order has to be chosen",
    "date_out_of_range": "a date of birth in the future or before 1850",
    "yes_no_unknown": "neither yes nor no",
    "number_invalid": "not a number",
    "choice_unknown": "not one of the field's choices; params: choices",
    "value_twice": "a value that must be unique stands on several rows; params: lines",
    "value_taken": "a value that must be unique is on another card; params: id",
    "version_invalid": "Version is not a whole number",
    "version_newer": "Version is greater than that of the card; params: version, the card's own",
    "version_other": "Version belongs to another card than the one the row is about, or the row is a new customer",
}

CODES: Final = ROW_CODES | CELL_CODES
"""Every problem code with one sentence for developers."""

WARNINGS: Final = {
    "columns_ignored": "columns without a field are left aside; params: headers",
    "columns_suggested": "an ignored column resembles a field; params: header, field",
    "columns_named": "the columns are set as a named mapping has them; params: by, when, name",
    "columns_remembered": "the columns are set as last time for the same headers; params: by, when, name",
    "sheets_unread": "other sheets of the workbook were not read; params: sheets",
    "sheets_similar": "sheets that were not read look like lists of customers too; params: sheets",
    "rows_hidden": "rows of the sheet do not show in a spreadsheet, and are imported; params: count",
    "rows_hidden_left_out": "rows of the sheet that do not show in a spreadsheet were left out; params: count",
    "rows_in_one_cell": "some rows are one cell that holds all their columns; params: separator",
    "header_damaged": "the header's own row is not sound; params: line, text, problem",
    "lines_above": "lines above the header were left out; params: count, lines with line and text",
    "blank_rows": "empty rows were skipped; params: count",
    "ids_foreign": "most of the file's CustomerIDs are nobody's, as those of another system; params: count",
    "newer_kept": "values that only others have changed since the file was made are kept; params: count",
}
"""Every warning code with one sentence for developers."""


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing wrong with a row: `field` is a field key, None where the whole row is meant."""

    field: str | None
    code: str
    value: str = ""
    params: Mapping[str, Any] = dataclass_field(default_factory=dict)

    @classmethod
    def from_row(cls, row: Mapping[str, Any]) -> Self:
        """The problem of a row of a problem frame."""
        return cls(field=row["field"], code=row["code"], value=row["value"], params=json.loads(row["params"]))


class LineProblem(NamedTuple):
    """Something wrong with a whole row, by the physical line on which it starts, or with its cell in a `column` of the
    file, from 0: what a reader finds."""

    line: int
    code: str
    value: str = ""
    params: Mapping[str, Any] = {}
    column: int | None = None


@dataclass(frozen=True, slots=True)
class Conflict:
    """A cell that two people change: the value one wants to write, and the other's that stands there.

    `who` and `when` say who wrote the other's, where that is known; `base` what stood there before, `whose` what was
    decided.
    """

    field: str
    mine: str
    theirs: str
    who: str = ""
    when: datetime | None = None
    base: str = ""
    whose: Whose | None = None


def frame(
    rows: pl.DataFrame,
    *,
    field: Field | None,
    code: str | pl.Expr,
    value: pl.Expr | str = "",
    params: Mapping[str, object] | None = None,
) -> pl.DataFrame:
    """A problem for each of the rows, which have ROW and LINE. Code, value and params may depend on their columns."""
    if rows.is_empty():  # most are, and to work out nothing takes its time too
        return pl.DataFrame(schema=frames.PROBLEMS)
    shown = pl.lit(value) if isinstance(value, str) else value
    return rows.select(
        pl.col(frames.ROW),
        pl.col(frames.LINE),
        pl.lit(field.key if field else None, dtype=pl.String).alias("field"),
        (pl.lit(code) if isinstance(code, str) else code).alias("code"),
        shown.str.head(SHOWN).alias("value"),
        to_json(params or {}).alias("params"),
    )


def of_lines(problems: Sequence[LineProblem]) -> pl.DataFrame:
    """Problems by their lines: `frames.PROBLEMS` without ROW, with columns of the file as fields (`c3`)."""
    columns = {
        frames.LINE: [p.line for p in problems],
        "field": [None if p.column is None else f"c{p.column}" for p in problems],
        "code": [p.code for p in problems],
        "value": [p.value[:SHOWN] for p in problems],
        "params": [json.dumps(p.params, ensure_ascii=False) if p.params else "{}" for p in problems],
    }
    return pl.DataFrame(columns, schema={name: kind for name, kind in frames.PROBLEMS.items() if name != frames.ROW})


def of_texts(lines: pl.Series, values: pl.Series, code: str) -> pl.DataFrame:
    """The same of rows that all have one problem, with their texts as values."""
    shown = pl.DataFrame({frames.LINE: lines, "value": values.str.head(SHOWN)})
    return shown.select(
        frames.LINE, pl.lit(None, pl.String).alias("field"), pl.lit(code).alias("code"), "value", params=pl.lit("{}")
    )


def with_rows(problems: pl.DataFrame, cells: pl.DataFrame) -> pl.DataFrame:
    """Problems by their lines as `frames.PROBLEMS`; `cells` has ROW and LINE of the rows they are among."""
    row = cells[frames.ROW].gather(cells[frames.LINE].search_sorted(problems[frames.LINE]))
    return problems.select(row, pl.all())


def to_json(params: Mapping[str, object]) -> pl.Expr:
    """A JSON object for each row; what is no expression is the same in all of them."""
    if not any(isinstance(value, pl.Expr) for value in params.values()):
        return pl.lit(json.dumps(params, ensure_ascii=False))
    columns = [(v if isinstance(v, pl.Expr) else pl.lit(v)).alias(name) for name, v in params.items()]
    return pl.struct(columns).struct.json_encode()
