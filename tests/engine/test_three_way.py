"""Rows that say which version of their card they were made from: only what their person has changed is a change."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kundekort.engine import frames
from kundekort.engine.conflicts import settle, unseen
from kundekort.engine.decisions import Action, Choice, Decision, Decisions, Whose
from kundekort.engine.frames import Status
from kundekort.engine.plan import Plan
from kundekort.engine.recipe import EmptyCells, Policy, RowKey
from tests.engine.memory import EMPTY, MemoryRegister, plan, whole

HEADERS = {"first_name": "FirstName", "city": "City", "email": "Email", "tags": "Tags", "email_consent": "EmailConsent"}
VALUES = {
    "first_name": ["Åse", "Per", "Kari"],
    "city": ["", "Oslo", "Voss"],
    "email": ["", "a@example.no", "A@example.no", "b@example.no"],
    "tags": ["", "a", "a|b"],
    "email_consent": ["", "0", "1"],
}
CARDS = st.fixed_dictionaries({key: st.sampled_from(values) for key, values in VALUES.items()})
EDITS = st.fixed_dictionaries({}, optional={key: st.sampled_from(values) for key, values in VALUES.items()})


def exported(cards: Mapping[int, Mapping[str, str]], versions: Mapping[int, int] | None) -> str:
    """The cards as a file, with the versions that they have by now if wanted."""
    rows = [["CustomerID", *HEADERS.values()] + ["Version"] * (versions is not None)]
    for number, card in cards.items():
        rows.append([str(number), *(card[key] for key in HEADERS)] + ([str(versions[number])] if versions else []))
    return "\n".join(";".join(row) for row in rows) + "\n"


def edit(register: MemoryRegister, edits: Mapping[int, Mapping[str, str]]) -> None:
    """What the office does: each card in a file of its own."""
    for number, values in edits.items():
        if values:
            register.apply(plan(exported({number: register.cards_by_id[number] | values}, None), register))


def register_of(cards: Sequence[Mapping[str, str]]) -> MemoryRegister:
    return MemoryRegister(
        cards_by_id={n: EMPTY | {"gender": "0"} | dict(card) for n, card in enumerate(cards, start=1)},
        versions={n: 3 for n, _ in enumerate(cards, start=1)},
    )


def alike(key: str, one: str, other: str) -> bool:
    return one.lower() == other.lower() if key == "email" else one == other


@given(st.lists(CARDS, min_size=1, max_size=4), st.data(), st.sampled_from([None, *Whose]), st.booleans())
def test_it_writes_what_the_person_changed_and_keeps_what_others_did(
    cards: list[dict[str, str]], data: st.DataObject, whose: Whose | None, seen: bool
) -> None:
    """A list is exported, or shown in a preview; the office goes on; the list comes back, or is confirmed."""
    register = register_of(cards)
    then = {n: dict(card) for n, card in register.cards_by_id.items()}
    versions = dict(register.versions)
    edit(register, {n: data.draw(EDITS) for n in then})
    now = {n: dict(card) for n, card in register.cards_by_id.items()}
    mine = {n: card | data.draw(EDITS) for n, card in then.items()}

    shown = pl.DataFrame({"id": list(versions), "version": list(versions.values())}, schema=frames.VERSIONS)
    file = exported(mine, None if seen else versions)
    choices = [Choice(whose)] if whose else []
    made = plan(file, register, choices=choices, **({"shown": shown} if seen else {}))

    expected, conflicts, newer = {}, set(), 0
    for n, card in mine.items():
        expected[n] = dict(now[n])
        for key in HEADERS:
            base, theirs, value = then[n][key], now[n][key], card[key]
            if alike(key, value, theirs):
                continue
            if alike(key, theirs, base):
                expected[n][key] = value
            elif alike(key, value, base):
                newer += 1
            else:
                conflicts.add((n, key, base, value, theirs, whose))
                expected[n][key] = value if whose is Whose.MINE else theirs
    assert set(made.conflicts.select("_id", "field", "base", "mine", "theirs", "whose").rows()) == conflicts
    assert made.newer == newer
    undecided = {n for n, *_ in conflicts} if whose is None else set()
    assert set(whole(made).filter(pl.col("_status") == Status.CONFLICT)["_id"]) == undecided
    register.apply(made)
    assert register.cards_by_id == {n: now[n] if n in undecided else card for n, card in expected.items()}


@given(st.lists(CARDS, min_size=1, max_size=4), st.data())
def test_it_changes_nothing_for_a_stale_list_that_nobody_touched(
    cards: list[dict[str, str]], data: st.DataObject
) -> None:
    register = register_of(cards)
    file = exported(register.cards_by_id, register.versions)
    edit(register, {n: data.draw(EDITS) for n in register.cards_by_id})
    made = plan(file, register)
    assert made.totals.unchanged == made.totals.rows
    assert made.conflicts.is_empty()
    assert made.emptied == 0


def test_it_compares_each_row_with_the_version_it_was_made_from() -> None:
    register = register_of([{"first_name": "Åse"}])
    edit(register, {1: {"first_name": "Per"}})
    edit(register, {1: {"first_name": "Kari"}})
    for stale in ("3", "4"):
        file = f"CustomerID;FirstName;Version\n1;Åse;{stale}\n1;Åse;5\n"
        made = plan(file, register, decisions=[Decision(Action.LEAVE_OUT, rows=(0,), number=1)])
        assert whole(made).filter(pl.col(frames.ROW) == 1).select("first_name", frames.OLD + "first_name").rows() == [
            ("Åse", "Kari")
        ]


def test_it_asks_the_log_only_about_cards_that_have_moved() -> None:
    class Watched(MemoryRegister):
        asked: list[list[tuple[int, int]]] = []

        def former_values(self, cards: pl.DataFrame) -> pl.DataFrame:
            self.asked.append(sorted(cards.select("id", "version").rows()))
            return super().former_values(cards)

    register = Watched(**vars(register_of([{"first_name": "A"}, {"first_name": "B"}])))
    file = exported(register.cards_by_id, register.versions)
    plan(file, register)
    assert Watched.asked == []
    edit(register, {2: {"city": "Oslo"}})
    plan(file, register)
    assert Watched.asked == [[(2, 3)]]


@pytest.mark.parametrize(
    ("version", "codes"),
    [
        ("3", []),
        ("1", []),
        ("", []),
        ("0", []),
        (" 3 ", []),
        ("4", ["version_newer"]),
        ("99999999999", ["version_newer"]),
    ]
    + [(bad, ["version_invalid"]) for bad in ("x", "-1", "1.5", "1e3")],
)
def test_it_says_what_is_wrong_with_a_version(version: str, codes: list[str]) -> None:
    register = register_of([{"first_name": "Åse"}, {"first_name": "Per"}])
    made = plan(f"CustomerID;FirstName;Version\n1;Ny;{version}\n2;Ny;3\n", register)
    assert made.problems["code"].to_list() == codes
    assert (made.totals.errors, made.totals.changed) == (len(codes), 2 - len(codes))


def test_it_knows_a_version_of_another_card() -> None:
    register = register_of([{"first_name": "Åse", "email": "a@example.no"}, {"first_name": "Per"}])
    made = plan("CustomerID;FirstName;Gender;Version\n0;Ny;0;3\n0;Til;0;\n", register)
    assert made.problems.select("_row", "field", "code").rows() == [(0, "version", "version_other")]
    by_mail = "CustomerID;Email;FirstName;Version\n2;a@example.no;Ny;3\n1;A@example.no;Ny;3\n"
    made = plan(by_mail.replace("1;A", "2;x"), register, policy=Policy(keys=(RowKey.EMAIL,)))
    assert made.problems.filter(pl.col("code") == "version_other")["_row"].to_list() == [0, 1]
    all_new = plan("FirstName;Gender;Version\nNy;0;3\n", register, policy=Policy(keys=()))
    assert all_new.totals.new == 1


def test_it_does_not_judge_what_stood_there_before() -> None:
    register = register_of([{"first_name": "Åse", "mobile": "12", "email": "x"}])
    made = plan("CustomerID;FirstName;Mobile;Email;Version\n1;Ny;12;y;3\n", register)
    assert made.problems.select("field", "code", "value").rows() == [("email", "email_invalid", "y")]


def test_it_leaves_empty_cells_alone_where_they_are_to_be_kept() -> None:
    register = register_of([{"first_name": "Åse", "city": "Oslo"}])
    edit(register, {1: {"city": "Voss"}})
    file = "CustomerID;City;Version\n1;;3\n"
    assert plan(file, register).conflicts["field"].to_list() == ["city"]
    kept = plan(file, register, policy=Policy(empty_cells=EmptyCells.KEEP))
    assert (kept.conflicts.height, kept.totals.unchanged) == (0, 1)


def settled(choices: Sequence[Choice], otherwise: Whose | None = None) -> list[str | None]:
    cells = [(0, 1, "city"), (0, 1, "email"), (1, 2, "city")]
    rows = [(row, card, field, "", "m", "t") for row, card, field in cells]
    types = {name: kind for name, kind in frames.CONFLICTS.items() if name != "whose"}
    return settle(pl.DataFrame(rows, schema=types, orient="row"), choices, otherwise=otherwise)["whose"].to_list()


def test_it_goes_by_the_last_choice_that_fits() -> None:
    mine, theirs = Whose.MINE, Whose.THEIRS
    assert settled([]) == [None, None, None]
    assert settled([], theirs) == [theirs, theirs, theirs]
    assert settled([Choice(mine)], theirs) == [mine, mine, mine]
    assert settled([Choice(mine), Choice(theirs, field="city")]) == [theirs, mine, theirs]
    assert settled([Choice(mine, field="city"), Choice(theirs, card=1)]) == [theirs, theirs, mine]
    assert settled([Choice(theirs, card=1), Choice(mine, field="city")]) == [mine, theirs, mine]
    assert settled([Choice(mine), Choice(None, field="city", card=2)]) == [mine, mine, None]


def test_it_forgets_choices_that_a_later_one_makes_void() -> None:
    cell, field = Choice(Whose.MINE, field="city", card=1), Choice(Whose.THEIRS, field="city")
    assert Decisions().choose(cell).choose(field).choices == (field,)
    assert Decisions().choose(field).choose(cell).choices == (field, cell)
    everything = Choice(Whose.MINE)
    assert Decisions().choose(field).choose(cell).choose(everything).choices == (everything,)


def made_of(register: MemoryRegister, choices: Sequence[Choice]) -> Plan:
    return plan("CustomerID;City;Version\n1;Oslo;3\n", register, choices=choices)


def test_it_asks_again_when_somebody_has_written_something_else_since() -> None:
    register = register_of([{"first_name": "Åse", "city": ""}])
    edit(register, {1: {"city": "Voss"}})
    before = made_of(register, [])
    mine = Decisions().choose(Choice(Whose.MINE))
    assert unseen(made_of(register, mine.choices).conflicts, before.conflicts) == []
    edit(register, {1: {"city": "Bergen"}})
    again = unseen(made_of(register, mine.choices).conflicts, before.conflicts)
    assert again == [(1, "city")]
    assert made_of(register, mine.reopen(again).choices).totals.conflicts == 1
    assert made_of(register, mine.reopen(again * 1001).choices).totals.conflicts == 1


def test_it_does_not_believe_a_version_that_no_card_has_had() -> None:
    register = register_of([{"first_name": "Åse", "city": ""}])
    made = plan("CustomerID;City;Version\n1;Oslo;9\n", register)
    assert made.problems["code"].to_list() == ["version_newer"]
    assert made.index.collect()["_base"].to_list() == [3], (
        "what counts when the column is left aside, and the card has moved"
    )
