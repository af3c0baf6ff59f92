"""Formulas of a workbook whose results nobody has worked out: never an empty cell, whatever becomes of their column."""

from __future__ import annotations

import pytest

from kundekort.engine import interpretation, pipeline
from kundekort.engine.decisions import Action, Decision
from kundekort.engine.frames import OLD, Status
from kundekort.engine.plan import Plan
from kundekort.engine.reading.table import Limits
from kundekort.engine.recipe import Answers
from kundekort.store.fields import SCHEMA
from tests.engine.memory import EMPTY, MemoryRegister, plan, task
from tests.engine.reading.test_workbook import book, row

HEADERS = ("CustomerID", "FirstName", "Email", "Sum")


def register() -> MemoryRegister:
    cards = {n: EMPTY | {"first_name": "Kari", "gender": "0", "email": f"kari{n}@example.no"} for n in (1, 2)}
    return MemoryRegister(cards, dict.fromkeys(cards, 1), last=2)


def formula(column: str, *texts: str) -> bytes:
    """A list of two customers; the first has a formula without a result."""
    second = row(2, "1", *texts).replace("</row>", f'<c r="{column}2"><f>X1</f></c></row>')
    return book(row(1, *HEADERS) + second + row(3, "2", "Kari", "ny@example.no"))


def test_the_stored_value_stays() -> None:
    made = plan(formula("C", "Kari"), register())
    assert list(made.index.collect()["_status"]) == [Status.ERROR, Status.CHANGED]
    assert made.problems.select("_line", "field", "code").rows() == [(2, "email", "formula_uncalculated")]
    left_out = plan(formula("C", "Kari"), register(), leave_out=True)
    assert list(left_out.index.collect()["_status"]) == [Status.LEFT_OUT, Status.CHANGED]


def test_beside_an_empty_cell_it_is_one_too() -> None:
    cards = {n: EMPTY | {"first_name": "Kari", "gender": "0"} for n in (1, 2)}
    made = plan(formula("C", "Kari"), MemoryRegister(cards, dict.fromkeys(cards, 1), last=2))
    assert made.problems.select("_line", "code").rows() == [(2, "formula_uncalculated")]


def test_in_a_column_that_is_left_aside_it_is_no_problem() -> None:
    made = plan(formula("D", "Kari", "ola@example.no"), register())
    assert made.problems.is_empty()
    assert list(made.index.collect()["_status"]) == [Status.CHANGED, Status.CHANGED]


@pytest.mark.parametrize("code", [None, "formula_uncalculated"])
def test_a_value_that_somebody_sets_takes_its_place(code: str | None) -> None:
    rows = None if code else (0,)
    step = Decision(Action.SET, field="email", rows=rows, code=code, value="set@example.no")
    made = plan(formula("C", "Kari"), register(), decisions=[step])
    assert made.problems.is_empty()
    assert made.values.collect()["email"][0] == "set@example.no"
    assert made.values.collect()[OLD + "email"][0] == "kari1@example.no"


def test_a_full_name_of_a_formula_is_one_too() -> None:
    second = row(2, "1").replace("</row>", '<c r="B2"><f>X1</f></c></row>')
    data = book(row(1, "CustomerID", "Navn") + second)
    answers = Answers(columns=("id", "full_name"))
    file = interpretation.understand(data, answers=answers, schema=SCHEMA, limits=Limits(), ask=False)
    assert file.recipe is not None
    assert [column.field for column in file.recipe.columns] == ["id", "full_name"]
    made = pipeline.plan(file.source, task(file.recipe, register()))
    assert isinstance(made, Plan)
    assert made.problems.select("field", "code").rows() == [("first_name", "formula_uncalculated")]


def test_hidden_rows_are_counted() -> None:
    data = book(row(1, *HEADERS) + row(2, "1", "Kari").replace("<row ", '<row hidden="1" ') + row(3, "2", "Ola"))
    assert plan(data, register()).hidden_rows == 1
