"""What a sketch of new customers tells of two files: the laws of it, and what is said and what is not."""

from __future__ import annotations

import random
from collections.abc import Sequence
from datetime import UTC, datetime
from math import sqrt

import polars as pl
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from kundekort.engine import stable_hash
from kundekort.engine.decisions import Action, Decision, Decisions
from kundekort.engine.finding import Finding
from kundekort.engine.guards import repetition
from kundekort.engine.guards.repetition import KEPT, SAMPLE, Earlier, Sketch
from kundekort.engine.plan import Plan
from kundekort.engine.writing import xlsx
from tests.engine.guards import edits
from tests.engine.memory import EMPTY, MemoryRegister, plan

HEADERS = {
    "first_name": "FirstName",
    "last_name": "LastName",
    "email": "Email",
    "mobile": "Mobile",
    "address": "Address",
    "internal_note": "InternalNote",
}
Person = dict[str, str]


def people(count: int, *, seed: int) -> list[Person]:
    """Invented new customers, of whom some have no e-mail, and some nothing but an address."""
    rng = random.Random(seed)
    found = []
    for _ in range(count):
        made = edits.card(rng)
        gone = rng.choice([(), ("email",), ("email", "mobile")])
        found.append({key: "" if key in gone else made[key] for key in HEADERS})
    return found


def text_of(given: Sequence[Person], *, separator: str = ";", keys: Sequence[str] = tuple(HEADERS)) -> str:
    lines = [separator.join(["CustomerID", *(HEADERS[key] for key in keys), "Gender"])]
    lines += [separator.join(["0", *(f'"{one[key]}"' for key in keys), "0"]) for one in given]
    return "\n".join(lines) + "\n"


def workbook_of(given: Sequence[Person]) -> bytes:
    heads = ["CustomerID", *HEADERS.values(), "Gender"]
    rows = [["0", *one.values(), "0"] for one in given]
    sheet = xlsx.Sheet("Kunder", tuple(xlsx.Column(head) for head in heads))
    return b"".join(xlsx.workbook([(sheet, [pl.DataFrame(rows, schema=heads, orient="row")])]))


def sketch_of(file: str | bytes) -> Sketch:
    return repetition.sketch(plan(file, MemoryRegister()))


def numbered(*numbers: range, salt: int = 0) -> Sketch:
    """The sketch of people who go by their numbers."""
    return Sketch.of(stable_hash.of(pl.Series([f"{salt} {n}" for some in numbers for n in some], dtype=pl.String)))


@settings(max_examples=25)
@given(st.integers(0, 10**6), st.integers(1, 60), st.randoms(use_true_random=False))
def test_it_is_the_same_in_another_order_layout_and_format(seed: int, count: int, rng: random.Random) -> None:
    given = people(count, seed=seed)
    first = sketch_of(text_of(given))
    assert 0 < first.people <= count
    shuffled = rng.sample(given, len(given))
    keys = rng.sample(list(HEADERS), len(HEADERS))
    assert sketch_of(text_of(shuffled, separator=rng.choice(",;\t|"), keys=keys)) == first
    assert sketch_of(workbook_of(shuffled + shuffled[:3])) == first, "who stands there twice counts once"
    assert sketch_of(text_of([one | {"internal_note": "Ny"} for one in given])) == first


def test_it_reads_plans_block_by_block(monkeypatch: pytest.MonkeyPatch) -> None:
    made = plan(text_of(people(50, seed=1)), MemoryRegister())
    whole = repetition.sketch(made)
    monkeypatch.setitem(Plan.blocks.__kwdefaults__, "size", 7)
    assert repetition.sketch(made) == whole


@given(st.integers(0, 5_000), st.integers(0, 5_000), st.integers(0, 5_000), st.integers(0, 10**6))
@example(600, 424, 600, 0)
@example(5_000, 0, 5_000, 1)
def test_it_tells_a_share_within_its_bounds(both: int, only_new: int, only_old: int, salt: int) -> None:
    new = numbered(range(both), range(10_000, 10_000 + only_new), salt=salt)
    old = numbered(range(both), range(20_000, 20_000 + only_old), salt=salt)
    told, count, there = repetition.share(new, old), both + only_new, both + only_old
    if not count:
        assert told == 0
    elif count <= KEPT and there <= KEPT:
        assert told == both / count
    else:
        # Of fewer than a hundredth of the older people there may be no telling; five deviations never happen.
        sample = KEPT * min(1, count / max(1, there))
        assert told == pytest.approx(both / count, abs=5 * 0.5 / sqrt(max(sample * 0.8, SAMPLE))) or (
            told == 0 and sample < 1.5 * SAMPLE
        )


def test_it_does_not_guess_at_a_few_of_very_many() -> None:
    many = numbered(range(200_000))
    assert repetition.share(numbered(range(2_000)), many) == 0
    assert repetition.share(numbered(range(50_000)), many) == 1
    assert repetition.share(many, numbered(range(100_000, 130_000))) == pytest.approx(0.15, abs=0.08)
    assert repetition.share(numbered(range(64)), numbered(range(1_000))) == 1


def earlier(*of: Sketch, same: bool = False) -> list[Earlier]:
    """Imports of sketches, each a day after the one before."""
    return [
        Earlier(n, f"{n}.csv", "Kari", datetime(2026, 11, n, 9, tzinfo=UTC), same, one) for n, one in enumerate(of, 1)
    ]


def found(made: Plan, before: Sequence[Earlier], *steps: Decision) -> list[tuple[str, object, int, bool]]:
    """The findings of a plan: code, import, count, and whether it has to be answered."""
    decisions = Decisions()
    for step in steps:
        decisions = decisions.take(step)
    told: list[Finding] = list(repetition.findings(repetition.sketch(made), made, before, decisions))
    return [(one.code, one.params["import"], one.count, one.blocks) for one in told]


def test_it_tells_of_the_import_that_has_most_in_common() -> None:
    given = people(40, seed=3)
    made = plan(text_of(given), MemoryRegister())
    half, most, other = (sketch_of(text_of(some)) for some in (given[:20], given[:30], people(40, seed=4)))
    assert found(made, earlier(other)) == []
    assert found(made, earlier(sketch_of(text_of(given[:19])))) == []
    assert found(made, earlier(half, other)) == [("file_again", 1, 40, True)]
    assert found(made, earlier(half, most, other)) == [("file_again", 2, 40, True)]
    assert found(made, earlier(most, most)) == [("file_again", 2, 40, True)]


def test_it_takes_an_answer_for_as_many_as_there_were() -> None:
    given = people(40, seed=3)
    made, before = plan(text_of(given), MemoryRegister()), earlier(sketch_of(text_of(given)))
    meant = Decision(Action.ACCEPT, code="file_again", count=40)
    assert found(made, before, meant) == [("file_again", 1, 40, False)]
    fewer = Decision(Action.ACCEPT, code="file_again", count=39)
    assert found(made, before, fewer) == [("file_again", 1, 40, True)]


def test_it_takes_a_few_people_for_a_file_only_where_it_is_the_same() -> None:
    few = people(4, seed=5)
    made = plan(text_of(few), MemoryRegister())
    again = sketch_of(text_of(few))
    assert found(made, earlier(again)) == []
    assert found(made, earlier(again, same=True)) == [("file_again", 1, 4, True)]


def test_it_tells_of_the_same_file_only_where_it_changes_something() -> None:
    cards = {1: EMPTY | {"first_name": "Kari", "gender": "2"}}
    register = MemoryRegister(cards, {1: 1}, last=1)
    back = plan("CustomerID;FirstName;Gender\n1;Karin;2\n", register)
    nothing = plan("CustomerID;FirstName;Gender\n1;Kari;2\n", register)
    assert found(back, earlier(Sketch(), same=True)) == [("same_file", 1, 1, False)]
    assert found(back, earlier(Sketch())) == []
    assert found(nothing, earlier(Sketch(), same=True)) == []


def test_it_does_not_know_people_by_a_first_name_alone() -> None:
    rows = "".join(f"0;{name};Oslo;0\n" for name in edits.FIRST)
    told = sketch_of("CustomerID;FirstName;City;Gender\n" + rows)
    assert told == Sketch(unknown=len(edits.FIRST))
    few = [one | {"last_name": "", "email": "", "mobile": ""} for one in people(11, seed=6)]
    made = plan(text_of(few + people(10, seed=7)), MemoryRegister())
    assert found(made, earlier(sketch_of(text_of(people(10, seed=7))))) == [], "most of them are not known again"


def test_it_tells_namesakes_apart() -> None:
    rows = "0;Kari;Berg;{};{};0\n"
    head = "CustomerID;FirstName;LastName;Email;Address;Gender\n"
    one, other = (sketch_of(head + rows.format(mail, street)) for mail, street in (("a@b.no", ""), ("", "Storgata 1")))
    assert repetition.share(one, other) == 0
    assert repetition.share(one, sketch_of(head + rows.format("A@b.no", "Vollen 3"))) == 1
