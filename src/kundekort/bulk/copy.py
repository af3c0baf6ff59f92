"""Frames through COPY, in and out of the database, on the caller's psycopg connection and in its transaction."""

from __future__ import annotations

import io
import tempfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Final, TypeVar

import polars as pl
import pyarrow as pa
import pyarrow.csv as pa_csv
from psycopg import Connection
from psycopg.sql import Composed, Identifier

from kundekort.bulk import statements
from kundekort.engine.ahead import ahead

SLICE: Final = 20_000
"""Rows that go through at a time."""
BYTES: Final = 4 * 2**20
"""Bytes of rows that are read at a time from a file."""

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class CopyText:
    """Rows in PostgreSQL's text format, ready to be sent: the names of their columns, and their bytes in parts."""

    columns: tuple[str, ...]
    parts: tuple[str, ...]


def copy_out(conn: Connection, query: Composed, types: Mapping[str, pl.DataType | type[pl.DataType]]) -> pl.DataFrame:
    """The rows of a query as one frame."""
    buffer = io.BytesIO()
    with conn.cursor() as cursor, cursor.copy(statements.copy_out(query)) as copy:
        for block in copy:  # the server sends one block per row
            buffer.write(block)
    buffer.seek(0)
    return pl.read_csv(buffer, schema=dict(types), empty_string_is_null=False)


@contextmanager
def copied(
    conn: Connection, query: Composed, types: Mapping[str, pl.DataType | type[pl.DataType]]
) -> Iterator[Iterator[pl.DataFrame]]:
    """The rows of a query in frames of some megabytes, from a file that is there for the length of a with statement."""
    with tempfile.TemporaryFile() as file:
        with conn.cursor() as cursor, cursor.copy(statements.copy_out(query)) as copy:
            for block in copy:
                file.write(block)
        file.seek(0)
        with pa_csv.open_csv(
            file,
            read_options=pa_csv.ReadOptions(block_size=BYTES),
            parse_options=pa_csv.ParseOptions(newlines_in_values=True),
            convert_options=pa_csv.ConvertOptions(column_types=_arrow(types), strings_can_be_null=False),
        ) as batches:
            yield (pl.DataFrame(pl.from_arrow(batch)) for batch in batches)


def streamed(
    conn: Connection, query: Composed, values: Sequence[object], types: Mapping[str, pl.DataType | type[pl.DataType]]
) -> Iterator[pl.DataFrame]:
    """The rows of a query without null, in frames of some megabytes, the next of which is read while one is used.

    `values` are those of its placeholders. Until the last frame is taken, the connection answers nothing else.
    """
    with conn.cursor() as cursor, cursor.copy(statements.copy_text_out(query), values or None) as copy:
        yield from ahead(_frames(copy, types))


def _frames(
    rows: Iterable[bytes | bytearray | memoryview], types: Mapping[str, pl.DataType | type[pl.DataType]]
) -> Iterator[pl.DataFrame]:
    """Rows of CSV, which the server sends one by one, as frames."""
    names, arrow, block = list(types), _arrow(types), bytearray()
    for row in rows:
        block += row
        if len(block) >= BYTES:
            yield _frame(block, names, arrow)
            block = bytearray()
    if block:
        yield _frame(block, names, arrow)


def _frame(block: bytearray, names: list[str], types: dict[str, pa.DataType]) -> pl.DataFrame:
    table = pa_csv.read_csv(
        pa.BufferReader(block),  # type: ignore[arg-type]  # any file of Arrow's own
        read_options=pa_csv.ReadOptions(column_names=names, use_threads=False, block_size=len(block) + 1),
        parse_options=pa_csv.ParseOptions(newlines_in_values=True),
        convert_options=pa_csv.ConvertOptions(column_types=types, strings_can_be_null=False),
    )
    return pl.DataFrame(pl.from_arrow(table))


def _arrow(types: Mapping[str, pl.DataType | type[pl.DataType]]) -> dict[str, pa.DataType]:
    return {name: pa.string() if kind == pl.String else pa.int64() for name, kind in types.items()}


def copy_text(rows: pl.DataFrame) -> CopyText:
    """A frame as COPY takes it. It needs no connection, so that it can be made while the server is at work."""
    parts = (_escaped(block) for block in rows.iter_slices(SLICE))
    lines = (part.write_csv(include_header=False, separator="\t", quote_style="never") for part in parts)
    return CopyText(columns=tuple(rows.columns), parts=tuple(lines))


def copy_in(conn: Connection, table: Identifier, rows: CopyText) -> int:
    """Copy rows into the columns of the same names, and say how many they are."""
    with conn.cursor() as cursor, cursor.copy(statements.copy_into(table, rows.columns)) as copy:
        for part in rows.parts:
            copy.write(part)
    return cursor.rowcount


@contextmanager
def temporary(
    conn: Connection,
    table: Identifier,
    create: Composed,
    rows: pl.DataFrame | CopyText,
    *,
    join: Sequence[str] | None = (),
) -> Iterator[None]:
    """A temporary table with rows in it, for the length of a with statement.

    `join`: the columns by which it is joined, which the database looks at beforehand; () for all, None for none.
    """
    conn.execute(create)
    copy_in(conn, table, rows if isinstance(rows, CopyText) else copy_text(rows))
    if join is not None:
        conn.execute(statements.analyze(table, join))
    yield
    conn.execute(statements.drop(table))


def _escaped(rows: pl.DataFrame) -> pl.DataFrame:
    """Text as PostgreSQL's text format wants it; most columns hold nothing that needs it."""
    odd = [name for name, kind in rows.schema.items() if kind == pl.String and _is_odd(rows[name])]
    for character, escape in (("\\", "\\\\"), ("\t", "\\t"), ("\n", "\\n"), ("\r", "\\r")):
        rows = rows.with_columns(pl.col(odd).str.replace_all(character, escape, literal=True))
    return rows.with_columns(pl.col(pl.Int64).cast(pl.String).fill_null("\\N"))


def _is_odd(text: pl.Series) -> bool:
    return bool(text.str.contains(r"[\\\t\n\r]").any())
