"""Frames through COPY, in and out of the database, on the caller's psycopg connection and in its transaction."""

from __future__ import annotations

import io
import tempfile
from collections.abc import Generator, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, TypeVar

import polars as pl
from psycopg import Connection
from psycopg.errors import error_from_result
from psycopg.pq import ExecStatus, TransactionStatus
from psycopg.pq.abc import PGconn
from psycopg.sql import Composed, Identifier
from psycopg.waiting import Ready, Wait

from kundekort.bulk import statements
from kundekort.engine.ahead import ahead

if TYPE_CHECKING:
    import pyarrow as pa

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
    rows = b"".join(blocks(conn, statements.copy_out(query)))
    if rows.find(b"\n") == len(rows) - 1:  # the header alone
        return pl.DataFrame(schema=dict(types))
    return pl.read_csv(io.BytesIO(rows), schema=dict(types), empty_string_is_null=False)


@contextmanager
def copied(
    conn: Connection, query: Composed, types: Mapping[str, pl.DataType | type[pl.DataType]]
) -> Iterator[Iterator[pl.DataFrame]]:
    """The rows of a query in frames of some megabytes, from a file that is there for the length of a with statement."""
    import pyarrow.csv as pa_csv  # here and below, so that nobody waits for it who asks for a few rows

    with tempfile.TemporaryFile() as file:
        file.writelines(blocks(conn, statements.copy_out(query)))
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
    rows = blocks(conn, statements.copy_text_out(query), values)
    yield from ahead(
        pl.read_csv(io.BytesIO(block), has_header=False, schema=dict(types), empty_string_is_null=False)
        for block in rows
    )


def blocks(conn: Connection, query: Composed, values: Sequence[object] = ()) -> Iterator[bytearray]:
    """What COPY sends, whole rows of some megabytes at a time.

    The server sends each row by itself, and psycopg gives it so, which costs twice as much as to gather them here.
    """
    with conn.cursor() as cursor, cursor.copy(query, values or None):
        while block := conn.wait(_block(conn.pgconn)):
            yield block


def _block(pgconn: PGconn) -> Generator[Wait, Ready | int, bytearray]:
    """The next rows of a running COPY; none at its end, when the connection is free for others again."""
    block = bytearray()
    running = pgconn.transaction_status == TransactionStatus.ACTIVE
    while running and len(block) < BYTES:
        size, row = pgconn.get_copy_data(1)  # 0 where it would have to wait
        if size > 0:
            block += row
        elif size == 0:
            while not (yield Wait.R):
                continue
            pgconn.consume_input()
        else:
            running = False
            for result in list(iter(pgconn.get_result, None)):  # all of them, or the connection stays occupied
                if result.status != ExecStatus.COMMAND_OK:
                    raise error_from_result(result)
    return block


def _arrow(types: Mapping[str, pl.DataType | type[pl.DataType]]) -> dict[str, pa.DataType]:
    import pyarrow as pa

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
