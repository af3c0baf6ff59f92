"""A plan that takes a revision back, whatever made it: an import, an edit, a merge, or an undo.

It follows from the revision's changes alone, block by block: former values come back, created cards are removed,
removed cards come back under their numbers. What others have changed since is a conflict and stays as it is, unless a
person chooses otherwise; cards that have gone since are named and left out. Every card of the revision is a row.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Final

import polars as pl

from kundekort.engine import card, conflicts, frames, problem, transfers
from kundekort.engine import plan as plans
from kundekort.engine.decisions import Choice, Decisions, Whose
from kundekort.engine.draft import Register
from kundekort.engine.frames import CARD, CHANGED, ID, INTO, LINE, MERGED, OLD, ROW, STATUS, VERSION, Status
from kundekort.engine.plan import MemoryRows, Plan, RowSink
from kundekort.engine.schema import Field, Schema
from kundekort.engine.transfers import GIVER
from kundekort.engine.values import canonical

_NUMBER: Final = pl.col("customer_id").alias(ID)
_CLAIMS: Final = pl.DataFrame(
    schema=frames.NUMBERING | {"field": pl.String, "owner": pl.Int64, "value": pl.String, GIVER: pl.UInt32}
)


def plan(
    blocks: Iterable[pl.DataFrame],
    *,
    decisions: Decisions,
    register: Register,
    schema: Schema,
    rows: Callable[[], RowSink] = MemoryRows,
    progress: Callable[[int], None] = lambda cards: None,
) -> Plan:
    """The plan that takes changes (`frames.CHANGES`, all those of one revision) back.

    All changes of a card are in one block, and all those of a merge. `schema` has the fields that are out of use too.
    `problems` are unique values that would come back but stand on another card by now, cards that would be wrong as a
    whole, and cards that have gone. `progress` is told the number of cards that are done.
    """
    sink, taken = rows(), _UniqueValues(schema)
    index, values = plans.split(pl.DataFrame(), fields=schema.values)
    sink.add(values)
    parts, links, problems = [index], [], []
    both = [pl.DataFrame(schema=frames.CONFLICTS)]
    cards = 0
    for changes in blocks:
        block = _Block(changes, cards, decisions.choices, register, schema)
        index, values = plans.split(block.rows, fields=schema.values)
        sink.add(values)
        taken.add(block.rows)
        parts.append(index)
        links.append(block.links)
        problems += block.problems
        both.append(block.conflicts)
        cards += index.height
        progress(cards)
    index = pl.concat(parts)
    found = frames.concat(problems, frames.PROBLEMS)
    found = frames.concat([found, *taken.problems(register, wrong=found[ROW])], frames.PROBLEMS)
    found = _together(found, index, links)
    wrong = pl.col(ROW).is_in(found[ROW].implode())
    error = pl.lit(Status.LEFT_OUT if decisions.leave_out_errors else Status.ERROR, pl.UInt8)
    status = pl.when(wrong, pl.col(STATUS) != Status.LEFT_OUT).then(error).otherwise(STATUS)
    return Plan(
        fields=schema.values,
        index=index.lazy().with_columns(status.alias(STATUS)),
        values=sink.finish(),
        problems=found,
        conflicts=pl.concat(both).filter(~wrong),
    )


class _Block:
    """Some of the cards of a revision: their rows in the order of their numbers, problems and conflicts."""

    def __init__(
        self, changes: pl.DataFrame, first: int, choices: Sequence[Choice], register: Register, schema: Schema
    ) -> None:
        self.conflicts = pl.DataFrame(schema=frames.CONFLICTS)
        self.problems: list[pl.DataFrame] = []
        self._choices, self._register, self._schema = choices, register, schema
        of_card = pl.col("field") == CARD
        born, gone = changes.filter(of_card, pl.col("new") != ""), changes.filter(of_card, pl.col("new") == "")
        self._merges = changes.filter(pl.col("field") == MERGED)
        # an empty text is no number, so that the other one counts
        other = pl.coalesce(pl.col(name).cast(pl.Int64, strict=False) for name in ("new", "old"))
        self.links = self._merges.select(other.alias(ID), pl.col("customer_id").alias(INTO))
        self._cells = changes.filter(~pl.col("field").is_in([CARD, MERGED]))
        ids = changes.select(_NUMBER).unique().sort(ID).with_row_index(ROW, offset=first)
        numbers = ids.with_columns((pl.col(ROW) + 1).alias(LINE), pl.lit(None, pl.Int64).alias(INTO))
        there = register.redirects(gone["customer_id"]) if gone.height else pl.DataFrame(schema=frames.REDIRECTS)
        no_one = there.filter("anonymised")["id"]
        gone = gone.filter(~pl.col("customer_id").is_in(no_one.implode()))
        leaving = gone.select(_NUMBER)
        cards = register.cards(schema["id"], numbers.join(leaving, on=ID, how="anti")[ID], schema.values)
        here = numbers.join(cards.rename({"id": ID, "version": VERSION}), on=ID, how="inner", maintain_order="left")
        here = here.with_columns(*(pl.lit(None, pl.String).alias(OLD + f.key) for f in schema.values))
        came = here.join(born.select(_NUMBER, then="version"), on=ID, how="inner", maintain_order="left")
        removed, restored = self._removed(came), self._restored(numbers, gone)
        masters = pl.concat([removed[INTO], restored[INTO]]).drop_nulls()
        parts = [
            removed,
            self._updated(here.join(came, on=ID, how="anti", maintain_order="left"), masters),
            restored,
            self._lost(numbers.join(here, on=ID, how="anti").join(leaving, on=ID, how="anti", maintain_order="left")),
        ]
        self.rows = pl.concat(parts, how="diagonal").sort(ROW)
        if self.rows.height:
            changed = self.rows.filter(pl.col(STATUS) == Status.CHANGED)
            marks = [pl.col(OLD + f.key).is_not_null().alias(CHANGED + f.key) for f in schema.values]
            self.problems += card.problems(changed.with_columns(marks), fields=schema.values, schema=schema)

    def _removed(self, came: pl.DataFrame) -> pl.DataFrame:
        """The cards that came into being: they go, unless somebody has edited them since or merged others into them."""
        moved = came.filter(pl.col(VERSION) != pl.col("then"))
        edited = moved.head(0)
        absorbing = pl.Series([], dtype=pl.Int64)
        if moved.height:
            absorbing = self._register.masters(moved[ID])
            held = moved.filter(pl.col(ID).is_in(absorbing.implode()))
            found = problem.frame(held, field=None, code="card_absorbed", params={"id": pl.col(ID)})
            self.problems.append(found)
            moved = moved.filter(~pl.col(ID).is_in(absorbing.implode()))
            since = moved.select(pl.col(ID).alias("id"), pl.col("then").alias("version"))
            former = self._register.former_values(since)
            edited = moved.filter(pl.any_horizontal(pl.lit(False), *self._differing(moved, former)))
        number = pl.col(ID).cast(pl.String)
        whose = self._settled([_conflict(edited, CARD, base=number, mine=pl.lit(""), theirs=number)])
        came = came.join(whose.select(ID, "whose", edited=True), on=ID, how="left", maintain_order="left")
        goes = pl.col("edited").is_null() | (pl.col("whose") == Whose.MINE)
        absorbs = pl.col(ID).is_in(absorbing.implode())
        going = pl.when(absorbs).then(Status.LEFT_OUT).when(goes.fill_null(False)).then(Status.REMOVED)
        status = going.when(pl.col("whose").is_null()).then(Status.CONFLICT).otherwise(Status.UNCHANGED)
        came = came.with_columns(_status(status))
        # a card that an undo gave back becomes part of the other card again
        back = self._merges.filter(pl.col("new") == "")
        into = back.select(pl.col("old").cast(pl.Int64).alias(ID), pl.col("customer_id").alias("into"))
        came = came.join(into, on=ID, how="left", maintain_order="left")
        removed = pl.col(STATUS) == Status.REMOVED
        return came.with_columns(
            pl.when(removed).then("into").alias(INTO),
            *(pl.when(removed & (pl.col(f.key) != "")).then(f.key).alias(OLD + f.key) for f in self._schema.values),
            *(pl.when(~removed).then(f.key).otherwise(pl.lit("")).alias(f.key) for f in self._schema.values),
        ).drop("then", "edited", "whose", "into")

    def _differing(self, cards: pl.DataFrame, former: pl.DataFrame) -> list[pl.Expr]:
        """For each field whether a card holds something else in it than before."""
        found = []
        for field in self._schema.values:
            then = dict(former.filter(pl.col("field") == field.key).select("id", "old").iter_rows())
            if then:
                old = pl.col(ID).replace_strict(then, default=None, return_dtype=pl.String)
                now = canonical.comparable(field, pl.col(field.key))
                found.append((canonical.comparable(field, old) != now).fill_null(False))
        return found

    def _updated(self, rows: pl.DataFrame, masters: pl.Series) -> pl.DataFrame:
        """The cards that get former values back, but for the cells that somebody has changed to something else since.

        One of the `masters`, which others go into or come back from, is written also when none of its values changes.
        """
        former: dict[str, pl.DataFrame] = {}
        found = []
        for field in self._schema.values:
            cells = self._cells.filter(pl.col("field") == field.key).select(_NUMBER, "old", "new")
            if cells.is_empty():
                continue
            former[field.key] = cells
            beside = rows.join(cells, on=ID, how="inner", maintain_order="left")
            edited = beside.filter(~_same(field, "new"), ~_same(field, "old"))
            values = {"base": pl.col("new"), "mine": pl.col("old"), "theirs": pl.col(field.key)}
            found.append(_conflict(edited, field.key, **values))
        settled = self._settled(found)
        for field in (f for f in self._schema.values if f.key in former):
            mine = conflicts.rows_of(settled, field.key, Whose.MINE)
            rows = rows.join(former[field.key], on=ID, how="left", maintain_order="left")
            stands = _same(field, "new") | pl.col(ROW).is_in(mine.implode())
            back = (stands & (pl.col("old") != pl.col(field.key))).fill_null(False)
            rows = rows.with_columns(
                pl.when(back).then(field.key).alias(OLD + field.key),
                pl.when(back).then("old").otherwise(field.key).alias(field.key),
            ).drop("old", "new")
        written = frames.changes_something(former) | pl.col(ID).is_in(masters.implode())
        undecided = pl.col(ROW).is_in(conflicts.open_rows(settled).implode())
        status = pl.when(undecided).then(Status.CONFLICT).when(written).then(Status.CHANGED)
        return rows.with_columns(_status(status.otherwise(Status.UNCHANGED)))

    def _restored(self, numbers: pl.DataFrame, gone: pl.DataFrame) -> pl.DataFrame:
        """The cards that left the register, with the values they had."""
        rows = numbers.join(gone.select(_NUMBER, pl.col("version").alias(VERSION)), on=ID, how="inner")
        merged = self._merges.filter(pl.col("new") != "")
        into = merged.select(pl.col("new").cast(pl.Int64).alias(ID), pl.col("customer_id").alias(INTO))
        rows = rows.drop(INTO).join(into, on=ID, how="left", maintain_order="left")
        for field in self._schema.values:
            lost = self._cells.filter(pl.col("field") == field.key).select(_NUMBER, pl.col("old").alias(field.key))
            rows = rows.join(lost, on=ID, how="left", maintain_order="left").with_columns(
                pl.col(field.key).fill_null(""),
                pl.when(pl.col(field.key) != "").then(pl.lit("")).alias(OLD + field.key),
            )
        return rows.with_columns(_status(pl.lit(Status.RESTORED)))

    def _lost(self, rows: pl.DataFrame) -> pl.DataFrame:
        """The cards that have gone since: they are left out, and named."""
        rows = rows.with_columns(_status(pl.lit(Status.LEFT_OUT)), pl.lit(0, pl.Int64).alias(VERSION))
        if rows.height:
            ways = self._register.redirects(rows[ID]).rename({"id": ID, "into": "_master"})
            found = rows.join(ways, on=ID, how="left", maintain_order="left")
            merged, no_one = pl.col("_master").is_not_null(), pl.col("anonymised").fill_null(False)
            number = {"id": pl.col(ID)}
            self.problems += [
                problem.frame(found.filter(rows), field=None, code=code, params=number | more)
                for rows, code, more in (
                    (merged, "card_merged", {"into": pl.col("_master")}),
                    (~merged & no_one, "card_anonymised", {}),
                    (~merged & ~no_one, "card_gone", {}),
                )
            ]
        return rows

    def _settled(self, found: Sequence[pl.DataFrame]) -> pl.DataFrame:
        """Conflicts with whose value stays: that of the register unless a person said otherwise."""
        both = pl.concat([self.conflicts.drop("whose").head(0), *found])
        settled = conflicts.settle(both, self._choices, otherwise=Whose.THEIRS)
        self.conflicts = pl.concat([self.conflicts, settled])
        return settled


class _UniqueValues:
    """The values of unique fields that come to a card or leave one, over all blocks."""

    def __init__(self, schema: Schema) -> None:
        self._moves: dict[str, tuple[Field, list[pl.DataFrame]]] = {f.key: (f, []) for f in schema.values if f.unique}

    def add(self, rows: pl.DataFrame) -> None:
        """Take some more rows."""
        for field, parts in self._moves.values():
            moves = rows.filter(pl.col(OLD + field.key).is_not_null())
            parts.append(moves.select(ROW, LINE, ID, field.key, pl.col(OLD + field.key).alias("_old")))

    def problems(self, register: Register, *, wrong: pl.Series) -> list[pl.DataFrame]:
        """A problem for each value that would come to a card but is on another one now, which keeps it.

        Rows that are `wrong` for another reason are not written, so that nothing leaves their cards.
        """
        wanted = [_CLAIMS]
        for field, parts in ((f, p) for f, p in self._moves.values() if p):
            moves = pl.concat(parts).filter(~pl.col(ROW).is_in(wrong.implode()))
            leaving = moves.filter(pl.col("_old") != "").select(pl.col(ID).alias("owner"), pl.col(ROW).alias(GIVER))
            coming = moves.filter(pl.col(field.key) != "")
            owners = register.owners(field, coming[field.key]).rename({"id": "owner"})
            claims = coming.join(owners, on=field.key, how="inner").filter(pl.col("owner") != pl.col(ID))
            claims = claims.join(leaving, on="owner", how="left", maintain_order="left")
            value = pl.col(field.key).alias("value")
            wanted.append(claims.select(ROW, LINE, pl.lit(field.key).alias("field"), "owner", value, GIVER))
        refused = transfers.refused(pl.concat(wanted), wrong)
        return [
            problem.frame(
                refused.filter(pl.col("field") == field.key),
                field=field,
                code="value_taken",
                value=pl.col("value"),
                params={"id": pl.col("owner")},
            )
            for field, _ in self._moves.values()
        ]


def _together(problems: pl.DataFrame, index: pl.DataFrame, links: Sequence[pl.DataFrame]) -> pl.DataFrame:
    """The problems, with one for each card of a merge of which another card stays as it is or cannot be written.

    A merge is taken back as a whole or not at all. `links` are the cards that went into others (INTO) or came back.
    """
    linked = pl.concat(links) if links else pl.DataFrame()
    if linked.is_empty():
        return problems
    wrong = index.filter(pl.col(ROW).is_in(problems[ROW].implode()))[ID]
    moving = index.filter(pl.col(STATUS).is_in([Status.REMOVED, Status.RESTORED]))[ID]
    stuck = linked.filter(
        pl.col(ID).is_in(wrong.implode()) | ~pl.col(ID).is_in(moving.implode()) | pl.col(INTO).is_in(wrong.implode())
    )
    group = linked.filter(pl.col(INTO).is_in(stuck[INTO].implode()))
    moving_too = group.filter(pl.col(ID).is_in(moving.implode()))[ID]
    hit = pl.concat([group[INTO], moving_too]).implode()
    others = index.filter(pl.col(ID).is_in(hit), ~pl.col(ID).is_in(wrong.implode()), pl.col(STATUS) != Status.UNCHANGED)
    more = problem.frame(others, field=None, code="merge_incomplete")
    return frames.concat([problems, more], frames.PROBLEMS)


def _status(status: pl.Expr) -> pl.Expr:
    return status.cast(pl.UInt8).alias(STATUS)


def _same(field: Field, column: str) -> pl.Expr:
    return canonical.comparable(field, pl.col(field.key)) == canonical.comparable(field, pl.col(column))


def _conflict(rows: pl.DataFrame, field: str, *, base: pl.Expr, mine: pl.Expr, theirs: pl.Expr) -> pl.DataFrame:
    """A conflict for each of the rows, not settled yet."""
    values = {"base": base, "mine": mine, "theirs": theirs}
    return rows.select(ROW, ID, pl.lit(field).alias("field"), **values)
