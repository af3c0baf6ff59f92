"""What becomes of letters that are read in another encoding than they were written in, and of those that it lacks."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final
from unicodedata import normalize

import polars as pl

from kundekort.engine import escapes

_WESTERN: Final = "æøåäöüéèêëáàâíìîóòôúùûýñçßðþÆØÅÄÖÜÉÈÊËÁÀÂÍÌÎÓÒÔÚÙÛÝÑÇÐÞ"
_FURTHER: Final = "šžčćďěľłńňřśťůźżőűāēīūąęėįųŠŽČĆĎĚĽŁŃŇŘŚŤŮŹŻŐŰ–—‘’‚“”„…€©®°«»§½¼¾×÷±²³ãõÃÕ"
_READ_AS: Final = ("cp1252", "latin-1", "mac_roman", "cp850", "cp437")
_PAIRS: Final = (
    ("cp1252", "mac_roman"),
    ("mac_roman", "cp1252"),
    ("cp1252", "cp850"),
    ("cp850", "cp1252"),
    ("cp437", "cp1252"),
)
"""One encoding of single bytes taken for another: where it happens to our letters, at the prompt and on old Macs."""
_DOS: Final = (("cp850", "mac_roman"), ("cp437", "mac_roman"))
"""Those that earlier versions took for one another themselves: of DOS they knew nothing. Håkon became HÜkon."""

FOREIGN: Final = r"[^\x00-\x7f]"
"""A letter that some encoding lacks, or writes as another does another one."""
MARKS: Final = r"[?_\x{fffd}]"
"""What stands for a letter that an encoding lacks."""
_NORDIC: Final = r"\p{L}[æøåäöüðþÆØÅÄÖÜÐÞ]|[æøåäöüðþÆØÅÄÖÜÐÞ]\p{L}"


def _taken(letter: str, written: str, read: str) -> str:
    """A letter written in one encoding and read in another; itself where the first one lacks it."""
    try:
        raw = letter.encode(written)
    except UnicodeEncodeError:
        return letter
    # a byte that cp1252 has no letter for is read as the control character of that number
    text = "".join(bytes([b]).decode(read, "ignore") or chr(b) for b in raw)
    return normalize("NFC", text).replace("\u00a0", " ")


def _table(letters: str, written: str, read: str) -> Mapping[str, str]:
    return {letter: _taken(letter, written, read) for letter in letters}


def _single(written: str, read: str) -> Mapping[str, str]:
    """What becomes of letters; without those that become another such letter, which could be the mending of one."""
    table = _table(_WESTERN, written, read)
    return {letter: made for letter, made in table.items() if made not in _WESTERN}


def _twice(table: Mapping[str, str]) -> Mapping[str, str]:
    return {letter: "".join(_taken(c, "utf-8", "cp1252") for c in made) for letter, made in table.items()}


_UTF8: Final = tuple(_table(_WESTERN + _FURTHER, "utf-8", read) for read in _READ_AS)
_TABLES: Final = (
    *_UTF8,
    _twice(_UTF8[0]),
    *(_single(*pair) for pair in _PAIRS),
    *(_table(_WESTERN, *pair) for pair in _DOS),
)


def else_alike(value: pl.Expr, old: pl.Expr) -> pl.Expr:
    """Whether two texts have all in common but their letters beyond a to z, which can be read wrongly."""
    plain = [text.str.replace_all("[^!-~]", "") for text in (value, old)]
    return plain[0] == plain[1]


def read_wrongly(value: pl.Expr, old: pl.Expr) -> pl.Expr:
    """Whether the stored value becomes the file's when it is read in an encoding in which it was not written."""
    made = (old.str.replace_many(list(table), list(table.values())) for table in _TABLES)
    same = [text.str.strip_chars() == value.str.strip_chars() for text in made]
    return (value != old) & pl.any_horizontal(same)


def replaced(value: pl.Expr, old: pl.Expr) -> pl.Expr:
    """Whether letters of the stored value stand as ? or another mark in the file, and all others as they were."""
    bare = [text.str.replace_all(f"{FOREIGN}|{MARKS}", "") for text in (value, old)]
    marks = [text.str.count_matches(MARKS) for text in (value, old)]
    kept = value.str.count_matches(FOREIGN) - value.str.count_matches("\ufffd", literal=True)
    lost = old.str.count_matches(FOREIGN).cast(pl.Int64) - kept.cast(pl.Int64)
    longer = value.str.len_chars().cast(pl.Int64) - old.str.len_chars().cast(pl.Int64)
    return (bare[0] == bare[1]) & (marks[0] > marks[1]) & (lost > 0) & longer.is_between(0, 3 * lost)


def dropped(value: pl.Expr, old: pl.Expr) -> pl.Expr:
    """Whether the file's value is the stored one without any of its letters beyond a to z."""
    return (value != "") & old.str.contains(_NORDIC) & (old.str.replace_all(FOREIGN, "") == value)


def escaped(value: pl.Expr, old: pl.Expr) -> pl.Expr:
    """Whether the stored value stands in the file with the entities of a web page, once or twice over."""
    once = escapes.unescaped(value)
    twice = escapes.unescaped(once)
    return value.str.contains("&#?[A-Za-z0-9]+;") & (value != old) & ((once == old) | (twice == old))
