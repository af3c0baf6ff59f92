"""Guards of identity: rows that are somebody else's than their card, and new ones that are nobody new."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from random import Random

import polars as pl
import pytest

from kundekort.cli import sample
from kundekort.engine.decisions import Action, Decision
from kundekort.engine.finding import KINDS
from kundekort.engine.frames import ID, ROW, STATUS, Status
from kundekort.engine.guards import doubles
from kundekort.engine.plan import Plan
from kundekort.store.fields import SCHEMA
from kundekort.wording import lists
from tests.engine.memory import EMPTY, MemoryRegister, plan

HEADERS = {f.key: f.header for f in SCHEMA}
Row = dict[str, str]
IDENTITY = {"other_card", "stranger", "column_sorted", "column_moved", "already_card", "twice_in_file", "example_row"}


def register(count: int = 60) -> MemoryRegister:
    rows = sample.customers(count, seed=3).rename({h: k for k, h in HEADERS.items() if k != "version"})
    cards = {number: EMPTY | {k: row[k] for k in EMPTY} for number, row in enumerate(rows.iter_rows(named=True), 1)}
    return MemoryRegister(cards, dict.fromkeys(cards, 1))


def exported(register: MemoryRegister, ids: Sequence[int] = (), but: Sequence[str] = ()) -> list[Row]:
    cards = register.cards_by_id
    return [{"id": str(i)} | {k: v for k, v in cards[i].items() if k not in but} for i in ids or sorted(cards)]


def text(rows: Sequence[Row]) -> str:
    keys = list(dict.fromkeys(k for row in rows for k in row))
    frame = pl.DataFrame([[row.get(k, "") for k in keys] for row in rows], schema=keys, orient="row")
    return frame.rename({k: HEADERS[k] for k in keys}).write_csv(separator=";")


def found(made: Plan) -> dict[tuple[str, str | None], int]:
    return {(f.code, f.field): f.count for f in made.findings if f.code in IDENTITY}


def shifted(rows: list[Row]) -> list[Row]:
    return [row | {"id": other["id"]} for row, other in zip(rows, [*rows[1:], rows[0]], strict=True)]


def sorted_alone(key: str) -> Callable[[list[Row]], list[Row]]:
    def damage(rows: list[Row]) -> list[Row]:
        return [row | {key: value} for row, value in zip(rows, sorted(r[key] for r in rows), strict=True)]

    return damage


def same(rows: list[Row]) -> list[Row]:
    return rows


def one_number(rows: list[Row]) -> list[Row]:
    rich = [n for n, row in enumerate(rows) if row["email"] and row["mobile"] and row["first_name"]]
    return [row | {"id": rows[rich[1]]["id"]} if n == rich[0] else row for n, row in enumerate(rows) if n != rich[1]]


def all_alike(rows: list[Row]) -> list[Row]:
    return [row | {"email": rows[1]["email"] or rows[0]["email"]} for row in rows]


@pytest.mark.parametrize(
    ("damage", "but", "codes"),
    [
        (same, (), set()),
        (shifted, (), {("other_card", None)}),
        (shifted, ("first_name", "last_name", "company", "date_of_birth"), {("other_card", None)}),
        (one_number, (), {("other_card", None)}),
        (sorted_alone("email"), (), {("column_sorted", "email")}),
        (sorted_alone("email"), ("address",), {("column_sorted", "email")}),
        (sorted_alone("mobile"), (), {("column_sorted", "mobile")}),
        (sorted_alone("phone"), (), {("column_sorted", "phone")}),
        (all_alike, (), set()),
    ],
)
def test_it_notices_what_is_another_customers(
    damage: Callable[[list[Row]], list[Row]], but: Sequence[str], codes: set[tuple[str, str | None]]
) -> None:
    cards = register()
    made = plan(text(damage(exported(cards, but=but))), cards)
    assert set(found(made)) == codes
    assert all(f.blocks for f in made.findings if f.code in IDENTITY)


def test_it_says_which_card_a_row_is_about() -> None:
    cards = register()
    rows = exported(cards)
    made = plan(text(shifted(rows)), cards)
    evidence = made.evidence.filter(pl.col("code") == "other_card")
    assert evidence["card"].to_list() == [int(rows[n]["id"]) for n in evidence[ROW]]
    assert evidence.height >= 45  # the others have too little to be known by


def test_it_lets_somebody_who_marries_take_over_all_but_the_first_name() -> None:
    kari = EMPTY | {"gender": "2", "first_name": "Kari", "last_name": "Lie", "email": "k@x.no", "mobile": "+4791111111"}
    ole = kari | {"first_name": "Ole", "last_name": "Berg", "email": "berg@x.no", "mobile": "+4792222222"}
    register = MemoryRegister({1: kari, 2: ole}, {1: 1, 2: 1})
    married = {"id": "1"} | ole | {"first_name": "Kari"}
    assert found(plan(text([married]), register)) == {}
    assert found(plan(text([married | {"first_name": "Ole"}]), register)) == {("other_card", None): 1}


def test_it_answers_rows_of_another_card() -> None:
    cards = register()
    rich = [i for i, c in cards.cards_by_id.items() if c["email"] and c["mobile"] and c["first_name"]][:30]
    file = text(shifted([row | {"city": "Bodø"} for row in exported(cards, rich)]))
    mine = plan(file, cards, decisions=[Decision(Action.MATCH, code="other_card", number=1)])
    assert mine.index.collect()[ID].to_list() == rich
    assert {k: n for k, n in mine.changes.items() if n} == {
        "city": sum(cards.cards_by_id[i]["city"] != "Bodø" for i in rich)
    }
    out = plan(file, cards, decisions=[Decision(Action.LEAVE_OUT, code="other_card", number=1)])
    assert out.index.collect()[STATUS].to_list() == [Status.LEFT_OUT] * 30
    meant = plan(file, cards, decisions=[Decision(Action.ACCEPT, code="other_card", count=30, number=1)])
    assert meant.index.collect()[ID].to_list() == [*rich[1:], rich[0]]
    assert [[f.open for f in made.findings if f.code in IDENTITY] for made in (mine, out, meant)] == [[0], [0], [0]]


def test_it_forgets_the_version_of_a_card_that_a_row_is_not_about() -> None:
    cards = register()
    rich = [i for i, c in cards.cards_by_id.items() if c["email"] and c["mobile"] and c["first_name"]][:5]
    cards = MemoryRegister(cards.cards_by_id, {i: 1 + rich.index(i) if i in rich else 1 for i in cards.cards_by_id})
    rows = shifted([row | {"city": "Bodø"} for row in exported(cards, rich)])
    file = text([row | {"version": str(cards.versions[int(row["id"])])} for row in rows])
    mine = plan(file, cards, decisions=[Decision(Action.MATCH, code="other_card", number=1)])
    assert (mine.totals.errors, mine.index.collect()[ID].to_list()) == (0, rich)
    assert plan(text([row | {"version": "9"} for row in rows]), cards).totals.errors == 5


KARI = {"first_name": "Kari", "last_name": "Nordmann", "email": "kari@example.no", "mobile": "+4791234500"}
KARI |= {"date_of_birth": "1980-01-02", "external_id": "X1"}
KARI |= {"address": "Storgata 12 B", "zip_code": "0155"}
SIRI = {"first_name": "Siri", "last_name": "Lund", "email": "siri@example.no", "mobile": "+4791234511"}


@pytest.mark.parametrize(
    ("row", "count"),
    [
        (SIRI, 1),
        (SIRI | {"date_of_birth": "1990-02-03"}, 1),
        (SIRI | {"email": "kari@example.no"}, 0),
        (SIRI | {"date_of_birth": "1980-01-02"}, 0),
        (SIRI | {"external_id": "X1"}, 0),
        (SIRI | {"company": "Kulturhuset AS"}, 0),  # somebody else answers for it now
        (SIRI | {"first_name": "Kaia"}, 0),
        (SIRI | {"last_name": "Nordmann"}, 0),
        (SIRI | {"mobile": ""}, 0),
        ({k: SIRI[k] for k in ("first_name", "last_name", "email")}, 0),
    ],
)
def test_it_notices_somebody_who_has_nothing_of_the_card(row: Row, count: int) -> None:
    card = EMPTY | KARI | {"gender": "1", "company": "Kulturhuset AS"}
    cards = MemoryRegister({7: card, 8: card | {"email": "", "mobile": "", "external_id": "X2"}}, {7: 1, 8: 1})
    made = plan(text([{"id": "7"} | row, {"id": "8"} | row]), cards)
    assert found(made) == ({("stranger", None): count} if count else {})
    assert (
        made.evidence.filter(pl.col("code") == "stranger").select("value", "old").rows()
        == [("Siri Lund", "Kari Nordmann")] * count
    )


@pytest.mark.parametrize(
    ("key", "code"), [("email", "column_sorted"), ("last_name", "column_moved"), ("date_of_birth", "column_moved")]
)
def test_it_keeps_a_column_that_was_sorted(key: str, code: str) -> None:
    cards = register()
    file = text(sorted_alone(key)(exported(cards)))
    kept = plan(file, cards, decisions=[Decision(Action.KEEP, field=key, code=code, number=1)])
    there = kept.evidence.filter(pl.col("code") == code)[ROW]
    assert there.len() > 10
    assert not set(there) & set(kept.index.collect().filter(pl.col(STATUS) == Status.CHANGED)[ROW])
    assert not any(f.open for f in kept.findings if f.code == code)


@pytest.mark.parametrize("but", [(), ("address",), ("address", "zip_code")])
def test_it_finds_no_sorted_column_where_families_share_their_addresses(but: Sequence[str]) -> None:
    cards = register(90)
    couples = list(zip(sorted(cards.cards_by_id)[::2], sorted(cards.cards_by_id)[1::2], strict=True))
    for one, other in couples:
        cards.cards_by_id[one] |= {"email": f"post{one}@example.no", "address": f"Storgata {one}", "zip_code": "0155"}
        cards.cards_by_id[other] |= {k: cards.cards_by_id[one][k] for k in ("address", "zip_code", "country")}
    rows = exported(cards, but=but)
    shared = [row | {"email": rows[n - n % 2]["email"]} for n, row in enumerate(rows)]
    assert found(plan(text(shared), cards)) == {}
    down = [row | {"email": before["email"]} for row, before in zip(rows, [rows[-1], *rows], strict=False)]
    damaged = plan(text(down), cards)
    changed = damaged.changes["email"]
    assert found(damaged) == {("column_sorted", "email"): changed}


HOME = {"first_name": "Kari", "last_name": "Nordmann", "address": "Storgata 12 B", "zip_code": "0155"}


@pytest.mark.parametrize(
    ("row", "by"),
    [
        ({"first_name": "Kari", "last_name": "Nordmann", "email": "KARI@example.no"}, "email"),
        ({"first_name": "kari", "last_name": "NORDMANN", "date_of_birth": "1980-01-02"}, "person"),
        ({"email": "ny@example.no", "mobile": "+4791234500"}, "mobile"),
        ({"first_name": "Ola", "last_name": "Hansen", "external_id": "X1"}, "external_id"),
        ({"first_name": "Ola", "last_name": "Hansen", "mobile": "+4791234500"}, "mobile"),
        ({"first_name": "Ola", "date_of_birth": "1980-01-02", "email": "kari@example.no"}, "email"),
        (HOME, "address"),
        (HOME | {"email": "kari@jobb.example.no", "mobile": "+4798765432"}, "address"),
        (HOME | {"last_name": "NORDMANN", "address": "STORGT. 12b"}, "address"),
        (HOME | {"first_name": "Cari Anne", "address": "Storgaten  12 b, H0201"}, "address"),
        (HOME | {"date_of_birth": "1980-01-02"}, "person"),
        # people of the family
        (HOME | {"first_name": "Karl"}, None),
        (HOME | {"first_name": "K."}, None),
        (HOME | {"date_of_birth": "2012-03-04"}, None),
        (HOME | {"zip_code": "5003"}, None),
        (HOME | {"address": "Storgata 2"}, None),
        (HOME | {"address": "Kirkegata 12 B"}, None),
        (HOME | {"address": ""}, None),
        ({"first_name": "Ola", "date_of_birth": "2012-03-04", "email": "kari@example.no"}, None),
        ({"first_name": "Ola", "last_name": "Nordmann", "mobile": "+4791234500"}, None),
        # somebody else
        ({"first_name": "Kari", "last_name": "Nordmann", "email": "kn@example.no"}, None),
        ({"first_name": "Kari", "last_name": "Nordmann", "date_of_birth": "1981-01-02"}, None),
    ],
)
def test_it_finds_new_customers_who_have_a_card(row: Row, by: str | None) -> None:
    cards = MemoryRegister({7: EMPTY | KARI}, {7: 1})
    file = text([{"id": "0", "gender": "0", **row}])
    made = plan(file, cards)
    evidence = made.evidence.filter(pl.col("code") == "already_card")
    assert evidence.select("card", "params").rows() == ([(7, f'{{"by": "{by}"}}')] if by else [])
    if by:
        matched = plan(file, cards, decisions=[Decision(Action.MATCH, code="already_card", number=1)])
        assert matched.index.collect().select(ID, STATUS).row(0) in [(7, Status.CHANGED), (7, Status.UNCHANGED)]
        assert matched.emptied == 0
        out = plan(file, cards, decisions=[Decision(Action.LEAVE_OUT, code="already_card", number=1)])
        assert out.index.collect()[STATUS].to_list() == [Status.LEFT_OUT]


def test_it_lets_a_row_be_new_that_was_made_so_after_all_were_given_to_their_cards() -> None:
    cards = MemoryRegister({7: EMPTY | KARI}, {7: 1})
    row = {"id": "99", "gender": "0", "email": KARI["email"], "first_name": "Kari", "last_name": "Nordmann"}
    match = Decision(Action.MATCH, code="already_card", number=1)
    new = Decision(Action.SET, "0", field="id", rows=(0,), number=2)
    made = plan(text([row]), cards, decisions=[match, new])
    assert made.index.collect().select(ID, STATUS).rows() == [(0, Status.NEW)]
    assert [(f.code, f.open) for f in made.findings] == [("already_card", 1)]
    later = plan(text([row]), cards, decisions=[replace(new, number=1), replace(match, number=2)])
    assert later.index.collect()[ID].to_list() == [7]


def test_it_empties_nothing_on_the_card_of_somebody_who_was_new() -> None:
    cards = MemoryRegister({7: EMPTY | KARI | {"gender": "0"}}, {7: 1})
    row = {
        "id": "0",
        "first_name": "Kari",
        "last_name": "Nordmann",
        "email": "kari@example.no",
        "mobile": "",
        "city": "Oslo",
    }
    made = plan(text([row | {"gender": "0"}]), cards, decisions=[Decision(Action.MATCH, code="already_card", number=1)])
    changed = made.values.select(pl.col("^old:.*$")).collect().row(0, named=True)
    assert {key for key, old in changed.items() if old is not None} == {"old:city"}


def test_it_keeps_what_a_sorted_column_has_emptied() -> None:
    cards = register(60)
    rows = exported(cards)
    emails = sorted((row["email"] for row in rows), key=lambda email: (email == "", email))
    emails = emails[:50] + [""] * 10
    moved = [row | {"email": email} for row, email in zip(rows, emails, strict=True)]
    keep = Decision(Action.KEEP, field="email", code="column_sorted", number=1)
    assert plan(text(moved), cards).emptied
    assert plan(text(moved), cards, decisions=[keep]).totals.changed == 0
    emptied = [row | {"email": ""} for row in rows]
    assert found(plan(text(emptied), cards)) == {}


def test_it_finds_nobody_by_what_everybody_has() -> None:
    cards = MemoryRegister(
        {n: EMPTY | {"email": "post@example.no"} for n in range(1, 30)}, dict.fromkeys(range(1, 30), 1)
    )
    assert found(plan(text([{"id": "0", "first_name": "Åse", "email": "post@example.no"}]), cards)) == {}


def test_it_finds_who_stands_in_the_file_twice() -> None:
    rows: list[Mapping[str, str]] = [
        KARI,
        {"first_name": "Per", "last_name": "Lie", "email": "per@example.no"},
        {"first_name": "kari", "last_name": "nordmann", "date_of_birth": "1980-01-02"},
        {"first_name": "Ola", "last_name": "Nordmann", "mobile": KARI["mobile"]},
        {"first_name": "Pér", "last_name": "Li", "email": "PER@example.no"},
        {"first_name": "Olav", "last_name": "Nordmann", "mobile": KARI["mobile"]},
    ]
    file = text([{"id": "0", "gender": "0", **row} for row in rows])
    made = plan(file, MemoryRegister())
    twice = made.evidence.filter(pl.col("code") == "twice_in_file").sort(ROW)
    assert twice[ROW].to_list() == [2, 4, 5]
    out = plan(file, MemoryRegister(), decisions=[Decision(Action.LEAVE_OUT, code="twice_in_file", number=1)])
    assert out.index.collect().filter(pl.col(STATUS) == Status.NEW)[ROW].to_list() == [0, 1, 3]
    meant = plan(file, MemoryRegister(), decisions=[Decision(Action.ACCEPT, code="twice_in_file", count=3, number=1)])
    assert [(f.count, f.open) for f in meant.findings] == [(3, 0)]


def test_it_finds_nobody_twice_by_an_address_that_a_whole_school_has() -> None:
    pupils = [
        {"id": "0", "first_name": f"Elev{n}", "last_name": f"L{n}", "gender": "0", "email": "post@skole.no"}
        for n in range(25)
    ]
    register = MemoryRegister()
    assert found(plan(text(pupils), register)) == {}
    assert found(plan(text(pupils[:2]), register)) == {("twice_in_file", None): 1}


def test_it_finds_who_stands_in_the_file_twice_by_where_they_live() -> None:
    rows: list[Mapping[str, str]] = [
        HOME | {"first_name": "Anne Grete", "email": "ag@example.no"},
        HOME | {"first_name": "Ola"},
        HOME | {"first_name": "Anne Marie"},
        HOME | {"first_name": "ANNE", "address": "Storgt. 12B", "email": "anne@example.no"},
        HOME | {"first_name": "Ola", "last_name": "Hansen"},
        HOME | {"address": "Haugen"},
        HOME | {"address": "Haugland"},
        HOME | {"address": "HAUGEN", "first_name": "Kari M"},
    ]
    made = plan(text([{"id": "0", "gender": "0", **row} for row in rows]), MemoryRegister())
    twice = made.evidence.filter(pl.col("code") == "twice_in_file").sort(ROW)
    assert twice.select(ROW, "params").rows() == [
        (3, '{"by":"address","row":0}'),
        (7, '{"by":"address","row":5}'),
    ]


def test_it_finds_no_family_by_its_address() -> None:
    names = ["Kari", "Karl", "Ola", "Ole", "Anne", "Anna", "Anders", "Per", "Pernille"]
    cards = {n: EMPTY | HOME | {"first_name": name} for n, name in enumerate(names[:5], 1)}
    rows = [{"id": "0", "gender": "0"} | HOME | {"first_name": name} for name in names[5:]]
    assert found(plan(text(rows), MemoryRegister(cards, dict.fromkeys(cards, 1)))) == {}


def test_it_knows_the_examples_of_the_template() -> None:
    assert [tuple(e[k] for k in ("first_name", "last_name", "email", "address")) for e in lists.EXAMPLES] == list(
        doubles.EXAMPLES
    )
    rows = [dict(e) for e in lists.EXAMPLES]
    assert found(plan(text(rows), MemoryRegister())) == {("example_row", None): 2}
    assert found(plan(text([rows[0] | {"first_name": "Anne", "email": "anne@example.no"}]), MemoryRegister())) == {}


def test_it_finds_nothing_in_honest_edits() -> None:
    """Thousands of edits as people make them: new addresses, names after a wedding, a number shared in the family."""
    dice, cards = Random(8), register(1_500)
    rows = exported(cards)
    reached = [row for row in rows if row["email"] and row["mobile"]]
    for number, row in enumerate(dice.sample(rows, 1_200)):
        row["email"], row["mobile"] = f"ny{number}@example.no", f"+479{number:07d}"
    married = dice.sample(rows, 400)
    for row in married:
        row["last_name"] = dice.choice(rows)["last_name"]
    for row in dice.sample(rows, 400):
        row["date_of_birth"] = f"19{dice.randint(50, 99)}-01-{dice.randint(10, 28)}"
    for row in dice.sample([r for r in rows if r not in married], 100):
        other = dice.choice(reached)
        row["email"], row["mobile"] = other["email"], other["mobile"]
    assert found(plan(text(rows), cards)) == {}


def test_it_offers_an_answer_for_each_kind() -> None:
    for code in IDENTITY:
        assert Action.ACCEPT in KINDS[code].answers
