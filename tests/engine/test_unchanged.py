"""Rows that are told unchanged from their raw text: nothing comes out otherwise than if every cell was looked at."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import polars as pl
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from kundekort.engine import block_draft, frames, interpretation, pipeline
from kundekort.engine.decisions import Action, Decisions
from kundekort.engine.guards.blast import Thresholds
from kundekort.engine.mapping import FULL_NAME
from kundekort.engine.mending import is_column
from kundekort.engine.plan import Plan
from kundekort.engine.reading.batches import Pace
from kundekort.engine.reading.table import Limits
from kundekort.engine.recipe import Answers, Policy, RowKey
from kundekort.engine.schema import Field, Kind, Schema
from kundekort.store.fields import SCHEMA
from tests.engine.memory import EMPTY, MemoryRegister, plan, task
from tests.engine.test_plan_laws import POLICIES, STORED, VALUES, filled, text
from tests.engine.test_replanning import NAMES, WORDS, decisions, moved, same

OWN = {
    "seat": Field("seat", "Plass", Kind.CHOICE, choices=("Parkett", "Balkong"), custom=True),
    "points": Field("points", "Poeng", Kind.NUMBER, custom=True),
}
"""Fields of a venue of its own."""
WIDER = Schema((*SCHEMA, *OWN.values()), one_of=SCHEMA.one_of)
SAID = VALUES | {"Plass": ["", "Parkett", "parkett", "Galleri"], "Poeng": ["", "12", "12,5", "tolv"]}
FIELDS = {f.header: f for f in WIDER}
OF_CARDS = STORED | {
    "first_name": st.sampled_from(["Åse", "Per", "=1+1", "to\nlinjer"]),
    "external_id": st.sampled_from(["", "", "X1", "X2"]),
    "seat": st.sampled_from(["", "Parkett"]),
    "points": st.sampled_from(["", "12", "12.5"]),
}
KEYS = st.sampled_from(
    [(RowKey.ID,), (RowKey.ID, RowKey.EMAIL), (RowKey.ID, RowKey.EXTERNAL_ID, RowKey.MOBILE), (RowKey.ID, RowKey.EMAIL)]
)


@st.composite
def registers(draw: st.DrawFn) -> MemoryRegister:
    """Up to four cards, no two with the same unique value."""
    nothing = EMPTY | dict.fromkeys(OWN, "")
    cards = {
        n: nothing | {key: draw(value) for key, value in OF_CARDS.items()} for n in range(1, draw(st.integers(2, 5)))
    }
    taken = set[str]()
    for card in cards.values():
        card["external_id"] = "" if card["external_id"] in taken else card["external_id"]
        taken.add(card["external_id"])
    register = MemoryRegister(cards_by_id=cards, versions={n: draw(st.integers(1, 3)) for n in cards})
    return draw(moved(register))


@st.composite
def files(draw: st.DrawFn, register: MemoryRegister, keys: Sequence[RowKey]) -> list[list[str]]:
    """A list of the register that somebody has worked in: most cells say what stands on their card."""
    needed = {f.header for f in WIDER if f.key in keys and f.kind is not Kind.ID}
    names = sorted(needed | draw(st.sets(st.sampled_from(sorted(SAID)), min_size=1)))
    versions = draw(st.sampled_from([[], ["Version"]]))
    rows = [["CustomerID", *names, *versions]]
    for number in draw(st.lists(st.sampled_from([0, 1, 1, 2, 2, 3, 4, 9]), min_size=1, max_size=8)):
        card = register.cards_by_id.get(number)
        row = [draw(st.sampled_from([str(number)] * 9 + ["", f" {number}", f"0{number}", "x"]))]
        for name in names:
            value = "" if card is None else card[FIELDS[name].key]
            as_is = [value] * 12 + [f"\t{value}", f"{value} ", value.upper()] if card else []
            row.append(draw(st.sampled_from([*as_is, *SAID[name]])))
        now = register.versions.get(number, 0)
        row += [draw(st.sampled_from([str(now), str(now), "", "0", "1", f" {now}", "9"])) for _ in versions]
        rows.append(row[: draw(st.sampled_from([len(row)] * 9 + [1, 2]))])
    assume(len(filled(rows)) > 1)
    return rows


def planned(
    rows: list[list[str]], register: MemoryRegister, policy: Policy, decided: Decisions, **further: object
) -> tuple[Plan, Plan]:
    """The plan of a file, and that of which every cell was looked at."""

    def understand(answers: Answers) -> interpretation.Interpretation:
        return interpretation.understand(
            text(rows).encode(), answers=answers, schema=WIDER, limits=Limits(), ask=False, pace=Pace(batch=40)
        )

    known = understand(Answers(policy=policy)).recipe
    assert known is not None
    columns = tuple(FULL_NAME if c.header == "Navn" else c.field for c in known.columns)
    words = {n: WORDS[key] for n, key in enumerate(columns) if key in WORDS}
    file = understand(Answers(policy=policy, columns=columns, words=words))
    assert file.recipe is not None
    assert file.source is not None
    asked = task(
        file.recipe,
        register,
        decisions=decided,
        thresholds=Thresholds(cards=1, changed=0, emptied=0, alike=0),
        **further,
    )
    asked = replace(asked, schema=WIDER)
    made = [pipeline.plan(file.source, replace(asked, thorough=thorough)) for thorough in (False, True)]
    assert isinstance(made[0], Plan), made
    assert isinstance(made[1], Plan), made
    return made[0], made[1]


@settings(max_examples=25)
@given(registers(), POLICIES, KEYS, decisions(), st.data())
def test_nothing_comes_out_otherwise(
    register: MemoryRegister, policy: Policy, keys: Sequence[RowKey], said: list[Decisions], data: st.DataObject
) -> None:
    rows = data.draw(files(register, keys), "file")
    if data.draw(st.booleans(), "full names") and "FirstName" in rows[0]:
        place = rows[0].index("FirstName")
        rows[0][place] = "Navn"
        for row in rows[1:]:
            row[place : place + 1] = [data.draw(st.sampled_from([row[place], *NAMES]))] if len(row) > place else []
    seen = [(n, data.draw(st.integers(1, v))) for n, v in register.versions.items() if data.draw(st.booleans(), "seen")]
    shown = pl.DataFrame(seen, schema=frames.VERSIONS, orient="row")
    decided = said[-1]
    assume(not any(is_column(step) and step.field in keys for step in decided.of(Action.LEAVE_OUT)))
    mends = {
        name: pl.DataFrame(
            [(0, "2", "Per")], schema={frames.ROW: pl.UInt32, "c0": pl.String, "c1": pl.String}, orient="row"
        )
        for name in ("one", "two")
    }
    quick, thorough = planned(rows, register, replace(policy, keys=tuple(keys)), decided, shown=shown, mended=mends)
    same(quick, thorough)


def test_it_reads_no_cell_of_a_list_that_says_what_stands_there(monkeypatch: pytest.MonkeyPatch) -> None:
    cards = {n: EMPTY | {"first_name": f"Kari {n}", "external_id": f"X{n}", "gender": "2"} for n in range(1, 41)}
    asked: list[int] = []

    class Counted(MemoryRegister):
        def cards(self, by: Field | Sequence[Field], keys: pl.Series, fields: Sequence[Field]) -> pl.DataFrame:
            asked.append(len(keys))
            return super().cards(by, keys, fields)

    def looked_at(*args: object, **further: object) -> None:
        raise AssertionError("a cell that says what stands on its card is looked at")

    register = Counted(cards_by_id=cards, versions=dict.fromkeys(cards, 3))
    rows = [["CustomerID", "FirstName", "ExternalID", "Gender", "Version"]]
    rows += [[str(n), card["first_name"], card["external_id"], "2", "3"] for n, card in cards.items()]
    monkeypatch.setattr(block_draft, "check", looked_at)
    made = plan(text(rows), register, pace=Pace(most=200, batch=300))
    assert made.totals.unchanged == made.totals.rows == 40
    assert len(asked) > 1, "one question for each block"
    assert sum(asked) == 40, "each card once"
