"""A register without a database, and the way of a file through the engine: for the tests of the laws."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date

import polars as pl

from kundekort.engine import check, diff, frames, mapping
from kundekort.engine import plan as plans
from kundekort.engine.reading import reader
from kundekort.engine.recipe import Decisions, Policy
from kundekort.store.fields import SCHEMA

TODAY = date(2026, 11, 23)
EMPTY = {f.key: "" for f in SCHEMA.values}


@dataclass
class Register:
    """Cards as canonical text by their number; applies a plan in the plainest way there is."""

    cards: dict[int, dict[str, str]] = field(default_factory=dict)
    versions: dict[int, int] = field(default_factory=dict)

    def frame(self, ids: list[int]) -> pl.DataFrame:
        """The snapshot of some cards."""
        rows = [{"id": i, "version": self.versions[i], **self.cards[i]} for i in ids]
        types = {"id": pl.Int64, "version": pl.Int64, **{f.key: pl.String for f in SCHEMA.values}}
        return pl.DataFrame(rows, schema=types)

    def apply(self, plan: plans.Plan) -> None:
        """Do what the plan says."""
        for row in plan.updates.iter_rows(named=True):
            number = row[frames.ID]
            changed = {f.key: row[f.key] for f in plan.fields if row[frames.OLD + f.key] is not None}
            self.cards[number] = self.cards[number] | changed
            self.versions[number] += 1
        for row in plan.creates.iter_rows(named=True):
            number = max(self.cards, default=0) + 1
            self.cards[number] = EMPTY | {f.key: row[f.key] for f in plan.fields}
            self.versions[number] = 1


def compare(text: str, register: Register, *, policy: Policy | None = None) -> diff.Difference:
    """The rows of a file beside the cards of a register."""
    policy = policy or Policy()
    table = reader.read(text.encode(), known=mapping.knower(SCHEMA))
    columns = mapping.match(table.headers, SCHEMA)
    mapping.refuse(columns, schema=SCHEMA, policy=policy, separator=table.dialect.separator)
    checked = check.check(table, columns=columns, policy=policy, schema=SCHEMA, today=TODAY)
    everybody = register.frame(list(register.cards))
    taken = {f.key: everybody for f in diff.planned(checked.rows, SCHEMA) if f.unique}
    by = mapping.key_field(policy, SCHEMA)
    if by is not None and by.key != "id":
        everybody = everybody.filter(pl.col(by.key) != "")
    return diff.diff(checked, snapshot=everybody, taken=taken, policy=policy, schema=SCHEMA)


def plan(text: str, register: Register, *, policy: Policy | None = None, leave_out: bool = False) -> plans.Plan:
    """The plan of a file for a register."""
    return plans.make(compare(text, register, policy=policy), Decisions(leave_out_errors=leave_out))
