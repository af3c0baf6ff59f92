"""What the rows of one block of a file come to: checked by themselves, beside their cards, and with what guards notice.

Rows that say what stands on their cards already are told apart first, from their raw text (`unchanged`), because they
are most rows of most files; only the others are checked and compared cell by cell.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Final

import polars as pl

from kundekort.engine import diff, frames, guards, keys, mapping, mending, unchanged
from kundekort.engine.check import CheckedRows, check
from kundekort.engine.decisions import Action
from kundekort.engine.draft import (
    CONFLICTS,
    EVIDENCE,
    FIRST,
    INDEX,
    PEOPLE,
    PROBLEMS,
    VALUES,
    BlockDraft,
    Register,
    Task,
)
from kundekort.engine.frames import BASE, ID, LINE, OLD, ROW, VERSION
from kundekort.engine.reading.table import Block
from kundekort.engine.recipe import Column, ColumnOrder, Policy, RowKey
from kundekort.engine.schema import Field
from kundekort.engine.translate import translate
from kundekort.engine.unchanged import BlockCards
from kundekort.engine.uniqueness import UniqueValues

_FIRST: Final = {ROW: pl.UInt32, "field": pl.String, "code": pl.String}
_NUMBERS: Final = (ROW, LINE, ID, VERSION, BASE)
_NOTHING: Final = {
    PROBLEMS: pl.DataFrame(schema=frames.PROBLEMS),
    CONFLICTS: pl.DataFrame(schema=frames.CONFLICTS),
    EVIDENCE: pl.DataFrame(schema=frames.EVIDENCE),
    FIRST: pl.DataFrame(schema=_FIRST),
}
"""What is to be said of rows that change nothing."""


def draft_block(block: Block, task: Task, orders: Mapping[str, ColumnOrder]) -> BlockDraft:
    """What the rows of a block come to; `orders` says by field key what slash dates mean."""
    columns = task.columns()
    skipped, decisions = (block.blank_rows, block.hidden_rows), task.decisions
    block = mending.mend_rows(block, decisions=decisions, mended=task.mended)
    block = mending.mend(translate(block, task.recipe.columns), columns=columns, decisions=decisions)
    block = mending.of_cells(block, columns=columns, given=task.recipe.columns)
    beside = None if mending.needs_check(decisions) else unchanged.block_cards(block, columns, task)
    unique = UniqueValues(policy=task.recipe.policy, schema=task.schema)
    place, same = unchanged.places(columns), None
    given = tuple(f for f in task.schema.values if f.key in place)
    if beside is not None and beside.same.any():
        same = unchanged.rows(block, beside, columns, task)
        unique.add_unchanged(block.cells.filter(beside.same), same, place)
        if same.height == block.cells.height:
            nobody = guards.people(same.select(ROW, ID, *(f.key for f in given)).clear(), given, task.schema)
            parts = _parts(same, given) | _NOTHING | {PEOPLE: guards.known_by(nobody)}
            return BlockDraft(given, parts | unique.parts, {}, *skipped)
        block = block._replace(cells=block.cells.filter(~beside.same))
    beside = None if beside is None else beside.others
    checked, first = _checked(block, columns, task, orders, unique, beside)
    difference, people = compare(checked, task, beside)
    rows = difference.rows
    if same is not None:
        rows = pl.concat([rows, same.select(rows.columns)]).sort(ROW)
    first = first.join(difference.problems, on=[*_FIRST], how="anti", nulls_equal=True)
    parts = _parts(rows, difference.fields) | {
        PROBLEMS: difference.problems,
        CONFLICTS: difference.conflicts.sort(ROW, maintain_order=True),
        EVIDENCE: difference.evidence.sort(ROW, maintain_order=True),
        FIRST: first.select(*_FIRST).sort(ROW, maintain_order=True),
        PEOPLE: guards.known_by(people),
    }
    return BlockDraft(difference.fields, parts | unique.parts, checked.evidence, *skipped)


def _parts(rows: pl.DataFrame, fields: Sequence[Field]) -> dict[str, pl.DataFrame]:
    """What rows come to (`diff.Difference.rows`), for the index and the values of a draft."""
    changed = [pl.col(OLD + f.key).is_not_null().alias(frames.CHANGED + f.key) for f in fields]
    cells = [f.key for f in fields]
    return {
        INDEX: rows.select(*_NUMBERS, diff.EMPTIED, diff.NEWER, diff.OPEN, *changed),
        VALUES: rows.select(*cells, *(OLD + key for key in cells)),
    }


def _checked(
    block: Block,
    columns: Sequence[Column],
    task: Task,
    orders: Mapping[str, ColumnOrder],
    unique: UniqueValues,
    beside: BlockCards | None,
) -> tuple[CheckedRows, pl.DataFrame]:
    """The rows of a block as decisions make them, and what was wrong in their cells at first."""

    def checked(block: Block, unique: UniqueValues) -> CheckedRows:
        return check(
            block,
            columns=columns,
            policy=task.recipe.policy,
            schema=task.schema,
            today=task.today,
            country=task.country,
            date_orders=orders,
            unique=unique,
            stored=None if beside is None or beside.found.is_empty() else beside.cards,
        )

    if not mending.needs_check(task.decisions):
        once = checked(block, unique)
        return once, once.problems
    first = checked(block, UniqueValues(policy=task.recipe.policy, schema=task.schema))
    problems, new = _named(first, task)
    block = mending.mend_checked(block, columns=columns, decisions=task.decisions, problems=problems, new=new)
    block = mending.of_cells(block, columns=columns, given=task.recipe.columns)
    return checked(block, unique), first.problems


def compare(checked: CheckedRows, task: Task, beside: BlockCards | None = None) -> tuple[diff.Difference, pl.DataFrame]:
    """Checked rows beside the cards of the register: what each would change, and what only the register can tell.

    With them the new ones, as `guards.people` gives them.
    """
    register, policy, schema, decisions = task.register, task.recipe.policy, task.schema, task.decisions
    fields = diff.given_fields(checked.rows, schema)

    pairs = _pairs(checked, task, policy, beside)
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
        owners={f.key: register.owners(f, _claims(pairs, f)) for f in fields if f.unique},
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


def _claims(pairs: diff.Pairs, field: Field) -> pl.Series:
    """The values of a unique field that rows would take; what stands on a card already is no other card's."""
    value = pl.col(field.key)
    return pairs.rows.filter(value.ne_missing(pl.col(OLD + field.key)))[field.key]


def _former(pairs: diff.Pairs, register: Register) -> pl.DataFrame:
    """What stood in the cells of cards that have changed since their row was made."""
    moved = pairs.moved
    return pl.DataFrame(schema=frames.FORMER) if moved.is_empty() else register.former_values(moved)


def _pairs(checked: CheckedRows, task: Task, policy: Policy, beside: BlockCards | None = None) -> diff.Pairs:
    """Checked rows, each beside its card; `beside` are the cards that have been looked up already."""
    needed = diff.needed_fields(diff.given_fields(checked.rows, task.schema), policy, task.schema)
    cards, redirects = _look_up(checked.rows, needed, task, policy, beside)
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
    rows: pl.DataFrame, needed: Sequence[Field], task: Task, policy: Policy, beside: BlockCards | None
) -> tuple[list[pl.DataFrame] | pl.DataFrame, pl.DataFrame]:
    """The cards that each key finds of those rows for which none before it has, and merged cards that they name.

    One frame where the card of each row is known already.
    """
    redirects, cards = pl.DataFrame(schema=frames.REDIRECTS), []
    every = mapping.key_fields(policy, task.schema)
    if beside is not None and policy.keys == (RowKey.ID,):
        numbers = keys.values(rows, every[0])
        if (of_rows := beside.of(numbers)) is not None:
            return of_rows, task.register.redirects(numbers.filter(of_rows["id"].is_null() & (numbers > 0)))
    rows = rows.select({f.key for by in every for f in by})
    for key, by in zip(policy.keys, every, strict=True):
        wanted = keys.values(rows, by)
        known, unknown = ([], wanted) if beside is None or key is not RowKey.ID else beside.known(wanted)
        if key is RowKey.ID:
            unknown = unknown.filter(unknown > 0)  # no card is asked for by the 0 of new customers
        cards.append(pl.concat([*known, task.register.cards(by, unknown, needed)]))
        lost = ~wanted.is_in(keys.values(cards[-1], by).implode()).fill_null(False)
        if key is RowKey.ID:
            redirects = task.register.redirects(wanted.filter(lost & (wanted > 0)))
        rows = rows.filter(lost)
    return cards or [pl.DataFrame(schema=frames.cards(needed))], redirects
