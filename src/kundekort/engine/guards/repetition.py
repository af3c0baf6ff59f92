"""A file that was imported before, or most of whose new customers were: what an import leaves to know that by.

Only the new customers of a plan count. A list that comes back edited says most of what it said last time, as it should,
and one that changes nothing needs no guard; but whoever is new a second time gets a second card.
"""

from __future__ import annotations

import struct
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from math import ceil
from typing import Final, Self

import polars as pl

from kundekort.engine import stable_hash
from kundekort.engine.decisions import Decisions
from kundekort.engine.finding import Finding, accepted
from kundekort.engine.frames import STATUS, Status
from kundekort.engine.guards import traits
from kundekort.engine.keys import UNIT
from kundekort.engine.plan import Plan

KEPT: Final = 1_024
"""Hashes of a sketch: from so many a share is told to within 3 per cent of all, nineteen times of twenty."""
SAMPLE: Final = 64
"""People of whom both sketches tell whether they are in both, or there is no telling: to within 12 per cent."""
MOST: Final = 0.5
"""The share of a file's new customers from which on they are most of them."""
LEAST: Final = 5
"""New customers that two files have in common by more than chance; of one and the same file a single one counts."""
_REACHED: Final = (traits.EMAIL, traits.MOBILE, "phone")
_FURTHER: Final = (traits.BIRTH, "address", "zip_code")
_NAMES: Final = (*traits.PERSON, traits.COMPANY)
_FAMILY: Final = (traits.PERSON[1], traits.COMPANY)


@dataclass(frozen=True, slots=True)
class Sketch:
    """Which people a plan creates, in a few kilobytes: how many they are, and the KEPT smallest of their hashes.

    `hashes` ascend. As they are spread evenly, two sketches have about as many in common as the people they are of.
    `unknown` are those besides of whom too little is said to know them again.
    """

    people: int = 0
    hashes: tuple[int, ...] = ()
    unknown: int = 0

    @classmethod
    def of(cls, people: pl.Series) -> Self:
        """The sketch of hashes of people (Int64; of unknown ones null); whoever is there twice counts once."""
        hashes = people.drop_nulls().unique()
        return cls(hashes.len(), tuple(hashes.bottom_k(KEPT).sort()), people.null_count())

    @classmethod
    def from_bytes(cls, people: int, data: bytes) -> Self:
        """The sketch of so many people whose hashes `to_bytes` gave."""
        return cls(people, struct.unpack(f"<{len(data) // 8}q", data))

    def to_bytes(self) -> bytes:
        """The hashes, in eight bytes each, the lowest first."""
        return struct.pack(f"<{len(self.hashes)}q", *self.hashes)

    @property
    def comparable(self) -> tuple[int, int]:
        """How many people, at least and at most, there are in sketches that may have most of these in common.

        In fewer there are not enough, and of far more a sketch says too little about these.
        """
        return ceil(MOST * self.people), max(KEPT, self.people * KEPT * 3 // (2 * SAMPLE))


@dataclass(frozen=True, slots=True)
class Earlier:
    """An import that is in effect: its number, file, who confirmed it when, and the sketch of whom it created.

    `same`: its file had the very same bytes.
    """

    number: int
    file: str
    who: str
    when: datetime
    same: bool
    sketch: Sketch


def sketch(plan: Plan) -> Sketch:
    """The sketch of the people whom a plan creates; in whatever order, format and layout they stand in the file."""
    keys = [f.key for f in plan.fields if f.key in (*_REACHED, *_FURTHER, *_NAMES)]
    found = [pl.Series(dtype=pl.Int64)]
    for index, values in plan.blocks(*keys) if keys else ():
        new = index[STATUS] == Status.NEW
        if new.any():
            found.append(stable_hash.of(_people(values().filter(new))))
    return Sketch.of(pl.concat(found))


def _people(rows: pl.DataFrame) -> pl.Series:
    """Who each row is about, as text: the name, and the surest of what tells namesakes apart.

    It is null of whoever has neither an address to be reached at nor a family name: there are too many called Kari.
    """
    given, empty = set(rows.columns), pl.lit("")
    detail = pl.coalesce(*(traits.text(key) for key in (*_REACHED, *_FURTHER) if key in given), empty)
    known = pl.any_horizontal(pl.lit(False), *(pl.col(key) != "" for key in (*_REACHED, *_FAMILY) if key in given))
    # what is likeliest to differ comes first, as of a very long text only the beginning counts
    names = [pl.col(key).fill_null("") if key in given else empty for key in _NAMES]
    person = pl.concat_str([detail, *names], separator=UNIT).str.to_lowercase()
    return rows.select(pl.when(known).then(person).alias("person")).to_series()


def share(new: Sketch, old: Sketch) -> float:
    """How many of the people of one sketch are among those of another (0 to 1); 0 where too few can be compared.

    Up to the smaller of both largest hashes, each sketch has all that there are. Of at most KEPT people it is exact.
    """
    reach = min((one.hashes[-1] for one in (new, old) if one.people > len(one.hashes)), default=None)
    sample = new.hashes if reach is None else new.hashes[: bisect_right(new.hashes, reach)]
    if len(sample) < max(1, min(SAMPLE, new.people)):
        return 0.0
    return len(set(sample).intersection(old.hashes)) / len(sample)


def findings(new: Sketch, plan: Plan, earlier: Sequence[Earlier], decisions: Decisions) -> Iterator[Finding]:
    """What is to be said of a plan beside earlier imports: of the one that has most in common, the last of several.

    Dangerous is what creates people a second time. That a file was imported before is told wherever it changes
    something, and be it by changing back.
    """
    totals = plan.totals
    certain = new.people / max(1, new.people + new.unknown)
    shares = {one.number: share(new, one.sketch) * certain for one in earlier}
    alike = [
        one for one in earlier if shares[one.number] >= MOST and (one.same or shares[one.number] * totals.new >= LEAST)
    ]
    same = [one for one in earlier if one.same]
    if alike:
        one = max(alike, key=lambda one: (one.same, shares[one.number], one.when))
        yield _finding("file_again", totals.new, one, decisions)
    elif same and totals.changes_register:
        yield _finding("same_file", totals.cards_written, max(same, key=lambda one: one.when), decisions)


def _finding(code: str, count: int, one: Earlier, decisions: Decisions) -> Finding:
    params = {"import": one.number, "file": one.file, "who": one.who, "when": one.when.isoformat()}
    return accepted(Finding(code, None, count, count, params), decisions)
