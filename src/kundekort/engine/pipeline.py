"""plan = f(file, answers, decisions, register): the one way to a plan, for files, edited cards, and whoever comes next.

`interpretation` says how a file is read and what its columns become, or what a person has to say first; `plan` compares
its rows with the register, block by block, so that memory is set by the block and not by the file. What only the whole
file can tell (values that stand twice, which way round dates are, totals) is gathered in small columns on the way.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from types import MappingProxyType
from typing import Final, Protocol

import polars as pl

from kundekort.engine import diff, finding, frames, guards, keys, mapping, mending
from kundekort.engine.check import CheckedRows, check
from kundekort.engine.decisions import Action, Decisions
from kundekort.engine.errors import FileRefused
from kundekort.engine.facts import Question, QuestionKind
from kundekort.engine.frames import Status
from kundekort.engine.interpretation import Interpretation, refusal
from kundekort.engine.mending import Mended
from kundekort.engine.plan import MemoryRows, Plan, RowSink
from kundekort.engine.reading.table import Block, Source
from kundekort.engine.recipe import Column, DateOrder, Policy, Recipe, RowKey
from kundekort.engine.schema import Field, Schema
from kundekort.engine.translate import translate
from kundekort.engine.uniqueness import KEY_CODES, UniqueValues
from kundekort.engine.values.dates import Evidence

NOT_SHOWN: Final = pl.DataFrame(schema=frames.VERSIONS)
"""What a person has seen of the register beside a file that is planned for the first time."""
_WRONG: Final = "_wrong"


class Register(Protocol):
    """What a plan asks of the register, set by set."""

    def cards(self, by: Field | Sequence[Field], keys: pl.Series, fields: Sequence[Field]) -> pl.DataFrame:
        """The cards that have one of the keys (`engine.keys`) in a field, or in several: `frames.cards(fields)`.

        They come in any order. Two cards with the same key are two rows; an empty key finds nothing.
        """

    def redirects(self, ids: pl.Series) -> pl.DataFrame:
        """Which of the ids (Int64) are cards that have gone: a frame of `frames.REDIRECTS`."""

    def owners(self, field: Field, values: pl.Series) -> pl.DataFrame:
        """The cards that have one of the values in a unique field: `id`, and the value under the field's key."""

    def masters(self, ids: pl.Series) -> pl.Series:
        """Those of the ids (Int64) into which other cards are merged."""

    def former_values(self, cards: pl.DataFrame) -> pl.DataFrame:
        """Every cell of cards that has changed after a version (`frames.VERSIONS`), and what it held then (`FORMER`).

        A card that is not asked about twice; one that is not in the register any more has former values too.
        """


def plan(
    file: Interpretation,
    *,
    decisions: Decisions,
    register: Register,
    schema: Schema,
    today: date,
    country: str,
    ask: bool = False,
    shown: pl.DataFrame = NOT_SHOWN,
    mended: Mended = MappingProxyType({}),
    rows: Callable[[], RowSink] = MemoryRows,
    progress: Callable[[int, int], None] = lambda done, total: None,
) -> Plan | Question:
    """What is to happen to each row of a file that has no question, or with `ask` what has to be said of its dates.

    `country` (alpha-2) is that of phone numbers without a calling code. `shown` are the versions of cards that a person
    has seen beside this file before (`frames.VERSIONS`). `mended` has the rows of each mended file that a decision
    names. `rows` makes a new place for the values each time it is called. `progress` is told (bytes of the file done,
    its bytes) and may raise to cancel.
    """
    assert file.source is not None
    assert file.recipe is not None
    work = _Work(file.recipe, decisions, register, schema, today, country, shown, mended)
    try:
        draft = _draft(file.source, work, rows, progress)
    except FileRefused as refused:
        return refusal(refused)
    made = draft.plan()
    if ask and file.recipe.policy.date_order is None and "date_ambiguous" in made.problems["code"]:
        return Question(QuestionKind.DATES)
    return made


@dataclass(frozen=True, slots=True)
class _Work:
    """All that the blocks of a file are planned with."""

    recipe: Recipe
    decisions: Decisions
    register: Register
    schema: Schema
    today: date
    country: str
    shown: pl.DataFrame
    mended: Mended

    def columns(self) -> tuple[Column, ...]:
        """The columns as fields, with those that a decision adds and without those that one leaves out."""
        return mending.columns(mapping.spread(self.recipe.columns), self.decisions, self.schema)

    def compare(self, checked: CheckedRows) -> diff.Difference:
        """Checked rows beside the cards of the register."""
        return compare(
            checked,
            register=self.register,
            policy=self.recipe.policy,
            decisions=self.decisions,
            shown=self.shown,
            schema=self.schema,
        )

    def new_rows(self, checked: CheckedRows) -> pl.Series:
        """The rows whose cards are not in the register."""
        pairs = _pairs(checked, register=self.register, policy=self.recipe.policy, shown=self.shown, schema=self.schema)
        return pairs.rows.filter(pl.col(frames.ID) == 0)[frames.ROW]


def _draft(source: Source, work: _Work, rows: Callable[[], RowSink], progress: Callable[[int, int], None]) -> _Draft:
    """The plan of all blocks. Only the whole file can tell which way round its slash dates are.

    Most files have no such date. Where one turns up, the blocks are gone through again with what the dates so far say,
    and in the end once more if all of them together say something else.
    """
    orders: Mapping[str, DateOrder] = {}
    date_order = work.recipe.policy.date_order
    guessed = date_order is not None
    while True:
        draft = _Draft(work, orders, rows())
        progress(0, source.size)
        for block in source.blocks():
            draft.add(block)
            progress(block.done, source.size)
            if draft.date_orders and not guessed:
                break
        else:
            if draft.date_orders == orders or date_order is not None:
                return draft
        guessed, orders = True, draft.date_orders


class _Draft:
    """A plan while it is made: blocks go in, and at the end comes out what they are together."""

    def __init__(self, work: _Work, given_orders: Mapping[str, DateOrder], sink: RowSink) -> None:
        self._work, self._columns = work, work.columns()
        self._given_orders, self._sink = given_orders, sink
        self._unique = UniqueValues(policy=work.recipe.policy, schema=work.schema)
        self._evidence: list[pl.DataFrame] = []
        self._dates: dict[str, Evidence] = {}
        self._index: list[pl.DataFrame] = []
        self._problems: list[pl.DataFrame] = []
        self._conflicts: list[pl.DataFrame] = []
        self._fields: tuple[Field, ...] = ()
        self._blank_rows = 0

    @property
    def date_orders(self) -> dict[str, DateOrder]:
        """What the dates of each column so far say about their order, for the columns that say anything."""
        return {key: order for key, evidence in self._dates.items() if (order := evidence.order) is not None}

    def add(self, block: Block) -> None:
        """Check the rows of a block and compare them with the register."""
        self._blank_rows += block.blank_rows
        checked = self._checked(block)
        for key, evidence in checked.evidence.items():
            self._dates[key] = self._dates.get(key, Evidence()) + evidence
        difference = self._work.compare(checked)
        self._evidence.append(difference.evidence)
        self._fields = difference.fields
        self._problems.append(difference.problems)
        self._conflicts.append(difference.conflicts)
        changed = [pl.col(frames.OLD + f.key).is_not_null().alias(frames.CHANGED + f.key) for f in difference.fields]
        numbers = (frames.ROW, frames.LINE, frames.ID, frames.VERSION, frames.BASE)
        known = (*numbers, diff.EMPTIED, diff.NEWER, diff.OPEN)
        self._index.append(difference.rows.select(*known, *changed))
        keys = [f.key for f in difference.fields]
        self._sink.add(difference.rows.select(*keys, *(frames.OLD + key for key in keys)))

    def _checked(self, block: Block) -> CheckedRows:
        """The rows of a block as decisions make them, with what is wrong in their cells."""
        work, decisions = self._work, self._work.decisions
        block = mending.mend_rows(block, decisions=decisions, mended=work.mended)
        block = mending.mend(translate(block, work.recipe.columns), columns=self._columns, decisions=decisions)
        if mending.needs_check(decisions):
            first = self._check(block, UniqueValues(policy=work.recipe.policy, schema=work.schema))
            new = work.new_rows(first) if mending.needs_cards(decisions) else pl.Series(dtype=pl.UInt32)
            block = mending.mend_checked(
                block, columns=self._columns, decisions=decisions, problems=first.problems, new=new
            )
        return self._check(block, self._unique)

    def _check(self, block: Block, unique: UniqueValues) -> CheckedRows:
        work = self._work
        return check(
            block,
            columns=self._columns,
            policy=work.recipe.policy,
            schema=work.schema,
            today=work.today,
            country=work.country,
            date_orders=self._given_orders,
            unique=unique,
        )

    def plan(self) -> Plan:
        """What is to happen to the rows, given what a person decided. Every row gets exactly one status."""
        decisions = self._work.decisions
        index, evidence = pl.concat(self._index), pl.concat(self._evidence)
        problems = self._all_problems(index)
        out = mending.left_out(problems, evidence, decisions).alias(frames.LEFT_OUT)
        wrong = pl.col(frames.ROW).is_in(problems[frames.ROW].unique().implode())
        index = index.with_columns(out, wrong.alias(_WRONG))
        status = (
            pl.when(frames.LEFT_OUT)
            .then(Status.LEFT_OUT)
            .when(_WRONG)
            .then(Status.LEFT_OUT if decisions.leave_out_errors else Status.ERROR)
            .when(diff.OPEN)
            .then(Status.CONFLICT)
            .when(pl.col(frames.ID) == 0)
            .then(Status.NEW)
            .when(pl.any_horizontal(pl.lit(False), *(frames.CHANGED + f.key for f in self._fields)))
            .then(Status.CHANGED)
            .otherwise(Status.UNCHANGED)
        )
        index = index.with_columns(status.cast(pl.UInt8).alias(frames.STATUS))
        sound = index.filter(~pl.col(_WRONG), ~pl.col(frames.LEFT_OUT))
        conflicts = pl.concat(self._conflicts).join(sound, on=frames.ROW, how="semi", maintain_order="left")
        evidence = finding.answer(evidence, index, decisions)
        made = Plan(
            fields=self._fields,
            index=index.select(*frames.index(self._fields)),
            values=self._sink.finish(),
            problems=problems,
            conflicts=conflicts,
            evidence=evidence,
            blank_rows=self._blank_rows,
            emptied=int(sound[diff.EMPTIED].sum()),
            newer=int(sound[diff.NEWER].sum()),
        )
        of: dict[str | None, int] = {None: index.height} | dict(made.changes.items())
        return replace(made, findings=finding.collect(evidence, of=of))

    def _all_problems(self, index: pl.DataFrame) -> pl.DataFrame:
        """The problems of the blocks and of the file as a whole, without what only follows from others."""
        decisions = self._work.decisions
        matched = any(True for _ in decisions.of(Action.MATCH))
        whole = self._unique.problems(index, but=mending.left_out_by_number(decisions), matched=matched)
        of_keys = whole.filter(pl.col("code").is_in(KEY_CODES))[frames.ROW].unique()
        # of a row that is not known to be the only one about its card, nothing can be said that its card decides
        follows = (pl.col("code") == "value_taken") & pl.col(frames.ROW).is_in(of_keys.implode())
        blocks = frames.concat(self._problems, frames.PROBLEMS).filter(~follows)
        return frames.concat([blocks, whole], frames.PROBLEMS)


def compare(
    checked: CheckedRows,
    *,
    register: Register,
    policy: Policy,
    decisions: Decisions,
    shown: pl.DataFrame,
    schema: Schema,
) -> diff.Difference:
    """Checked rows beside the cards of the register: what each would change, and what only the register can tell."""
    fields = diff.given_fields(checked.rows, schema)

    def block(rows: pl.DataFrame) -> guards.Block:
        return guards.Block(rows=rows, fields=fields, schema=schema, register=register)

    pairs = _pairs(checked, register=register, policy=policy, shown=shown, schema=schema)
    of_cards = guards.of_cards(block(pairs.rows))
    matches = mending.matches(pairs.rows, of_cards, decisions)
    if matches.height:
        checked = mending.matched(checked, matches, schema)
        pairs = _matched(checked, matches, register=register, policy=policy, shown=shown, schema=schema)
    moved = pairs.moved
    difference = diff.diff(
        pairs,
        checked.problems,
        former=pl.DataFrame(schema=frames.FORMER) if moved.is_empty() else register.former_values(moved),
        owners={f.key: register.owners(f, checked.rows[f.key]) for f in fields if f.unique},
        decisions=decisions,
        guard=lambda rows: guards.of_cells(block(rows)),
        policy=policy,
        schema=schema,
    )
    return replace(difference, evidence=pl.concat([of_cards, difference.evidence]))


def _pairs(
    checked: CheckedRows, *, register: Register, policy: Policy, shown: pl.DataFrame, schema: Schema
) -> diff.Pairs:
    """Checked rows, each beside its card."""
    needed = diff.needed_fields(diff.given_fields(checked.rows, schema), policy, schema)
    cards, redirects = _look_up(checked.rows, needed, register=register, policy=policy, schema=schema)
    return diff.pair(checked, cards=cards, redirects=redirects, shown=shown, policy=policy, schema=schema)


def _matched(
    checked: CheckedRows,
    matches: pl.DataFrame,
    *,
    register: Register,
    policy: Policy,
    shown: pl.DataFrame,
    schema: Schema,
) -> diff.Pairs:
    """Checked rows, each beside its card, some of which have been said to be about the card of the number they have."""
    by_number = replace(policy, keys=(RowKey.ID,))
    there = pl.col(frames.ROW).is_in(matches[frames.ROW].implode())
    parts = [
        _pairs(
            replace(checked, rows=checked.rows.filter(rows)), register=register, policy=p, shown=shown, schema=schema
        )
        for rows, p in ((~there, policy), (there, by_number))
    ]
    rows = pl.concat([part.rows for part in parts], how="diagonal").sort(frames.ROW)
    return diff.Pairs(rows=rows, problems=tuple(p for part in parts for p in part.problems))


def _look_up(
    rows: pl.DataFrame, needed: Sequence[Field], *, register: Register, policy: Policy, schema: Schema
) -> tuple[list[pl.DataFrame], pl.DataFrame]:
    """The cards that each key finds of those rows for which none before it has, and merged cards that they name."""
    redirects, cards = pl.DataFrame(schema=frames.REDIRECTS), []
    every = mapping.key_fields(policy, schema)
    rows = rows.select({f.key for by in every for f in by})
    for key, by in zip(policy.keys, every, strict=True):
        wanted = keys.values(rows, by)
        cards.append(register.cards(by, wanted, needed))
        lost = ~wanted.is_in(keys.values(cards[-1], by).implode()).fill_null(False)
        if key is RowKey.ID:
            redirects = register.redirects(wanted.filter(lost & (wanted > 0)))
        rows = rows.filter(lost)
    return cards or [pl.DataFrame(schema=frames.cards(needed))], redirects
