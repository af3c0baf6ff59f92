"""Codes by the words that people use for them: what values said in words are looked up in. It knows no word."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final, Self

from kundekort.engine.mapping import fold
from kundekort.engine.values.column import Outcome

_LONGEST: Final = 100
"""No name or word has more characters; a note in the wrong column shall cost no time."""


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """The `codes` in their order, and each by its words, which are compared as `fold` has them."""

    codes: tuple[str, ...]
    words: Mapping[str, str]
    fold: Callable[[str], str]

    @classmethod
    def of_names(cls, table: str) -> Self:
        """From a table of names, compared by their letters and digits, whatever the case and the accents.

        One code a line, a space, names separated by `|`; a line that starts with a space goes on.
        """
        lines = table.strip().replace("\n ", "").splitlines()
        return cls._of({code: names.split("|") for code, names in (line.split(" ", 1) for line in lines)}, fold)

    @classmethod
    def of_words(cls, words: Mapping[str, str]) -> Self:
        """From code to words separated by a comma and a space, compared whatever the case."""
        return cls._of({code: line.split(", ") for code, line in words.items()}, _said)

    @classmethod
    def _of(cls, table: Mapping[str, list[str]], fold: Callable[[str], str]) -> Self:
        words = {fold(word): code for code, words in table.items() for word in (code, *words)}
        return cls(codes=tuple(table), words=words, fold=fold)

    def outcome(self, value: str, *, unknown: str) -> Outcome:
        """The code for a trimmed, non-empty value, or the value and the problem `unknown`."""
        code = self.words.get(self.fold(value)) if len(value) <= _LONGEST else None
        return (code, None) if code else (value, unknown)


def _said(value: str) -> str:
    return value.casefold().rstrip(".")
