"""Frames through COPY, in and out of the database, on the caller's psycopg connection and in its transaction."""

from __future__ import annotations

import io
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Final

import polars as pl
import pyarrow as pa
import pyarrow.csv as pa_csv
from psycopg import Connection
from psycopg.sql import Composed, Identifier

from kundekort.bulk import statements

SLICE: Final = 20_000
"""Rows that go through at a time."""
BYTES: Final = 4 * 2**20
"""Bytes of rows that are read at a time from a file."""


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
        arrow = {name: pa.string() if kind == pl.String else pa.int64() for name, kind in types.items()}
        with pa_csv.open_csv(
            file,
            read_options=pa_csv.ReadOptions(block_size=BYTES),
            parse_options=pa_csv.ParseOptions(newlines_in_values=True),
            convert_options=pa_csv.ConvertOptions(column_types=arrow, strings_can_be_null=False),
        ) as batches:
            yield (pl.DataFrame(pl.from_arrow(batch)) for batch in batches)


def copy_in(conn: Connection, table: Identifier, rows: pl.DataFrame) -> None:
    """Copy a frame into the columns of the same names."""
    with conn.cursor() as cursor, cursor.copy(statements.copy_into(table, rows.columns)) as copy:
        for block in rows.iter_slices(SLICE):
            copy.write(_escaped(block).write_csv(include_header=False, separator="\t", quote_style="never"))


@contextmanager
def temporary(conn: Connection, table: Identifier, create: Composed, rows: pl.DataFrame) -> Iterator[None]:
    """A temporary table with rows in it, for the length of a with statement."""
    conn.execute(create)
    copy_in(conn, table, rows)
    conn.execute(statements.analyze(table))
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
