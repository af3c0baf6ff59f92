"""The words of files: what they are, how they are laid out, and how large they are."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from django.utils.formats import number_format
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
    "cp850": "CP850 (MS-DOS)",
    "cp865": "CP865 (MS-DOS)",
    "cp437": "CP437 (MS-DOS)",
    "cp861": "CP861 (MS-DOS)",
    "windows-1250": "Windows-1250",
    "windows-1257": "Windows-1257",
    "windows-1254": "Windows-1254",
    "windows-1251": "Windows-1251",
    "iso-8859-2": "ISO-8859-2",
    "iso-8859-13": "ISO-8859-13",
    "cp852": "CP852 (MS-DOS)",
    "cp775": "CP775 (MS-DOS)",
    "mac-iceland": "Mac Icelandic",
    "mac-centraleurope": "Mac Central European",
    "xlsx": "Excel",
}

FILE_KINDS: Final[Mapping[str, str | Promise]] = {
    "xlsx": _("an Excel workbook"),
    "xls": _("an old Excel workbook"),
    "ods": _("an OpenDocument spreadsheet"),
    "odf": _("an OpenDocument file that is no spreadsheet"),
    "xlsb": _("a binary Excel workbook"),
    "docx": _("a Word document"),
    "doc": _("a Word document"),
    "ppt": _("a presentation"),
    "pptx": _("a presentation"),
    "pdf": _("a PDF"),
    "image": _("a picture"),
    "zip": _("a compressed archive"),
    "html": _("a web page without a list in it"),
    "xml": _("an XML file"),
    "json": _("a JSON file"),
    "vcard": _("contacts as vCard"),
    "calendar": _("a calendar"),
    "rtf": _("a text document (RTF)"),
    "mail": _("a mail, or a web page in one file"),
}

_UNITS: Final = ("kB", "MB", "GB")


def file_size(size: int) -> str:
    """A number of bytes as people read it, the same everywhere (`js/upload.js` too): 1.4 kB, 23 kB, 512 MB."""
    value, unit = max(size / 1024, 0.1 if size else 0), 0  # what is there is never nothing
    while round(value) >= 1024 and unit < len(_UNITS) - 1:
        value, unit = value / 1024, unit + 1
    digits = 0 if value >= 10 or round(value, 1).is_integer() else 1
    shown = number_format(round(value, digits), digits)
    return f"{shown}\N{NO-BREAK SPACE}{_UNITS[unit]}"
