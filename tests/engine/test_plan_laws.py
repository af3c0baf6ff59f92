"""The laws that every plan keeps, whatever the file."""

from __future__ import annotations

import csv
import io
import random
import sys
from pathlib import Path

import polars as pl
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from kundekort.engine import frames, interpretation, pipeline
from kundekort.engine import merge as merges
from kundekort.engine.decisions import Choice, Whose
from kundekort.engine.frames import Status
from kundekort.engine.plan import Plan, changed_cells
from kundekort.engine.reading.batches import Pace
from kundekort.engine.recipe import EmptyCells, Policy
from kundekort.engine.values import canonical
from kundekort.store import plans
from kundekort.store.fields import SCHEMA
from tests.engine.memory import EMPTY, MemoryRegister, plan, task, undone, whole

VALUES = {
    "FirstName": ["", "Åse", "Per", "=1+1", 'Ole "Bob"', "to\nlinjer", " Åse "],
    "Email": ["", "ase@example.no", "ASE@example.no", "ikke en adresse", "per@example.no"],
    "Mobile": ["", "91234567", "+47 912 34 567", "+4740011223", "12"],
    "Gender": ["", "0", "1", "Kvinne", "7"],
    "DateOfBirth": ["", "1990-02-01", "01.02.1990", "31.02.1990"],
    "Tags": ["", "a|b", "b|a|b", "Ærlig"],
    "ZipCode": ["", "0150", "150"],
    "Country": ["", "NO", "Norge", "SE", "Atlantis"],
    "ExternalID": ["", "X1", "X2", "X3"],
}
IDS = st.sampled_from(["0", "0", "1", "2", "3", "4", "99", "", "x"])
COLUMNS = st.lists(st.sampled_from(sorted(VALUES)), unique=True, min_size=1).map(sorted)
STORED = {
    "first_name": st.sampled_from(["Åse", "Per", "=1+1"]),
    "email": st.sampled_from(["", "ase@example.no"]),
    "mobile": st.sampled_from(["", "+4791234567"]),
    "gender": st.sampled_from(["0", "1", "2"]),
    "date_of_birth": st.sampled_from(["", "1990-02-01"]),
    "tags": st.sampled_from(["", "a|b"]),
    "zip_code": st.just(""),
    "country": st.sampled_from(["", "NO"]),
}


@st.composite
def files(draw: st.DrawFn) -> list[list[str]]:
    """A header and some rows, good and bad; now and then a row is cut short."""
    names = draw(COLUMNS)
    rows = [["CustomerID", *names]]
    for _ in range(draw(st.integers(1, 8))):
        row = [draw(IDS), *(draw(st.sampled_from(VALUES[name])) for name in names)]
        rows.append(row[: draw(st.sampled_from([len(row)] * 9 + [1]))])
    assume(len(filled(rows)) > 1)
    return rows


@st.composite
def registers(draw: st.DrawFn) -> MemoryRegister:
    """Up to four cards."""
    cards = {
        n: EMPTY | {key: draw(value) for key, value in STORED.items()} for n in range(1, draw(st.integers(0, 4)) + 1)
    }
    return MemoryRegister(cards_by_id=cards, versions={n: draw(st.integers(1, 9)) for n in cards})


def filled(rows: list[list[str]]) -> list[list[str]]:
    """The rows in which something stands; the others are skipped when a file is read."""
    return [row for row in rows if any(cell.strip() for cell in row)]


def changed_rows(made: Plan) -> set[int]:
    """The numbers of the rows that change a card."""
    return set(made.index.filter(pl.col(frames.STATUS) == Status.CHANGED).collect()[frames.ROW])


def text(rows: list[list[str]]) -> str:
    """The rows as a file."""
    out = io.StringIO()
    csv.writer(out, delimiter=";", quoting=csv.QUOTE_ALL).writerows(rows)
    return out.getvalue()


POLICIES = st.builds(Policy, empty_cells=st.sampled_from(EmptyCells))


@given(files(), registers(), POLICIES)
def test_it_accounts_for_every_row(rows: list[list[str]], register: MemoryRegister, policy: Policy) -> None:
    for leave_out in (False, True):
        totals = plan(text(rows), register, policy=policy, leave_out=leave_out).totals
        assert totals.rows == len(filled(rows)) - 1
        assert totals.rows == totals.new + totals.changed + totals.unchanged + totals.errors + totals.left_out
        assert (totals.errors, totals.left_out)[1 - leave_out] == 0


@given(files(), registers(), POLICIES)
def test_it_plans_nothing_for_a_file_that_has_been_imported(
    rows: list[list[str]], register: MemoryRegister, policy: Policy
) -> None:
    rows = [rows[0], *(row for row in rows[1:] if row[0] != "0")]
    assume(len(filled(rows)) > 1)
    first = plan(text(rows), register, policy=policy, leave_out=True)
    register.apply(first)
    second = plan(text(rows), register, policy=policy, leave_out=True)
    # What was an error because two cards had one value can be sound by now; what was applied changes nothing.
    assert not changed_rows(first) & changed_rows(second)


@given(files(), registers(), POLICIES, st.randoms(use_true_random=False))
def test_it_plans_the_same_in_any_order(
    rows: list[list[str]], register: MemoryRegister, policy: Policy, chance: random.Random
) -> None:
    shuffled = rows[1:]
    chance.shuffle(shuffled)

    def outcome(rows: list[list[str]]) -> list[tuple[object, ...]]:
        frame = whole(plan(text(rows), register, policy=policy)).drop(frames.ROW, frames.LINE)
        return sorted(frame.rows(), key=repr)

    assert outcome(rows) == outcome([rows[0], *shuffled])


PACES = st.builds(Pace, most=st.integers(40, 90), batch=st.integers(1, 200))
DATES = ["", "03/04/1990", "25/12/1990", "12/25/1990", "1990-02-01"]


@given(files(), registers(), POLICIES, PACES, st.lists(st.sampled_from(DATES), min_size=8, max_size=8))
def test_it_plans_the_same_however_the_file_is_cut_into_blocks(
    rows: list[list[str]], register: MemoryRegister, policy: Policy, pace: Pace, days: list[str]
) -> None:
    header, *others = rows
    rows = [[*header, "DateOfBirth"] if "DateOfBirth" not in header else header]
    rows += [[*row, day] if len(row) == len(header) < len(rows[0]) else row for row, day in zip(others, days)]  # noqa: B905
    at_once, in_blocks = (
        plan(text(rows), register, policy=policy, pace=cut) for cut in (Pace(short=sys.maxsize), pace)
    )
    assert whole(in_blocks).equals(whole(at_once))
    assert in_blocks.problems.equals(at_once.problems)
    assert (in_blocks.totals, in_blocks.changes) == (at_once.totals, at_once.changes)
    assert (in_blocks.emptied, in_blocks.blank_rows) == (at_once.emptied, at_once.blank_rows)


@given(files(), registers())
def test_it_says_of_each_changed_cell_what_stands_on_the_card(rows: list[list[str]], register: MemoryRegister) -> None:
    made = plan(text(rows), register)
    for changed in made.rows(Status.CHANGED):
        for cell in changed_cells(changed, made.fields).iter_rows(named=True):
            card = register.cards_by_id[cell["customer_id"]]
            assert cell["old"] == card[cell["field"]]
            assert cell["old"] != cell["new"]
            assert cell["version"] == register.versions[cell["customer_id"]] + 1


@settings(max_examples=30)
@given(files(), registers())
def test_it_is_kept_and_named_by_its_content(
    tmp_path_factory: pytest.TempPathFactory, rows: list[list[str]], register: MemoryRegister
) -> None:
    def keep(made: Plan) -> Path:
        folder = tmp_path_factory.mktemp("plan")
        values = plans.ParquetRows(folder)
        for part in made.values.collect().iter_slices(2):
            values.add(part)
        values.finish()
        plans.write(made, folder)
        return folder

    made = plan(text(rows), register)
    folder = keep(made)
    assert plans.digest(folder) == plans.digest(keep(plan(text(rows), register)))
    kept = plans.read(folder, schema=SCHEMA)
    assert whole(kept).equals(whole(made))
    assert kept.problems.equals(made.problems)
    assert kept.totals == made.totals
    left_out = keep(plan(text(rows), register, leave_out=True))
    assert (plans.digest(left_out) == plans.digest(folder)) == (made.totals.errors == 0)


def state(register: MemoryRegister) -> dict[int, dict[str, str]]:
    return {number: dict(card) for number, card in register.cards_by_id.items()}


@given(files(), registers(), POLICIES, st.integers(1, 4))
def test_it_takes_an_import_back_and_the_taking_back_too(
    rows: list[list[str]], register: MemoryRegister, policy: Policy, cut: int
) -> None:
    before = state(register)
    changes = register.apply(plan(text(rows), register, policy=policy, leave_out=True))
    after = state(register)
    back = undone(changes, register, cut=cut)
    assert back.conflicts.is_empty()
    assert back.problems.is_empty()
    assert back.totals.unchanged == 0
    changes = register.apply(back)
    assert state(register) == before
    register.apply(undone(changes, register))
    assert state(register) == after


@given(files(), files(), registers(), st.integers(1, 4), st.booleans())
def test_it_leaves_what_was_edited_since_unless_chosen(
    first: list[list[str]], second: list[list[str]], register: MemoryRegister, cut: int, mine: bool
) -> None:
    before = state(register)
    changes = register.apply(plan(text(first), register, leave_out=True))
    between = state(register)
    register.apply(plan(text(second), register, leave_out=True))
    after = state(register)
    back = undone(changes, register, cut=cut, choices=[Choice(Whose.MINE)] * mine)
    assume(back.problems.is_empty())
    conflicts = {(row["_id"], row["field"]) for row in back.conflicts.iter_rows(named=True)}
    assert back.totals.rows == changes["customer_id"].n_unique()
    register.apply(back)
    for number, card in before.items():
        for key, value in card.items():
            now, then, edited = (s[number][key] for s in (register.cards_by_id, between, after))
            if then == value:
                assert now == edited
            elif (number, key) in conflicts:
                assert edited not in (then, value)
                assert now == (value if mine else edited)
            else:
                assert canonical.same(SCHEMA[key], now, value)
    for number in between.keys() - before.keys():
        assert ((number, "id") in conflicts) == (after[number] != between[number])
        assert (number in register.cards_by_id) == ((number, "id") in conflicts and not mine)


@given(registers(), st.data())
def test_it_takes_a_merge_back_and_merges_again(register: MemoryRegister, data: st.DataObject) -> None:
    assume(len(register.cards_by_id) > 1)
    master, *others = data.draw(st.permutations(sorted(register.cards_by_id)))
    before, merged = state(register), dict(register.merged)
    cards = register.cards(SCHEMA["id"], pl.Series(others), SCHEMA.values)
    values = merges.union([before[i] for i in (master, *others)], schema=SCHEMA)
    differing = {key: value for key, value in values.items() if value != before[master][key]}
    source, recipe = interpretation.of_card(master, differing)
    alone = pipeline.plan(source, task(recipe, register))
    assert isinstance(alone, Plan)
    assume(alone.problems.is_empty())
    made = merges.plan(alone, cards, schema=SCHEMA)
    assert (made.totals.removed, made.totals.changed) == (len(others), 1)
    changes = register.apply(made)
    after = state(register)
    assert after == {master: before[master] | values}
    assert set(register.merged.items()) == {(other, master) for other in others}
    changes = register.apply(undone(changes, register))
    assert (state(register), register.merged) == (before, merged)
    register.apply(undone(changes, register))
    assert state(register) == after


@given(st.lists(files(), min_size=1, max_size=3), registers())
def test_it_can_tell_every_former_value_from_the_log(all_rows: list[list[list[str]]], register: MemoryRegister) -> None:
    states = [(dict(register.versions), state(register))]
    for rows in all_rows:
        register.apply(plan(text(rows), register, leave_out=True))
        states.append((dict(register.versions), state(register)))
    for versions, cards in states:
        assert {number: register.at_version(number, version) for number, version in versions.items()} == cards
