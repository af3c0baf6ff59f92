"""After other decisions a plan is made again from its draft: it is the plan that the whole file would give."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kundekort.engine import frames, interpretation, pipeline
from kundekort.engine.decisions import Action, Choice, Decision, Decisions, Rows, Whose
from kundekort.engine.draft import Draft, Task
from kundekort.engine.guards.blast import Thresholds
from kundekort.engine.mapping import FULL_NAME
from kundekort.engine.plan import Plan
from kundekort.engine.reading import reader
from kundekort.engine.reading.batches import Pace
from kundekort.engine.reading.table import Limits, Source
from kundekort.engine.recipe import Answers, Policy, RowKey
from kundekort.store import cells, drafts, plans
from kundekort.store.fields import SCHEMA
from tests.engine.memory import EMPTY, MemoryRegister, task, whole
from tests.engine.test_plan_laws import IDS, POLICIES, STORED, VALUES, files, registers, text

NAMES = ["", "Åse Ås", "Ås, Per", "Kari", "Voss Kulturhus AS", "Åse"]
WORDS = {"gender": {"7": "1", "ikke": "2"}, "country": {"Atlantis": "SE"}}
"""Words that a person has translated."""
HEADERS = {"FirstName": "first_name", "Email": "email", "Mobile": "mobile", "Gender": "gender", "ZipCode": "zip_code"}
ROWS = st.none() | st.lists(st.integers(0, 7), min_size=1, max_size=3, unique=True).map(
    lambda rows: tuple(sorted(rows))
)
CODES = st.sampled_from(
    [
        "email_invalid",
        "gender_unknown",
        "zip_invalid",
        "phone_invalid",
        "already_card",
        "other_card",
        "column_sorted",
        "column_moved",
    ]
    + ["zeros_lost", "null_word", "twice_in_file", "example_row", "required", "emptied", "value_twice"]
)
CELLS = st.sampled_from(sorted(HEADERS)).flatmap(
    lambda header: st.tuples(st.just(HEADERS[header]), st.sampled_from(VALUES[header]), st.sampled_from(VALUES[header]))
) | st.tuples(st.just("id"), IDS, IDS)


@st.composite
def steps(draw: st.DrawFn) -> Decision:
    """Something that a person can decide, with or without sense."""
    action = draw(st.sampled_from(Action))
    if action is Action.MEND:
        return Decision(action, draw(st.sampled_from(["one", "two"])), count=1)
    field, text_, value = draw(CELLS)
    needs_field = action in (Action.SET, Action.FILL, Action.ADD)
    code = draw(st.none() | CODES)
    match = draw(st.sampled_from(["1", "2"] if code is None else ["", "1"])) if action is Action.MATCH else ""
    return Decision(
        action,
        value if action is Action.SET else match,
        field="tags" if action is Action.ADD else field if needs_field or draw(st.booleans()) else None,
        rows=draw(ROWS),
        text=draw(st.none() | st.just(text_)),
        code=code,
        kind=draw(st.sampled_from([None, None, None, *Rows])),
        count=draw(st.integers(0, 3)),
    )


@st.composite
def mended(draw: st.DrawFn, rows: list[list[str]]) -> dict[str, pl.DataFrame]:
    """Two files of mended rows; what a row has no cell for is as it was."""
    found = {}
    for name in ("one", "two"):
        places = draw(st.lists(st.integers(0, len(rows) - 2), unique=True, min_size=1, max_size=3).map(sorted))
        types = {frames.ROW: pl.UInt32} | {f"c{n}": pl.String for n in range(len(rows[0]))}
        cells = [[draw(_cells(header)) for header in rows[0]] for _ in places]
        data = [(place, *row) for place, row in zip(places, cells, strict=True)]
        found[name] = pl.DataFrame(data, schema=types, orient="row")
    return found


def _cells(header: str) -> st.SearchStrategy[str | None]:
    values = {"CustomerID": IDS, "Navn": st.sampled_from(NAMES), "Version": st.sampled_from(["", "0", "1", "9"])}
    return st.none() | values.get(header, st.sampled_from(VALUES.get(header, [""])))


@st.composite
def moved(draw: st.DrawFn, register: MemoryRegister) -> MemoryRegister:
    """The register with what others have changed on its cards since they had version 1."""
    changes = [
        (number, version, key, draw(STORED[key]), card[key])
        for number, card in register.cards_by_id.items()
        for version in range(2, register.versions[number] + 1)
        for key in [draw(st.sampled_from(sorted(STORED)))]
    ]
    return replace(register, log=[pl.DataFrame(changes, schema=frames.CHANGES, orient="row")])


@st.composite
def decisions(draw: st.DrawFn) -> list[Decisions]:
    """What is decided about a file at first, and then one after the other, taken back too."""
    said = [Decisions()]
    for _ in range(draw(st.integers(1, 4))):
        last = said[-1]
        match draw(st.sampled_from(["take", "take", "withdraw", "choose", "leave out"])):
            case "take":
                said.append(last.take(draw(steps())))
            case "withdraw" if last.steps:
                said.append(last.withdraw(draw(st.sampled_from(last.steps)).number))
            case "choose":
                field = draw(st.none() | st.sampled_from(["email", "first_name"]))
                card = draw(st.none() | st.integers(1, 3))
                said.append(last.choose(Choice(draw(st.sampled_from(Whose)), field=field, card=card)))
            case _:
                said.append(replace(last, leave_out_errors=not last.leave_out_errors))
    return said


class Kept:
    """Plans and drafts of one file in a folder, as imports keep them."""

    def __init__(self, source: Source, asked: Task, folder: Path) -> None:
        self.asked, self.folder, self.number = asked, folder, 0
        self.cells = folder / "cells" / "read"
        self.source = cells.kept(source, self.cells, scratch=folder)

    def write(self, draft: Draft, previous: tuple[Path, Draft] | None = None) -> None:
        drafts.write(draft, self._next(), task="", decisions=self.asked.decisions, previous=previous)

    def _next(self) -> Path:
        folder = self.folder / str(self.number)
        folder.mkdir(exist_ok=True)
        return folder

    def whole(self, decided: Decisions) -> Plan:
        """The plan of all rows."""
        self.asked, self.number = replace(self.asked, decisions=decided), self.number + 1
        made = pipeline.plan(self.source, self.asked, rows=plans.rows(self._next()), keep=self.write)
        assert isinstance(made, Plan)
        plans.write(made, self._next())
        return made

    def again(self, decided: Decisions) -> Plan | None:
        """The plan of the rows about which something else is decided, and of those of the last one."""
        made = self._next()
        before = made.with_suffix(".kept") / plans.digest(made)
        before.parent.mkdir()
        made.rename(before)
        self.asked, self.number = replace(self.asked, decisions=decided), self.number + 1
        previous = drafts.read(
            before,
            task="",
            schema=SCHEMA,
            file=lambda: cells.read(self.cells, lambda: self.source),
            new=self._next(),
        )
        assert previous is not None
        again = pipeline.plan_again(previous, self.asked, keep=lambda new: self.write(new, (before, previous.draft)))
        assert not again or isinstance(again, Plan)
        if again:
            plans.write(again, self._next())
        return again


def kept(content: str, register: MemoryRegister, policy: Policy, folder: Path, pace: Pace | None = None) -> Kept:
    def understand(answers: Answers) -> interpretation.Interpretation:
        return interpretation.understand(
            content.encode(), answers=answers, schema=SCHEMA, limits=Limits(), ask=False, pace=pace
        )

    known = understand(Answers(policy=policy)).recipe.columns
    columns = tuple(FULL_NAME if c.header == "Navn" else c.field for c in known)
    words = {n: WORDS[key] for n, key in enumerate(columns) if key in WORDS}
    file = understand(Answers(policy=policy, columns=columns, words=words))
    asked = task(file.recipe, register, thresholds=Thresholds(cards=1, changed=0, emptied=0, alike=0))
    return Kept(file.source, asked, folder)


def same(one: Plan, other: Plan) -> None:
    assert whole(one).equals(whole(other))
    for name in ("problems", "conflicts", "evidence"):
        assert getattr(one, name).equals(getattr(other, name)), name
    for name in ("fields", "findings", "columns", "totals", "emptied", "newer", "blank_rows"):
        assert getattr(one, name) == getattr(other, name), name


KEYS = st.sampled_from([(RowKey.ID,), (RowKey.EMAIL,), (RowKey.ID, RowKey.EMAIL), ()])


@settings(max_examples=60)
@given(files(), registers(), POLICIES, KEYS, decisions(), st.sampled_from([1, 3, plans.GROUP]), st.data())
def test_it_is_the_plan_of_the_whole_file(
    tmp_path_factory: pytest.TempPathFactory,
    rows: list[list[str]],
    register: MemoryRegister,
    policy: Policy,
    keys: Sequence[RowKey],
    said: list[Decisions],
    group: int,
    data: st.DataObject,
) -> None:
    header = [name if name != "CustomerID" or RowKey.ID in keys else "Note" for name in rows[0]]
    if RowKey.EMAIL in keys and "Email" not in header:
        header[1] = "Email"
    if data.draw(st.booleans(), "full names"):
        header = ["Navn" if name == "FirstName" else name for name in header]
    if data.draw(st.booleans(), "versions"):
        header = [*header, "Version"]
        rows = [[*row, *([data.draw(st.sampled_from("019"))] * (len(row) == len(rows[0])))] for row in rows]
    register = data.draw(moved(register), "moved")
    mends = data.draw(mended([header, *rows[1:]]), "mended")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(plans, "GROUP", group)
        file = kept(
            text([header, *rows[1:]]),
            register,
            replace(policy, keys=tuple(keys)),
            tmp_path_factory.mktemp("plan"),
            Pace(most=60, batch=20),
        )
        file.asked = replace(file.asked, mended=mends)
        file.whole(said[0])
        for decided in said[1:]:
            again = file.again(decided)
            full = file.whole(decided)
            if again is not None:
                same(again, full)


@pytest.mark.parametrize("action", [Action.KEEP, Action.LEAVE_OUT])
def test_it_lets_a_row_have_another_answer_than_its_finding(tmp_path: Path, action: Action) -> None:
    cards = {number: EMPTY | {"last_name": "Nygård", "gender": "0"} for number in (1, 2, 3)}
    register = MemoryRegister(cards_by_id=cards, versions=dict.fromkeys(cards, 1))
    lines = "".join(f"{number};NygÃ¥rd\n" for number in cards)
    file = kept("CustomerID;LastName\n" + lines, register, Policy(), tmp_path)
    file.whole(Decisions())
    about = {"code": "mojibake", "field": "last_name"}
    for_all = Decisions().take(Decision(action, **about))
    but_one = for_all.take(Decision(Action.ACCEPT, rows=(1,), **about))
    counts = []
    for decided in (for_all, but_one, for_all):
        again = file.again(decided)
        full = file.whole(decided)
        assert again is not None
        same(again, full)
        counts.append(full.totals.changed)
    assert counts == [0, 1, 0]


def test_it_finds_a_row_behind_many_blank_lines(tmp_path: Path) -> None:
    content = b"Email\na@example.no\n" + b"\n" * 90 + b"b@example.no\nc@example.no\n" * 30

    def opened(batch: int) -> Source:
        return reader.open_source(content, known=bool, pace=Pace(most=40, batch=batch))

    blocks = [*cells.kept(opened(200), tmp_path / "cells" / "read", scratch=tmp_path).blocks()]
    assert len(blocks) > 1
    read = cells.read(tmp_path / "cells" / "read", lambda: opened(1))
    there = read.block(pl.Series([1, 50], dtype=pl.UInt32)).cells
    assert there.select(frames.ROW, "c0").rows() == [(1, "b@example.no"), (50, "c@example.no")]
