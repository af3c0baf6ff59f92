"""How far a long step has come, as it is kept in the row of its import or export. Plain values; no clock."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any, Final, Self

SHARES: Final = {
    "planning": (0.0, 0.9),
    "undoing": (0.0, 0.9),
    "keeping": (0.9, 1.0),
    "waiting": (0.0, 0.0),
    "writing": (0.0, 1.0),
    "indexing": (1.0, 1.0),
    "exporting": (0.0, 1.0),
    "copying": (0.0, 0.5),
    "dumping": (0.5, 1.0),
    "unpacking": (0.0, 0.5),
    "loading": (0.5, 1.0),
}
"""From where to where in the whole each phase goes: planning or undoing, then keeping; waiting, writing,
then indexing; exporting; copying, then dumping; unpacking, then loading. Of a phase that goes nowhere nobody knows how
long it takes."""


@dataclass(frozen=True, slots=True)
class Progress:
    """The phase, what is done of it and its whole (bytes when planning, else rows), and seconds left, if known."""

    phase: str
    done: int
    total: int
    seconds_left: int | None = None

    @property
    def fraction(self) -> float:
        """What is done of all phases, from 0 to 1."""
        first, last = SHARES[self.phase]
        return first + (last - first) * (self.done / self.total if self.total else 1.0)

    @property
    def in_bytes(self) -> bool:
        """Whether `done` and `total` are bytes of a file."""
        return self.phase == "planning"

    def after(self, seconds: float) -> Self:
        """The same with the seconds that are probably left, when so many have passed."""
        fraction, (first, last) = self.fraction, SHARES[self.phase]
        left = round(seconds / fraction * (1 - fraction)) if fraction > 0.02 and first < last else None
        return type(self)(self.phase, self.done, self.total, left)

    def to_json(self) -> dict[str, Any]:
        """The progress as a JSON object."""
        return asdict(self)

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Self:
        """The progress that `to_json` gave."""
        return cls(**data)
