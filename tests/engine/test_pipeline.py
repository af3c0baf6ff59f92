"""`understand` and `plan` as functions: what has to be asked comes back as a value."""

from __future__ import annotations

import polars as pl
import pytest

from kundekort.engine import interpretation, pipeline
from kundekort.engine.facts import Question, QuestionKind, Recut
from kundekort.engine.plan import Plan
from kundekort.engine.reading.batches import Pace
from kundekort.engine.reading.table import Limits
from kundekort.engine.recipe import WORKBOOK, Answers, DateOrder, DialectOverrides, Policy
from kundekort.engine.writing.xlsx import Column, Sheet, workbook
from kundekort.store.fields import SCHEMA
from tests.engine.memory import MemoryRegister, plan, task, whole

HEADER = "CustomerID;FirstName;Gender;DateOfBirth\n"


def understand(
    text: str | bytes, answers: Answers | None = None, *, ask: bool = True, limits: Limits | None = None
) -> interpretation.Interpretation:
    data = text.encode() if isinstance(text, str) else text
    return interpretation.understand(
        data,
        answers=answers or Answers(),
        schema=SCHEMA,
        limits=limits or Limits(),
        ask=ask,
        pace=Pace(most=30, batch=20),
    )


def outcome(text: str, answers: Answers | None = None, *, limits: Limits | None = None) -> Plan | Question:
    file = understand(text, answers, limits=limits)
    assert file.question is None
    return pipeline.plan(file.source, task(file.recipe, MemoryRegister()), ask=True)


def test_it_asks_about_columns_that_no_field_is_known_for() -> None:
    text = "CustomerID;FirstName;Gender;Rabattkode\n0;Åse;2;R10\n"
    file = understand(text)
    assert file.question == Question(QuestionKind.COLUMNS)
    assert file.recipe is not None
    assert [c.field for c in file.recipe.columns] == ["id", "first_name", "gender", None]
    assert file.samples == (("0",), ("Åse",), ("2",), ("R10",))
    assert understand(text, ask=False).question is None
    assert understand(text, Answers(columns=("id", "first_name", "gender", None))).question is None


@pytest.mark.parametrize(
    ("text", "question"),
    [
        ("a;b\n1;2\n", Question(QuestionKind.COLUMNS, "no_known_column", {"headers": ["a", "b"], "separator": ";"})),
        ("FirstName;Gender\nA;1\n", Question(QuestionKind.COLUMNS, "no_key_column", {"field": "id"})),
        (HEADER, Question(QuestionKind.REFUSED, "header_only")),
        ("", Question(QuestionKind.REFUSED, "file_empty")),
    ],
)
def test_it_says_as_a_value_why_a_file_cannot_go_on(text: str, question: Question) -> None:
    assert understand(text).question == question


def test_it_asks_about_a_sheet_that_there_is_not() -> None:
    data = b"".join(workbook([(Sheet("Kunder", (Column("CustomerID"),)), [])]))
    question = understand(data, Answers(dialect=DialectOverrides(sheet="Ark9"))).question
    assert question == Question(QuestionKind.SHEET, "sheet_unknown", {"sheet": "Ark9", "sheets": ["Kunder"]})


def test_it_asks_about_dates_that_only_the_whole_file_could_tell() -> None:
    text = HEADER + "0;A;1;03/04/1990\n" * 9
    assert outcome(text) == Question(QuestionKind.DATES)
    told = outcome(text, Answers(policy=Policy(date_order=DateOrder.MONTH_FIRST)))
    assert isinstance(told, Plan)
    assert set(whole(told)["date_of_birth"]) == {"1990-03-04"}
    proven = outcome(text + "0;B;1;25/12/1990\n")
    assert isinstance(proven, Plan)
    assert whole(proven)["date_of_birth"].to_list() == ["1990-04-03"] * 9 + ["1990-12-25"]
    drawn = outcome("0;B;1;12/25/1990\n".join([HEADER, text.removeprefix(HEADER) + "0;B;1;25/12/1990\n"]))
    assert drawn == Question(QuestionKind.DATES)


def test_it_refuses_what_turns_out_too_long_in_the_middle() -> None:
    refused = outcome(HEADER + "0;A;1;\n" * 9, limits=Limits(rows=8))
    assert refused == Question(QuestionKind.REFUSED, "too_many_rows", {"limit": 8})


def test_it_says_how_far_it_is_and_stops_when_the_listener_raises() -> None:
    file = understand(HEADER + "0;A;1;\n" * 200)
    seen: list[int] = []

    class Enough(Exception):
        pass

    def listen(phase: str, done: int, total: int) -> None:
        assert phase == "planning"
        seen.append(done * 100 // total)
        if len(seen) == 3:
            raise Enough

    with pytest.raises(Enough):
        pipeline.plan(file.source, task(file.recipe, MemoryRegister()), progress=listen)
    assert seen[0] == 0 < seen[1] < seen[2]


def test_it_says_how_far_it_is_with_what_only_all_rows_tell() -> None:
    file, told = understand(HEADER + "0;A;1;\n" * 200), list[tuple[str, int, int]]()
    pipeline.plan(file.source, task(file.recipe, MemoryRegister()), progress=lambda *said: told.append(said))
    assert [said for said in told if said[0] == "keeping"] == [("keeping", 0, 200), ("keeping", 200, 200)]


def test_it_reads_a_file_without_fields_but_the_number() -> None:
    register = MemoryRegister(cards_by_id={1: dict.fromkeys((f.key for f in SCHEMA.values), "x")}, versions={1: 1})
    assert plan("CustomerID\n1\n", register).totals.unchanged == 1


WRAPPED = 'CustomerID,FirstName,Address\n"0,""Kari """"K"""""",""Storgata 1, 2. etg."""\n"0,Ola,"\n'


@pytest.mark.parametrize("separators", ["", ";;;"])
def test_it_offers_to_split_rows_that_are_one_cell(separators: str) -> None:
    lines = ("CustomerID,FirstName", "0,Kari", "0,Ås")
    whole = "".join(f'"{line}"{separators}\r\n' for line in lines)
    file = understand(whole.encode(), Answers(), ask=False)
    assert file.question is not None
    assert (file.question.code, file.question.params["headers"]) == ("one_cell", ["CustomerID", "FirstName"])
    assert file.recut == Recut(",", True, ("CustomerID", "FirstName"), (("0", "Kari"), ("0", "Ås")))
    split = understand(whole.encode(), Answers(dialect=DialectOverrides(one_cell=True)))
    assert (split.question, split.recut) == (None, None)


def test_it_offers_to_split_some_rows_that_are_one_cell() -> None:
    file = understand(WRAPPED.encode(), Answers())
    assert file.question is None
    assert file.recut is not None
    assert file.recut.rows == (("0", 'Kari "K"', "Storgata 1, 2. etg."), ("0", "Ola", ""))


def test_it_offers_another_separator_than_the_one_declared() -> None:
    file = understand(b"sep=;\nCustomerID,FirstName\n0,Kari\n", Answers())
    assert file.question is not None
    assert file.question.code == "no_known_column"
    assert file.recut == Recut(",", False, ("CustomerID", "FirstName"), (("0", "Kari"),))


def test_it_offers_nothing_where_a_file_is_understood() -> None:
    for text in ('CustomerID;FirstName\n0;"Kari, Ola"\n', "CustomerID;FirstName\n0\n", "Farge,Pris\nR,1\n"):
        assert understand(text.encode(), Answers(), ask=False).recut is None


def test_it_splits_a_sheet_whose_rows_are_one_cell() -> None:
    rows = pl.DataFrame({"c0": ["0;Kari;Oslo", "0;Ås;Voss"]})
    data = b"".join(workbook([(Sheet("Ark1", (Column("CustomerID;FirstName;City"),)), [rows])]))
    file = understand(data, Answers(), ask=False)
    assert file.question is not None
    assert file.question.code == "one_cell"
    split = understand(data, Answers(dialect=DialectOverrides(one_cell=True)))
    assert split.question is None
    assert split.recipe is not None
    assert (split.recipe.dialect.encoding, split.recipe.dialect.separator) == (WORKBOOK, ";")
