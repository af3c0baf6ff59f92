from __future__ import annotations

import polars as pl
import pytest

from kundekort.engine.frames import Status
from kundekort.engine.plan import Plan, changed_cells
from kundekort.engine.recipe import EmptyCells, Policy, RowKey
from tests.engine.memory import EMPTY, MemoryRegister, plan

ASE = EMPTY | {"first_name": "Åse", "email": "ase@example.no", "gender": "2", "zip_code": "0150", "country": "NO"}
PER = EMPTY | {"first_name": "Per", "gender": "1", "external_id": "X7", "email": "felles@example.no"}
PAL = EMPTY | {"first_name": "Pål", "gender": "1", "external_id": "X8", "email": "Felles@example.no"}


@pytest.fixture
def register() -> MemoryRegister:
    return MemoryRegister(cards_by_id={1: ASE, 2: PER, 3: PAL}, versions={1: 4, 2: 1, 3: 1})


def codes(text: str, register: MemoryRegister, policy: Policy | None = None) -> list[tuple[int, str | None, str]]:
    problems = plan(text, register, policy=policy).problems
    return [(p["_line"], p["field"], p["code"]) for p in problems.iter_rows(named=True)]


def updates(made: Plan) -> pl.DataFrame:
    return next(made.rows(Status.CHANGED))


def cells(made: Plan) -> pl.DataFrame:
    return changed_cells(updates(made), made.fields)


def test_it_shows_old_and_new_of_a_changed_cell(register: MemoryRegister) -> None:
    made = plan("CustomerID;FirstName;Gender\n1;Åse Marie;2\n", register)
    assert cells(made).rows() == [(1, 5, "first_name", "Åse", "Åse Marie")]
    assert made.changes == {"first_name": 1, "gender": 0}


def test_it_keeps_the_spelling_of_an_address_that_differs_in_case_only(register: MemoryRegister) -> None:
    made = plan("CustomerID;Email;FirstName\n1;ASE@Example.no;Ny\n", register)
    assert updates(made)["email"].to_list() == ["ase@example.no"]
    assert made.totals.cells_changed == 1


def test_it_leaves_fields_without_a_column_alone(register: MemoryRegister) -> None:
    assert plan("CustomerID;Gender\n1;2\n", register).totals.unchanged == 1


def test_it_empties_or_keeps_by_choice_and_counts_the_cells(register: MemoryRegister) -> None:
    text = "CustomerID;FirstName;Email;Gender\n1;Åse;;2\n"
    assert cells(plan(text, register))["new"].to_list() == [""]
    assert plan(text, register, policy=Policy(empty_cells=EmptyCells.KEEP)).totals.unchanged == 1
    for choice in EmptyCells:
        assert plan(text, register, policy=Policy(empty_cells=choice)).emptied == 1


def test_it_refuses_ids_that_no_card_has(register: MemoryRegister) -> None:
    assert codes("CustomerID;FirstName\n99;A\n1;B\n", register) == [(2, "id", "id_unknown")]


def test_it_wants_a_gender_of_a_new_customer_without_a_column_for_it(register: MemoryRegister) -> None:
    assert codes("CustomerID;FirstName\n0;A\n1;B\n", register) == [(2, "gender", "gender_missing")]


def test_it_wants_a_name_or_an_address(register: MemoryRegister) -> None:
    text = "CustomerID;FirstName;Gender\n0;;1\n2;;1\n1;;2\n"
    policy = Policy(empty_cells=EmptyCells.OVERWRITE)
    assert codes(text, register, policy) == [(2, None, "name_missing")]
    assert codes("CustomerID;FirstName;Email;Gender\n2;;;1\n", register) == [(2, None, "name_missing")]


@pytest.mark.parametrize(
    ("text", "wrong"),
    [
        ("CustomerID;ZipCode\n1;150\n", [2]),  # the card's country is Norway
        ("CustomerID;ZipCode\n2;150\n", []),  # the card has no country
        ("CustomerID;Country\n1;SE\n", [2]),  # the card's code does not fit the new country
        ("CustomerID;ZipCode;Country\n1;111 22;SE\n", []),
        ("CustomerID;ZipCode\n1;0150\n", []),
    ],
)
def test_it_checks_postal_codes_by_the_country_the_card_will_have(
    text: str, wrong: list[int], register: MemoryRegister
) -> None:
    assert codes(text, register) == [(line, "zip_code", "zip_invalid") for line in wrong]


def test_it_does_not_judge_what_a_row_leaves_alone() -> None:
    odd = EMPTY | {"first_name": "A", "gender": "0", "zip_code": "1", "country": "NO"}
    register = MemoryRegister(cards_by_id={1: odd}, versions={1: 1})
    assert codes("CustomerID;FirstName;ZipCode;Country\n1;B;1;NO\n", register) == []


def test_it_refuses_a_unique_value_of_another_card(register: MemoryRegister) -> None:
    text = "CustomerID;ExternalID;FirstName;Gender\n1;X7;Å;2\n2;X7;P;1\n0;X8;N;1\n"
    found = plan(text, register).problems
    taken = found.filter(found["code"] == "value_taken")
    assert [(p["_line"], p["params"]) for p in taken.iter_rows(named=True)] == [(2, '{"id":2}'), (4, '{"id":3}')]


def test_it_finds_cards_by_another_key(register: MemoryRegister) -> None:
    by_number = Policy(keys=(RowKey.EXTERNAL_ID,))
    made = plan("ExternalID;FirstName;Gender\nX7;Petter;1\nX9;Ny;0\n", register, policy=by_number)
    assert cells(made).rows() == [(2, 2, "first_name", "Per", "Petter")]
    assert made.totals.new == 1
    by_email = Policy(keys=(RowKey.EMAIL,))
    text = "Email;FirstName;Gender\nASE@EXAMPLE.NO;Åse B;2\nfelles@example.no;Hvem;1\n"
    assert codes(text, register, by_email) == [(3, "email", "key_ambiguous")]
    assert cells(plan(text, register, policy=by_email, leave_out=True)).rows() == [(1, 5, "first_name", "Åse", "Åse B")]


def test_it_makes_every_row_new_when_told_so(register: MemoryRegister) -> None:
    made = plan("FirstName;Gender\nÅse;2\nÅse;2\n", register, policy=Policy(keys=()))
    assert made.totals.new == 2


def test_it_never_folds_new_rows_into_one(register: MemoryRegister) -> None:
    assert plan("CustomerID;FirstName;Gender\n0;A;1\n0;A;1\n0;A;1\n", register).totals.new == 3


def test_it_says_once_what_is_wrong_with_a_row_of_an_unknown_card(register: MemoryRegister) -> None:
    text = "CustomerID;FirstName;Gender;ExternalID\n99;Per;1;X7\n3;Pål;1;X8\n3;Pål;1;X8\n1;Åse;2;X8\n"
    assert codes(text, register) == [
        (2, "id", "id_unknown"),
        (3, "id", "id_twice"),
        (4, "id", "id_twice"),
        (5, "external_id", "value_taken"),
        (5, "external_id", "value_twice"),
    ]
