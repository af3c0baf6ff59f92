"""What no import can do without, done by hand and without any of ours: the floors that the steps are measured by."""

from __future__ import annotations

from pathlib import Path
from typing import Final

import polars as pl
import psycopg
import pyarrow as pa
import pyarrow.csv as pa_csv
from bench.clock import Clock
from bench.registers import address
from psycopg import Connection

from kundekort.store.fields import SCHEMA

TABLE: Final = "kundekort_customer"
COLUMNS: Final = {field.header: field.key for field in SCHEMA}
WRITTEN: Final = tuple(key for key in COLUMNS.values() if key not in ("id", "version"))
NULLS: Final = ("date_of_birth", "email_consent", "sms_consent")


def preview(clock: Clock, *, file: str) -> None:
    """The file's bytes to text by pyarrow, and the same columns of all cards out of the database."""
    with _connected() as conn, clock:
        _text(file)
        _copy_out(conn)


def preview_of_new(clock: Clock, *, file: str, scratch: str) -> None:
    """The file's bytes to text by pyarrow, and that text as Parquet by Polars, lightly compressed."""
    target = Path(scratch)
    with clock:
        frame = pl.DataFrame(pl.from_arrow(_text(file)))
        frame.write_parquet(target, compression="zstd", compression_level=1, row_group_size=20_000)
    target.unlink()


def export(clock: Clock) -> None:
    """The same columns of all cards out of the database."""
    with _connected() as conn, clock:
        _copy_out(conn)


def confirm(clock: Clock, *, file: str, before: str | None, columns: list[str]) -> None:
    """What a file changes (some columns of the cards, and new cards) into the table with its indexes, without history.

    `before` is the untouched export that it was made of, None where all is new.
    """
    rows = pl.read_csv(file, separator=";", infer_schema=False).fill_null("").rename(COLUMNS, strict=False)
    changed, new = rows.clear(), rows
    if before is not None:
        old = pl.read_csv(before, separator=";", infer_schema=False).fill_null("").rename(COLUMNS, strict=False)
        known = rows.head(old.height)
        moved = pl.any_horizontal(known[column] != old[column] for column in columns)
        changed, new = known.filter(moved), rows.slice(old.height)
    updates = csv(changed.select("id", *columns))
    inserts = csv(new.select(WRITTEN))
    sets = ", ".join(f"{column} = s.{column}" for column in columns)
    with _connected() as conn, clock, conn.transaction():
        if changed.height:
            _stage(conn, "changed", ("id", *columns), updates)
            conn.execute(
                f"UPDATE {TABLE} c SET {sets}, version = version + 1, changed_at = now() "  # noqa: S608 - our names
                "FROM changed s WHERE c.id = s.id"
            )
        if new.height:
            _stage(conn, "new", WRITTEN, inserts)
            names = ", ".join(WRITTEN)
            conn.execute(f"INSERT INTO {TABLE} ({names}) SELECT {names} FROM new")  # noqa: S608 - our names


def _connected() -> Connection:
    return psycopg.connect(address(), autocommit=True)


def _text(file: str) -> pa.Table:
    with Path(file).open("rb") as stream:
        head = stream.readline().decode().strip().split(";")
    return pa_csv.read_csv(
        file,
        parse_options=pa_csv.ParseOptions(delimiter=";", newlines_in_values=True),
        convert_options=pa_csv.ConvertOptions(column_types=dict.fromkeys(head, pa.string()), strings_can_be_null=False),
    )


def _copy_out(conn: Connection) -> None:
    query = f"COPY (SELECT {', '.join(COLUMNS.values())} FROM {TABLE}) TO STDOUT (FORMAT csv)"  # noqa: S608 - our names
    with conn.cursor() as cursor, cursor.copy(query) as copy:
        for _ in copy:
            pass


def _stage(conn: Connection, name: str, columns: tuple[str, ...], rows: bytes) -> None:
    names, nulls = ", ".join(columns), ", ".join(column for column in columns if column in NULLS)
    conn.execute(
        f"CREATE TEMPORARY TABLE {name} ON COMMIT DROP AS "  # noqa: S608 - our names
        f"SELECT {names} FROM {TABLE} WITH NO DATA"
    )
    options = f"FORMAT csv, FORCE_NULL ({nulls})" if nulls else "FORMAT csv"
    with conn.cursor() as cursor, cursor.copy(f"COPY {name} ({names}) FROM STDIN ({options})") as copy:
        for start in range(0, len(rows), 2**20):
            copy.write(rows[start : start + 2**20])
    conn.execute(f"ANALYZE {name}")


def csv(frame: pl.DataFrame) -> bytes:
    """Canonical text as COPY takes it: all of it quoted, so that only FORCE_NULL makes a null."""
    if "tags" in frame.columns:
        tags = pl.col("tags").str.replace_all("|", '","', literal=True)
        frame = frame.with_columns(tags=pl.when(pl.col("tags") == "").then(pl.lit("{}")).otherwise('{"' + tags + '"}'))
    return frame.write_csv(include_header=False, quote_style="always").encode()
