"""Measures Kundekort beside floors and others on this machine:

    .venv/bin/python -m bench [PART …] [--rows ROWS …] [--runs RUNS]

Without parts, all of them. Registers are made where they are not there yet, in `.bench` or the folder BENCH_FOLDER.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator
from typing import Final

from bench.figures import Figure
from bench.parts import PARTS
from bench.registers import Register
from bench.table import table
from rich.console import Console

WIDE: Final = 150
"""Columns of a table that no terminal limits."""
SIZES: Final = (10_000, 100_000, 1_000_000, 3_000_000)


def main() -> None:
    """Measure, and show a table of it."""
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("parts", nargs="*", choices=[*PARTS, []], metavar="PART", help=", ".join(PARTS))
    parser.add_argument("--rows", type=int, nargs="+", default=SIZES, help="customers in the register")
    parser.add_argument("--runs", type=int, default=3, help="how often each step is run (the median is told)")
    wanted = parser.parse_args()
    console = Console(width=None if sys.stdout.isatty() else WIDE)
    figures = []
    for figure in measured(wanted.parts or list(PARTS), rows=wanted.rows, runs=wanted.runs):
        figures.append(figure)
        console.print(table([figure], head=len(figures) == 1))


def measured(parts: list[str], *, rows: list[int], runs: int) -> Iterator[Figure]:
    """The figures of the parts, as they come."""
    for size in rows:
        register = Register(size)
        register.make()
        for part in parts:
            yield from PARTS[part](register, runs)


if __name__ == "__main__":
    main()
