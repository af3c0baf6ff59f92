"""Figures as a table for people."""

from __future__ import annotations

from collections.abc import Sequence

from bench.figures import Figure, amount, duration
from rich.box import SIMPLE_HEAD
from rich.table import Table
from rich.text import Text

_WIDTHS = {"part": 9, "step": 46, "rows": 10, "median": 10, "spread": 7, "peak": 8, "rows/s": 11, "floor": 10}


def table(figures: Sequence[Figure], *, head: bool = True) -> Table:
    """A line for each figure."""
    made = Table(box=SIMPLE_HEAD if head else None, show_header=head, pad_edge=False)
    for name, width in _WIDTHS.items():
        made.add_column(name, width=width, no_wrap=True, justify="left" if name in ("part", "step") else "right")
    made.add_column("", width=9, justify="right")
    made.add_column("bar", width=9, justify="right")
    for figure in figures:
        made.add_row(*_cells(figure))
    return made


def _cells(figure: Figure) -> list[str | Text]:
    value = "" if figure.value is None or figure.unit == "seconds" else amount(figure.value, figure.unit)
    bar = "" if figure.bar is None else amount(figure.bar, figure.unit)
    style = {True: "green", False: "red", None: ""}[figure.met]
    return [
        figure.part,
        figure.step,
        f"{figure.rows:,}",
        duration(figure.median),
        f"±{figure.spread / 2:.0%}",
        f"{max(figure.peak) / 1e6:,.0f} MB",
        f"{figure.rows / figure.median:,.0f}",
        duration(figure.median_floor) if figure.floor else "",
        Text(value, style=style),
        Text(bar, style="dim"),
    ]
