from __future__ import annotations

import threading
from collections.abc import Callable

import pytest
from django.db import connection, transaction

from kundekort.engine.schema import Kind
from kundekort.services import customers, database, editing, fields, history
from kundekort.services.accounts import Actor
from kundekort.services.fields import Definition
from kundekort.services.refusals import CardInvalid, EditConflict, Forbidden, NotFound, RegisterBusy
from kundekort.store.models import Change, Customer, Import, Revision
from tests.waiting import PATIENCE

Load = Callable[..., Import]


def codes(refused: pytest.ExceptionInfo[CardInvalid]) -> dict[str, list[str]]:
    return {key: [p.code for p in problems] for key, problems in refused.value.params["problems"].items()}


@pytest.fixture
def ase(bob: Actor) -> int:
    return editing.create({"first_name": "Åse", "gender": "kvinne", "email": "ase@example.no"}, actor=bob)


def test_it_makes_a_card_in_canonical_form(bob: Actor) -> None:
    number = editing.create(
        {"first_name": " Åse ", "gender": "Kvinne", "mobile": "91 23 45 67", "country": "Norge", "tags": "b|a|b"},
        actor=bob,
    )
    card = customers.card(number, actor=bob)
    assert (card["first_name"], card["gender"], card["version"]) == ("Åse", "2", 1)
    assert (card["mobile"], card["country"], card["tags"]) == ("+4791234567", "NO", "a|b")
    (entry,) = history.of_customer(number, actor=bob)
    assert (entry.kind, entry.created, entry.cells, entry.who) == ("edit", True, (), "bob")


def test_it_tells_everything_that_is_wrong_at_once(bob: Actor, ase: int) -> None:
    with pytest.raises(CardInvalid) as refused:
        editing.create({"gender": "x y", "zip_code": "150", "country": "NO", "date_of_birth": "03/04/1990"}, actor=bob)
    assert codes(refused) == {
        "gender": ["gender_unknown"],
        "zip_code": ["zip_invalid"],
        "date_of_birth": ["date_invalid"],
        "": ["name_missing"],
    }
    with pytest.raises(CardInvalid) as refused:
        editing.edit(ase, version=1, values={"first_name": "", "email": ""}, actor=bob)
    assert codes(refused) == {"": ["name_missing"]}
    assert Revision.objects.count() == 1


def test_it_refuses_a_unique_value_of_another_card(bob: Actor, ase: int) -> None:
    other = editing.create({"company": "Teatret", "gender": "0", "external_id": "X7"}, actor=bob)
    with pytest.raises(CardInvalid) as refused:
        editing.edit(ase, version=1, values={"external_id": "X7"}, actor=bob)
    (problem,) = refused.value.params["problems"]["external_id"]
    assert (problem.code, problem.params) == ("value_taken", {"id": other})


def test_it_refuses_text_that_cannot_be_kept(bob: Actor, ase: int) -> None:
    with pytest.raises(CardInvalid) as refused:
        editing.edit(ase, version=1, values={"last_name": "a\0b", "external_id": "\ud800"}, actor=bob)
    assert codes(refused) == {"last_name": ["nul_byte"], "external_id": ["undecodable"]}


def test_it_changes_what_was_changed_and_nothing_else(bob: Actor, ase: int) -> None:
    before = customers.card(ase, actor=bob)
    edited = editing.edit(ase, version=1, values={"first_name": "Åse B", "city": "Oslo", "gender": "2"}, actor=bob)
    assert customers.card(ase, actor=bob) == {**before, "first_name": "Åse B", "city": "Oslo", "version": 2}
    assert {(c.field, c.old, c.new) for c in edited.changed_cells} == {
        ("first_name", "Åse", "Åse B"),
        ("city", "", "Oslo"),
    }
    assert edited.version == 2
    assert set(history.of_customer(ase, actor=bob)[0].cells) == set(edited.changed_cells)


def test_it_writes_nothing_when_the_same_is_said_in_other_words(bob: Actor, ase: int) -> None:
    edited = editing.edit(ase, version=1, values={"gender": "K", "email": "ASE@example.no"}, actor=bob)
    assert (edited.version, edited.changed_cells) == (1, ())
    assert Revision.objects.count() == 1


def test_it_lets_edits_of_other_cells_stand(bob: Actor, alice: Actor, ase: int) -> None:
    form = {"first_name": "Åse", "city": "", "email": "ase@example.no"}
    editing.edit(ase, version=1, values=form | {"city": "Bergen"}, actor=alice)
    edited = editing.edit(ase, version=1, values=form | {"email": "ny@example.no"}, actor=bob)
    card = customers.card(ase, actor=bob)
    assert (card["city"], card["email"], edited.version) == ("Bergen", "ny@example.no", 3)
    assert [c.field for c in edited.changed_cells] == ["email"]


def test_it_shows_both_when_two_change_the_same_cell(bob: Actor, alice: Actor, ase: int) -> None:
    editing.edit(ase, version=1, values={"city": "Bergen", "country": "NO"}, actor=alice)
    editing.edit(ase, version=2, values={"city": "Voss"}, actor=alice)
    with pytest.raises(EditConflict) as refused:
        editing.edit(ase, version=1, values={"city": "Oslo", "country": "Norge"}, actor=bob)
    (conflict,) = refused.value.params["conflicts"]
    assert (conflict.field, conflict.mine, conflict.theirs, conflict.who) == ("city", "Oslo", "Voss", "Alice Ås")
    assert editing.edit(ase, version=3, values={"city": "Oslo"}, actor=bob).version == 4


def test_it_sees_no_conflict_in_what_was_put_back(bob: Actor, alice: Actor, ase: int) -> None:
    editing.edit(ase, version=1, values={"city": "Bergen"}, actor=alice)
    editing.edit(ase, version=2, values={"city": ""}, actor=alice)
    assert editing.edit(ase, version=1, values={"city": "Oslo"}, actor=bob).version == 4


def test_it_does_not_judge_what_it_leaves_alone(bob: Actor, alice: Actor, ase: int) -> None:
    key = fields.create(Definition(header="Sal", kind=Kind.TEXT, required=True), actor=alice).key
    assert editing.edit(ase, version=1, values={key: "", "city": "Oslo"}, actor=bob).version == 2
    assert editing.edit(ase, version=2, values={key: "Store"}, actor=bob).version == 3
    with pytest.raises(CardInvalid) as refused:
        editing.edit(ase, version=3, values={key: ""}, actor=bob)
    assert codes(refused) == {key: ["required"]}


def test_it_knows_its_fields_its_cards_and_who_may(bob: Actor, charlie: Actor, ase: int) -> None:
    for values in ({"nope": "1"}, {"id": "7"}, {"version": "7"}):
        with pytest.raises(NotFound):
            editing.edit(ase, version=1, values=values, actor=bob)
    with pytest.raises(NotFound):
        editing.edit(2**70, version=1, values={"city": "Oslo"}, actor=bob)
    with pytest.raises(Forbidden):
        editing.edit(ase, version=1, values={"city": "Oslo"}, actor=charlie)
    with pytest.raises(Forbidden):
        editing.create({"first_name": "A", "gender": "0"}, actor=charlie)


def test_it_tells_where_consents_come_from(load: Load, bob: Actor, alice: Actor) -> None:
    load("CustomerID;FirstName;Gender;EmailConsent\n0;Åse;2;ja\n", filename="påmelding.csv")
    ase = Customer.objects.get().pk
    email, sms = history.consents(ase, actor=bob)
    assert (email.field, email.value, email.who, email.kind, email.import_name.filename) == (
        "email_consent",
        "1",
        "bob",
        "import",
        "påmelding.csv",
    )
    assert (sms.field, sms.value, sms.since) == ("sms_consent", "", None)
    editing.edit(ase, version=1, values={"email_consent": "nei", "sms_consent": "ja"}, actor=alice)
    email, sms = history.consents(ase, actor=bob)
    assert [(c.value, c.who, c.kind, c.import_name and c.import_name.filename) for c in (email, sms)] == [
        ("0", "Alice Ås", "edit", None),
        ("1", "Alice Ås", "edit", None),
    ]


@pytest.mark.django_db(transaction=True)
def test_it_lets_nobody_overwrite_another_at_the_same_moment(bob: Actor, ase: int) -> None:
    outcomes: list[str] = []

    def write(city: str) -> None:
        try:
            editing.edit(ase, version=1, values={"city": city}, actor=bob)
            outcomes.append("done")
        except EditConflict as refused:
            outcomes.append(refused.code)
        finally:
            connection.close()

    threads = [threading.Thread(target=write, args=[city]) for city in ("Oslo", "Bergen", "Voss", "Bodø")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcomes) == ["done", *["edit_conflict"] * 3]
    assert (Customer.objects.get().version, Change.objects.filter(field="city").count()) == (2, 1)


@pytest.mark.django_db(transaction=True)
def test_it_gives_a_unique_value_to_one_card_only(bob: Actor) -> None:
    outcomes: list[object] = []

    def make(name: str) -> None:
        try:
            outcomes.append(editing.create({"company": name, "gender": "0", "external_id": "X1"}, actor=bob) > 0)
        except CardInvalid as refused:
            outcomes.append(next(iter(refused.params["problems"])))
        finally:
            connection.close()

    threads = [threading.Thread(target=make, args=[name]) for name in "ABC"]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(map(str, outcomes)) == ["True", "external_id", "external_id"]


@pytest.mark.django_db(transaction=True)
def test_it_does_not_wait_long_for_somebody_else(bob: Actor, ase: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(database, "PATIENCE", "50ms")
    held, over = threading.Event(), threading.Event()

    def hold() -> None:
        with transaction.atomic():
            customers.lock([ase])
            held.set()
            over.wait(PATIENCE)
        connection.close()

    thread = threading.Thread(target=hold)
    thread.start()
    try:
        assert held.wait(PATIENCE)
        with pytest.raises(RegisterBusy):
            editing.edit(ase, version=1, values={"city": "Oslo"}, actor=bob)
    finally:
        over.set()
        thread.join()
    assert editing.edit(ase, version=1, values={"city": "Oslo"}, actor=bob).version == 2
