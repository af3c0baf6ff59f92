"""The last days as bars: where each stands in its picture. What happened on them, the services say."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from kundekort.services.timeline import Day

KINDS: Final = ("changed", "new", "left_out", "removed")
"""What is stacked, from the ground up."""
LEAST: Final = 3.0
"""Percent of the picture's height that something has at least, so that a few beside thousands are seen."""
WEEK: Final = 7


@dataclass(frozen=True, slots=True)
class Bar:
    """A part of a stack: its kind, and where it stands in percent of the height, as SVG writes numbers."""

    kind: str
    top: str
    height: str


@dataclass(frozen=True, slots=True)
class Stack:
    """The bars of one day; `labelled` days have their date written below."""

    day: Day
    bars: tuple[Bar, ...]
    labelled: bool

    @property
    def counts(self) -> dict[str, int]:
        """What was done on the day, by kind."""
        return counts(self.day)


@dataclass(frozen=True, slots=True)
class Timeline:
    """The stacks of all days, the most that was done on one of them, and the sums over all days by kind."""

    stacks: tuple[Stack, ...]
    most: int
    sums: dict[str, int]

    @property
    def busy(self) -> list[Stack]:
        """The days on which something was imported."""
        return [stack for stack in self.stacks if stack.day.imports]


def timeline(days: Sequence[Day]) -> Timeline:
    """The picture of some days."""
    most = max(sum(counts(day).values()) for day in days)
    heights = [_heights(counts(day), most) for day in days]
    highest = max(100.0, *(sum(parts.values()) for parts in heights))
    stacks = tuple(
        Stack(day, bars=tuple(_bars(parts, 100 / highest)), labelled=(len(days) - 1 - at) % WEEK == 0)
        for at, (day, parts) in enumerate(zip(days, heights, strict=True))
    )
    return Timeline(stacks, most=most, sums={kind: sum(counts(day)[kind] for day in days) for kind in KINDS})


def counts(day: Day) -> dict[str, int]:
    """What was done on a day, by kind."""
    return {kind: getattr(day, kind) for kind in KINDS}


def _heights(counts: dict[str, int], most: int) -> dict[str, float]:
    """The height of each part in percent of the highest stack."""
    return {kind: max(LEAST, 100 * count / most) for kind, count in counts.items() if count}


def _bars(heights: dict[str, float], scale: float) -> Iterator[Bar]:
    ground = 100.0
    for kind, height in heights.items():
        ground -= height * scale
        yield Bar(kind, top=f"{ground:.2f}", height=f"{height * scale:.2f}")
