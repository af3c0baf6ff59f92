"""Codes that stand for letters where a text went through a web page, an e-mail or an address and never came back.

Also UTF-8 that was read in an encoding of single bytes, where it shows by itself, and letters that were lost. Knows no
fields, and nothing of what stood there.
"""

from __future__ import annotations

from functools import cache
from html.entities import html5
from typing import Final

import polars as pl

_ENTITIES: Final = {f"&{name}": text for name, text in html5.items() if name.endswith(";")} | {
    form: chr(n)
    for n in (*range(0x20, 0x250), *range(0x2010, 0x2040), 0x20AC, 0x2122, 0x2212)
    for form in (f"&#{n};", f"&#x{n:x};", f"&#x{n:X};")
}
_LETTER_CODE: Final = r"\\(?:u[0-9A-Fa-f]{4}|x[0-9A-Fa-f]{2})"
_MAIL_WORD: Final = r"=\?[A-Za-z0-9*_-]+\?[QqBb]\?[^?\s]*\?="
_PERCENT: Final = r"(?i)%(?:C[2-9A-F]|D[0-9A-F]|E[0-9A-F]%[89AB][0-9A-F])%[89AB][0-9A-F]|^\S*\pL%20\S*$"
_LINK: Final = "://|^www[.]"
_CONTINUED: Final = "\u0080-\u00bf€‚ƒ„…†‡ˆ‰Š‹ŒŽ‘’“”•–—˜™š›œžŸ"
_ON_A_MAC: Final = bytes(range(0x80, 0xC0)).decode("mac_roman")
_AT_THE_PROMPT: Final = bytes(range(0x80, 0xC0)).decode("cp850")
_MISREAD: Final = (
    f"[\u00c3-\u00c5][{_CONTINUED}]|\u00c2[\u00a0-\u00bf]|\u00e2\u20ac[{_CONTINUED}]|"
    f"\u221a[{_ON_A_MAC}]|\u251c[{_AT_THE_PROMPT}]"
)
LOST: Final = "\ufffd"
"""What programs write for a letter that they could not read."""
POSSIBLE: Final = f"&[^;]+;|=\\?|%[0-9A-Fa-f]{{2}}|{_LETTER_CODE}|{_MISREAD}|{LOST}"
"""What stands in every text with such a code, and in few others."""


def unescaped(value: pl.Expr) -> pl.Expr:
    """A text with the letters for which entities of a web page stand."""
    return value.str.replace_many(*_letters())


@cache
def _letters() -> tuple[pl.Expr, pl.Expr]:
    """All entities, and the letters for which they stand: to make them columns takes longer than to look for them."""
    return pl.lit(pl.Series([[*_ENTITIES]])), pl.lit(pl.Series([[*_ENTITIES.values()]]))


def entities(value: pl.Expr) -> pl.Expr:
    """Whether there is an entity of a web page in a text."""
    return unescaped(value) != value


def mail_words(value: pl.Expr) -> pl.Expr:
    """Whether there is a word in a text as the head of an e-mail has it: =?utf-8?Q?Bj=C3=B8rn?=."""
    return value.str.contains(_MAIL_WORD)


def percent(value: pl.Expr) -> pl.Expr:
    """Whether letters or spaces of a text stand as in an address of the web, Bj%C3%B8rn, of which it is none."""
    return value.str.contains(_PERCENT) & ~value.str.contains(_LINK)


def letter_codes(value: pl.Expr) -> pl.Expr:
    """Whether letters of a text stand as in the source of a program: Bj\\u00f8rn, Bj\\xf8rn."""
    return value.str.contains(_LETTER_CODE)


def misread(value: pl.Expr) -> pl.Expr:
    """Whether a text shows by itself that it is UTF-8 read as Windows-1252, on a Mac or at a prompt: BjÃ¸rn, Bj√∏rn."""
    return value.str.contains(_MISREAD)


def lost(value: pl.Expr) -> pl.Expr:
    """Whether a letter is lost for good in a text: Bj\ufffdrn."""
    return value.str.contains(LOST, literal=True)
