"""Customers for programs: found, made, changed, merged, and forgotten."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from kundekort.services import customers, segments, settings
from kundekort.services.accounts import Actor
from kundekort.services.tokens import Scope
from kundekort.store.models import AuditEntry, Customer, Import, Revision
from tests.api.conftest import HEADER, Program, program
from tests.api.test_door import problem

FULL = {
    "first_name": "Kari",
    "last_name": "Nordmann",
    "email": " kari@example.com ",
    "mobile": "91 23 45 67",
    "country": "Norge",
    "date_of_birth": "17.5.1990",
    "gender": "kvinne",
    "email_consent": "ja",
    "tags": "Presse|VIP",
}


def test_it_makes_a_customer_of_what_people_write(bobs: Program) -> None:
    made = bobs.post("customers", {"values": FULL})
    assert made.status_code == 201, made.content
    card = made.json()
    assert made["Location"] == f"/api/customers/{card['id']}"
    assert bobs.get(made["Location"].removeprefix("/api/")).json() == card
    assert card["version"] == 1
    said = {key: card["values"][key] for key in FULL}
    assert said == FULL | {
        "email": "kari@example.com",
        "mobile": "+4791234567",
        "country": "NO",
        "date_of_birth": "1990-05-17",
        "gender": "2",
        "email_consent": "1",
    }
    assert card["values"]["city"] == ""


def test_what_cannot_be_is_told_field_by_field_and_nothing_is_made(bobs: Program) -> None:
    answer = bobs.post(
        "customers", {"values": {"first_name": "Ola", "email": "ola(at)example.com", "country": "Narnia"}}
    )
    told = problem(answer, 422)
    assert told["code"] == "card_invalid"
    assert [(one["where"], one["field"], one["code"], one["value"]) for one in told["errors"]] == [
        ("body.values.country", "country", "country_unknown", "Narnia"),
        ("body.values.email", "email", "email_invalid", "ola(at)example.com"),
        ("body.values.gender", "gender", "gender_missing", ""),
    ]
    assert all("“" in one["message"] for one in told["errors"][:2])
    nameless = problem(bobs.post("customers", {"values": {"city": "Oslo", "gender": "0"}}), 422)
    assert [(one["where"], one["field"], one["code"]) for one in nameless["errors"]] == [("body", "", "name_missing")]
    unknown = problem(bobs.post("customers", {"values": {"first_name": "Ola", "shoe_size": "43"}}), 422)
    assert [(one["where"], one["code"]) for one in unknown["errors"]] == [("body.values.shoe_size", "field_unknown")]
    assert not Customer.objects.exists()


def test_made_twice_with_one_key_it_is_one(bobs: Program) -> None:
    first = bobs.post("customers", {"values": FULL}, Idempotency_Key="a")
    again = bobs.post("customers", {"values": FULL}, Idempotency_Key="a")
    assert (again.status_code, again["Idempotency-Replayed"], again.json()) == (201, "true", first.json())
    assert Customer.objects.count() == 1
    other = bobs.post("customers", {"values": FULL | {"city": "Oslo"}}, Idempotency_Key="a")
    assert problem(other, 422)["code"] == "idempotency_mismatch"


def test_a_change_writes_what_is_named_and_says_who_it_was(bobs: Program, three: list[int]) -> None:
    answer = bobs.send("patch", f"customers/{three[0]}", {"version": 1, "values": {"city": " Oslo ", "email": ""}})
    card = answer.json()
    assert (card["version"], card["values"]["city"], card["values"]["email"]) == (2, "Oslo", "")
    assert card["values"]["first_name"] == "Kari"
    made = Revision.objects.get(kind=Revision.Kind.EDIT)
    assert (made.actor_name, made.created_by) == ("bob", Revision.objects.earliest("pk").created_by)
    same = bobs.send("patch", f"customers/{three[0]}", {"version": 2, "values": {"city": "Oslo"}})
    assert same.json()["version"] == 2


def test_whoever_has_changed_another_cell_meanwhile_is_kept(bobs: Program, alices: Program, three: list[int]) -> None:
    alices.send("patch", f"customers/{three[0]}", {"version": 1, "values": {"city": "Bergen"}})
    card = bobs.send("patch", f"customers/{three[0]}", {"version": 1, "values": {"email": "ny@example.com"}}).json()
    assert (card["version"], card["values"]["city"], card["values"]["email"]) == (3, "Bergen", "ny@example.com")


def test_the_same_cell_changed_by_two_is_refused_with_both(bobs: Program, alices: Program, three: list[int]) -> None:
    alices.send("patch", f"customers/{three[0]}", {"version": 1, "values": {"email": "hers@example.com"}})
    wish = {"version": 1, "values": {"email": "his@example.com", "city": "Oslo"}}
    told = problem(bobs.send("patch", f"customers/{three[0]}", wish), 409)
    assert told["code"] == "edit_conflict"
    conflict = told["conflicts"][0]
    assert {key: conflict[key] for key in ("field", "base", "mine", "theirs", "who")} == {
        "field": "email",
        "base": "kari@example.com",
        "mine": "his@example.com",
        "theirs": "hers@example.com",
        "who": "Alice Ås",
    }
    assert Customer.objects.get(pk=three[0]).city == ""
    mended = bobs.send("patch", f"customers/{three[0]}", wish | {"version": 2}).json()
    assert (mended["version"], mended["values"]["email"]) == (3, "his@example.com")


def test_a_version_that_is_none_is_refused(bobs: Program, three: list[int]) -> None:
    newer = problem(bobs.send("patch", f"customers/{three[0]}", {"version": 9, "values": {"city": "Oslo"}}), 422)
    assert [(one["where"], one["code"]) for one in newer["errors"]] == [("body", "version_newer")]
    assert problem(bobs.send("patch", f"customers/{three[0]}", {"version": 0, "values": {}}), 422)
    assert problem(bobs.send("patch", f"customers/{three[0]}", {"values": {}}), 422)


@pytest.mark.parametrize("order", ["id", "name", "city", "email"])
@pytest.mark.parametrize("descending", ["false", "true"])
def test_a_list_is_told_page_by_page_in_each_order(
    bobs: Program, load: Callable[..., Import], order: str, descending: str
) -> None:
    load(HEADER + "".join(f"0;Kari;{'ABA'[n % 3]}{n % 4};k{n % 5}@example.com;2\n" for n in range(11)))
    asked = {"order": order, "descending": descending}
    whole = [card["id"] for card in bobs.get("customers", asked).json()["items"]]
    assert len(set(whole)) == 11
    told, cursor = [], None
    while cursor is not None or not told:
        page = bobs.get("customers", asked | {"limit": 3} | ({"cursor": cursor} if cursor else {})).json()
        told += [card["id"] for card in page["items"]]
        cursor = page["next"]
    assert told == whole


def test_a_cursor_holds_when_its_card_has_gone_or_moved(bobs: Program, alice: Actor, three: list[int]) -> None:
    page = bobs.get("customers", {"order": "name", "limit": 1}).json()
    seen = page["items"][0]["id"]
    Customer.objects.filter(pk=seen).update(last_name="Ø")
    rest = bobs.get("customers", {"order": "name", "cursor": page["next"]}).json()["items"]
    assert {card["id"] for card in rest} == set(three)  # the moved one is told again, for it stands further on now
    Customer.objects.filter(pk=seen).delete()
    rest = bobs.get("customers", {"order": "name", "cursor": page["next"]}).json()["items"]
    assert {card["id"] for card in rest} == set(three) - {seen}
    assert problem(bobs.get("customers", {"order": "id", "cursor": page["next"]}), 422)["code"] == "cursor_invalid"


def test_it_finds_and_counts_by_words_and_rules(bobs: Program, three: list[int]) -> None:
    rules = '{"all": [{"field": "gender", "operator": "is", "values": [2]}, {"field": "city", "operator": "empty"}]}'
    found = bobs.get("customers", {"rules": rules}).json()["items"]
    assert {card["values"]["first_name"] for card in found} == {"Kari", "Åse"}
    assert bobs.get("customers", {"search": "nordm"}).json()["items"][0]["id"] == three[0]
    assert bobs.get("customers/count", {"search": "nordm", "rules": rules}).json() == {"customers": 1}
    assert bobs.get("customers/count").json() == {"customers": 3}
    assert bobs.get("customers/count", {"rules": '{"any": []}'}).json() == {"customers": 0}
    assert bobs.get("customers", {"rules": '{"any": []}'}).json() == {"items": [], "next": None}


@pytest.mark.parametrize("rules", ["{", "[" * 100_000, '{"field": "x"}', '{"field": "shoe", "operator": "empty"}', "1"])
def test_rules_that_are_none_are_refused(bobs: Program, rules: str) -> None:
    told = problem(bobs.get("customers", {"rules": rules}), 422)
    assert told["code"] in ("request_invalid", "segment_invalid")


def test_cards_are_merged_and_their_numbers_lead_to_the_one(bobs: Program, three: list[int]) -> None:
    kari, ola, ase = three
    wish: dict[str, Any] = {"version": 1, "others": [{"id": ola, "version": 1}, {"id": ase, "version": 1}]}
    values = {"email": ola, "city": "Oslo"}
    card = bobs.post(f"customers/{kari}/merge", wish | {"values": values}).json()
    assert (card["id"], card["version"]) == (kari, 2)
    assert (card["values"]["email"], card["values"]["city"]) == ("ola@example.com", "Oslo")
    gone = problem(bobs.get(f"customers/{ola}"), 410)
    assert (gone["code"], gone["params"]) == ("card_merged", {"id": ola, "into": kari})
    history = bobs.get(f"customers/{kari}/history").json()["items"]
    assert history[0]["merged"] == [ola, ase]
    assert bobs.get(f"customers/{ola}/history").json()["items"][0]["into"] == kari
    assert problem(bobs.post(f"customers/{kari}/merge", wish), 410)


def test_cards_that_are_not_as_they_were_looked_at_are_not_merged(bobs: Program, three: list[int]) -> None:
    kari, ola, _ = three
    bobs.send("patch", f"customers/{ola}", {"version": 1, "values": {"city": "Oslo"}})
    wish = {"version": 1, "others": [{"id": ola, "version": 1}]}
    assert problem(bobs.post(f"customers/{kari}/merge", wish), 409)["params"] == {"ids": [ola]}
    itself = {"version": 1, "others": [{"id": kari, "version": 1}]}
    assert problem(bobs.post(f"customers/{kari}/merge", itself), 422)["code"] == "merge_invalid"
    odd = {"version": 1, "others": [{"id": ola, "version": 2}], "values": {"email": True}}
    assert problem(bobs.post(f"customers/{kari}/merge", odd), 422)["code"] == "request_invalid"
    stranger = odd | {"values": {"email": 999}}
    assert problem(bobs.post(f"customers/{kari}/merge", stranger), 404)["params"] == {"id": 999}


def test_nothing_is_merged_where_that_is_switched_off(bobs: Program, alice: Actor, three: list[int]) -> None:
    settings.change(actor=alice, allow_merge=False)
    wish = {"version": 1, "others": [{"id": three[1], "version": 1}]}
    assert problem(bobs.post(f"customers/{three[0]}/merge", wish), 409)["code"] == "merge_off"


def test_the_history_of_a_card_is_told_act_by_act(bobs: Program, three: list[int]) -> None:
    for number, city in enumerate(["Oslo", "Bergen", "Moss"], 1):
        bobs.send("patch", f"customers/{three[0]}", {"version": number, "values": {"city": city}})
    whole = bobs.get(f"customers/{three[0]}/history").json()["items"]
    assert [entry["changed"].get("city") for entry in whole] == [
        {"old": "Bergen", "new": "Moss"},
        {"old": "Oslo", "new": "Bergen"},
        {"old": "", "new": "Oslo"},
        None,
    ]
    assert (whole[0]["act"], whole[0]["who"], whole[0]["undone"]) == ("edit", "bob", False)
    assert (whole[-1]["created"], whole[-1]["act"], whole[-1]["file"]) == (True, "import", "customers.csv")
    first = bobs.get(f"customers/{three[0]}/history", {"limit": 2}).json()
    rest = bobs.get(f"customers/{three[0]}/history", {"limit": 2, "cursor": first["next"]}).json()
    assert (first["items"] + rest["items"], rest["next"]) == (whole, None)
    assert problem(bobs.get("customers/999999/history"), 404)


def test_all_there_is_about_a_person_is_for_administrators_and_noted(
    bobs: Program, alices: Program, three: list[int]
) -> None:
    assert problem(bobs.get(f"customers/{three[0]}/data"), 403)["code"] == "forbidden"
    told = alices.get(f"customers/{three[0]}/data").json()
    assert (told["customer"], told["card"]["first_name"], told["cards"]) == (three[0], "Kari", [three[0]])
    assert {step["act"] for step in told["history"]} == {"created"}
    assert [(one["import"], one["kept"]) for one in told["imports"]] == [(Import.objects.get().pk, True)]
    assert AuditEntry.objects.get(event="disclosure").params == {"customer_id": three[0]}


def test_anonymising_wants_its_own_scope_and_an_administrator(
    bobs: Program, alice: Actor, three: list[int], nothing_kept: None
) -> None:
    writes = program(alice, Scope.CUSTOMERS_READ, Scope.CUSTOMERS_WRITE)
    refused = problem(writes.post(f"customers/{three[0]}/anonymise"), 403)
    assert refused["params"] == {"scope": "customers:anonymise"}
    assert problem(bobs.post(f"customers/{three[0]}/anonymise"), 403)
    done = program(alice, Scope.CUSTOMERS_ANONYMISE).post(f"customers/{three[0]}/anonymise")
    assert (done.status_code, done.json()) == (200, {"customers": [three[0]], "state": "clearing"})
    assert problem(writes.get(f"customers/{three[0]}"), 410)["code"] == "card_anonymised"
    assert writes.get("customers/count").json() == {"customers": 2}
    entries = writes.get(f"customers/{three[0]}/history").json()["items"]
    assert (entries[0]["act"], entries[0]["removed"]) == ("anonymisation", True)
    assert "Kari" not in str(entries)


def test_a_number_that_is_nobodys_is_not_found(bobs: Program, alices: Program) -> None:
    assert problem(bobs.get("customers/1"), 404)["code"] == "not_found"
    assert problem(bobs.send("patch", "customers/1", {"version": 1, "values": {}}), 404)
    assert problem(bobs.post("customers/1/merge", {"version": 1, "others": [{"id": 2, "version": 1}]}), 404)
    assert problem(alices.get("customers/1/data"), 404)
    assert problem(alices.post("customers/1/anonymise"), 404)
    assert problem(bobs.get(f"customers/{10**18}"), 422)
    assert problem(bobs.get("customers/kari"), 404)["code"] == "address_unknown"


def test_a_reader_reads_and_writes_nothing(alice: Actor, three: list[int]) -> None:
    reads = program(alice, Scope.CUSTOMERS_READ)
    assert reads.get(f"customers/{three[0]}").status_code == 200
    assert problem(reads.post("customers", {"values": FULL}), 403)["params"] == {"scope": "customers:write"}
    assert customers.count() == 3
    assert segments.list_all(actor=alice) == []
