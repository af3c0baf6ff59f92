"""plan = f(file, answers, decisions, register): the one way to a plan, for files, edited cards, and whoever comes next.

`interpretation` says how a file is read and what its columns become, or what a person has to say first; `plan` compares
its rows with the register, block by block, so that memory is set by the block and not by the file. What only the whole
file can tell (values that stand twice, which way round dates are, totals) is gathered in small columns on the way.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from typing import Final, Protocol

import polars as pl

from kundekort.engine import diff, frames, keys, mapping
from kundekort.engine.check import CheckedRows, check
from kundekort.engine.decisions import Choice, Decisions
from kundekort.engine.errors import FileRefused
from kundekort.engine.facts import Question, QuestionKind
from kundekort.engine.frames import Status
from kundekort.engine.interpretation import Interpretation, refusal
from kundekort.engine.plan import MemoryRows, Plan, RowSink
from kundekort.engine.reading.table import Block, Source
from kundekort.engine.recipe import DateOrder, Policy, Recipe, RowKey
from kundekort.engine.schema import Field, Schema
from kundekort.engine.translate import translate
from kundekort.engine.uniqueness import KEY_CODES, UniqueValues
from kundekort.engine.values.dates import Evidence

NOT_SHOWN: Final = pl.DataFrame(schema=frames.VERSIONS)
"""What a person has seen of the register beside a file that is planned for the first time."""


class Register(Protocol):
    """What a plan asks of the register, set by set."""

    def cards(self, by: Field | Sequence[Field], keys: pl.Series, fields: Sequence[Field]) -> pl.DataFrame:
        """The cards that have one of the keys (`engine.keys`) in a field, or in several: `frames.cards(fields)`.

        They come in any order. Two cards with the same key are two rows; an empty key finds nothing.
        """

    def redirects(self, ids: pl.Series) -> pl.DataFrame:
        """Which of the ids (Int64) are merged cards: a frame of `frames.REDIRECTS`."""

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
    rows: Callable[[], RowSink] = MemoryRows,
    progress: Callable[[int, int], None] = lambda done, total: None,
) -> Plan | Question:
    """What is to happen to each row of a file that has no question, or with `ask` what has to be said of its dates.

    `country` (alpha-2) is that of phone numbers without a calling code. `shown` are the versions of cards that a person
    has seen beside this file before (`frames.VERSIONS`). `rows` makes a new place for the values each time it is
    called. `progress` is told (bytes of the file done, its bytes) and may raise to cancel.
    """
    assert file.source is not None
    assert file.recipe is not None
    recipe = file.recipe

    def comparison(checked: CheckedRows) -> diff.Difference:
        return compare(
            checked, register=register, policy=recipe.policy, choices=decisions.choices, shown=shown, schema=schema
        )

    try:
        draft = _draft(file.source, recipe, comparison, schema, today, country, rows, progress)
    except FileRefused as refused:
        return refusal(refused)
    made = draft.plan(leave_out_errors=decisions.leave_out_errors)
    if ask and file.recipe.policy.date_order is None and "date_ambiguous" in made.problems["code"]:
        return Question(QuestionKind.DATES)
    return made


def _draft(
    source: Source,
    recipe: Recipe,
    comparison: Callable[[CheckedRows], diff.Difference],
    schema: Schema,
    today: date,
    country: str,
    rows: Callable[[], RowSink],
    progress: Callable[[int, int], None],
) -> _Draft:
    """The plan of all blocks. Only the whole file can tell which way round its slash dates are.

    Most files have no such date. Where one turns up, the blocks are gone through again with what the dates so far say,
    and in the end once more if all of them together say something else.
    """
    orders: Mapping[str, DateOrder] = {}
    guessed = recipe.policy.date_order is not None
    while True:
        draft = _Draft(recipe, comparison, schema, today, country, orders, rows())
        progress(0, source.size)
        for block in source.blocks():
            draft.add(block)
            progress(block.done, source.size)
            if draft.date_orders and not guessed:
                break
        else:
            if draft.date_orders == orders or recipe.policy.date_order is not None:
                return draft
        guessed, orders = True, draft.date_orders


class _Draft:
    """A plan while it is made: blocks go in, and at the end comes out what they are together."""

    def __init__(
        self,
        recipe: Recipe,
        comparison: Callable[[CheckedRows], diff.Difference],
        schema: Schema,
        today: date,
        country: str,
        given_orders: Mapping[str, DateOrder],
        sink: RowSink,
    ) -> None:
        self._recipe, self._comparison, self._schema = recipe, comparison, schema
        self._today, self._country, self._given_orders, self._sink = today, country, given_orders, sink
        self._unique = UniqueValues(policy=recipe.policy, schema=schema)
        self._evidence: dict[str, Evidence] = {}
        self._index: list[pl.DataFrame] = []
        self._problems: list[pl.DataFrame] = []
        self._conflicts: list[pl.DataFrame] = []
        self._fields: tuple[Field, ...] = ()
        self._blank_rows = 0

    @property
    def date_orders(self) -> dict[str, DateOrder]:
        """What the dates of each column so far say about their order, for the columns that say anything."""
        return {key: order for key, evidence in self._evidence.items() if (order := evidence.order) is not None}

    def add(self, block: Block) -> None:
        """Check the rows of a block and compare them with the register."""
        self._blank_rows += block.blank_rows
        checked = check(
            translate(block, self._recipe.columns),
            columns=mapping.spread(self._recipe.columns),
            policy=self._recipe.policy,
            schema=self._schema,
            today=self._today,
            country=self._country,
            date_orders=self._given_orders,
            unique=self._unique,
        )
        for key, evidence in checked.evidence.items():
            self._evidence[key] = self._evidence.get(key, Evidence()) + evidence
        difference = self._comparison(checked)
        self._fields = difference.fields
        self._problems.append(difference.problems)
        self._conflicts.append(difference.conflicts)
        changed = [pl.col(frames.OLD + f.key).is_not_null().alias(frames.CHANGED + f.key) for f in difference.fields]
        numbers = (frames.ROW, frames.LINE, frames.ID, frames.VERSION, frames.BASE)
        known = (*numbers, diff.EMPTIED, diff.NEWER, diff.OPEN)
        self._index.append(difference.rows.select(*known, *changed))
        keys = [f.key for f in difference.fields]
        self._sink.add(difference.rows.select(*keys, *(frames.OLD + key for key in keys)))

    def plan(self, *, leave_out_errors: bool) -> Plan:
        """What is to happen to the rows, given what a person decided. Every row gets exactly one status."""
        index = pl.concat(self._index)
        problems = self._all_problems(index)
        wrong = pl.col(frames.ROW).is_in(problems[frames.ROW].unique().implode())
        status = (
            pl.when(wrong)
            .then(Status.LEFT_OUT if leave_out_errors else Status.ERROR)
            .when(diff.OPEN)
            .then(Status.CONFLICT)
            .when(pl.col(frames.ID) == 0)
            .then(Status.NEW)
            .when(pl.any_horizontal(pl.lit(False), *(frames.CHANGED + f.key for f in self._fields)))
            .then(Status.CHANGED)
            .otherwise(Status.UNCHANGED)
        )
        index = index.with_columns(status.cast(pl.UInt8).alias(frames.STATUS))
        sound = index.filter(~wrong)
        return Plan(
            fields=self._fields,
            index=index.select(*frames.index(self._fields)),
            values=self._sink.finish(),
            problems=problems,
            conflicts=pl.concat(self._conflicts).filter(~wrong),
            blank_rows=self._blank_rows,
            emptied=int(sound[diff.EMPTIED].sum()),
            newer=int(sound[diff.NEWER].sum()),
        )

    def _all_problems(self, index: pl.DataFrame) -> pl.DataFrame:
        """The problems of the blocks and of the file as a whole, without what only follows from others."""
        whole = self._unique.problems(index)
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
    choices: Sequence[Choice],
    shown: pl.DataFrame,
    schema: Schema,
) -> diff.Difference:
    """Checked rows beside the cards of the register: what each would change, and what only the register can tell."""
    fields = diff.given_fields(checked.rows, schema)
    needed = diff.needed_fields(fields, policy, schema)
    cards, redirects = _look_up(checked.rows, needed, register=register, policy=policy, schema=schema)
    pairs = diff.pair(checked, cards=cards, redirects=redirects, shown=shown, policy=policy, schema=schema)
    moved = pairs.moved
    return diff.diff(
        pairs,
        checked.problems,
        former=pl.DataFrame(schema=frames.FORMER) if moved.is_empty() else register.former_values(moved),
        owners={f.key: register.owners(f, checked.rows[f.key]) for f in fields if f.unique},
        choices=choices,
        policy=policy,
        schema=schema,
    )


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
