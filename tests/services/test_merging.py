from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection

from kundekort.engine.schema import Kind
from kundekort.services import (
    confirming,
    customers,
    editing,
    fields,
    history,
    imports,
    merging,
    preview,
    settings,
    undoing,
)
from kundekort.services.accounts import Actor
from kundekort.services.fields import Definition
from kundekort.services.refusals import (
    AlreadyUndone,
    CardInvalid,
    CardMerged,
    CardMoved,
    Forbidden,
    MergeInvalid,
    MergeOff,
    NotFound,
    Refusal,
    StalePlan,
)
from kundekort.store.models import Change, Customer, Import, RemovedCard, Revision
from kundekort.store.pages import Filter
from tests.taking_back import take_back
from tests.waiting import PATIENCE

Upload = Callable[..., Import]


def register() -> list[dict[str, Any]]:
    """All cards, but for when and how often they were written."""
    return [
        {k: v for k, v in row.items() if k not in ("version", "changed_at")}
        for row in Customer.objects.order_by("pk").values()
    ]


def merge(master: int, *others: int, actor: Actor, **values: int | str) -> Revision:
    versions = dict(Customer.objects.values_list("pk", "version"))
    return merging.merge(master=master, others=others, versions=versions, values=values, actor=actor)


def test_it_proposes_the_oldest_card_with_the_gaps_filled(three: list[int], bob: Actor) -> None:
    proposal = merging.proposal(three[::-1], actor=bob)
    assert proposal.master == three[0]
    assert [card["id"] for card in proposal.cards] == three
    assert (proposal.values["first_name"], proposal.values["email"]) == ("Åse", "ase@example.no")
    assert merging.proposal(three, master=three[2], actor=bob).values["external_id"] == "X8"


def test_it_makes_several_cards_one(three: list[int], bob: Actor) -> None:
    a, b, c = three
    revision = merge(a, b, c, actor=bob, first_name=b, city="oslo ")
    card = customers.card(a, actor=bob)
    assert (card["first_name"], card["city"], card["email"]) == ("Aase", "oslo", "ase@example.no")
    assert (card["gender"], card["tags"], card["email_consent"], card["external_id"]) == ("2", "a|b", "0", "X7")
    assert (card["internal_note"], card["version"]) == ("Ring først\n\nRullestol", 2)
    assert list(Customer.objects.values_list("pk", flat=True)) == [a]
    assert set(RemovedCard.objects.values_list("pk", "into_id", "revision_id")) == {
        (b, a, revision.pk),
        (c, a, revision.pk),
    }


def test_it_keeps_the_history_of_all(three: list[int], bob: Actor) -> None:
    a, b, c = three
    merge(a, b, c, actor=bob)
    entry, first = history.of_customer(a, actor=bob)
    assert (entry.kind, entry.who, entry.merged, entry.into) == ("merge", "bob", (b, c), None)
    assert ("external_id", "", "X7") in {(x.field, x.old, x.new) for x in entry.cells}
    assert first.created
    gone, first = history.of_customer(b, actor=bob)
    assert (gone.kind, gone.into, gone.merged, gone.created, first.created) == ("merge", a, (), False, True)
    assert {(x.field, x.old, x.new) for x in gone.cells} == {
        ("first_name", "Aase", ""),
        ("last_name", "Berg", ""),
        ("email", "ase@example.no", ""),
        ("gender", "2", ""),
        ("tags", "b", ""),
        ("email_consent", "0", ""),
        ("external_id", "X7", ""),
        ("date_of_birth", "1990-01-02", ""),
    }
    assert set(Change.objects.filter(customer_id=b, field="id").values_list("old", "new", "version")) == {
        ("", str(b), 1),
        (str(b), "", 2),
    }


def test_it_tells_where_a_merged_card_has_gone(three: list[int], bob: Actor) -> None:
    a, b, c = three
    merge(b, a, actor=bob)
    merge(c, b, actor=bob)
    for number in (a, b):
        for look in (
            lambda n: customers.card(n, actor=bob),
            lambda n: editing.edit(n, version=1, values={"city": "Oslo"}, actor=bob),
            lambda n: merge(c, n, actor=bob),
        ):
            with pytest.raises(CardMerged) as refused:
                look(number)
            assert refused.value.params == {"id": number, "into": c}


def test_it_tells_an_import_where_a_merged_card_has_gone(three: list[int], upload: Upload, bob: Actor) -> None:
    a, b, c = three
    merge(b, a, actor=bob)
    merge(c, b, actor=bob)
    imp = upload(f"CustomerID;FirstName\n{a};X\n{b};Y\n{c};Z\n{c + 99};W\n")
    assert [(line, p.code, p.params) for line, p in preview.problems(imp, limit=9)] == [
        (2, "id_merged", {"into": c}),
        (3, "id_merged", {"into": c}),
        (5, "id_unknown", {}),
    ]


def test_it_stops_an_import_that_was_planned_before_the_merge(three: list[int], upload: Upload, bob: Actor) -> None:
    a, b, _ = three
    imp = upload(f"CustomerID;FirstName\n{b};Ny\n")
    merge(a, b, actor=bob)
    with pytest.raises(StalePlan):
        confirming.confirm(imp.pk, digest=imp.digest, actor=bob)
    assert [p.code for _, p in preview.problems(Import.objects.get(pk=imp.pk), limit=9)] == ["id_merged"]


def test_it_writes_nothing_when_a_card_has_changed_since_it_was_shown(three: list[int], bob: Actor) -> None:
    a, b, _ = three
    editing.edit(b, version=1, values={"city": "Oslo"}, actor=bob)
    before = (register(), Change.objects.count())
    with pytest.raises(CardMoved) as refused:
        merging.merge(master=a, others=[b], versions={a: 1, b: 1}, values={}, actor=bob)
    assert refused.value.params == {"ids": [b]}
    assert (register(), Change.objects.count()) == before


def test_it_checks_what_is_written_by_hand(three: list[int], bob: Actor) -> None:
    before = register()
    with pytest.raises(CardInvalid) as refused:
        merge(*three, actor=bob, email="ase(at)example.no")
    assert list(refused.value.params["problems"]) == ["email"]
    assert register() == before
    assert not RemovedCard.objects.exists()


def test_it_merges_cards_that_say_the_same(load: Upload, bob: Actor) -> None:
    load("CustomerID;FirstName;Gender\n0;Per;1\n0;Per;1\n")
    a, b = Customer.objects.order_by("pk").values_list("pk", flat=True)
    merge(a, b, actor=bob)
    assert customers.card(a, actor=bob)["version"] == 2
    assert history.of_customer(a, actor=bob)[0].merged == (b,)


def test_it_gives_everything_back(three: list[int], bob: Actor) -> None:
    before = register()
    revision = merge(three[1], three[0], three[2], actor=bob, first_name="Ny", external_id=three[2])
    undone = take_back(revision, actor=bob).revision
    assert register() == before
    assert undone is not None
    assert (undone.kind, undone.undoes_id) == ("undo", revision.pk)
    assert not RemovedCard.objects.exists()
    assert set(Customer.objects.values_list("pk", "version")) == {(i, 3) for i in three}
    newest, merged, first = history.of_customer(three[0], actor=bob)
    assert (newest.kind, newest.restored, newest.created) == ("undo", True, False)
    assert (merged.into, merged.undone, first.created) == (three[1], True, True)
    assert history.of_customer(three[1], actor=bob)[0].merged == (three[0], three[2])


def test_it_tells_a_consent_as_the_card_did_that_brought_it(three: list[int], bob: Actor, alice: Actor) -> None:
    a, b, c = three
    editing.edit(b, version=1, values={"sms_consent": "ja"}, actor=alice)
    merge(c, b, actor=bob)
    merge(a, c, actor=bob)
    email, sms = history.consents(a, actor=bob)
    assert (email.value, email.kind, email.import_name.filename) == ("0", "import", "customers.csv")
    assert (sms.value, sms.kind, sms.who) == ("1", "edit", "Alice Ås")


def test_it_tells_who_decided_a_consent_that_no_card_brought(three: list[int], bob: Actor) -> None:
    a, b, c = three
    merge(a, b, actor=bob, sms_consent="1", email_consent="")
    email, sms = history.consents(a, actor=bob)
    assert [(x.value, x.kind) for x in (email, sms)] == [("", "merge"), ("1", "merge")]
    merge(a, c, actor=bob, email_consent="0")
    assert [(x.value, x.kind) for x in history.consents(a, actor=bob)] == [("0", "merge"), ("1", "merge")]


def test_it_forgets_an_undone_merge_when_telling_of_consents(three: list[int], bob: Actor) -> None:
    a, b, _ = three
    revision = merge(a, b, actor=bob, email_consent="", sms_consent="1")
    assert [c.kind for c in history.consents(a, actor=bob)] == ["merge", "merge"]
    take_back(revision, actor=bob)
    for number, value in ((a, "1"), (b, "0")):
        email, sms = history.consents(number, actor=bob)
        assert (email.value, email.kind, email.import_name.filename) == (value, "import", "customers.csv")
        assert (sms.value, sms.since) == ("", None)


def test_it_keeps_values_of_own_fields_in_use_and_retired(load: Upload, alice: Actor, bob: Actor) -> None:
    made = [fields.create(Definition(header=h, kind=Kind.TEXT), actor=alice).key for h in ("Sal", "Rad")]
    load("CustomerID;FirstName;Gender;Sal;Rad\n0;A;0;;\n0;B;0;Store;7\n")
    a, b = Customer.objects.order_by("pk").values_list("pk", flat=True)
    fields.retire(made[1], actor=alice)
    before = register()
    revision = merge(a, b, actor=bob)
    assert Customer.objects.get().custom == {made[0]: "Store", made[1]: "7"}
    take_back(revision, actor=bob)
    assert register() == before


def test_it_undoes_once(three: list[int], bob: Actor) -> None:
    revision = merge(*three, actor=bob)
    take_back(revision, actor=bob)
    with pytest.raises(AlreadyUndone):
        undoing.start(revision.pk, actor=bob)
    with pytest.raises(NotFound):
        undoing.start(10**6, actor=bob)


def test_it_shows_what_has_been_edited_since(three: list[int], bob: Actor, alice: Actor) -> None:
    a, b, _ = three
    revision = merge(a, b, actor=bob)
    editing.edit(a, version=2, values={"email": "ny@example.no", "city": "Oslo", "gender": "0"}, actor=alice)
    imp = undoing.start(revision.pk, actor=bob)
    (conflict,) = preview.page(imp, Filter(box="conflicts"), offset=0, limit=9).rows[0].conflicts
    assert (conflict.field, conflict.mine, conflict.theirs, conflict.who) == ("email", "", "ny@example.no", "Alice Ås")
    assert Customer.objects.count() == 2
    take_back(revision, actor=bob)
    card = customers.card(a, actor=bob)
    assert (card["email"], card["city"], card["external_id"], card["tags"]) == ("ny@example.no", "Oslo", "", "a")
    assert customers.card(b, actor=bob)["email"] == "ase@example.no"


def test_it_does_not_give_back_a_unique_value_that_has_gone_elsewhere(three: list[int], bob: Actor) -> None:
    a, b, _ = three
    revision = merge(a, b, actor=bob, external_id="")
    other = editing.create({"company": "Teatret", "gender": "0", "external_id": "X7"}, actor=bob)
    imp = undoing.start(revision.pk, actor=bob)
    found = [(p.code, p.params) for _, p in preview.problems(imp, limit=9)]
    assert found == [("merge_incomplete", {}), ("value_taken", {"id": other})]
    assert (imp.totals.errors, imp.totals.changes_register) == (2, False)
    imports.cancel(imp.pk, actor=bob)
    editing.edit(other, version=1, values={"external_id": ""}, actor=bob)
    take_back(revision, actor=bob)
    assert customers.card(b, actor=bob)["external_id"] == "X7"


def test_it_undoes_a_chain_from_its_end(three: list[int], bob: Actor) -> None:
    a, b, c = three
    before = register()
    first, second = merge(b, a, actor=bob), merge(c, b, actor=bob)
    imp = undoing.start(first.pk, actor=bob)
    assert {p.code for _, p in preview.problems(imp, limit=9)} == {"card_merged", "merge_incomplete"}
    imports.cancel(imp.pk, actor=bob)
    take_back(second, actor=bob)
    with pytest.raises(CardMerged) as refused:
        customers.card(a, actor=bob)
    assert refused.value.params["into"] == b
    take_back(first, actor=bob)
    assert register() == before


def test_it_can_be_switched_off(three: list[int], alice: Actor, bob: Actor, charlie: Actor) -> None:
    revision = merge(three[0], three[1], actor=bob)
    with pytest.raises(Forbidden):
        settings.change(allow_merge=False, actor=bob)
    assert not settings.change(allow_merge=False, actor=alice).allow_merge
    with pytest.raises(MergeOff):
        merge(three[0], three[2], actor=alice)
    take_back(revision, actor=bob)
    with pytest.raises(TypeError):
        settings.change(allow_mergers=True, actor=alice)
    settings.change(allow_merge=True, actor=alice)
    for ids in ([three[0]], [three[0], three[0]]):
        with pytest.raises(MergeInvalid):
            merge(*ids, actor=bob)
    with pytest.raises(NotFound):
        merge(three[0], three[1], actor=bob, first_name=three[2])
    with pytest.raises(Forbidden):
        merge(*three, actor=charlie)


@pytest.mark.django_db(transaction=True)
def test_it_merges_once_when_many_do_it_at_the_same_moment(three: list[int], bob: Actor) -> None:
    outcomes = at_once(
        lambda: merging.merge(
            master=three[0], others=three[1:], versions=dict.fromkeys(three, 1), values={}, actor=bob
        ),
        lambda: merging.merge(
            master=three[2], others=three[:1], versions=dict.fromkeys(three, 1), values={}, actor=bob
        ),
        lambda: merging.merge(
            master=three[0], others=three[1:], versions=dict.fromkeys(three, 1), values={}, actor=bob
        ),
    )
    assert outcomes.count("done") == 1
    assert set(outcomes) <= {"done", "card_moved", "card_merged"}
    assert Revision.objects.filter(kind="merge").count() == 1


@pytest.mark.django_db(transaction=True)
def test_it_either_sees_an_edit_or_is_seen_by_it(three: list[int], bob: Actor) -> None:
    a, b, _ = three
    outcomes = at_once(
        lambda: merging.merge(master=a, others=[b], versions={a: 1, b: 1}, values={}, actor=bob),
        lambda: editing.edit(b, version=1, values={"city": "Oslo"}, actor=bob),
    )
    assert sorted(outcomes) in (["card_merged", "done"], ["card_moved", "done"])


@pytest.mark.django_db(transaction=True)
def test_it_undoes_once_when_many_do_it_at_the_same_moment(three: list[int], bob: Actor) -> None:
    before = register()
    revision = merge(*three, actor=bob)
    imp = undoing.start(revision.pk, actor=bob)
    outcomes = at_once(*[lambda: confirming.confirm(imp.pk, digest=imp.digest, actor=bob)] * 3)
    assert sorted(outcomes) == ["already_applied", "already_applied", "done"]
    assert register() == before


def at_once(*actions: Callable[[], object]) -> list[str]:
    """What came of actions that were all begun at the same moment, each on a connection of its own."""
    outcomes: list[str] = []
    start = threading.Barrier(len(actions))

    def run(action: Callable[[], object]) -> None:
        try:
            start.wait(PATIENCE)
            action()
            outcomes.append("done")
        except Refusal as refused:
            outcomes.append(refused.code)
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=[action]) for action in actions]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return outcomes
