"""Text as it is kept, which is the first step of every other kind too: trimmed, NFC, ordinary spaces, LF line ends.

Accepted: anything. Canonical: as it is cleaned.
"""

from __future__ import annotations

import unicodedata
from typing import Final

import polars as pl

from kundekort.engine.values.rules import KindRules, as_is

_INVISIBLE: Final = "\ufeff\u200b\u200c\u200d\u200e\u200f\u2060\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"
_EDGE: Final = "".join(filter(str.isspace, map(chr, range(0x3001)))) + _INVISIBLE + "\x1a"
"""What is cut off around a text: all white space (none stands beyond U+3000), marks that nobody sees, and Ctrl-Z."""
_INSIDE: Final = "[\u00ad\u200b\u2060\ufeff]"
"""What is taken out of a text: marks where a line may or may not end. Those that join letters or turn them stay."""

_SETTLED: Final = (
    r"^(?:[!-~\u00a1-\u00ac\u00ae-\u02ff](?:[ -~\n\t\u00a1-\u00ac\u00ae-\u02ff]*[!-~\u00a1-\u00ac\u00ae-\u02ff])?)?$"
)
"""Text that cannot need anything: NFC leaves everything before U+0300 as it is."""


def clean(text: pl.Series) -> pl.Series:
    """The column trimmed of white space, without invisible marks, NFC, no-break spaces as spaces, CRLF and CR as LF."""
    needy = ~text.str.contains(_SETTLED)
    if not needy.any():
        return text
    cells = text.filter(needy)
    cleaned = (
        cells.str.normalize("NFC")
        .str.replace_all("[\u00a0\u202f\u2007]", " ")
        .str.replace_all("\r\n?", "\n")
        .str.replace_all(_INSIDE, "")
        .str.strip_chars(_EDGE)
    )
    return text.clone().scatter(needy.arg_true(), cleaned)  # scatter writes into the series it is called on


def lower(value: pl.Expr) -> pl.Expr:
    """Text in small letters as the database makes them, each by itself: İ is i, and Σ is σ at the end of a word too."""
    return value.str.replace_many(["İ", "Σ"], ["i", "σ"]).str.to_lowercase()


def line(value: str) -> str:
    """One text as a name on one line: NFC, single spaces, nothing that cannot be seen."""
    seen = (" " if c.isspace() else c if c.isprintable() else "" for c in unicodedata.normalize("NFC", value))
    return " ".join("".join(seen).split())


def trimmed(value: str) -> str:
    """One text without white space and invisible marks around it, as in `clean`."""
    return value.strip(_EDGE)


RULES: Final = KindRules(read=as_is)
