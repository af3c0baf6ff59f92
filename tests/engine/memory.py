"""A register in memory, and the way of a file through production's own pipeline to it: for the tests of the laws."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

import polars as pl

from kundekort.engine import frames, interpretation, keys, pipeline, undo
from kundekort.engine.decisions import Choice, Decision, Decisions
from kundekort.engine.draft import NOT_SHOWN, Register, Task
from kundekort.engine.facts import Question
from kundekort.engine.frames import CARD, ID, INTO, MERGED, OLD, VERSION, Status
from kundekort.engine.plan import Plan, changed_cells
from kundekort.engine.reading.batches import Pace
from kundekort.engine.reading.table import Limits
from kundekort.engine.recipe import Answers, Policy, Recipe
from kundekort.engine.schema import Field, Kind
from kundekort.store.fields import SCHEMA

TODAY = date(2026, 11, 23)
EMPTY = {f.key: "" for f in SCHEMA.values}


@dataclass
class MemoryRegister:
    """Cards as canonical text by their number; answers and applies in the plainest way there is."""

    cards_by_id: dict[int, dict[str, str]] = field(default_factory=dict)
    versions: dict[int, int] = field(default_factory=dict)
    merged: dict[int, int] = field(default_factory=dict)
    log: list[pl.DataFrame] = field(default_factory=list)
    last: int = 0
    removed: set[int] = field(default_factory=set)

    def _frame(self, ids: Sequence[int], fields: Sequence[Field]) -> pl.DataFrame:
        rows = [
            {"id": i, "version": self.versions[i], **{f.key: self.cards_by_id[i][f.key] for f in fields}} for i in ids
        ]
        return pl.DataFrame(rows, schema=frames.cards(fields))

    def cards(self, by: Field | Sequence[Field], keys: pl.Series, fields: Sequence[Field]) -> pl.DataFrame:
        wanted = set(keys.drop_nulls())
        by = (by,) if isinstance(by, Field) else by
        if by[0].kind is Kind.ID:
            return self._frame([i for i in self.cards_by_id if i in wanted], fields)
        fold = str.lower if len(by) > 1 or by[0].kind is Kind.EMAIL else str
        found = [
            i
            for i, card in self.cards_by_id.items()
            if all(card[f.key] for f in by) and "\x1f".join(fold(card[f.key]) for f in by) in wanted
        ]
        return self._frame(found, fields)

    def neighbours(self, homes: pl.Series, fields: Sequence[Field]) -> pl.DataFrame:
        parts = [SCHEMA[key] for key in keys.HOME]
        everybody = self._frame(list(self.cards_by_id), parts)
        found = everybody.filter(keys.home().is_in(homes.drop_nulls().implode()))
        return self._frame(found["id"].to_list(), fields)

    def redirects(self, ids: pl.Series) -> pl.DataFrame:
        rows: list[tuple[int, int | None, bool]] = []
        for number in set(ids.drop_nulls()) & set(self.merged):
            into = self.merged[number]
            while into in self.merged:
                into = self.merged[into]
            rows.append((number, None if into in self.removed else into, False))
        rows += [(number, None, False) for number in set(ids.drop_nulls()) & self.removed]
        return pl.DataFrame(rows, schema=frames.REDIRECTS, orient="row")

    def owners(self, field: Field, values: pl.Series) -> pl.DataFrame:
        return self.cards(field, values, [field]).select("id", field.key)

    def masters(self, ids: pl.Series) -> pl.Series:
        return pl.Series(sorted(set(ids) & set(self.merged.values())), dtype=pl.Int64)

    def withdrawn(self, field: Field, ids: pl.Series) -> pl.Series:
        changes = (row for log in self.log for row in log.iter_rows(named=True))
        gone = {c["customer_id"] for c in changes if (c["field"], c["old"], c["new"]) == (field.key, "1", "0")}
        return pl.Series(sorted(set(ids) & gone), dtype=pl.Int64)

    def size(self, exact: int) -> int:
        return len(self.cards_by_id)

    def former_values(self, cards: pl.DataFrame) -> pl.DataFrame:
        former: dict[tuple[int, int, str], str] = {}
        for number, version in cards.select("id", "version").iter_rows():
            for change in (row for log in self.log for row in log.iter_rows(named=True)):
                if change["customer_id"] == number and change["version"] > version:
                    former.setdefault((number, version, change["field"]), change["old"])
        rows = [(*key, old) for key, old in former.items()]
        return pl.DataFrame(rows, schema=frames.FORMER, orient="row")

    def at_version(self, number: int, version: int) -> dict[str, str]:
        """A card as it was at a version."""
        asked = pl.DataFrame({"id": [number], "version": [version]}, schema=frames.VERSIONS)
        former = self.former_values(asked).select("field", "old").iter_rows()
        return self.cards_by_id[number] | {key: old for key, old in former if key in EMPTY}

    def apply(self, plan: Plan) -> pl.DataFrame:
        """Do what the plan says; the changes of this revision."""
        log = [pl.DataFrame(schema=frames.CHANGES)]
        masters: dict[int, int] = {}
        for rows in plan.rows(Status.REMOVED, Status.CHANGED, Status.RESTORED, Status.NEW):
            log.append(changed_cells(rows.filter(pl.col(frames.STATUS) != Status.NEW), plan.fields))
            for row in rows.iter_rows(named=True):
                self._apply(row, plan.fields, log, masters)
        merges = [
            {"customer_id": row[INTO], "version": self.versions[row[INTO]], "field": MERGED, "old": old, "new": new}
            for rows in plan.rows(Status.REMOVED, Status.RESTORED)
            for row in rows.iter_rows(named=True)
            if row[INTO] is not None
            for old, new in [
                ("", str(row[ID])) if row[frames.STATUS] == Status.REMOVED else (str(row[ID]), ""),
            ]
        ]
        log.append(pl.DataFrame(merges, schema=frames.CHANGES))
        self.log.append(pl.concat(log))
        return self.log[-1]

    def _apply(
        self, row: dict[str, object], fields: Sequence[Field], log: list[pl.DataFrame], masters: dict[int, int]
    ) -> None:
        def card_change(number: int, version: int, old: str, new: str) -> pl.DataFrame:
            return pl.DataFrame([(number, version, CARD, old, new)], schema=frames.CHANGES, orient="row")

        number, version = int(str(row[ID])), int(str(row[VERSION])) + 1
        match row[frames.STATUS]:
            case Status.REMOVED:
                assert self.versions.pop(number) == version - 1
                del self.cards_by_id[number]
                if row[INTO] is not None:
                    self.merged[number] = int(str(row[INTO]))
                else:
                    self.removed.add(number)
                log.append(card_change(number, version, str(number), ""))
            case Status.CHANGED:
                assert self.versions[number] == version - 1
                changed = {f.key: str(row[f.key]) for f in fields if row[OLD + f.key] is not None}
                self.cards_by_id[number] |= changed
                self.versions[number] = version
            case Status.RESTORED:
                self.cards_by_id[number] = EMPTY | {f.key: str(row[f.key]) for f in fields}
                self.versions[number] = version
                self.merged.pop(number, None)
                self.removed.discard(number)
                log.append(card_change(number, version, "", str(number)))
            case Status.NEW:
                self.last = number = max([self.last, *self.cards_by_id]) + 1
                self.cards_by_id[number] = EMPTY | {f.key: str(row[f.key] or "") for f in fields}
                self.versions[number] = 1
                log.append(card_change(number, 1, "", str(number)))


def task(recipe: Recipe, register: Register, **further: Any) -> Task:
    """A task with the declared fields, on one and the same day."""
    return Task(recipe, register, SCHEMA, TODAY, "NO", **further)


def plan(
    text: str | bytes,
    register: MemoryRegister,
    *,
    policy: Policy | None = None,
    leave_out: bool = False,
    choices: Sequence[Choice] = (),
    decisions: Sequence[Decision] = (),
    shown: pl.DataFrame = NOT_SHOWN,
    pace: Pace | None = None,
) -> Plan:
    """The plan of a file for a register."""
    data = text.encode() if isinstance(text, str) else text
    answers = Answers(policy=policy or Policy())
    file = interpretation.understand(data, answers=answers, schema=SCHEMA, limits=Limits(), ask=False, pace=pace)
    assert file.question is None, file.question
    decided = Decisions(leave_out_errors=leave_out, choices=tuple(choices), steps=tuple(decisions))
    made = pipeline.plan(file.source, task(file.recipe, register, decisions=decided, shown=shown))
    assert not isinstance(made, Question), made
    return made


def undone(changes: pl.DataFrame, register: MemoryRegister, *, choices: Sequence[Choice] = (), cut: int = 50) -> Plan:
    """The plan that takes changes back, made of blocks of so many cards."""
    ids = changes["customer_id"].unique().sort()
    merged = changes.filter(pl.col("field") == MERGED).height
    size = max(1, ids.len() if merged else cut)
    blocks = [
        changes.filter(pl.col("customer_id").is_in(ids.slice(start, size).implode()))
        for start in range(0, ids.len(), size)
    ]
    decisions = Decisions(choices=tuple(choices))
    return undo.plan(blocks, decisions=decisions, register=register, schema=SCHEMA)


def whole(plan: Plan) -> pl.DataFrame:
    """All rows of a plan, index and values side by side."""
    return pl.concat([plan.index.collect(), plan.values.collect()], how="horizontal")
