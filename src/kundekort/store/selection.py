"""Which customers a list is about, as it is kept with an export. A plain value."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any, Self


@dataclass(frozen=True, slots=True)
class Selection:
    """Which customers: those of a segment by its name, those that a search finds, or without both all."""

    segment: str | None = None
    search: str | None = None

    @property
    def everybody(self) -> bool:
        """Whether these are all customers."""
        return self.segment is None and not (self.search or "").strip()

    def to_json(self) -> dict[str, Any]:
        """The selection as a JSON object."""
        return asdict(self)

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Self:
        """The selection that `to_json` gave."""
        return cls(segment=data["segment"], search=data["search"])
