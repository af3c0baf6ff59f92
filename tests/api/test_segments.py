"""Segments for programs: kept, mended, counted, and who is meant."""

from __future__ import annotations

from typing import Any

import pytest

from kundekort.services import fields, segments
from kundekort.services.accounts import Actor
from kundekort.services.fields import Definition, Kind
from kundekort.services.tokens import Scope
from kundekort.store.models import Segment
from tests.api.conftest import Program, program
from tests.api.test_door import problem

WOMEN = {"field": "gender", "operator": "is", "values": ["kvinne"]}


def kept(by: Program, name: str = "Women", rules: Any = WOMEN) -> dict[str, Any]:
    """A segment that was made."""
    made = by.post("segments", {"name": name, "rules": rules})
    assert made.status_code == 201, made.content
    told: dict[str, Any] = made.json()
    return told


def test_it_keeps_rules_in_canonical_form(bobs: Program) -> None:
    made = bobs.post("segments", {"name": " Women ", "description": "Ring", "rules": WOMEN})
    told = made.json()
    assert (made.status_code, made["Location"]) == (201, f"/api/segments/{told['id']}")
    assert (told["name"], told["description"], told["changed_by"], told["faults"]) == ("Women", "Ring", "bob", [])
    assert told["rules"] == {"all": [WOMEN | {"values": ["2"]}]}
    assert bobs.get(f"segments/{told['id']}").json() == told
    assert bobs.get("segments").json() == {"items": [told], "next": None}


def test_a_whole_tree_goes_in_and_comes_out(bobs: Program) -> None:
    rules = {
        "any": [
            {"not": [{"field": "email", "operator": "empty"}, {"all": [{"field": "city", "operator": "not_empty"}]}]},
            {"field": "id", "operator": "between", "values": ["3", "7"]},
        ]
    }
    told = kept(bobs, rules=rules)["rules"]
    assert told == rules
    written = kept(bobs, "As numbers", {"field": "id", "operator": "between", "values": [7, 3]})["rules"]
    assert written == {"all": [{"field": "id", "operator": "between", "values": ["3", "7"]}]}


def test_it_counts_and_lists_who_is_meant(bobs: Program, three: list[int]) -> None:
    number = kept(bobs)["id"]
    assert bobs.get(f"segments/{number}/count").json() == {"customers": 2}
    first = bobs.get(f"segments/{number}/customers", {"limit": 1}).json()
    assert [card["id"] for card in first["items"]] == [three[0]]
    rest = bobs.get(f"segments/{number}/customers", {"limit": 1, "cursor": first["next"]}).json()
    assert ([card["values"]["first_name"] for card in rest["items"]], rest["next"]) == (["Åse"], None)
    nobody = kept(bobs, "Nobody", {"any": []})["id"]
    assert bobs.get(f"segments/{nobody}/customers").json()["items"] == []
    other = bobs.get(f"segments/{nobody}/customers", {"cursor": first["next"]})
    assert problem(other, 422)["code"] == "cursor_invalid"


def test_the_list_goes_by_name_page_by_page(bobs: Program) -> None:
    names = ["Årsmøte", "Bergen", "Oslo", "oslo vest", "Zoo"]
    for name in names:
        kept(bobs, name)
    told, cursor = [], None
    while cursor is not None or not told:
        page = bobs.get("segments", {"limit": 2} | ({"cursor": cursor} if cursor else {})).json()
        told += [segment["name"] for segment in page["items"]]
        cursor = page["next"]
    assert sorted(told) == sorted(names)
    assert told == [segment["name"] for segment in bobs.get("segments").json()["items"]]


def test_what_somebody_else_has_changed_is_not_written_over(bobs: Program, alices: Program) -> None:
    made = kept(bobs)
    wish = {"name": "Women", "rules": {"all": []}, "changed_at": made["changed_at"]}
    hers = alices.send("put", f"segments/{made['id']}", wish | {"description": "hers"}).json()
    assert hers["description"] == "hers"
    told = problem(bobs.send("put", f"segments/{made['id']}", wish), 409)
    assert (told["code"], told["params"]["reason"]) == ("segment_invalid", "changed_meanwhile")
    assert told["segment"] == hers
    mended = bobs.send("put", f"segments/{made['id']}", wish | {"changed_at": hers["changed_at"]})
    assert (mended.json()["description"], mended.json()["changed_by"]) == ("", "bob")


def test_one_that_is_forgotten_is_gone(bobs: Program) -> None:
    number = kept(bobs)["id"]
    answer = bobs.send("delete", f"segments/{number}")
    assert (answer.status_code, answer.content) == (204, b"")
    assert problem(bobs.send("delete", f"segments/{number}"), 404)
    assert problem(bobs.get(f"segments/{number}"), 404)
    assert not Segment.objects.exists()


def test_a_name_is_one_segments(bobs: Program) -> None:
    kept(bobs)
    told = problem(bobs.post("segments", {"name": "Women", "rules": WOMEN}), 422)
    assert told["params"]["reason"] == "name_taken"
    assert problem(bobs.post("segments", {"name": " ", "rules": WOMEN}), 422)["params"]["reason"] == "name_missing"


@pytest.mark.parametrize(
    "rules",
    [
        {},
        1,
        {"all": 1},
        {"all": [], "any": []},
        {"field": "city"},
        {"field": "city", "operator": "resembles", "values": ["x"]},
        {"field": "city", "operator": "is", "values": [["x"]]},
        {"field": "city", "operator": "empty", "why": ""},
    ],
)
def test_what_is_no_rule_is_told_by_its_place(bobs: Program, rules: Any) -> None:
    told = problem(bobs.post("segments", {"name": "x", "rules": rules}), 422)
    assert told["code"] == "request_invalid"
    assert all(fault["where"].startswith("body.rules") for fault in told["errors"])


def test_what_no_rule_can_mean_is_told_by_its_path(bobs: Program) -> None:
    unknown = {"all": [WOMEN, {"field": "shoe_size", "operator": "is", "values": [43]}]}
    told = problem(bobs.post("segments", {"name": "x", "rules": unknown}), 422)
    assert (told["code"], told["params"]["reason"], told["params"]["path"]) == ("segment_invalid", "field_unknown", [1])
    deep: Any = WOMEN
    for _ in range(9):
        deep = {"all": [deep]}
    assert problem(bobs.post("segments", {"name": "x", "rules": deep}), 422)["params"]["reason"] == "too_deep"
    many = {"field": "id", "operator": "one_of", "values": list(range(10_000))}
    told = problem(bobs.post("segments", {"name": "x", "rules": {"any": [many, many]}}), 422)
    assert told["params"]["reason"] == "too_many_values"


@pytest.mark.parametrize("depth", [300, 5_000, 60_000])
def test_rules_of_any_depth_are_refused(bobs: Program, depth: int) -> None:
    deep = '{"name": "x", "rules": ' + '{"all": [' * depth + "]}" * depth + "}"
    answer = bobs.post("segments", deep.encode())
    assert answer.status_code in (400, 422)
    assert problem(answer, answer.status_code)


def test_rules_about_a_field_out_of_use_are_told_and_not_counted(bobs: Program, alice: Actor) -> None:
    seat = fields.create(Definition(header="Seat", kind=Kind.TEXT), actor=alice)
    made = kept(bobs, rules={"field": seat.key, "operator": "not_empty"})
    fields.retire(seat.key, actor=alice)
    told = bobs.get(f"segments/{made['id']}").json()
    assert [(fault["code"], fault["path"]) for fault in told["faults"]] == [("field_retired", [0])]
    assert problem(bobs.get(f"segments/{made['id']}/count"), 422)["params"]["reason"] == "field_retired"
    assert problem(bobs.get(f"segments/{made['id']}/customers"), 422)


def test_a_reader_counts_and_keeps_nothing(bobs: Program, bob: Actor) -> None:
    number = kept(bobs)["id"]
    reads = program(bob, Scope.SEGMENTS_READ)
    assert reads.get(f"segments/{number}/count").status_code == 200
    assert problem(reads.post("segments", {"name": "x", "rules": WOMEN}), 403)
    assert problem(reads.send("delete", f"segments/{number}"), 403)
    assert [one.name for one in segments.list_all(actor=bob)] == ["Women"]
