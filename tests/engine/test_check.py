import json
from collections.abc import Sequence
from dataclasses import replace
from datetime import date

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kundekort.engine import frames, uniqueness
from kundekort.engine.check import CheckedRows, check
from kundekort.engine.frames import LINE, ROW
from kundekort.engine.reading.table import Block
from kundekort.engine.recipe import Column, DateOrder, Policy, RowKey
from kundekort.engine.schema import Field, Kind, Schema
from kundekort.engine.uniqueness import UniqueValues
from kundekort.store.fields import SCHEMA

TODAY = date(2026, 11, 23)


def block(rows: Sequence[Sequence[str | None]], *, broken: Sequence[int] = ()) -> Block:
    """A block as the reader gives it, its rows on the lines 2, 3, …; those in `broken` are too short."""
    width = len(rows[0])
    cells = pl.DataFrame(
        {f"c{n}": [row[n] for row in rows] for n in range(width)}, schema={f"c{n}": pl.String for n in range(width)}
    ).with_row_index(ROW)
    bad = cells.filter(pl.col(ROW).is_in(broken)).select(
        ROW,
        pl.col(ROW).add(2).alias(LINE),
        field=None,
        code=pl.lit("row_too_short"),
        value=pl.lit(""),
        params=pl.lit("{}"),
    )
    return Block(
        cells=cells.with_columns(pl.col(ROW).add(2).alias(LINE)).select(ROW, LINE, pl.exclude(ROW, LINE)),
        problems=bad.cast(frames.PROBLEMS),
        blank_rows=0,
        done=0,
    )


NO_CARDS = pl.DataFrame(schema={ROW: pl.UInt32, LINE: pl.UInt32, frames.ID: pl.Int64})


def checked(
    fields: str, *rows: Sequence[str | None], broken: Sequence[int] = (), schema: Schema = SCHEMA, **policy: object
) -> CheckedRows:
    """The rows and all problems of a file of one block, dates read as all of them together say."""
    columns = [Column(header=key, field=None if key == "-" else key) for key in fields.split()]
    wish = Policy(**policy)  # type: ignore[arg-type]
    orders: dict[str, DateOrder | None] = {}
    for _ in range(2):
        unique = UniqueValues(policy=wish, schema=schema)
        result = check(
            block(rows, broken=broken),
            columns=columns,
            policy=wish,
            schema=schema,
            today=TODAY,
            country="NO",
            date_orders=orders,
            unique=unique,
        )
        orders = {key: evidence.order for key, evidence in result.evidence.items()}
    parts = {name: part.lazy() for name, part in unique.parts.items()}
    twice = uniqueness.problems(parts, NO_CARDS.lazy(), policy=wish, schema=schema)
    return replace(result, problems=frames.concat([result.problems, twice], frames.PROBLEMS))


def problems(result: CheckedRows) -> list[tuple[int, str | None, str]]:
    assert result.problems.schema == frames.PROBLEMS
    return list(result.problems.select(LINE, "field", "code").iter_rows())


def params(result: CheckedRows) -> list[object]:
    return [json.loads(text) for text in result.problems["params"]]


def test_it_gives_canonical_rows_in_schema_order_and_leaves_other_columns_aside() -> None:
    result = checked(
        "email - id mobile", [" Kari@B.no ", "rød", "007", "912 34 567"], ["", "blå", "0", ""], keys=(RowKey.ID,)
    )
    assert result.rows.columns == [ROW, LINE, "id", "email", "mobile"]
    assert result.rows.rows() == [(0, 2, "7", "Kari@B.no", "+4791234567"), (1, 3, "0", "", "")]
    assert problems(result) == []


def test_it_finds_all_problems_at_once_in_the_order_of_rows_and_columns() -> None:
    result = checked("gender id email", ["", "", "kari"], ["2", "x", "a@b.no"], ["3", "1", "@"])
    assert problems(result) == [
        (2, "id", "id_missing"),
        (2, "email", "email_invalid"),
        (2, "gender", "gender_missing"),
        (3, "id", "id_invalid"),
        (4, "email", "email_invalid"),
        (4, "gender", "gender_unknown"),
    ]
    assert result.rows["email"].to_list() == ["kari", "a@b.no", "@"]


def test_it_shows_a_bad_cell_trimmed_and_reports_it_as_the_file_has_it() -> None:
    result = checked("id phone", ["1", "  ring meg " + "!" * 300])
    assert result.rows["phone"].to_list() == ["ring meg " + "!" * 300]
    assert result.problems["value"].to_list() == [("  ring meg " + "!" * 300)[:200]]


def test_it_adds_nothing_to_rows_that_the_reader_found_broken_but_keeps_them() -> None:
    result = checked("id email gender", ["1", "a@b.no", "1"], ["1", "kari", None], broken=[1])
    assert problems(result) == [(3, None, "row_too_short")]
    assert result.rows.rows() == [(0, 2, "1", "a@b.no", "1"), (1, 3, "1", "kari", None)]


def test_it_marks_every_row_of_an_id_that_stands_twice() -> None:
    result = checked("id", *[[i] for i in ["7", "0", "07", "0", " 7 ", "8", "x", "x"]])
    assert problems(result) == [
        (2, "id", "id_twice"),
        (4, "id", "id_twice"),
        (6, "id", "id_twice"),
        (8, "id", "id_invalid"),
        (9, "id", "id_invalid"),
    ]
    assert params(result) == [{"lines": [2, 4, 6]}] * 3 + [{}, {}]


def test_it_names_five_lines_at_most() -> None:
    result = checked("id", *[["1"]] * 9)
    assert params(result) == [{"lines": [2, 3, 4, 5, 6]}] * 9


def test_it_asks_nothing_of_ids_when_rows_are_matched_otherwise() -> None:
    result = checked("id first_name", ["", "Kari"], ["x", "Ola"], ["1", "Per"], ["1", "Pål"], keys=())
    assert problems(result) == []


def test_it_wants_the_key_once_in_every_row() -> None:
    result = checked("email", ["A@b.no"], [" "], ["a@B.no"], ["kari"], ["c@b.no"], keys=(RowKey.EMAIL,))
    assert problems(result) == [
        (2, "email", "key_twice"),
        (3, "email", "key_missing"),
        (4, "email", "key_twice"),
        (5, "email", "email_invalid"),
    ]
    assert params(result) == [{"lines": [2, 4]}, {}, {"lines": [2, 4]}, {}]


def test_it_wants_unique_values_once_but_lets_them_be_empty() -> None:
    rows = [["1", "A"], ["2", ""], ["3", "A "], ["4", ""], ["5", "a"]]
    result = checked("id external_id", *rows)
    assert problems(result) == [(2, "external_id", "value_twice"), (4, "external_id", "value_twice")]
    by_key = checked("id external_id", *rows, keys=(RowKey.EXTERNAL_ID,))
    assert [code for _, _, code in problems(by_key)] == ["key_twice", "key_missing", "key_twice", "key_missing"]


def test_it_says_how_long_is_too_long() -> None:
    result = checked("id first_name tags", ["1", "å" * 201, "a | " + "b" * 101 + "|c"])
    assert problems(result) == [(2, "first_name", "too_long"), (2, "tags", "too_long")]
    assert params(result) == [{"length": 201, "limit": 200}, {"length": 101, "limit": 100}]


def test_it_names_the_choices_of_an_own_field() -> None:
    custom = Field(key="level", header="Nivå", kind=Kind.CHOICE, choices=("Gull", "Sølv"))
    result = checked("id level", ["1", "gull"], ["2", "bronse"], schema=Schema(fields=(*SCHEMA.fields, custom)))
    assert result.rows["level"].to_list() == ["Gull", "bronse"]
    assert params(result) == [{"choices": ["Gull", "Sølv"]}]


@pytest.mark.parametrize(
    ("written", "order", "iso"),
    [
        (["03/04/1990", "25/12/1990"], None, ["1990-04-03", "1990-12-25"]),
        (["03/04/1990", "12/25/1990"], None, ["1990-03-04", "1990-12-25"]),
        (["03/04/1990", "05/05/1990"], None, [None, "1990-05-05"]),
        (["03/04/1990", "05/05/1990"], DateOrder.DAY_FIRST, ["1990-04-03", "1990-05-05"]),
        (["03/04/1990", "12/25/1990"], DateOrder.DAY_FIRST, ["1990-04-03", None]),
        (["3-4-1990", "25/12/1990", "26-12-1990", "12/25/1990", "1.2.1990"], None, [None] * 4 + ["1990-02-01"]),
        (["03/04/1990", "25/12/1990", "12/25/1990", "05/05/1990"], None, [None, None, None, "1990-05-05"]),
        (["03/04/1990", "03.04.1990", "1990-04-03"], None, [None, "1990-04-03", "1990-04-03"]),
        (["03/04/1990 00:00", "25/12/1990 00:00:00"], None, ["1990-04-03", "1990-12-25"]),
    ],
)
def test_it_decides_the_date_order_for_the_whole_column(
    written: list[str], order: DateOrder | None, iso: list[str | None]
) -> None:
    result = checked("id date_of_birth", *[[str(n), day] for n, day in enumerate(written, 1)], date_order=order)
    kept = [i or day for i, day in zip(iso, written, strict=True)]
    assert result.rows["date_of_birth"].to_list() == kept
    assert [line - 2 for line, _, _ in problems(result)] == [n for n, i in enumerate(iso) if i is None]


def test_it_does_not_let_broken_rows_decide_the_date_order() -> None:
    result = checked("id date_of_birth", ["1", "03/04/1990"], ["2", "12/25/1990"], broken=[1])
    assert problems(result) == [(2, "date_of_birth", "date_ambiguous"), (3, None, "row_too_short")]


KEYS = "id email mobile date_of_birth external_id tags gender"
CELL = st.sampled_from(
    ["", "0", "1", "01", " 1", "2", "a@b.no", "A@b.no", "91234567", "3/4/1990", "25/4/1990", "b|a", "x"]
)
ROWS = st.lists(st.lists(CELL, min_size=7, max_size=7), min_size=1, max_size=12)


@given(ROWS)
def test_it_finds_nothing_more_in_rows_that_have_been_through_it(rows: list[list[str]]) -> None:
    first = checked(KEYS, *rows)
    assert first.rows.height == len(rows)
    good = first.rows.join(first.problems, on=ROW, how="anti").select(KEYS.split())
    if good.height:
        again = checked(KEYS, *good.iter_rows())
        assert again.rows.select(KEYS.split()).equals(good)
        assert again.problems.is_empty()


@given(ROWS, st.randoms(use_true_random=False))
def test_it_says_the_same_in_any_order_of_rows(rows: list[list[str]], random: object) -> None:
    order = list(range(len(rows)))
    random.shuffle(order)  # type: ignore[attr-defined]
    straight, shuffled = checked(KEYS, *rows), checked(KEYS, *[rows[n] for n in order])
    said = {
        (order.index(row), field, code) for row, field, code in straight.problems.select(ROW, "field", "code").rows()
    }
    assert said == set(shuffled.problems.select(ROW, "field", "code").rows())
    assert straight.rows[order].select(KEYS.split()).equals(shuffled.rows.select(KEYS.split()))


def test_it_takes_an_empty_block() -> None:
    some = block([["1", "x"]])
    result = check(
        some._replace(cells=some.cells.clear()),
        columns=[Column("id", "id"), Column("tags", "tags")],
        policy=Policy(),
        schema=SCHEMA,
        today=TODAY,
        country="NO",
        date_orders={},
        unique=UniqueValues(policy=Policy(), schema=SCHEMA),
    )
    assert result.rows.columns == [ROW, LINE, "id", "tags"]
    assert result.rows.is_empty()
    assert result.problems.is_empty()
