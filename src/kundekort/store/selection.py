"""Which customers a list is about, as it is kept with an export. A plain value."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Self

from kundekort.engine.segments.condition import Group, from_json, to_json


@dataclass(frozen=True, slots=True)
class Selection:
    """Which customers: those of a segment by its name, those whom a search or rules find, or without any of it all."""

    segment: str | None = None
    search: str | None = None
    rules: Group | None = None

    @property
    def everybody(self) -> bool:
        """Whether these are all customers."""
        return self.segment is None and not (self.search or "").strip() and not (self.rules and self.rules.parts)

    def to_json(self) -> dict[str, Any]:
        """The selection as a JSON object."""
        rules = None if self.rules is None else to_json(self.rules)
        return {"segment": self.segment, "search": self.search, "rules": rules}

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Self:
        """The selection that `to_json` gave."""
        rules = data.get("rules")
        return cls(segment=data["segment"], search=data["search"], rules=None if rules is None else from_json(rules))
