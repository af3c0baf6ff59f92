"""Fields of the card for programs: all of them, and those that a venue makes."""

from __future__ import annotations

from typing import Any

from kundekort.store.fields import SCHEMA
from kundekort.store.models import CustomField
from tests.api.conftest import Program
from tests.api.test_door import problem

SEAT: dict[str, Any] = {
    "header": "Seat",
    "kind": "choice",
    "labels": {"nb": "Plass"},
    "help": {"en": "Where they like to sit"},
    "choices": ["Stalls", "Balcony"],
    "required": False,
}


def test_all_are_told_in_their_order(bobs: Program) -> None:
    told = bobs.get("fields").json()
    assert [field["key"] for field in told["items"]] == [field.key for field in SCHEMA]
    by_key = {field["key"]: field for field in told["items"]}
    assert (by_key["email_consent"]["consent"], by_key["email_consent"]["kind"]) == (True, "yes_no")
    assert (by_key["gender"]["required"], by_key["external_id"]["unique"]) == (True, True)
    assert bobs.get("fields/email").json() == by_key["email"]
    assert problem(bobs.get("fields/shoe_size"), 404)


def test_an_own_one_is_made_and_written(alices: Program, bobs: Program) -> None:
    made = alices.post("fields", SEAT)
    told = made.json()
    assert (made.status_code, made["Location"]) == (201, f"/api/fields/{told['key']}")
    assert {key: told[key] for key in SEAT} == SEAT
    assert (told["custom"], told["retired"]) == (True, False)
    values = {"first_name": "Kari", "gender": "2", told["key"]: "stalls"}
    card = bobs.post("customers", {"values": values}).json()
    assert card["values"][told["key"]] == "Stalls"
    wish = {key: SEAT[key] for key in SEAT if key != "kind"} | {"header": "Place", "choices": ["Balcony"]}
    in_use = problem(alices.send("put", f"fields/{told['key']}", wish), 409)
    assert (in_use["code"], in_use["params"]) == ("choice_in_use", {"choice": "Stalls", "cards": 1})
    changed = alices.send("put", f"fields/{told['key']}", wish | {"choices": ["Stalls", "Floor"]}).json()
    assert (changed["header"], changed["kind"], changed["choices"]) == ("Place", "choice", ["Stalls", "Floor"])


def test_one_goes_out_of_use_and_comes_back_with_its_values(alices: Program, bobs: Program) -> None:
    key = alices.post("fields", SEAT).json()["key"]
    values = {"first_name": "Kari", "gender": "2", key: "Stalls"}
    card = bobs.post("customers", {"values": values}).json()
    assert alices.post(f"fields/{key}/retire").json()["retired"]
    assert key not in bobs.get(f"customers/{card['id']}").json()["values"]
    refused = bobs.send("patch", f"customers/{card['id']}", {"version": 1, "values": {key: "Balcony"}})
    assert problem(refused, 422)["errors"][0]["code"] == "field_unknown"
    assert [one["key"] for one in bobs.get("fields").json()["items"] if one["retired"]] == [key]
    assert not alices.post(f"fields/{key}/restore").json()["retired"]
    assert bobs.get(f"customers/{card['id']}").json()["values"][key] == "Stalls"


def test_own_ones_are_put_in_an_order(alices: Program) -> None:
    keys = [alices.post("fields", {"header": name, "kind": "text"}).json()["key"] for name in ("One", "Two", "Three")]
    told = alices.send("put", "fields/order", {"keys": [keys[2], keys[0]]}).json()["items"]
    assert [field["key"] for field in told if field["custom"]] == [keys[2], keys[0], keys[1]]


def test_one_that_cannot_be_is_refused_in_words(alices: Program) -> None:
    for wish, reason in (
        ({"header": "Email"}, "header_taken"),
        ({"header": "!"}, "header_missing"),
        ({"choices": []}, "choices_missing"),
        ({"choices": ["A", "a"]}, "choices_alike"),
    ):
        told = problem(alices.post("fields", SEAT | wish), 422)
        assert (told["code"], told["params"]["reason"]) == ("field_invalid", reason)
    assert problem(alices.post("fields", SEAT | {"kind": "email"}), 422)["code"] == "request_invalid"
    assert not CustomField.objects.exists()


def test_what_is_built_in_cannot_be_changed(alices: Program) -> None:
    wish = {"header": "Mail"}
    assert problem(alices.send("put", "fields/email", wish), 404)
    assert problem(alices.post("fields/email/retire"), 404)


def test_only_an_administrator_changes_any(bobs: Program) -> None:
    assert problem(bobs.post("fields", SEAT), 403)
    assert problem(bobs.send("put", "fields/order", {"keys": []}), 403)
    assert not CustomField.objects.exists()


def test_made_twice_with_one_key_it_is_one(alices: Program) -> None:
    answers = [alices.post("fields", SEAT, Idempotency_Key="a") for _ in range(2)]
    assert answers[0].json() == answers[1].json()
    assert CustomField.objects.count() == 1
