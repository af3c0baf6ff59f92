"""The words of files: what they are, and how they are laid out; tables only."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

FILE_FORMATS: Final[Mapping[str, str | Promise]] = {
    "xlsx": _("Excel workbook (.xlsx)"),
    "csv": _("CSV for spreadsheets"),
    "plain": _("CSV for programs"),
}
"""The kinds of files that lists are written to."""

SEPARATORS: Final[Mapping[str, str | Promise]] = {
    ";": _("semicolon"),
    ",": _("comma"),
    "\t": _("tab"),
    "|": _("vertical bar"),
}

ENCODINGS: Final[Mapping[str, str]] = {
    "utf-8": "UTF-8",
    "utf-16-le": "UTF-16 LE",
    "utf-16-be": "UTF-16 BE",
    "windows-1252": "Windows-1252",
    "iso-8859-1": "ISO-8859-1",
    "iso-8859-15": "ISO-8859-15",
    "mac-roman": "Mac Roman",
    "xlsx": "Excel",
}

FILE_KINDS: Final[Mapping[str, str | Promise]] = {
    "xlsx": _("an Excel workbook"),
    "xls": _("an old Excel workbook"),
    "ods": _("an OpenDocument spreadsheet"),
    "xlsb": _("a binary Excel workbook"),
    "docx": _("a Word document"),
    "pptx": _("a presentation"),
    "pdf": _("a PDF"),
    "image": _("a picture"),
    "zip": _("a compressed archive"),
    "html": _("a web page, which some programs save as .xls"),
    "xml": _("an XML file"),
    "json": _("a JSON file"),
}
