"""What a file would do to the register as a whole: the table of what is found, and what is not."""

from __future__ import annotations

import pytest

from kundekort.engine import interpretation, pipeline
from kundekort.engine.decisions import Action, Decision, Decisions
from kundekort.engine.guards.blast import Thresholds
from kundekort.engine.plan import Plan
from kundekort.engine.reading.table import Limits
from kundekort.engine.recipe import Answers, EmptyCells, Policy
from kundekort.store.fields import SCHEMA
from tests.engine.memory import EMPTY, MemoryRegister, task

CARDS = 1_000


def _register() -> MemoryRegister:
    cards = {
        i: EMPTY | {"first_name": f"Kari{i}", "city": "Bergen", "email": f"k{i}@bar.no", "email_consent": "0"}
        for i in range(1, CARDS + 1)
    }
    return MemoryRegister(cards, dict.fromkeys(cards, 1), last=CARDS)


def _plan(column: str, cells: list[str], *steps: Decision) -> Plan:
    rows = "".join(f"{number};{cell}\n" for number, cell in enumerate(cells, start=1))
    answers = Answers(policy=Policy(empty_cells=EmptyCells.OVERWRITE))
    file = interpretation.understand(
        f"CustomerID;{column}\n{rows}".encode(), answers=answers, schema=SCHEMA, limits=Limits(), ask=False
    )
    decisions = Decisions()
    for step in steps:
        decisions = decisions.take(step)
    wanted = task(file.recipe, _register(), decisions=decisions, thresholds=Thresholds())
    made = pipeline.plan(file.source, wanted)
    assert isinstance(made, Plan)
    return made


@pytest.mark.parametrize(
    ("column", "cells", "codes"),
    [
        ("FirstName", [f"Ola{i}" for i in range(200)], []),
        ("FirstName", [f"Ola{i}" for i in range(201)], ["much_changed"]),
        ("FirstName", ["Ola"] * 49, []),
        ("FirstName", ["Ola"] * 50, ["alike"]),
        ("City", ["Oslo"] * 200, []),
        ("City", ["Oslo"] * 201, ["much_changed"]),
        ("City", [""] * 49, []),
        ("City", [""] * 50, ["emptied"]),  # on all cards of the file
        ("City", [""] * 50 + ["Bergen"] * 51, []),
        ("City", [""] * 51 + ["Bergen"] * 900, ["emptied"]),  # on a part of the register
        ("City", ["Bergen"] * 1000, []),
        ("FirstName", [f"Kari{i}" for i in range(1, 1001)], []),
    ],
)
def test_it_finds_columns_that_change_too_much(column: str, cells: list[str], codes: list[str]) -> None:
    assert [f.code for f in _plan(column, cells).findings] == codes


def test_it_counts_each_column_against_the_register() -> None:
    (column,) = _plan("FirstName", ["Ola"] * 60 + [""] * 20 + ["Per", "Kari82"]).columns
    assert (column.field, column.changed, column.emptied) == ("first_name", 81, 20)
    assert (column.alike, column.value, column.register, column.percent) == (60, "Ola", CARDS, 8)
    (column,) = _plan("FirstName", ["Ola"] * 9).columns
    assert (column.changed, column.percent) == (9, 0)  # less than one in a hundred


def test_it_does_not_count_rows_that_are_not_imported() -> None:
    out = Decision(Action.LEAVE_OUT, rows=tuple(range(20)))
    made = _plan("FirstName", ["Ola"] * 60, out)
    assert made.findings == ()
    assert made.columns[0].alike == 40


@pytest.mark.parametrize(
    ("column", "cell", "keep"),
    [
        ("City", "", Decision(Action.KEEP, field="city", code="emptied")),
        ("FirstName", "Ola", Decision(Action.KEEP, field="first_name", code="alike", text="Ola")),
    ],
)
def test_it_can_be_answered(column: str, cell: str, keep: Decision) -> None:
    cells = [cell] * 60
    (found,) = _plan(column, cells).findings
    assert found.blocks
    assert _plan(column, cells, keep).totals.changed == 0
    accept = Decision(Action.ACCEPT, field=keep.field, code=keep.code, count=found.count)
    (answered,) = _plan(column, cells, accept).findings
    assert not answered.blocks
    (more,) = _plan(column, [*cells, cell], accept).findings
    assert more.blocks
