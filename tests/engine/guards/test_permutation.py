"""Names and dates of birth that stand in other rows than on the cards."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import pytest

from kundekort.engine.recipe import EmptyCells, Policy
from tests.engine.memory import plan
from tests.engine.test_identity_guards import Row, exported, found, register, sorted_alone, text


def pushed_down(key: str) -> Callable[[list[Row]], list[Row]]:
    def damage(rows: list[Row]) -> list[Row]:
        return [row | {key: above[key]} for row, above in zip(rows, [rows[-1], *rows], strict=False)]

    return damage


def names_sorted(rows: list[Row]) -> list[Row]:
    names = sorted((row["last_name"], row["first_name"]) for row in rows)
    return [row | {"last_name": last, "first_name": first} for row, (last, first) in zip(rows, names, strict=True)]


def married(rows: list[Row]) -> list[Row]:
    return [
        row | {"last_name": f"{row['last_name']}-{other['last_name']}"}
        for row, other in zip(rows, rows[1:] + rows[:1], strict=True)
    ]


def in_capitals(rows: list[Row]) -> list[Row]:
    return [row | {"last_name": row["last_name"].upper()} for row in rows]


@pytest.mark.parametrize(
    ("damage", "but", "codes"),
    [
        (sorted_alone("last_name"), (), {("column_moved", "last_name")}),
        (sorted_alone("date_of_birth"), (), {("column_moved", "date_of_birth")}),
        (pushed_down("first_name"), ("company", "address"), {("column_moved", "first_name")}),
        (names_sorted, (), {("column_moved", "last_name"), ("column_moved", "first_name")}),
        (married, (), set()),
        (in_capitals, (), set()),
    ],
)
def test_it_notices_values_of_other_rows(
    damage: Callable[[list[Row]], list[Row]], but: Sequence[str], codes: set[tuple[str, str | None]]
) -> None:
    cards = register()
    made = plan(text(damage(exported(cards, but=but))), cards)
    assert set(found(made)) == codes


@pytest.mark.parametrize("empty_cells", EmptyCells)
def test_it_notices_a_moved_column_whatever_empty_cells_do(empty_cells: EmptyCells) -> None:
    cards = register(200)
    rows = exported(cards)
    born = [n for n, row in enumerate(rows) if row["email"] and row["first_name"]]
    there = [{k: rows[n][k] for k in ("id", "first_name", "last_name", "email", "date_of_birth")} for n in born]
    empty = sum(not row["date_of_birth"] for row in there)
    assert empty > 10, "what is empty moves too"
    made = plan(text(sorted_alone("date_of_birth")(there)), cards, policy=Policy(empty_cells=empty_cells))
    assert set(found(made)) == {("column_moved", "date_of_birth")}
    few = [row | {"date_of_birth": ("1980-01-02", "1990-03-04")[n % 2]} for n, row in enumerate(there)]
    assert found(plan(text(few), cards)) == {}
