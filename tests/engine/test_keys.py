"""A row is about the card that the first of its keys finds."""

from __future__ import annotations

import json

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kundekort.engine import frames
from kundekort.engine.frames import ID, LINE, Status
from kundekort.engine.plan import Plan
from kundekort.engine.recipe import Policy, RowKey
from tests.engine.memory import EMPTY, MemoryRegister, plan, whole
from tests.engine.test_plan_laws import VALUES, registers
from tests.engine.test_plan_laws import text as text_of

EVERY_WAY = Policy(keys=(RowKey.ID, RowKey.EMAIL, RowKey.MOBILE, RowKey.NAME_BIRTH))
HEADER = "CustomerID;Email;Mobile;FirstName;LastName;DateOfBirth;Gender\n"


@pytest.fixture
def register() -> MemoryRegister:
    """Four people; two of them share a number."""
    people = [
        {"email": "ase@example.no", "mobile": "+4740000001", "first_name": "Åse", "last_name": "Ødegård"},
        {"email": "per@example.no", "mobile": "+4740000002", "first_name": "Per", "last_name": "Lie"},
        {"mobile": "+4740000002", "first_name": "Kari", "last_name": "Lie", "date_of_birth": "1990-02-01"},
        {"first_name": "Åse", "last_name": "Ødegård", "date_of_birth": "1950-05-17"},
    ]
    return MemoryRegister(
        cards_by_id={n: EMPTY | p for n, p in enumerate(people, 1)}, versions=dict.fromkeys(range(1, 5), 1)
    )


def found(made: Plan) -> list[tuple[int, int | None]]:
    return list(made.index.collect().select(LINE, ID).iter_rows())


def problems(made: Plan) -> list[tuple[int, str, str]]:
    return list(made.problems.select(LINE, "field", "code").iter_rows())


def test_it_takes_the_first_key_that_finds_somebody(register: MemoryRegister) -> None:
    rows = [
        "2;ase@example.no;40000001;Per;Lie;;1",  # the number wins
        "0;ASE@example.no;40000002;;;;2",  # then the e-mail, so it does not matter who shares the mobile
        ";ny@example.no;;ÅSE;ødegård;17.05.1950;2",  # then the name and the date of birth, in whatever case
        "99;;;Kari;Lie;1990-02-01;2",  # a number that nobody has, but the other keys find somebody
        "0;ola@example.no;40000009;Ola;Lie;;1",
    ]
    made = plan(HEADER + "\n".join(rows) + "\n", register, policy=EVERY_WAY)
    assert problems(made) == []
    assert found(made) == [(2, 2), (3, 1), (4, 4), (5, 3), (6, 0)]


def test_it_says_what_no_key_or_several_cards_mean(register: MemoryRegister) -> None:
    rows = [
        ";;40000002;Ny;;;1",  # the mobile of two
        ";;;Ny;Ny;;1",  # no key at all: half of a name and birth is none
        "99;;;Ny;Ny;2001-01-01;1",  # a number that nobody has, and nothing else finds anybody
        "x;;40000001;Ny;;;1",
    ]
    made = plan(HEADER + "\n".join(rows) + "\n", register, policy=EVERY_WAY)
    assert problems(made) == [
        (2, "mobile", "key_ambiguous"),
        (3, "id", "id_missing"),
        (4, "id", "id_unknown"),
        (5, "id", "id_invalid"),
    ]
    assert json.loads(made.problems["params"][0]) == {"ids": [2, 3]}
    by_name = Policy(keys=(RowKey.NAME_BIRTH,))
    made = plan("FirstName;LastName;DateOfBirth;Gender\nÅse;;;2\nKari;Lie;1.2.1990;2\n", register, policy=by_name)
    assert problems(made) == [(2, "last_name", "key_missing"), (2, "date_of_birth", "key_missing")]
    assert found(made)[1] == (3, 3)


def test_it_finds_rows_about_one_card_whatever_key_led_there(register: MemoryRegister) -> None:
    rows = [
        "1;;;Åse;;;2",
        "0;ase@example.no;;Åse;;;2",  # the same card, found by its e-mail
        "0;ny@example.no;40000007;Ny;;;1",
        ";annen@example.no;40000007;Ny;;;1",  # the same new customer, by the mobile
        "3;felles@example.no;;Kari;;;2",
        "4;felles@example.no;;Åse;;;2",  # two that are known by their numbers may share an address
    ]
    made = plan(HEADER + "\n".join(rows) + "\n", register, policy=EVERY_WAY)
    assert problems(made) == [
        (2, "id", "id_twice"),
        (3, "email", "key_twice"),
        (4, "mobile", "key_twice"),
        (5, "mobile", "key_twice"),
    ]
    assert [json.loads(p)["lines"] for p in made.problems["params"]] == [[2, 3], [2, 3], [4, 5], [4, 5]]


COLUMNS = ["Email", "Mobile", "FirstName", "LastName", "DateOfBirth", "Gender"]
CELLS = VALUES | {"LastName": ["", "Lie", "LIE", "Ødegård"]}
ROWS = st.tuples(st.sampled_from(["0", "1", "2", "9", ""]), *(st.sampled_from(CELLS[name]) for name in COLUMNS))
KEYS = st.lists(st.sampled_from(RowKey), unique=True, min_size=1, max_size=4).map(tuple)


@given(registers(), st.lists(ROWS, min_size=1, max_size=6), KEYS)
def test_it_plans_one_row_for_a_card_and_nothing_the_second_time(
    register: MemoryRegister, rows: list[tuple[str, ...]], keys: tuple[RowKey, ...]
) -> None:
    header = ["CustomerID", *COLUMNS, "ExternalID"]
    text = text_of([header, *([*row, f"X{n}"] for n, row in enumerate(rows))])
    policy = Policy(keys=keys)
    made = plan(text, register, policy=policy, leave_out=True)
    written = whole(made).filter(pl.col(frames.STATUS).is_in([Status.CHANGED, Status.NEW, Status.UNCHANGED]))
    cards = written.filter(pl.col(ID) > 0)[ID]
    assert cards.n_unique() == cards.len()
    register.last = 1_000  # no new customer gets a number that stands in the file
    register.apply(made)
    again = plan(text, register, policy=policy, leave_out=True)
    assert again.totals.changed == 0
    assert RowKey.ID in keys or again.totals.new == 0
