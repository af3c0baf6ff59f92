"""Writes docs/performance.md and its plots of bench/results.json and bench/page.md: `python -m bench.report`."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from typing import Any, Final

from bench.clock import ROOT
from bench.figures import Figure, amount, duration
from bench.plot import Curve, plot

RESULTS: Final = ROOT / "bench" / "results.json"
TEMPLATE: Final = ROOT / "bench" / "page.md"
PAGE: Final = ROOT / "docs" / "performance.md"
PLOTS: Final = ROOT / "docs" / "performance"
CURVES: Final = (
    ("preview", "ratio", "Preview: how many times its floor"),
    ("preview", "memory", "Preview: memory in MB"),
    ("preview", "speed", "Preview: thousand rows per second"),
    ("confirm", "ratio", "Confirm: how many times its floor"),
    ("confirm", "memory", "Confirm: memory in MB"),
    ("export", "ratio", "Export: how many times its floor"),
)
"""Of which part, what over the number of rows, and what it is called."""


def main() -> None:
    """Write the page and the plots."""
    text, plots = page(json.loads(RESULTS.read_text()))
    PLOTS.mkdir(exist_ok=True)
    for old in PLOTS.glob("*.svg"):
        old.unlink()
    for name, image in plots.items():
        (PLOTS / name).write_text(image)
    PAGE.write_text(text)


def page(results: dict[str, Any]) -> tuple[str, dict[str, str]]:
    """The page of results as they are kept, and its plots by their names."""
    figures = [Figure(**figure) for figure in results["figures"]]
    words = {
        "machine": machine(results["machine"]),
        "commit": results["commit"],
        "date": results["date"],
        "summary": "\n".join(summary(figures)),
    }
    plots: dict[str, str] = {}

    def part(found: re.Match[str]) -> str:
        name = found[1]
        return words.get(name) or "\n".join(section(name, [f for f in figures if f.part == name], plots))

    return re.sub(r"\{(\w+)\}", part, TEMPLATE.read_text()), plots


def machine(told: dict[str, Any]) -> str:
    """The machine and what runs on it."""
    return (
        f"{told['cores']} cores of {told['processor']}, {told['memory_gb']} GB, Linux {told['system']}, "
        f"Python {told['python']}, PostgreSQL {told['postgresql']}, Polars {told['polars']}, "
        f"pyarrow {told['pyarrow']}, Django {told['django']}"
    )


def summary(figures: Sequence[Figure]) -> Iterator[str]:
    """How many bars are met, and which are not."""
    barred = [figure for figure in figures if figure.bar is not None]
    missed = [figure for figure in barred if not figure.met]
    yield f"The bars hold from a million rows on. {len(barred) - len(missed)} of {len(barred)} are met."
    if missed:
        yield "Not met:\n"
    most = max(figures, key=lambda f: max(f.peak))
    for f in missed:
        yield f"- {f.part}, {f.rows:,} rows, {f.step}: {amount(f.value or 0, f.unit)} instead of {bar(f)}"
    yield (
        f"\nThe most memory that any step of ours takes is {max(most.peak) / 1e6:,.0f} MB: "
        f"{most.part}, {most.rows:,} rows, {most.step}. It should be no more than 700 MB at any size."
    )


def section(part: str, figures: Sequence[Figure], plots: dict[str, str]) -> Iterator[str]:
    """The table of a part, and its plots, which are added to those that are made already."""
    if not figures:
        yield "Not measured."
        return
    for of, what, title in CURVES:
        curves = [curve(figures, step, what) for step in dict.fromkeys(f.step for f in figures if f.unit == "ratio")]
        if of == part and any(len(one.points) > 1 for one in curves):
            name = f"{part}-{what}.svg"
            plots[name] = plot(title, curves)
            yield f"![{title}]({PLOTS.name}/{name})\n"
    yield "| rows | what | median | ± | memory | rows/s | beside | floor | ratio | bar | |"
    yield "| --: | --- | --: | --: | --: | --: | --- | --: | --: | --: | --- |"
    for f in sorted(figures, key=lambda figure: figure.register or figure.rows):
        value = "" if f.value is None or f.unit == "seconds" else amount(f.value, f.unit)
        floor = duration(f.median_floor) if f.floor else ""
        yield (
            f"| {f.rows:,} | {f.step} | {duration(f.median)} | {f.spread / 2:.0%} | {max(f.peak) / 1e6:,.0f} MB "
            f"| {f.rows / f.median:,.0f} | {f.versus} | {floor} | {value} | {bar(f)} | {'✓' if f.met else ''} |"
        )


def bar(figure: Figure) -> str:
    """What the value must be at most, or at least."""
    if figure.bar is None:
        return ""
    return ("≥ " if figure.unit == "faster" else "≤ ") + amount(figure.bar, figure.unit).lstrip("+")


def curve(figures: Sequence[Figure], step: str, what: str) -> Curve:
    """A step over the number of rows."""
    mine = sorted((f for f in figures if f.step == step and f.unit == "ratio"), key=lambda f: f.rows)
    value = {"ratio": _ratio, "memory": _memory, "speed": _speed}[what]
    return Curve(step, tuple((f.rows, value(f)) for f in mine))


def _ratio(figure: Figure) -> float:
    return figure.value or 0.0


def _memory(figure: Figure) -> float:
    return max(figure.peak) / 1e6


def _speed(figure: Figure) -> float:
    return figure.rows / figure.median / 1000


if __name__ == "__main__":
    main()
