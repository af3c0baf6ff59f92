"""Unique values that go from one card to another in the same file."""

from __future__ import annotations

import random

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kundekort.engine import frames, transfers
from kundekort.engine.decisions import Action, Decision
from kundekort.engine.frames import ROW
from kundekort.engine.plan import Plan
from tests.engine.memory import EMPTY, MemoryRegister, plan

CLAIMS = {ROW: pl.UInt32, "field": pl.String, "giver": pl.UInt32}


def register(*values: str) -> MemoryRegister:
    cards = {n: EMPTY | {"first_name": "Åse", "external_id": value} for n, value in enumerate(values, 1)}
    return MemoryRegister(cards, dict.fromkeys(cards, 1), last=len(cards))


def planned(lines: str, where: MemoryRegister, *decisions: Decision, leave_out: bool = False) -> Plan:
    text = "CustomerID;ExternalID;Gender;FirstName\n" + "".join(f"{line};Åse\n" for line in lines.split("\n"))
    return plan(text, where, decisions=decisions, leave_out=leave_out)


def wrong(made: Plan) -> list[tuple[int, str]]:
    return made.problems.select(frames.LINE, "code").rows()


@pytest.mark.parametrize(
    "lines",
    [
        pytest.param("1;B;0\n2;A;0", id="two change places"),
        pytest.param("1;B;0\n2;C;0\n3;A;0", id="three go round"),
        pytest.param("1;B;0\n2;C;0\n3;D;0", id="each takes the next one's"),
        pytest.param("0;A;0\n1;;0", id="a new card gets what another gives up"),
        pytest.param("2;A;0\n1;X;0", id="the giver stands below"),
    ],
)
def test_it_lets_values_pass_that_are_given_up(lines: str) -> None:
    where = register("A", "B", "C")
    made = planned(lines, where)
    assert wrong(made) == []
    where.apply(made)
    values = [card["external_id"] for card in where.cards_by_id.values() if card["external_id"]]
    assert len(values) == len(set(values))


@pytest.mark.parametrize(
    ("lines", "found"),
    [
        pytest.param("1;B;0", [(2, "value_taken")], id="nobody gives it up"),
        pytest.param("1;B;0\n2;X;7", [(2, "value_taken"), (3, "gender_unknown")], id="the giver's row is wrong"),
        pytest.param(
            "1;B;0\n2;C;0\n3;D;7",
            [(2, "value_taken"), (3, "value_taken"), (4, "gender_unknown")],
            id="the end of the chain is wrong",
        ),
        pytest.param(
            "1;B;0\n2;B;0", [(2, "value_taken"), (2, "value_twice"), (3, "value_twice")], id="two want to have it"
        ),
    ],
)
def test_it_tells_of_values_that_stay_where_they_are(lines: str, found: list[tuple[int, str]]) -> None:
    where = register("A", "B", "C")
    assert wrong(planned(lines, where)) == found


def test_it_gives_nobody_the_value_of_a_row_that_is_left_out() -> None:
    made = planned("1;B;0\n2;A;0\n3;Z;0", register("A", "B", "C"), Decision(Action.LEAVE_OUT, rows=(1,)))
    assert wrong(made)[0] == (2, "value_taken")
    assert (made.totals.errors, made.totals.left_out, made.totals.changed) == (1, 1, 1)


def test_it_gives_what_a_card_gives_up_whose_other_row_is_left_out() -> None:
    where = register("A", "B", "C")
    made = planned("2;Y;0\n2;Z;0\n1;B;0", where, Decision(Action.LEAVE_OUT, rows=(0,)))
    assert wrong(made) == []
    assert (made.totals.left_out, made.totals.changed) == (1, 2)
    where.apply(made)
    assert [card["external_id"] for card in where.cards_by_id.values()] == ["B", "Z", "C"]


def test_it_leaves_the_whole_ring_out_where_one_of_it_is_wrong() -> None:
    made = planned("1;B;0\n2;C;0\n3;A;7", register("A", "B", "C"), leave_out=True)
    assert (made.totals.left_out, made.totals.changed) == (3, 0)


def test_it_sees_to_the_end_of_a_long_chain() -> None:
    rows = 50_000
    chain = [(row, "external_id", row + 1) for row in range(rows)]
    random.Random(8).shuffle(chain)
    claims = pl.DataFrame(chain, schema=CLAIMS, orient="row")
    assert transfers.refused(claims, pl.Series([], dtype=pl.UInt32)).is_empty()
    assert transfers.refused(claims, pl.Series([rows], dtype=pl.UInt32)).height == rows


def by_hand(claims: list[tuple[int, str, int | None]], stuck: set[int]) -> set[tuple[int, str]]:
    """The refused claims, found one after the other."""
    refused: set[tuple[int, str]] = set()
    while True:
        lost = stuck | {row for row, _ in refused}
        found = {(row, field) for row, field, giver in claims if giver is None or giver in lost}
        if found == refused:
            return refused
        refused = found


GIVERS = st.one_of(st.none(), st.integers(0, 7))


@given(st.dictionaries(st.tuples(st.integers(0, 7), st.sampled_from("ab")), GIVERS), st.sets(st.integers(0, 7)))
def test_it_refuses_what_a_look_at_one_after_the_other_refuses(
    wanted: dict[tuple[int, str], int | None], stuck: set[int]
) -> None:
    claims = [(row, field, giver) for (row, field), giver in wanted.items()]
    found = transfers.refused(
        pl.DataFrame(claims, schema=CLAIMS, orient="row"), pl.Series(sorted(stuck), dtype=pl.UInt32)
    )
    assert set(found.select(ROW, "field").iter_rows()) == by_hand(claims, stuck)
