"""What a person has chosen for a file before or after it was read: kept with the import as JSON."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, Self

from kundekort.engine.reading.reader import Chosen
from kundekort.engine.recipe import Column, Policy, Recipe


@dataclass(frozen=True, slots=True)
class Choices:
    """The answers so far.

    `dialect`: overrides of how the file is read. `policy`: as in a recipe. `columns`: the field of each column by its
    position, None for a column that is left aside; None as a whole until a person has answered.
    """

    dialect: Chosen
    policy: Policy
    columns: tuple[str | None, ...] | None = None

    def to_json(self) -> dict[str, Any]:
        """The choices as a JSON object."""
        return {
            "dialect": [self.dialect.encoding, self.dialect.separator, self.dialect.header_row, self.dialect.sheet],
            "policy": Recipe(policy=self.policy).to_json()["policy"],
            "columns": self.columns,
        }

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Self:
        """The choices that `to_json` gave."""
        policy = Recipe.from_json(Recipe().to_json() | {"policy": data["policy"]}).policy
        columns = data["columns"]
        return cls(dialect=Chosen(*data["dialect"]), policy=policy, columns=None if columns is None else tuple(columns))

    def apply(self, matched: tuple[Column, ...]) -> tuple[Column, ...]:
        """The columns as matched by their headers, or as the person assigned them."""
        if self.columns is None or len(self.columns) != len(matched):
            return matched
        return tuple(replace(c, field=f, suggestion=None) for c, f in zip(matched, self.columns, strict=True))
