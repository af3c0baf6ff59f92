"""Measures Kundekort beside floors and others, each step several times and each run in a process of its own.

Without parts, all of them. Registers are made where they are not there yet, in `.bench` or in the folder BENCH_FOLDER.
Everything at all sizes takes some hours on two cores and 60 GB of disk.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Final

from bench import report
from bench.figures import Figure
from bench.machine import about
from bench.parts import PARTS
from bench.peers import LONGEST
from bench.registers import FOLDER, Large, Register
from bench.table import table
from rich.console import Console

SIZES: Final = (10_000, 100_000, 1_000_000, 3_000_000)
LARGE: Final = 5_000_000
MILLION: Final = 1_000_000
"""Customers in the register from which on the bars hold, but for those that name another size."""
QUICK: Final = {10_000: ("preview", "peers"), 100_000: tuple(part for part in PARTS if part != "peers")}
"""What is to fit into five minutes on two cores, twice each; the register of the part small has as many then."""
WIDE: Final = 150
"""Columns of a table that no terminal limits."""


def main() -> None:
    """Measure, show a table of it, and keep the figures where all were measured or `--keep` is told."""
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("parts", nargs="*", metavar="PART", help=", ".join(PARTS))
    parser.add_argument("--rows", type=int, nargs="+", help="customers in the register")
    parser.add_argument("--large", type=int, default=LARGE, help="customers in the register of the part small")
    parser.add_argument("--runs", type=int, default=3, help="how often each step is run; the median is told")
    parser.add_argument("--quick", action="store_true", help="with fewer customers, in some minutes")
    parser.add_argument("--keep", action="store_true", help="keep the figures in bench/results.json beside the others")
    wanted = parser.parse_args()
    if unknown := set(wanted.parts) - set(PARTS):
        parser.error(f"there is no part {', '.join(sorted(unknown))}")
    parts, rows, large, runs = wanted.parts or list(PARTS), wanted.rows or SIZES, wanted.large, wanted.runs
    if wanted.quick:
        plan, large, runs = QUICK, max(QUICK), 2
    else:
        everything = tuple(part for part in parts if part != "peers")
        plan = {size: parts if wanted.rows or size <= LONGEST else everything for size in rows}
    whole = not (wanted.parts or wanted.rows or wanted.quick)
    kept = report.RESULTS if whole or wanted.keep else FOLDER / "quick.json" if wanted.quick else None
    console, figures = Console(width=None if sys.stdout.isatty() else WIDE), []
    for figure in measured(plan, large=large, runs=runs):
        figures.append(figure)
        console.print(table([figure], head=len(figures) == 1), end="")
        if kept:  # each time, for a run takes hours
            keep(figures, kept, others=wanted.keep)
    if kept:
        console.print(f"Kept in {kept}; python -m bench.report writes docs/performance.md of bench/results.json.")


def measured(plan: Mapping[int, Sequence[str]], *, large: int, runs: int) -> Iterator[Figure]:
    """The figures of the parts, by the size of the register, as they come."""
    for size, parts in plan.items():
        if there := [part for part in parts if part != "small"]:
            register = Register(size)
            register.make()
            for figure in (figure for part in there for figure in PARTS[part](register, runs)):
                if figure.part != "peers" and size < MILLION:
                    figure.bar = None
                yield figure
    if any("small" in parts for parts in plan.values()):
        register = Large(large)
        register.make()
        for figure in PARTS["small"](register, runs):
            if large < LARGE:
                figure.bar = None
            yield figure


def keep(figures: Sequence[Figure], path: Path, *, others: bool) -> None:
    """Keep figures in a file; with `others` those that stand there already and were not measured anew stay."""
    new = [figure.to_json() for figure in figures]
    names = {_name(figure) for figure in new}
    old = json.loads(path.read_text())["figures"] if others and path.exists() else []
    stay = [figure for figure in old if _name(figure) not in names]
    whole = sorted(stay + new, key=lambda f: list(PARTS).index(f["part"]) if f["part"] in PARTS else len(PARTS))
    path.write_text(json.dumps(about() | {"figures": whole}, indent=1, ensure_ascii=False) + "\n")


def _name(figure: dict[str, object]) -> tuple[object, ...]:
    return tuple(figure[key] for key in ("part", "step", "register", "rows", "versus"))


if __name__ == "__main__":
    main()
