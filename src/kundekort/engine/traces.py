"""What people are known by, and whether texts have any of it: for files in which nobody is to be found any more.

A text is looked at as its words and its digits, however it is written, composed or cut. Rather too much is found than
too little: a file that names somebody of the same name counts too. Knows no files.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import product
from typing import Final, Self

import polars as pl

from kundekort.engine.mapping import fold

FIELDS: Final = ("first_name", "last_name", "email", "mobile", "phone", "external_id")
"""The fields by whose values people are known."""
DIGITS: Final = 8
"""So many of the last digits of a telephone number tell it from others, with or without its country."""
LONG: Final = 5
"""Characters from which on a number in another system is looked for in every cell."""
SHORTEST: Final = 3
"""Letters and digits from which on a part of a value counts as having been looked for."""
_NAMES: Final = 8
"""So many former first and last names of one person are put together."""
_APART: Final = r"[\p{Zs}\p{Cf}\p{Pd}\u2212().\-/]"
"""What stands inside telephone numbers: spaces and dashes of every kind, and other signs."""


@dataclass(frozen=True, slots=True)
class Traces:
    """The numbers of cards, and what is looked for in texts: `words` as `_spaced` makes them, and `digits`.

    `firsts` and `lasts` are first and last names by themselves, which are those of many others too; `values` are all
    values one after another, and whole telephone numbers.
    """

    ids: frozenset[int]
    words: tuple[str, ...]
    digits: tuple[str, ...]
    firsts: tuple[str, ...]
    lasts: tuple[str, ...]
    values: str

    @classmethod
    def of(cls, ids: Iterable[int], values: pl.DataFrame) -> Self:
        """The traces of cards, by what has ever stood on them: `customer_id`, `field`, `value`."""
        known = {field: values.filter(pl.col("field") == field) for field in FIELDS}
        firsts, lasts = (_by_card(known[field]) for field in ("first_name", "last_name"))
        texts = known["email"]["value"].to_list()
        texts += [value for value in known["external_id"]["value"] if len(value) >= LONG]
        for number in firsts.keys() & lasts.keys():
            for first, last in product(firsts[number], lasts[number]):
                texts += [f"{first} {last}", f"{last} {first}"]
        words = _words(pl.Series(texts, dtype=pl.String))
        phones = pl.concat([known["mobile"]["value"], known["phone"]["value"]]).str.replace_all(r"\D", "")
        digits = phones.filter(phones.str.len_bytes() >= DIGITS).str.tail(DIGITS).unique().sort()
        given, family = (_words(known[field]["value"]) for field in ("first_name", "last_name"))
        parts = " ".join([*_words(values["value"]), *phones.unique().sort()])
        return cls(frozenset(ids), words, tuple(digits), given, family, parts)

    def in_texts(self, texts: pl.Series) -> bool:
        """Whether any of the texts has one of them."""
        if texts.is_empty():
            return False
        if self.words and _spaced(texts).str.contains_any(list(self.words)).any():
            return True
        return bool(self.digits) and bool(
            _composed(texts).str.replace_all(_APART, "").str.contains_any(list(self.digits)).any()
        )

    def in_document(self, text: str) -> bool:
        """Whether a text has one of them, or a first and a last name anywhere in it."""
        spaced = _spaced(pl.Series([text]))
        return self.in_texts(pl.Series([text])) or all(
            bool(names) and bool(spaced.str.contains_any(list(names)).any()) for names in (self.firsts, self.lasts)
        )

    def in_query(self, text: str) -> bool:
        """Whether somebody may have looked for one of them with a text: by a first or last name alone too."""
        names = [*self.firsts, *self.lasts]
        return self.in_texts(pl.Series([text])) or bool(
            names and _spaced(pl.Series([text])).str.contains_any(names).any()
        )

    def in_part(self, text: str) -> bool:
        """Whether a text may be the beginning of what somebody typed to find one of them, or a piece out of it."""
        texts = pl.Series([text])
        number = _composed(texts).str.replace_all(_APART, "").item().lstrip("+")
        words = [number] if number.isdecimal() else _spaced(texts).item().split()
        return sum(map(len, words)) >= SHORTEST and all(word in self.values for word in words)

    def in_headers(self, headers: Sequence[str]) -> bool:
        """Whether one of some headers, folded as `mapping.fold` does, is a value of theirs or has their whole name."""
        names = {fold(name) for name in (*self.firsts, *self.lasts)}
        words = [*map(fold, self.words), *self.digits]
        return any(header in names or any(word in header for word in words) for header in headers)

    def in_rows(self, rows: pl.DataFrame) -> bool:
        """Whether any row has one of them in its cells of text, or first and last name wherever they stand in it."""
        cells = [name for name, kind in rows.schema.items() if kind == pl.String]
        if not cells or rows.is_empty():
            return False
        names = [name for name in ("first_name", "last_name") if name in cells]
        old = [f"old:{name}" for name in names if f"old:{name}" in cells]
        order = [name for name in cells if name not in (*names, *old)]
        texts = rows.select(pl.concat_str([*order, *names, *old], separator=" ", ignore_nulls=True)).to_series()
        return self.in_texts(texts)


def _by_card(values: pl.DataFrame) -> dict[int, list[str]]:
    gathered = values.group_by("customer_id").agg(pl.col("value").unique().sort().head(_NAMES))
    return dict(gathered.select("customer_id", "value").iter_rows())


def _words(texts: pl.Series) -> tuple[str, ...]:
    spaced = _spaced(texts).unique().sort()
    return tuple(spaced.filter(spaced.str.strip_chars() != ""))


def _spaced(texts: pl.Series) -> pl.Series:
    """The texts in lower case as words with one space around each."""
    spaced = pl.lit(" ") + _composed(texts).str.replace_all(r"\W+", " ") + " "
    return pl.select(spaced).to_series()


def _composed(texts: pl.Series) -> pl.Series:
    """The texts as they are compared: each letter one character, however it was typed, in lower case, none unseen."""
    lower = texts.str.normalize("NFKC").str.to_lowercase().str.replace_all("ß", "ss", literal=True)
    return lower.str.replace_all(r"\p{Cf}", "")
