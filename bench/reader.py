"""How often files are read as the table they are, beside others, as the table of docs/file-format.md:

    .venv/bin/python -m bench.reader FOLDER

FOLDER has a `manifest.jsonl` with an object for each file: `path` (under `files/`), `expected` (the right table as CSV
in UTF-8, below the folder; files without one, and workbooks, are left out) and `truth`, an array of where that is known
from: `table`, the source itself, or `peer`, other readers that agreed. Nobody is told anything of a file. Exact is the
table cell by cell, but for kinds of line ends, blanks around cells, empty rows, and empty cells at the end of rows;
flagged, another one with a problem or a warning, or a refusal; silent, another one without a word. Others are run in
the environment of `bench.peers`, as far as they are there.
"""

from __future__ import annotations

import csv
import json
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, Final

from bench.clock import ROOT
from bench.peers import PYTHON

from kundekort.engine.errors import FileRefused
from kundekort.engine.reading import reader
from kundekort.engine.reading.table import Limits

OTHERS: Final = {"csv.Sniffer": "csv", "CleverCSV": "clevercsv", "DuckDB": "duckdb"}
"""The modules by which they are there."""
OUTCOMES: Final = ("exact", "flagged", "silent")
LIMITS: Final = Limits(columns=16_384)
Rows = Sequence[Sequence[str | None]]


def main() -> None:
    """Read all files and print the table."""
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    folder = Path(sys.argv[1])
    entries = [json.loads(line) for line in (folder / "manifest.jsonl").read_text().splitlines()]
    entries = [entry for entry in entries if entry.get("expected")]
    texts = [entry for entry in entries if not reader.workbook.begins(memoryview(data(folder, entry)))]
    csv.field_size_limit(1 << 30)
    print("| | files | exact | flagged | silent |\n|---|--:|--:|--:|--:|")
    for name, tables in readers(folder, texts):
        counts: Counter[tuple[str, str]] = Counter()
        for entry, (rows, told) in zip(texts, tables, strict=True):
            right = rows is not None and bare(rows) == bare(expected(folder, entry))
            outcome = "exact" if right else "flagged" if told or rows is None else "silent"
            counts["table" if "table" in entry["truth"] else "others agreed", outcome] += 1
        for truth in sorted({truth for truth, _ in counts}, reverse=True):
            shown = [counts[truth, outcome] for outcome in OUTCOMES]
            print(f"| {name}: {truth} | {sum(shown)} | " + " | ".join(map(str, shown)) + " |")


def readers(folder: Path, entries: Sequence[dict[str, Any]]) -> Iterator[tuple[str, list[tuple[Rows | None, bool]]]]:
    """Every reader that is there, with what it makes of each file: its rows, and whether it told of a problem."""
    yield "Kundekort", [ours(data(folder, entry)) for entry in entries]
    paths = "".join(f"{folder / 'files' / entry['path']}\n" for entry in entries)
    for name, module in OTHERS.items():
        if PYTHON.exists() and not run("-c", f"import {module}").returncode:
            said = run(str(ROOT / "bench" / "steps" / "tables.py"), name, text=paths)
            said.check_returncode()
            yield name, [(json.loads(line), False) for line in said.stdout.splitlines()]


def run(*arguments: str, text: str = "") -> subprocess.CompletedProcess[str]:
    """One run of the others' Python."""
    return subprocess.run([PYTHON, *arguments], input=text, capture_output=True, check=False, text=True)  # noqa: S603 - the peers' own


def ours(file: bytes) -> tuple[Rows | None, bool]:
    """What we make of a file."""
    try:
        table = reader.read(file, known=lambda header: False, as_is=True, limits=LIMITS)
    except FileRefused:
        return None, True
    rows = table.cells.select(f"c{n}" for n in range(len(table.headers))).rows()
    return [table.headers, *rows], not table.problems.is_empty() or bool(table.preamble.warnings())


def data(folder: Path, entry: dict[str, Any]) -> bytes:
    """The bytes of a file."""
    return (folder / "files" / entry["path"]).read_bytes()


def expected(folder: Path, entry: dict[str, Any]) -> Rows:
    """The right table."""
    with (folder / entry["expected"]).open(encoding="utf-8-sig", newline="") as file:
        return list(csv.reader(file))


def bare(rows: Rows) -> list[list[str]]:
    """A table without what nobody means: blanks around cells, empty rows, empty cells at the end."""
    stripped = [[(cell or "").replace("\r\n", "\n").replace("\r", "\n").strip() for cell in row] for row in rows]
    for row in stripped:
        while row and not row[-1]:
            row.pop()
    return [row for row in stripped if row]


if __name__ == "__main__":
    main()
