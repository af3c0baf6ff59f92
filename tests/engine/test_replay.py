"""The log alone tells what a revision did, whatever has happened since."""

from __future__ import annotations

import polars as pl
from hypothesis import given
from hypothesis import strategies as st

from kundekort.engine import frames, replay
from kundekort.engine.frames import CHANGED, ID, OLD, STATUS, VERSION, Status
from kundekort.engine.plan import Plan
from kundekort.store.fields import SCHEMA
from tests.engine.memory import EMPTY, MemoryRegister, plan, undone, whole
from tests.engine.test_plan_laws import POLICIES, Policy, files, registers, state, text


def replayed(changes: pl.DataFrame, register: MemoryRegister) -> Plan:
    return replay.plan(changes, fields=SCHEMA.values, register=register, schema=SCHEMA)


def written(made: Plan, created: list[int]) -> list[dict[str, object]]:
    """The rows that a plan writes, with the numbers that its new cards got."""
    numbers = iter(created)
    rows = [row for part in made.rows(Status.CHANGED, Status.NEW) for row in part.iter_rows(named=True)]
    for row in rows:
        if row[STATUS] == Status.NEW:
            row[ID] = next(numbers)
    return sorted(rows, key=lambda row: (row[STATUS], row[ID]))


@given(files(), st.lists(files(), max_size=2), registers(), POLICIES)
def test_it_tells_every_row_that_was_written(
    first: list[list[str]], later: list[list[list[str]]], register: MemoryRegister, policy: Policy
) -> None:
    made = plan(text(first), register, policy=policy, leave_out=True)
    before = set(register.cards_by_id)
    changes = register.apply(made)
    after, created = state(register), sorted(set(register.cards_by_id) - before)
    told = replayed(changes, register)
    rows = list(whole(told).iter_rows(named=True))
    expected = written(made, created)
    assert [(r[STATUS], r[ID], r[VERSION]) for r in rows] == [(r[STATUS], r[ID], r[VERSION]) for r in expected]
    for row, wanted in zip(rows, expected, strict=True):
        for f in made.fields:
            assert row[CHANGED + f.key] == wanted[CHANGED + f.key]
            assert row[OLD + f.key] == wanted[OLD + f.key]
            assert row[f.key] == (wanted[f.key] or "")
        assert {f.key: row[f.key] for f in SCHEMA.values} == after[row[ID]]
    assert (told.totals.new, told.totals.changed) == (made.totals.new, made.totals.changed)
    assert {key: n for key, n in told.changes.items() if n} == {key: n for key, n in made.changes.items() if n}

    for rows_of_file in later:
        register.apply(plan(text(rows_of_file), register, leave_out=True))
    back = undone(changes, register)
    if back.problems.is_empty():
        register.apply(back)
    assert whole(replayed(changes, register)).equals(whole(told)), "whatever has happened since"


@given(files(), files(), registers())
def test_it_tells_what_was_taken_back(
    first: list[list[str]], second: list[list[str]], register: MemoryRegister
) -> None:
    changes = register.apply(plan(text(first), register, leave_out=True))
    made = undone(changes, register)
    back = register.apply(made)
    told = whole(replayed(back, register))
    again = register.apply(undone(back, register))
    restored = whole(replayed(again, register))
    keys = [f.key for f in SCHEMA.values]
    for now, then in ((told, whole(made)), (restored, whole(replayed(changes, register)))):
        assert now[ID].sort().equals(then[ID].sort())
        both = now.join(then, on=ID, suffix=" then")
        assert both.height == now.height
        changed = both.filter(pl.col(STATUS) == Status.CHANGED)
        for key in keys:
            assert changed[OLD + key].equals(changed[OLD + key + " then"], null_equal=True)
    gone = told.filter(pl.col(STATUS) == Status.REMOVED)
    assert all({row[f] for f in keys} == {""} for row in gone.iter_rows(named=True))
    assert whole(made).filter(pl.col(STATUS) == Status.REMOVED)[ID].sort().equals(gone[ID])
    came = restored.filter(pl.col(STATUS) == Status.RESTORED)
    assert {row[ID]: {key: row[key] for key in keys} for row in came.iter_rows(named=True)} == {
        number: register.cards_by_id[number] for number in came[ID]
    }
    register.apply(plan(text(second), register, leave_out=True))
    assert whole(replayed(back, register)).equals(told)
    assert whole(replayed(again, register)).equals(restored)


def test_it_tells_of_nothing() -> None:
    told = replayed(pl.DataFrame(schema=frames.CHANGES), MemoryRegister())
    assert told.index.collect().is_empty()
    assert told.values.collect().columns == [*EMPTY, *(OLD + key for key in EMPTY)]
