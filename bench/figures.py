"""What was measured, as values: the runs of a step beside those of its floor."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass, field
from statistics import median
from typing import Any

from bench.clock import Sample, run


@dataclass(slots=True)
class Figure:
    """Runs of one step at one size of the register.

    `floor` are runs of what the step is compared with, `versus` says what that is. `bar` is what we have set ourselves:
    for `unit` "ratio" how many times the floor at most, "faster" how many times faster than it at least, "share" the
    share of it by which the step may exceed it, "seconds" how long at most. Seconds and bytes.
    """

    part: str
    step: str
    register: int
    rows: int
    unit: str = "ratio"
    bar: float | None = None
    versus: str = ""
    seconds: list[float] = field(default_factory=list)
    peak: list[int] = field(default_factory=list)
    floor: list[float] = field(default_factory=list)
    floor_peak: list[int] = field(default_factory=list)

    @property
    def value(self) -> float | None:
        """What is compared with the bar: of medians."""
        if not self.seconds or (self.unit != "seconds" and not self.floor):
            return None
        ours = self.median
        if self.unit == "seconds":
            return ours
        floor = self.median_floor
        return {"ratio": ours / floor, "faster": floor / ours, "share": ours / floor - 1}[self.unit]

    @property
    def met(self) -> bool | None:
        """Whether the bar is met; None where there is none."""
        if self.bar is None or self.value is None:
            return None
        return self.value >= self.bar if self.unit == "faster" else self.value <= self.bar

    @property
    def median(self) -> float:
        """Seconds of the step."""
        return median(self.seconds)

    @property
    def median_floor(self) -> float:
        """Seconds of its floor."""
        return median(self.floor)

    @property
    def spread(self) -> float:
        """How far the slowest run is from the fastest, as a share of the median."""
        return (max(self.seconds) - min(self.seconds)) / self.median

    def add(self, sample: Sample) -> Sample:
        """Take a run of the step."""
        self.seconds.append(sample.seconds)
        self.peak.append(sample.peak)
        return sample

    def add_floor(self, sample: Sample) -> Sample:
        """Take a run of the floor."""
        self.floor.append(sample.seconds)
        self.floor_peak.append(sample.peak)
        return sample

    def to_json(self) -> dict[str, Any]:
        """As it is kept."""
        return asdict(self)


def alternate(figure: Figure, runs: int, ours: Callable[[], Sample], floor: Callable[[], Sample]) -> Iterator[Figure]:
    """The figure with so many runs of both, the one after the other."""
    for _ in range(runs):
        figure.add_floor(floor())
        figure.add(ours())
    yield figure


def repeat(figure: Figure, runs: int, step: str, **arguments: Any) -> Figure:
    """The figure with so many runs of a step (`bench.clock.run`)."""
    for _ in range(runs):
        figure.add(run(step, **arguments))
    return figure


def duration(seconds: float) -> str:
    """Seconds, or milliseconds where they are few."""
    return f"{seconds:.2f} s" if seconds >= 1 else f"{seconds * 1000:.1f} ms"


def amount(value: float, unit: str) -> str:
    """A value compared with a bar, or the bar."""
    words = {"ratio": f"{value:.2f} ×", "faster": f"{value:.2f} ×", "share": f"{value:+.1%}"}
    return words.get(unit) or duration(value)
