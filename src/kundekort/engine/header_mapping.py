"""What files with certain headers become, whatever the order of their columns: a person's answers, to be kept."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from typing import Any, Self

from kundekort.engine.mapping import FULL_NAME, fold
from kundekort.engine.recipe import Answers, Column, Origin, Policy, RowKey
from kundekort.engine.schema import Schema


@dataclass(frozen=True, slots=True)
class HeaderField:
    """The field that a header became, and its words; of equal headers the `place` among them tells, from 0.

    `words` None: nobody was asked about words in it.
    """

    header: str
    place: int
    field: str | None
    words: Mapping[str, str] | None = None


@dataclass(frozen=True, slots=True)
class HeaderMapping:
    """All headers of a file, and the keys by which its rows found their cards."""

    headers: tuple[HeaderField, ...] = ()
    keys: tuple[RowKey, ...] = field(default_factory=lambda: Policy().keys)

    @classmethod
    def of(cls, headers: Sequence[str], answers: Answers) -> Self:
        """What a person has said about a file with these headers."""
        assert answers.columns is not None
        named = zip(_named(headers), answers.columns, strict=True)
        fields = (HeaderField(*name, key, answers.words.get(n)) for n, (name, key) in enumerate(named))
        return cls(headers=tuple(fields), keys=answers.policy.keys)

    def answers(self, columns: Sequence[Column], answers: Answers, *, schema: Schema, origin: Origin) -> Answers:
        """The answers with what is kept here of the columns; others stay as matched, and so do those of retired fields.

        Keys are taken where nobody has chosen others than there are from the start.
        """
        known = {(kept.header, kept.place): kept for kept in self.headers}
        found = [known.get(name) for name in _named([c.header for c in columns])]
        good = [f if f and (f.field in (None, FULL_NAME) or f.field in schema) else None for f in found]
        fields = tuple(f.field if f else c.field for f, c in zip(good, columns, strict=True))
        words = {n: f.words for n, f in enumerate(good) if f is not None and f.words is not None}
        policy = replace(answers.policy, keys=self.keys) if answers.policy.keys == Policy().keys else answers.policy
        return replace(answers, columns=fields, words=words, policy=policy, origin=origin)

    def to_json(self) -> dict[str, Any]:
        """The mapping as a JSON object."""
        return asdict(self)

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Self:
        """The mapping that `to_json` gave."""
        headers = tuple(HeaderField(**header) for header in data["headers"])
        return cls(headers=headers, keys=tuple(map(RowKey, data["keys"])))


def fingerprint(headers: Sequence[str]) -> str:
    """What files with the same headers have in common, in whatever order, case and punctuation those are."""
    return hashlib.sha256("\n".join(sorted(map(fold, headers))).encode()).hexdigest()


def _named(headers: Sequence[str]) -> list[tuple[str, int]]:
    """Each header folded, and how many equal ones stand before it."""
    seen: Counter[str] = Counter()
    named = []
    for header in map(fold, headers):
        named.append((header, seen[header]))
        seen[header] += 1
    return named
