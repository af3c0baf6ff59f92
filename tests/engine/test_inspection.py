"""What is said of a file without a register."""

from __future__ import annotations

from datetime import date

import pytest

from kundekort.engine import inspection
from kundekort.engine.facts import Question, QuestionKind
from kundekort.engine.inspection import Inspection
from kundekort.engine.reading.table import Limits
from kundekort.engine.recipe import Answers, DateOrder, Policy, RowKey
from kundekort.store.fields import SCHEMA


def inspected(text: str, policy: Policy | None = None) -> Inspection:
    return inspection.inspect(
        text.encode(),
        answers=Answers(policy=policy or Policy()),
        schema=SCHEMA,
        limits=Limits(),
        today=date(2026, 11, 30),
        country="NO",
    )


def problems(found: Inspection) -> list[tuple[int, str | None, str]]:
    return found.problems.select("_line", "field", "code").rows()


def test_it_says_nothing_of_what_only_a_register_could_tell() -> None:
    found = inspected("CustomerID;City;Version\n7;Oslo;3\n8;Voss;9\n")
    assert (found.rows, found.errors, found.question, found.is_clean) == (2, 0, None, True)
    assert found.facts.findings == ()


def test_it_says_of_cells_what_no_field_would_take() -> None:
    text = "CustomerID;Email;ZipCode;Country;Gender\n7;x;0150;NO;\n8;a@b.no;150;NO;9\n7;;;;1\n0;;;;1\nx;c@d.no\n"
    assert problems(inspected(text)) == [
        (2, "email", "email_invalid"),
        (2, "gender", "gender_missing"),
        (2, "id", "id_twice"),
        (3, "gender", "gender_unknown"),
        (3, "zip_code", "zip_invalid"),
        (4, "id", "id_twice"),
        (5, None, "name_missing"),
        (6, None, "row_too_short"),
    ]


@pytest.mark.parametrize(
    ("header", "value", "code"),
    [("City", "#####", "hashes"), ("City", "NULL", "null_word"), ("LastName", '"Bj&oslash;rn"', "entities")]
    + [("ExternalID", "1E+11", "number_rounded"), ("FirstName", "#I/T", "excel_error")],
)
def test_it_has_the_guards_that_need_no_register(header: str, value: str, code: str) -> None:
    found = inspected(f"CustomerID;{header}\n7;{value}\n8;Oslo\n")
    assert [(f.code, f.count) for f in found.facts.findings] == [(code, 1)]
    assert not found.is_clean


def test_it_sees_people_who_are_twice_in_the_file() -> None:
    text = "CustomerID;FirstName;LastName;Gender;Email\n" + "0;Åse;Berg;2;ase@example.no\n" * 2
    assert [f.code for f in inspected(text).facts.findings] == ["twice_in_file"]


def test_it_looks_at_cells_also_where_nobody_has_said_by_what_rows_find_their_cards() -> None:
    found = inspected("FirstName;Email\nÅse;x\n")
    assert found.question == Question(QuestionKind.COLUMNS, "no_key_column", {"field": "id"})
    assert problems(found) == [(2, "email", "email_invalid")]
    told = inspected("FirstName;Email\nÅse;a@b.no\n", Policy(keys=(RowKey.EMAIL,)))
    assert (told.question, told.errors) == (None, 0)


def test_it_asks_about_dates_until_it_is_told() -> None:
    text = "CustomerID;DateOfBirth\n7;13/04/1990\n8;04/25/1985\n9;03/04/1990\n"
    asked = inspected(text)
    assert (asked.question, asked.errors) == (Question(QuestionKind.DATES), 3)
    told = inspected(text, Policy(date_order=DateOrder.DAY_FIRST))
    assert (told.question, problems(told)) == (None, [(3, "date_of_birth", "date_invalid")])


@pytest.mark.parametrize(
    ("text", "code"), [("", "file_empty"), ("a;b\n1;2\n", "no_known_column"), ("City\n", "header_only")]
)
def test_it_says_why_a_file_cannot_be_imported(text: str, code: str) -> None:
    found = inspected(text)
    assert (found.rows, found.question and found.question.code) == (0, code)
