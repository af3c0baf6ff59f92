"""One row of a plan as it is shown: what becomes of it, its values, and what is wrong with it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from kundekort.engine.finding import Evidence
from kundekort.engine.problem import Conflict, Problem


@dataclass(frozen=True, slots=True)
class Row:
    """A row, and the `evidence` that guards have noticed.

    `cells` holds the value each card would have, `old` the stored ones that change; `id` None for no card.
    """

    number: int
    line: int
    status: str
    id: int | None
    cells: Mapping[str, str | None]
    old: Mapping[str, str]
    problems: tuple[Problem, ...]
    conflicts: tuple[Conflict, ...]
    evidence: tuple[Evidence, ...] = ()
