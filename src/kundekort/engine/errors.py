"""The one exception of the engine: a file that cannot be imported at all."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

FILE_CODES: Final = {
    "file_empty": "the file has no bytes or only blank lines",
    "header_only": "the file has a header but no rows",
    "file_binary": "the file is not text (an image, a program, a Word document …); params: kind",
    "file_encrypted": "the workbook is locked with a password",
    "file_damaged": "the workbook is broken, or no workbook at all",
    "file_expands": "a workbook of more bytes than allowed when unpacked; params: limit",
    "sheet_unknown": "the workbook has no sheet of the chosen name; params: sheet, sheets",
    "cell_too_long": "a cell of more characters (of a workbook) or bytes (of a text) than allowed; params: line, limit",
    "row_too_wide": "a row of a text with more cells than are told apart; params: line, limit",
    "string_too_long": "a text that cells of a workbook share has more characters than allowed; params: limit",
    "file_too_large": "more bytes than allowed; params: size, limit",
    "too_many_rows": "more rows than allowed; params: limit",
    "too_many_columns": "more columns than allowed; params: columns, limit",
    "file_undecodable": "the bytes are not text in the encoding; params: encoding",
    "encoding_unclear": "the text may be in several encodings; params: ways, of each its name and some words",
    "no_known_column": "no header names a field; params: headers, separator",
    "one_cell": "every row is one cell that holds all columns; params: headers, separator",
    "column_twice": "two columns become the same field; params: field, headers",
    "no_key_column": "the column by which rows are matched is missing; params: field",
}
"""Every reason to refuse a whole file, with one sentence for developers."""


class FileRefused(Exception):
    """The file cannot be imported at all. `code` is one of FILE_CODES, `params` what the words need."""

    def __init__(self, code: str, **params: Any) -> None:
        assert code in FILE_CODES, code
        super().__init__(code)
        self.code = code
        self.params = params

    def of_sheet(self, name: str, sheets: Sequence[str]) -> None:
        """Say of which sheet it is about, where a workbook has several."""
        if len(sheets) > 1:
            others = [sheet for sheet in sheets if sheet != name]
            self.params = {"sheet": name, "other_sheets": others} | self.params
