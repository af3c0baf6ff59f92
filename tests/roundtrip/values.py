"""Values chosen to hurt: what spreadsheets execute, shorten, reinterpret or lose."""

from __future__ import annotations

from typing import Final

import polars as pl

from kundekort.engine.writing.csv import PLAIN, write

VALUES: Final = (
    # leading zeros and long digits
    *(
        "0150",
        "007",
        "0",
        "00",
        "12345678901",
        "12345678901234567890",
        "0047 91 23 45 67",
        "1 000 000",
        "9007199254740993",
    ),
    # what begins like a formula or a number
    *(
        "+4791234567",
        "=1+1",
        '=HYPERLINK("http://example.com";"x")',
        "-5 %",
        "-5",
        "−5",
        "@x",
        "@SUM(A1)",
        "+1",
        "=",
        "-",
        "'quoted",
    ),
    *("＝1+1", "%2", "#N/A", "#I/T", "#REF!", "#NAVN?", "#####"),
    # what looks like a date, a time, an amount or a truth value
    *("12-05", "1/2", "1-2-3", "12.05.2026", "2026-05-12", "12 mai", "maj 12", "MAR1", "10:30", "10:30 PM", "25:61"),
    *("1E5", "1e-5", "4,79E+09", "0x1F", "1,5", "1.5", "1.500,00", "kr 100", "100 kr", "50%", "½", "²", "١٢", "１２"),
    *("TRUE", "true", "SANN", "USANN", "FALSKT", "WAHR", "nan", "inf", "NULL", "None"),
    # separators, quotes and lines
    *(
        "a;b",
        "a,b",
        "a|b",
        '"',
        '""',
        'say "hi"',
        "'",
        "a\nb",
        "a\n\nb\n;c",
        "a\tb",
        "a  b",
        "sep=;",
        "\\n",
        "\\",
        "%s",
        "{}",
    ),
    # letters of all sorts
    *(
        "ÆØÅ æøå ÄÖ äö éü ß",
        "Ž š Ł",
        "Ð þ ð",
        "Ελληνικά",
        "Кириллица",
        "日本語",
        "שלום עולם",
        "مرحبا",
        "a\u200fb",
        "e\u0301",
    ),
    *("😀", "👩‍👩‍👧‍👦", "𝕏", "\u00a0x\u00a0", "a\u00adb", "a\u2028b", "a\x0bb", "a\x85b"),
    # what a workbook's XML escapes (Calc itself cannot tell _x005F_x0041_ from _x0041_, so it is not among them)
    *("_x0041_", "_x000D_", "_x005F_", "_x", "<b>&amp;</b>", "]]>", "&#10;", "<![CDATA[x]]>"),
    # blanks around
    *("trailing   ", "   leading", "\t tab before"),
)

KEYS: Final = (
    *("id", "first_name", "last_name", "address", "zip_code", "city", "country", "mobile", "gender", "date_of_birth"),
    *("language", "email_consent", "sms_consent", "tags", "internal_note", "external_id"),
)
HEADERS: Final = (
    *("CustomerID", "FirstName", "LastName", "Address", "ZipCode", "City", "Country", "Mobile", "Gender"),
    *("DateOfBirth", "Language", "EmailConsent", "SmsConsent", "Tags", "InternalNote", "ExternalID"),
)
LONG: Final = 'Å=1;"\n' * 5_333 + "ab"
"""32,000 characters."""


REFUSED: Final = (
    *("#N/A", "#I/T", "#REF!", "#NAVN?", "#####", "4,79E+09"),
    *("nan", "NULL", "None", "<b>&amp;</b>", "&#10;"),
)
"""Values that a person can write on a card, but that no file may bring for a new one."""
MARK: Final = "~~"
"""Stands before those in the file, or behind their &."""


def customers() -> bytes:
    """A file that makes a new customer of each value, in every field that takes any text."""
    values = [_marked(value) if value in REFUSED else value for value in VALUES]
    tags = [_marked(value) if value in REFUSED and "&" in value else value for value in VALUES]
    rows = [
        ("0", f"Nr {n}", value, value, "0150", value, "NO", f"+479123{n:04}", str(n % 3), "1990-03-04", "nb",
         ("", "0", "1")[n % 3], ("1", "", "0")[n % 3], f"{tags[n]}|0{n}", LONG if n == 0 else value, f"{n:04}")
        for n, value in enumerate(values)
    ]  # fmt: skip
    return b"".join(write([pl.DataFrame(rows, schema=list(KEYS), orient="row")], headers=HEADERS, form=PLAIN))


def _marked(value: str) -> str:
    return value.replace("&", "&" + MARK) if "&" in value else MARK + value
