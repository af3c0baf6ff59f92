"""The draft of a plan: what each row of a file comes to by itself and beside its card, gathered block by block.

What only all rows together can tell is found when it is concluded (`conclusion`). A row's part of a draft hangs on no
other row, so that the rows about which something else was decided can be drafted again alone (`replanning`).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Final, Protocol

import polars as pl

from kundekort.engine import frames, mapping, mending
from kundekort.engine.decisions import Decisions
from kundekort.engine.guards.blast import Thresholds
from kundekort.engine.mending import Mended
from kundekort.engine.plan import RowSink
from kundekort.engine.recipe import Column, ColumnOrder, Recipe
from kundekort.engine.schema import Field, Schema
from kundekort.engine.values.dates import Evidence

INDEX: Final = "index"
PROBLEMS: Final = "problems"
CONFLICTS: Final = "conflicts"
EVIDENCE: Final = "evidence"
FIRST: Final = "first"
PEOPLE: Final = "people"
VALUES: Final = "values"
NOT_SHOWN: Final = pl.DataFrame(schema=frames.VERSIONS)
"""What a person has seen of the register beside a file that is planned for the first time."""


class Register(Protocol):
    """What a plan asks of the register, set by set."""

    def cards(self, by: Field | Sequence[Field], keys: pl.Series, fields: Sequence[Field]) -> pl.DataFrame:
        """The cards that have one of the keys (`engine.keys`) in a field, or in several: `frames.cards(fields)`.

        They come in any order. Two cards with the same key are two rows; an empty key finds nothing.
        """

    def neighbours(self, homes: pl.Series, fields: Sequence[Field]) -> pl.DataFrame:
        """The cards that have one of the keys of `keys.home`: a frame of `frames.cards(fields)`, in any order."""

    def redirects(self, ids: pl.Series) -> pl.DataFrame:
        """Which of the ids (Int64) are cards that have gone: a frame of `frames.REDIRECTS`."""

    def owners(self, field: Field, values: pl.Series) -> pl.DataFrame:
        """The cards that have one of the values in a unique field: `id`, and the value under the field's key."""

    def masters(self, ids: pl.Series) -> pl.Series:
        """Those of the ids (Int64) into which other cards are merged."""

    def withdrawn(self, field: Field, ids: pl.Series) -> pl.Series:
        """Those of the ids (Int64) whose cards have once said yes in a field, and no after that."""

    def size(self, exact: int) -> int:
        """How many cards there are: exactly, up to so many, and beyond as far as the register knows it at once."""

    def former_values(self, cards: pl.DataFrame) -> pl.DataFrame:
        """Every cell of cards that has changed after a version (`frames.VERSIONS`), and what it held then (`FORMER`).

        A card may be asked about in several versions; one that is not in the register any more has former values too.
        """


@dataclass(frozen=True, slots=True)
class Task:
    """All that the rows of a file are planned by, besides the file itself.

    `country` (alpha-2) is that of phone numbers without a calling code. `shown` are the versions of cards that a person
    has seen beside this file before (`frames.VERSIONS`). `mended` has the rows of each mended file that a decision
    names. `thresholds` say how much of the register may be touched; without them that is not counted. With `thorough`
    nothing is told from the raw text of a row alone: what comes out is the same.
    """

    recipe: Recipe
    register: Register
    schema: Schema
    today: date
    country: str
    decisions: Decisions = field(default_factory=Decisions)
    shown: pl.DataFrame = field(default_factory=lambda: NOT_SHOWN)
    mended: Mended = field(default_factory=dict)
    thresholds: Thresholds | None = None
    thorough: bool = False

    def columns(self) -> tuple[Column, ...]:
        """The columns as fields, with those that a decision adds and without those that one leaves out."""
        return mending.columns(mapping.spread(self.recipe.columns), self.decisions, self.schema)


@dataclass(frozen=True, slots=True)
class BlockDraft:
    """What the rows of one block come to: frames as `Draft` has them, and what their dates say of day and month."""

    fields: tuple[Field, ...]
    parts: Mapping[str, pl.DataFrame]
    dates: Mapping[str, Evidence]
    blank_rows: int
    hidden_rows: int = 0


@dataclass(frozen=True, slots=True)
class Draft:
    """What the rows of a file come to one by one.

    `parts` are frames with ROW, in its order: INDEX (numbers, EMPTIED, NEWER and OPEN of `diff`, CHANGED), PROBLEMS,
    CONFLICTS and EVIDENCE of `frames`, PEOPLE of `guards.people`, those of `UniqueValues`, and FIRST, the problems of
    cells before any was set by what is wrong with it, without those among PROBLEMS; and VALUES, which are those of a
    `Plan`. `blank_rows` were skipped, `hidden_rows` do not show in a spreadsheet. `dated`: some dates tell which way
    round the others are.
    """

    fields: tuple[Field, ...]
    parts: Mapping[str, pl.LazyFrame]
    blank_rows: int
    dated: bool = False
    hidden_rows: int = 0


class DraftBuilder:
    """A draft while it is made: the drafts of blocks go in, in the order of the file; `rows` says where a part goes."""

    def __init__(self, rows: Callable[[str], RowSink]) -> None:
        self._rows, self._sinks = rows, dict[str, RowSink]()
        self._dates: dict[str, Evidence] = {}
        self._fields: tuple[Field, ...] = ()
        self._blank_rows = self._hidden_rows = 0

    @property
    def date_orders(self) -> dict[str, ColumnOrder]:
        """What the dates of each column so far say about their order, for the columns that say anything."""
        return {key: order for key, evidence in self._dates.items() if (order := evidence.order) is not None}

    def add(self, block: BlockDraft) -> None:
        """Take what the rows of one more block come to."""
        self._fields = block.fields
        self._blank_rows += block.blank_rows
        self._hidden_rows += block.hidden_rows
        for key, evidence in block.dates.items():
            self._dates[key] = self._dates.get(key, Evidence()) + evidence
        for name, part in block.parts.items():
            if name not in self._sinks:
                self._sinks[name] = self._rows(name)
            self._sinks[name].add(part)

    def finish(self) -> Draft:
        """The draft of all blocks."""
        return Draft(
            fields=self._fields,
            parts={name: sink.finish() for name, sink in self._sinks.items()},
            blank_rows=self._blank_rows,
            hidden_rows=self._hidden_rows,
            dated=any(evidence != Evidence() for evidence in self._dates.values()),
        )
