"""What reaches far is confirmed by somebody else than whose it is, wherever it comes from."""

from __future__ import annotations

import io
from collections.abc import Callable

import pytest

from kundekort.engine.decisions import Action, Decision
from kundekort.services import accounts, confirming, four_eyes, import_list, imports, planning, settings, undoing
from kundekort.services.accounts import Actor, Role, actor_of
from kundekort.services.four_eyes import Why
from kundekort.services.import_list import ImportFilter
from kundekort.services.refusals import SecondPersonNeeded
from kundekort.store.models import AuditEntry, Customer, Import

pytestmark = pytest.mark.django_db

Upload = Callable[..., Import]
HEADER = "CustomerID;FirstName;City;Email;EmailConsent;Gender\n"
THREE = HEADER + "".join(f"0;Kari {n};Oslo;kari{n}@example.no;;2\n" for n in range(3))


@pytest.fixture
def carla(db: None) -> Actor:
    """Another importer."""
    return actor_of(accounts.create_user(username="carla", password="theatre-doors", role=Role.IMPORTER))


@pytest.fixture
def three(load: Upload) -> list[int]:
    load(THREE)
    return list(Customer.objects.order_by("pk").values_list("pk", flat=True))


def demand(alice: Actor, **choices: int | bool) -> None:
    most = {"four_eyes_cards": 10**6, "four_eyes_emptied": 10**6, "four_eyes_consents": False}
    settings.change(actor=alice, four_eyes=True, **most | choices)


def refused(imp: Import, actor: Actor) -> list[tuple[str, int, int]]:
    with pytest.raises(SecondPersonNeeded) as refusal:
        confirming.confirm(imp.pk, digest=imp.digest, actor=actor)
    imp.refresh_from_db()
    assert imp.state == Import.State.PREVIEW
    reasons: list[tuple[str, int, int]] = refusal.value.params["reasons"]
    return reasons


def test_it_is_off_by_default(upload: Upload, bob: Actor) -> None:
    imp = upload(THREE)
    assert four_eyes.reasons(imp) == ()
    assert confirming.confirm(imp.pk, digest=imp.digest, actor=bob).state == Import.State.DONE


def test_it_wants_another_person_for_many_cards(upload: Upload, alice: Actor, bob: Actor, carla: Actor) -> None:
    demand(alice, four_eyes_cards=2)
    imp = upload(THREE)
    assert refused(imp, bob) == [("cards", 3, 2)]
    done = confirming.confirm(imp.pk, digest=imp.digest, actor=carla)
    assert (done.state, done.created_by, done.confirmed_by) == (Import.State.DONE, bob.user, carla.user)
    entry = AuditEntry.objects.get(event="confirmation")
    assert (entry.actor_name, entry.params) == ("carla", {"import_id": imp.pk, "uploader": "bob"})


def test_it_lets_one_person_do_what_the_limits_let_pass(upload: Upload, alice: Actor, bob: Actor) -> None:
    demand(alice, four_eyes_cards=3)
    imp = upload(THREE)
    assert confirming.confirm(imp.pk, digest=imp.digest, actor=bob).state == Import.State.DONE


def test_it_counts_cells_that_are_emptied(upload: Upload, three: list[int], alice: Actor, bob: Actor) -> None:
    demand(alice, four_eyes_emptied=2)
    imp = upload("CustomerID;City;Phone;Gender\n" + "".join(f"{number};;;2\n" for number in three))
    assert refused(imp, bob) == [("emptied", 3, 2)]


def test_it_counts_consents_also_of_new_cards(upload: Upload, three: list[int], alice: Actor, bob: Actor) -> None:
    demand(alice, four_eyes_consents=True)
    rows = f"{three[0]};Kari;1;;2\n0;Ola;0;1;1\n0;Per;;;1\n"
    imp = upload(f"CustomerID;FirstName;EmailConsent;SmsConsent;Gender\n{rows}")
    assert refused(imp, bob) == [("consents", 3, 0)]
    plain = upload("CustomerID;FirstName;EmailConsent;Gender\n0;Ola;;1\n")
    assert four_eyes.reasons(plain) == ()


def test_it_holds_for_administrators_and_the_server_too(alice: Actor, bob: Actor) -> None:
    demand(alice, four_eyes_cards=0)
    for actor in (alice, Actor.system("root")):
        imp = planning.plan(imports.receive(io.BytesIO(THREE.encode()), filename="x.csv", actor=actor).pk)
        for own in (actor, Actor.system("another")):
            assert refused(imp, own) == [("cards", 3, 0)]
            with pytest.raises(SecondPersonNeeded):
                confirming.apply(imp.pk, digest=imp.digest, actor=own)
        imports.cancel(imp.pk, actor=actor)
    assert not Customer.objects.exists()


def test_it_counts_whoever_mends_cells_as_one_whose_it_is(
    upload: Upload, alice: Actor, bob: Actor, carla: Actor
) -> None:
    demand(alice, four_eyes_cards=0)
    imp = upload(THREE)
    planning.decide(imp.pk, Decision(Action.SET, value="Voss", field="city", rows=(1,)), actor=carla)
    imp.refresh_from_db()
    for own in (bob, carla):
        assert refused(imp, own) == [("cards", 3, 0)]
    assert confirming.confirm(imp.pk, digest=imp.digest, actor=alice).state == Import.State.DONE


def test_it_lets_whoever_only_leaves_out_be_the_second(upload: Upload, alice: Actor, carla: Actor) -> None:
    demand(alice, four_eyes_cards=0)
    imp = upload(THREE + "0;Feil;;ikke en adresse;;2\n")
    planning.leave_out_errors(imp.pk, actor=carla, leave_out=True)
    planning.decide(imp.pk, Decision(Action.LEAVE_OUT, rows=(1,)), actor=carla)
    imp.refresh_from_db()
    assert confirming.confirm(imp.pk, digest=imp.digest, actor=carla).state == Import.State.DONE


def test_it_counts_whoever_says_what_columns_are(upload: Upload, alice: Actor, carla: Actor) -> None:
    demand(alice, four_eyes_cards=0)
    imp = upload(THREE)
    planning.choose(imp.pk, columns={0: "id", 1: "first_name", 5: "gender"}, actor=carla)
    imp.refresh_from_db()
    assert refused(imp, carla) == [("cards", 3, 0)]


def test_it_holds_for_what_is_taken_back(load: Upload, alice: Actor, bob: Actor, carla: Actor) -> None:
    done = load(THREE)
    assert done.revision
    demand(alice, four_eyes_cards=0, four_eyes_emptied=0)
    back = undoing.start(done.revision.pk, actor=bob)
    assert refused(back, bob) == [("cards", 3, 0)]
    assert confirming.confirm(back.pk, digest=back.digest, actor=carla).state == Import.State.DONE
    assert not Customer.objects.exists()


def test_it_counts_cells_that_taking_back_empties(load: Upload, three: list[int], alice: Actor, bob: Actor) -> None:
    done = load("CustomerID;Phone;Gender\n" + "".join(f"{number};2255889{n};2\n" for n, number in enumerate(three)))
    assert done.revision
    demand(alice, four_eyes_emptied=2)
    assert refused(undoing.start(done.revision.pk, actor=bob), bob) == [("emptied", 3, 2)]


@pytest.mark.django_db(transaction=True)
def test_it_holds_for_what_a_job_writes(
    upload: Upload, alice: Actor, bob: Actor, carla: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(planning, "INLINE_CARDS", 0)
    demand(alice, four_eyes_cards=0)
    imp = upload(THREE)
    refused(imp, bob)
    assert confirming.confirm(imp.pk, digest=imp.digest, actor=carla).state == Import.State.CONFIRMING
    with pytest.raises(SecondPersonNeeded):
        confirming.apply(imp.pk, digest=imp.digest, actor=bob)
    done = confirming.apply(imp.pk, digest=imp.digest)
    assert (done.state, done.confirmed_by) == (Import.State.DONE, carla.user)


@pytest.mark.django_db(transaction=True)
def test_it_lets_a_job_write_what_was_confirmed_before_the_choice(
    upload: Upload, alice: Actor, bob: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(planning, "INLINE_CARDS", 0)
    imp = upload(THREE)
    confirming.confirm(imp.pk, digest=imp.digest, actor=bob)
    demand(alice, four_eyes_cards=0)
    assert confirming.apply(imp.pk, digest=imp.digest).state == Import.State.DONE


def test_it_says_in_the_list_what_waits_for_another(upload: Upload, alice: Actor, bob: Actor) -> None:
    imp = upload(THREE)
    demand(alice, four_eyes_cards=0)
    (line,) = import_list.search(ImportFilter(), offset=0, limit=9, actor=bob).lines
    assert line.for_other
    imports.cancel(imp.pk, actor=bob)
    (line,) = import_list.search(ImportFilter(), offset=0, limit=9, actor=bob).lines
    assert not line.for_other
    assert {reason.why for reason in four_eyes.reasons(imp)} == {Why.CARDS}


def test_whoever_said_what_such_files_mean_is_no_second_person(
    upload: Upload, alice: Actor, bob: Actor, carla: Actor
) -> None:
    demand(alice, four_eyes_cards=0)
    unclear = "CustomerID;Vedkommende;Gender\n0;Moe;2\n"
    first = imports.receive(io.BytesIO(unclear.encode()), filename="a.csv", actor=carla)
    planning.plan(first.pk)
    planning.choose(first.pk, columns={0: "id", 1: "last_name", 2: "gender"}, actor=carla)
    imports.cancel(first.pk, actor=carla)
    imp = upload(unclear.replace("Moe", "Lie"))
    assert imp.answers.origin is not None
    assert imp.answers.origin.user == (carla.user.pk if carla.user else None)
    assert refused(imp, carla) == [("cards", 1, 0)]
    assert confirming.confirm(imp.pk, digest=imp.digest, actor=alice).state == Import.State.DONE


def test_undoing_cards_that_came_with_consents_takes_two_as_well(
    upload: Upload, alice: Actor, bob: Actor, carla: Actor
) -> None:
    demand(alice, four_eyes_consents=True)
    imp = upload("CustomerID;FirstName;EmailConsent;Gender\n0;Ola;1;1\n0;Per;1;1\n0;Eva;;2\n")
    done = confirming.confirm(imp.pk, digest=imp.digest, actor=carla)
    assert done.revision is not None
    undo = planning.plan(undoing.start(done.revision.pk, actor=bob).pk)
    assert refused(undo, bob) == [("consents", 2, 0)]
    assert confirming.confirm(undo.pk, digest=undo.digest, actor=carla).state == Import.State.DONE
