"""What is measured: for each part its steps, their floors and the bars we have set ourselves."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, Final

from bench.clock import Sample, run
from bench.figures import Figure, alternate, repeat
from bench.peers import peers
from bench.registers import EMPTY, FULL, Register

COPIED: Final = "reading the bytes as text, and COPY of the cards"
WRITTEN: Final = "reading the bytes as text, and writing them as Parquet"
BY_HAND: Final = "COPY, UPDATE … FROM and INSERT … SELECT, without history"
SCENARIOS: Final = {"unchanged": 2.2, "tenth": 2.5, "every": 3.0}
"""The files against a full register, and how many times its floor a preview of each may take."""
NAMES: Final = {
    "new": "all new",
    "unchanged": "unchanged",
    "tenth": "10 % changed, 2 % new",
    "every": "every row changed",
}
CHANGED: Final = {"new": [], "tenth": ["address", "email"], "every": ["address", "city"]}
"""The files that change something, and in which columns of cards that are there."""
Part = Callable[[Register, int], Iterator[Figure]]


def preview(register: Register, runs: int) -> Iterator[Figure]:
    """From an uploaded file to its kept plan."""
    register.restore(FULL)
    figures = {}
    for name, bar in SCENARIOS.items():
        file = str(register.file(name))
        figure = Figure("preview", NAMES[name], register.rows, _rows(register, name), bar=bar, versus=COPIED)
        figures[name] = figure
        yield from alternate(
            figure,
            runs,
            lambda file=file: run("imports:preview", data=register.data, file=file),
            lambda file=file: run("floors:preview", data=register.data, file=file),
        )
    yield Figure(
        "preview",
        "unchanged beside every row changed",
        register.rows,
        register.rows,
        unit="faster",
        bar=1.6,
        versus="the preview of the file with every row changed",
        seconds=figures["unchanged"].seconds,
        peak=figures["unchanged"].peak,
        floor=figures["every"].seconds,
    )
    register.restore(EMPTY)
    figure = Figure("preview", NAMES["new"], 0, register.rows, bar=3.0, versus=WRITTEN)
    file, scratch = str(register.file("new")), str(register.file("scratch"))
    yield from alternate(
        figure,
        runs,
        lambda: run("imports:preview", data=register.data, file=file),
        lambda: run("floors:preview_of_new", data=register.data, file=file, scratch=scratch),
    )


def versions(register: Register, runs: int) -> Iterator[Figure]:
    """What it costs to compare three ways where no card has moved."""
    register.restore(FULL)
    figure = Figure("versions", "unchanged, with versions", register.rows, register.rows, unit="share", bar=0.03)
    figure.versus = "the same file without its column of versions"

    def of(name: str) -> Sample:
        return run("imports:preview", data=register.data, file=str(register.file(name)))

    yield from alternate(figure, runs, lambda: of("unchanged"), lambda: of("unversioned"))


def confirm(register: Register, runs: int) -> Iterator[Figure]:
    """From the click to committed rows with their history, and all the way back."""
    for name in CHANGED:
        base = EMPTY if name == "new" else FULL
        there = 0 if name == "new" else register.rows
        file, before = str(register.file(name)), None if name == "new" else str(register.file("unchanged"))
        figure = Figure("confirm", NAMES[name], there, _rows(register, name), bar=1.1, versus=BY_HAND)
        plan, back, whole = (
            Figure("undo", f"{NAMES[name]}: {what}", there, _rows(register, name), **about)
            for what, about in _UNDOING.items()
        )
        for _ in range(runs):
            register.restore(base)
            arguments = {"file": file, "before": before, "columns": CHANGED[name]}
            figure.add_floor(run("floors:confirm", data=register.data, **arguments))
            register.restore(base)
            shown = run("imports:preview", data=register.data, file=file, keep=True)
            written = figure.add(run("imports:confirm", data=register.data, number=shown.told["import"]))
            undo = plan.add(run("imports:undo", data=register.data, revision=written.told["revision"]))
            undone = back.add(run("imports:confirm", data=register.data, number=undo.told["import"]))
            peak = max(undo.peak, undone.peak)
            whole.add(Sample(undo.seconds + undone.seconds, peak, {}))
            whole.add_floor(written)
        yield figure
        yield from (plan, back, whole)


_UNDOING: Final[dict[str, dict[str, Any]]] = {
    "preview of taking it back": {},
    "taking it back": {},
    "both": {"bar": 1.3, "versus": "the confirmation that is taken back"},
}


def pages(register: Register, runs: int) -> Iterator[Figure]:
    """Pages of a preview, and text searched for in it."""
    register.restore(FULL)
    shown = run("imports:preview", data=register.data, file=str(register.file("tenth")), keep=True)
    asked = run("lists:pages", data=register.data, number=shown.told["import"], runs=runs)
    for figure in _each("pages", asked, register.rows, _rows(register, "tenth")):
        figure.bar = 0.150 if figure.step.startswith("search") else 0.050
        yield figure


def customers(register: Register, runs: int) -> Iterator[Figure]:
    """The customer list: each search, in each order, its first and a deep page."""
    register.restore(FULL)
    asked = run("lists:customers", data=register.data, runs=runs)
    yield from _each("customers", asked, register.rows, register.rows, bar=0.100)


def segments(register: Register, runs: int) -> Iterator[Figure]:
    """How many customers are in a segment."""
    register.restore(FULL)
    asked = run("lists:segments", data=register.data, runs=runs)
    yield from _each("segments", asked, register.rows, register.rows, bar=0.300)


def _each(part: str, asked: Sample, there: int, rows: int, *, bar: float | None = None) -> Iterator[Figure]:
    """A figure for each thing that one process was asked for again and again."""
    for name, seconds in asked.told["all"].items():
        yield Figure(part, name, there, rows, unit="seconds", bar=bar, seconds=seconds, peak=[asked.peak])


def export(register: Register, runs: int) -> Iterator[Figure]:
    """All customers as a file, which is kept."""
    register.restore(FULL)
    for form, bar in (("csv", 2.5), ("xlsx", 6.0)):
        figure = Figure("export", form, register.rows, register.rows, bar=bar, versus="COPY of the cards")
        yield from alternate(
            figure,
            runs,
            lambda form=form: run("lists:export", data=register.data, form=form),
            lambda: run("floors:export", data=register.data),
        )


def small(register: Register, runs: int) -> Iterator[Figure]:
    """Short files against a large register, through both doors, all included."""
    for count in (50, 1_000):
        file = str(register.file(f"rows-{count}"))
        bars = (0.100, 0.7) if count == 50 else (None, None)
        figure = Figure("small", f"{count:,} rows by POST", register.rows, count, unit="seconds", bar=bars[0])
        sample = run("doors:post", data=register.data, file=file, runs=max(10, runs))
        figure.seconds, figure.peak = sample.told["all"], [sample.peak]
        yield figure
        figure = Figure("small", f"{count:,} rows by command", register.rows, count, unit="seconds", bar=bars[1])
        yield repeat(figure, max(5, runs), "doors:command", data=register.data, file=file)


PARTS: Final[dict[str, Part]] = {
    "preview": preview,
    "versions": versions,
    "confirm": confirm,
    "pages": pages,
    "customers": customers,
    "segments": segments,
    "export": export,
    "small": small,
    "peers": peers,
}
"""By their names on the command line, in the order in which they are measured; `small` has a register of its own."""


def _rows(register: Register, name: str) -> int:
    return register.rows + (max(1, register.rows // 50) if name == "tenth" else 0)
