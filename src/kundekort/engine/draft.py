"""The draft of a plan: what each row of a file comes to by itself and beside its card, gathered block by block.

What only all rows together can tell is found when it is concluded (`conclusion`). A row's part of a draft hangs on no
other row, so that the rows about which something else was decided can be drafted again alone (`replanning`).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Final, Protocol

import polars as pl

from kundekort.engine import diff, frames, guards, keys, mapping, mending
from kundekort.engine.check import CheckedRows, check
from kundekort.engine.decisions import Action, Decisions
from kundekort.engine.frames import ROW
from kundekort.engine.guards.blast import Thresholds
from kundekort.engine.mending import Mended
from kundekort.engine.plan import RowSink
from kundekort.engine.reading.table import Block
from kundekort.engine.recipe import Column, DateOrder, Policy, Recipe, RowKey
from kundekort.engine.schema import Field, Schema
from kundekort.engine.translate import translate
from kundekort.engine.uniqueness import UniqueValues
from kundekort.engine.values.dates import Evidence

INDEX: Final = "index"
PROBLEMS: Final = "problems"
CONFLICTS: Final = "conflicts"
EVIDENCE: Final = "evidence"
FIRST: Final = "first"
PEOPLE: Final = "people"
NOT_SHOWN: Final = pl.DataFrame(schema=frames.VERSIONS)
"""What a person has seen of the register beside a file that is planned for the first time."""
_FIRST: Final = {ROW: pl.UInt32, "field": pl.String, "code": pl.String}


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

    def size(self) -> int:
        """How many cards there are."""

    def former_values(self, cards: pl.DataFrame) -> pl.DataFrame:
        """Every cell of cards that has changed after a version (`frames.VERSIONS`), and what it held then (`FORMER`).

        A card may be asked about in several versions; one that is not in the register any more has former values too.
        """


@dataclass(frozen=True, slots=True)
class Task:
    """All that the rows of a file are planned by, besides the file itself.

    `country` (alpha-2) is that of phone numbers without a calling code. `shown` are the versions of cards that a person
    has seen beside this file before (`frames.VERSIONS`). `mended` has the rows of each mended file that a decision
    names. `thresholds` say how much of the register may be touched; without them that is not counted.
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

    def columns(self) -> tuple[Column, ...]:
        """The columns as fields, with those that a decision adds and without those that one leaves out."""
        return mending.columns(mapping.spread(self.recipe.columns), self.decisions, self.schema)


@dataclass(frozen=True, slots=True)
class Draft:
    """What the rows of a file come to one by one.

    `parts` are frames with ROW, in its order: INDEX (numbers, EMPTIED, NEWER and OPEN of `diff`, CHANGED), PROBLEMS,
    CONFLICTS and EVIDENCE of `frames`, PEOPLE of `guards.People`, those of `UniqueValues`, and FIRST, the problems of
    cells before any was set by what is wrong with it, without those among PROBLEMS. `values` as in a `Plan`.
    `blank_rows` were skipped. `dated`: some dates tell which way round the others are.
    """

    fields: tuple[Field, ...]
    parts: Mapping[str, pl.DataFrame]
    values: pl.LazyFrame
    blank_rows: int
    dated: bool = False


class DraftBuilder:
    """A draft while it is made: blocks go in."""

    def __init__(self, task: Task, date_orders: Mapping[str, DateOrder], sink: RowSink) -> None:
        self._task, self._columns = task, task.columns()
        self._given_orders, self._sink = date_orders, sink
        self._unique = UniqueValues(policy=task.recipe.policy, schema=task.schema)
        self._people = guards.People()
        self._dates: dict[str, Evidence] = {}
        self._fields: tuple[Field, ...] = ()
        self._blank_rows = 0
        self._parts: dict[str, list[pl.DataFrame]] = {
            INDEX: [],
            PROBLEMS: [pl.DataFrame(schema=frames.PROBLEMS)],
            CONFLICTS: [pl.DataFrame(schema=frames.CONFLICTS)],
            EVIDENCE: [pl.DataFrame(schema=frames.EVIDENCE)],
            FIRST: [pl.DataFrame(schema=_FIRST)],
        }

    @property
    def date_orders(self) -> dict[str, DateOrder]:
        """What the dates of each column so far say about their order, for the columns that say anything."""
        return {key: order for key, evidence in self._dates.items() if (order := evidence.order) is not None}

    def add(self, block: Block) -> None:
        """Check the rows of a block and compare them with the register."""
        self._blank_rows += block.blank_rows
        checked, first = self._checked(block)
        for key, evidence in checked.evidence.items():
            self._dates[key] = self._dates.get(key, Evidence()) + evidence
        difference, people = compare(checked, self._task)
        self._people.add(people)
        self._fields = difference.fields
        changed = [pl.col(frames.OLD + f.key).is_not_null().alias(frames.CHANGED + f.key) for f in difference.fields]
        numbers = (ROW, frames.LINE, frames.ID, frames.VERSION, frames.BASE)
        index = difference.rows.select(*numbers, diff.EMPTIED, diff.NEWER, diff.OPEN, *changed)
        new = {
            INDEX: index,
            PROBLEMS: difference.problems,
            CONFLICTS: difference.conflicts,
            EVIDENCE: difference.evidence,
            FIRST: first.join(difference.problems, on=[*_FIRST], how="anti", nulls_equal=True).select(*_FIRST),
        }
        for name, part in new.items():
            self._parts[name].append(part)
        cells = [f.key for f in difference.fields]
        self._sink.add(difference.rows.select(*cells, *(frames.OLD + key for key in cells)))

    def finish(self) -> Draft:
        """The draft of all blocks."""
        parts = {name: pl.concat(part).sort(ROW, maintain_order=True) for name, part in self._parts.items()}
        return Draft(
            fields=self._fields,
            parts=parts | self._unique.parts | {PEOPLE: self._people.seen},
            values=self._sink.finish(),
            blank_rows=self._blank_rows,
            dated=any(evidence != Evidence() for evidence in self._dates.values()),
        )

    def _checked(self, block: Block) -> tuple[CheckedRows, pl.DataFrame]:
        """The rows of a block as decisions make them, and what was wrong in their cells at first."""
        task, decisions = self._task, self._task.decisions
        block = mending.mend_rows(block, decisions=decisions, mended=task.mended)
        block = mending.mend(translate(block, task.recipe.columns), columns=self._columns, decisions=decisions)
        if not mending.needs_check(decisions):
            checked = self._check(block, self._unique)
            return checked, checked.problems
        first = self._check(block, UniqueValues(policy=task.recipe.policy, schema=task.schema))
        problems, new = _named(first, task)
        block = mending.mend_checked(block, columns=self._columns, decisions=decisions, problems=problems, new=new)
        return self._check(block, self._unique), first.problems

    def _check(self, block: Block, unique: UniqueValues) -> CheckedRows:
        task = self._task
        return check(
            block,
            columns=self._columns,
            policy=task.recipe.policy,
            schema=task.schema,
            today=task.today,
            country=task.country,
            date_orders=self._given_orders,
            unique=unique,
        )


def compare(checked: CheckedRows, task: Task) -> tuple[diff.Difference, pl.DataFrame]:
    """Checked rows beside the cards of the register: what each would change, and what only the register can tell.

    With them the new ones, as `guards.people` gives them.
    """
    register, policy, schema, decisions = task.register, task.recipe.policy, task.schema, task.decisions
    fields = diff.given_fields(checked.rows, schema)

    pairs = _pairs(checked, task, policy)
    people = guards.people(pairs.rows, fields, schema)
    of_cards, matches = _matches(pairs, people, fields, task)
    if matches.height:
        new = pairs.rows.filter(pl.col(frames.ID) == 0)[ROW]
        checked = mending.matched(checked, matches, schema, new=new)
        pairs = _matched(checked, matches, task)
    difference = diff.diff(
        pairs,
        checked.problems,
        former=_former(pairs, register),
        owners={f.key: register.owners(f, checked.rows[f.key]) for f in fields if f.unique},
        decisions=decisions,
        guard=lambda rows: guards.of_cells(guards.Block(rows, fields, schema, register)),
        policy=policy,
        schema=schema,
    )
    people = people.join(matches, on=ROW, how="anti", maintain_order="left")
    return replace(difference, evidence=pl.concat([of_cards, difference.evidence])), people


def _matches(
    pairs: diff.Pairs, people: pl.DataFrame, fields: tuple[Field, ...], task: Task
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Evidence of rows that are about another card than the one they name, and those of which it was decided so."""
    found = guards.of_cards(guards.Block(pairs.rows, fields, task.schema, task.register, people))
    return found, mending.matches(pairs.rows, found, task.decisions)


def _named(checked: CheckedRows, task: Task) -> tuple[pl.DataFrame, pl.Series]:
    """The problems by which decisions name cells, those that the file brings, and the rows of new cards if need be."""
    problems = mending.named(checked.problems, task.decisions)
    if not mending.needs_cards(task.decisions):
        there = pl.col(ROW).is_in(problems[ROW].implode())
        checked = replace(checked, rows=checked.rows.filter(there))
    if checked.rows.is_empty():
        return problems, pl.Series(dtype=pl.UInt32)
    pairs = _pairs(checked, task, task.recipe.policy)
    problems = diff.brought(problems, pairs, former=_former(pairs, task.register), schema=task.schema)
    new = pairs.rows.filter(pl.col(frames.ID) == 0)[ROW]
    if mending.needs_cards(task.decisions) and any(task.decisions.of(Action.MATCH)):
        fields = diff.given_fields(checked.rows, task.schema)
        _, matches = _matches(pairs, guards.people(pairs.rows, fields, task.schema), fields, task)
        new = new.filter(~new.is_in(matches[ROW].implode()))  # who is said to have a card is no new customer
    return problems, new


def _former(pairs: diff.Pairs, register: Register) -> pl.DataFrame:
    """What stood in the cells of cards that have changed since their row was made."""
    moved = pairs.moved
    return pl.DataFrame(schema=frames.FORMER) if moved.is_empty() else register.former_values(moved)


def _pairs(checked: CheckedRows, task: Task, policy: Policy) -> diff.Pairs:
    """Checked rows, each beside its card."""
    needed = diff.needed_fields(diff.given_fields(checked.rows, task.schema), policy, task.schema)
    cards, redirects = _look_up(checked.rows, needed, task, policy)
    return diff.pair(checked, cards=cards, redirects=redirects, shown=task.shown, policy=policy, schema=task.schema)


def _matched(checked: CheckedRows, matches: pl.DataFrame, task: Task) -> diff.Pairs:
    """Checked rows, each beside its card, some of which have been said to be about the card of the number they have."""
    by_number = replace(task.recipe.policy, keys=(RowKey.ID,))
    there = pl.col(ROW).is_in(matches[ROW].implode())
    parts = [
        _pairs(replace(checked, rows=checked.rows.filter(rows)), task, policy)
        for rows, policy in ((~there, task.recipe.policy), (there, by_number))
    ]
    rows = pl.concat([part.rows for part in parts], how="diagonal").sort(ROW)
    # A version that their card has not had is that of the card whose number they had.
    strange = (pl.col("code") == "version_newer") & pl.col(ROW).is_in(matches[ROW].implode())
    problems = (p.filter(~strange) for part in parts for p in part.problems)
    return diff.Pairs(rows=rows, problems=tuple(problems))


def _look_up(
    rows: pl.DataFrame, needed: Sequence[Field], task: Task, policy: Policy
) -> tuple[list[pl.DataFrame], pl.DataFrame]:
    """The cards that each key finds of those rows for which none before it has, and merged cards that they name."""
    redirects, cards = pl.DataFrame(schema=frames.REDIRECTS), []
    every = mapping.key_fields(policy, task.schema)
    rows = rows.select({f.key for by in every for f in by})
    for key, by in zip(policy.keys, every, strict=True):
        wanted = keys.values(rows, by)
        cards.append(task.register.cards(by, wanted, needed))
        lost = ~wanted.is_in(keys.values(cards[-1], by).implode()).fill_null(False)
        if key is RowKey.ID:
            redirects = task.register.redirects(wanted.filter(lost & (wanted > 0)))
        rows = rows.filter(lost)
    return cards or [pl.DataFrame(schema=frames.cards(needed))], redirects
