"""What others make of text files, in their own environment: a JSON array of rows, or null, for each path of stdin.

    python bench/steps/tables.py csv.Sniffer|CleverCSV|DuckDB

Null means that the file was refused. They are told nothing of a file; none of them reports single rows.
"""

from __future__ import annotations

import csv
import io
import json
import sys
from collections.abc import Sequence
from pathlib import Path

Rows = list[Sequence[str | None]]


def sniffer(path: str) -> Rows:
    """csv.Sniffer as its documentation has it, in UTF-8 or else Windows-1252."""
    data = Path(path).read_bytes()
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = data.decode("cp1252", "replace")
    return list(csv.reader(io.StringIO(text, newline=""), csv.Sniffer().sniff(text[: 1 << 16])))


def clever(path: str) -> Rows:
    """CleverCSV's way from a path to rows."""
    import clevercsv  # type: ignore[import-not-found]  # in the peers' environment

    return list(clevercsv.read_table(path))


def duck(path: str) -> Rows:
    """DuckDB's reader with all found out but the header, which is a row as others."""
    import duckdb  # type: ignore[import-not-found]  # in the peers' environment

    return list(duckdb.read_csv(path, all_varchar=True, header=False).fetchall())


READERS = {"csv.Sniffer": sniffer, "CleverCSV": clever, "DuckDB": duck}


def main() -> None:
    """Read each file."""
    csv.field_size_limit(1 << 30)
    read = READERS[sys.argv[1]]
    for path in sys.stdin:
        try:
            rows: Rows | None = read(path.rstrip("\n"))
        except Exception:  # whatever it is, nobody takes what was not read for the table
            rows = None
        print(json.dumps(rows), flush=True)


if __name__ == "__main__":
    main()
