"""What is measured: for each part its steps, their floors and the bars we have set ourselves."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, Final

from bench.clock import Sample, run
from bench.figures import Figure, alternate
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

PARTS: Final[dict[str, Part]] = {"preview": preview, "versions": versions, "confirm": confirm}
"""By their names on the command line, in the order in which they are measured."""


def _rows(register: Register, name: str) -> int:
    return register.rows + (max(1, register.rows // 50) if name == "tenth" else 0)
