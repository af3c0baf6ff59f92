"""Colleagues are added, changed, locked and reset by administrators, and nobody is left without one."""

from __future__ import annotations

import hashlib
import threading
from importlib import import_module

import pytest
from allauth.mfa.models import Authenticator
from allauth.socialaccount.models import SocialAccount
from django.apps import apps
from django.contrib.auth import authenticate
from django.contrib.auth.models import User
from django.db import connection
from django.test import Client
from pytest_django.fixtures import Settings

from kundekort.services import accounts, passwords, people
from kundekort.services.accounts import Actor, Role, actor_of
from kundekort.services.refusals import (
    Forbidden,
    LastAdministrator,
    NameTaken,
    NotFound,
    OwnAccount,
    PasswordUnchanged,
    PersonInvalid,
    Refusal,
)
from kundekort.store.models import AuditEntry, Profile

SYSTEM = Actor.system("root")


def told() -> list[tuple[str, dict[str, str]]]:
    return list(AuditEntry.objects.order_by("pk").values_list("event", "params"))


def test_it_adds_a_colleague_who_must_choose_a_password_of_their_own(alice: Actor) -> None:
    made = people.add("kari", role=Role.IMPORTER, full_name=" Kari  Moe ", email="kari@example.no", actor=alice)
    assert (made.person.username, made.person.full_name, made.person.role) == ("kari", "Kari Moe", Role.IMPORTER)
    user = authenticate(username="kari", password=made.password)
    assert isinstance(user, User)
    assert people.must_change_password(user)
    passwords.change_own(made.password, "a password of my own", actor=actor_of(user))
    assert not people.must_change_password(User.objects.get(pk=user.pk))
    assert told()[0] == ("user_creation", {"username": "kari", "role": "importer"})
    assert made.password not in str(told())


def test_a_login_that_hashes_the_password_anew_changes_nothing_of_that(alice: Actor, settings: Settings) -> None:
    made = people.add("kari", role=Role.IMPORTER, actor=alice)
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.PBKDF2PasswordHasher", *settings.PASSWORD_HASHERS]
    assert authenticate(username="kari", password=made.password)
    user = User.objects.get(username="kari")
    assert user.password.startswith("pbkdf2")
    assert people.must_change_password(user)
    with pytest.raises(PasswordUnchanged):
        passwords.choose(user, made.password, address="")
    passwords.choose(user, "a password of my own", address="")
    assert not people.must_change_password(User.objects.get(pk=user.pk))


def test_passwords_handed_over_before_they_were_kept_by_their_hash_are_still_to_be_changed(alice: Actor) -> None:
    for name in ("kari", "ola"):
        people.add(name, role=Role.IMPORTER, actor=alice)
    kari, ola = User.objects.get(username="kari"), User.objects.get(username="ola")
    Profile.objects.filter(user=kari).update(handed_over=hashlib.sha256(kari.password.encode()).hexdigest())
    Profile.objects.filter(user=ola).update(handed_over=hashlib.sha256(b"the one before").hexdigest())
    import_module("kundekort.store.migrations.0021_handed_over").keep_hashes(apps, None)
    kept = Profile.objects.order_by("user__username").values_list("handed_over", flat=True)
    assert list(kept) == [kari.password, ""]


def test_it_makes_another_password_each_time_which_can_be_read_out() -> None:
    made = {people.new_password() for _ in range(50)}
    assert len(made) == 50
    assert all(set(password) <= set("abcdefghjkmnpqrstuvwxyz23456789-") and len(password) == 19 for password in made)


def test_it_lets_nobody_but_administrators(alice: Actor, bob: Actor) -> None:
    assert alice.user
    for act in (
        lambda: people.list_all(actor=bob),
        lambda: people.get(alice.user.pk, actor=bob),
        lambda: people.find("alice", actor=bob),
        lambda: people.add("x", role=Role.READER, actor=bob),
        lambda: people.change(alice.user.pk, full_name="", email="", role=Role.READER, actor=bob),
        lambda: people.lock(alice.user.pk, actor=bob),
        lambda: people.unlock(alice.user.pk, actor=bob),
        lambda: people.reset(alice.user.pk, actor=bob),
        lambda: people.remove_second_factors(alice.user.pk, actor=bob),
    ):
        with pytest.raises(Forbidden):
            act()


def test_it_lets_nobody_add_who_was_locked_meanwhile(alice: Actor) -> None:
    assert alice.user
    User.objects.filter(pk=alice.user.pk).update(is_active=False)
    with pytest.raises(Forbidden):
        people.add("kari", role=Role.ADMINISTRATOR, actor=alice)


def test_it_changes_name_address_and_role(alice: Actor, bob: Actor) -> None:
    assert bob.user
    changed = people.change(bob.user.pk, full_name="Bob Berg", email="b@example.no", role=Role.READER, actor=alice)
    assert (changed.full_name, changed.email, changed.role) == ("Bob Berg", "b@example.no", Role.READER)
    assert actor_of(User.objects.get(pk=bob.user.pk)).role is Role.READER
    assert told() == [
        ("role_change", {"username": "bob", "old": "importer", "new": "reader"}),
        ("user_change", {"username": "bob"}),
        ("email_change", {"username": "bob", "was": "", "email": "b@example.no"}),
    ]


def test_it_locks_somebody_at_once_and_lets_them_in_again(alice: Actor, bob: Actor, client: Client) -> None:
    assert bob.user
    client.force_login(bob.user)
    assert client.get("/imports/").status_code == 200
    assert people.lock(bob.user.pk, actor=alice).locked
    assert client.get("/imports/").status_code == 302
    assert authenticate(username="bob", password="theatre-doors") is None
    assert not people.unlock(bob.user.pk, actor=alice).locked
    assert client.get("/imports/").status_code == 302, "a session that was ended does not come back"
    assert authenticate(username="bob", password="theatre-doors") is not None
    assert [event for event, _ in told()] == ["user_lock", "session_end", "user_unlock"]


def test_it_resets_a_forgotten_password(alice: Actor, bob: Actor, client: Client) -> None:
    assert bob.user
    client.force_login(bob.user)
    made = people.reset(bob.user.pk, actor=alice)
    assert client.get("/imports/").status_code == 302
    assert authenticate(username="bob", password="theatre-doors") is None
    user = authenticate(username="bob", password=made.password)
    assert isinstance(user, User)
    assert people.must_change_password(user)
    assert people.get(user.pk, actor=alice).must_change


def test_it_removes_second_factors_only_when_asked_to(alice: Actor, bob: Actor) -> None:
    assert bob.user
    Authenticator.objects.create(user=bob.user, type=Authenticator.Type.TOTP, data={})
    people.reset(bob.user.pk, actor=alice)
    assert [person.second_factor for person in people.list_all(actor=alice)] == [False, True]
    assert not people.remove_second_factors(bob.user.pk, actor=alice).second_factor
    assert AuditEntry.objects.filter(event="second_factor_removal").count() == 1
    assert alice.user
    with pytest.raises(OwnAccount):
        people.remove_second_factors(alice.user.pk, actor=alice)


def test_it_lets_nobody_lock_demote_or_reset_themselves(alice: Actor) -> None:
    accounts.create_user(username="second", password="theatre-doors", role=Role.ADMINISTRATOR)
    assert alice.user
    with pytest.raises(OwnAccount):
        people.lock(alice.user.pk, actor=alice)
    with pytest.raises(OwnAccount):
        people.reset(alice.user.pk, actor=alice)
    with pytest.raises(OwnAccount):
        people.change(alice.user.pk, full_name="", email="", role=Role.READER, actor=alice)
    people.change(alice.user.pk, full_name="Alice", email="", role=Role.ADMINISTRATOR, actor=alice)


def test_it_keeps_the_last_administrator(alice: Actor) -> None:
    assert alice.user
    with pytest.raises(LastAdministrator):
        people.lock(alice.user.pk, actor=SYSTEM)
    with pytest.raises(LastAdministrator):
        people.change(alice.user.pk, full_name="", email="", role=Role.IMPORTER, actor=SYSTEM)
    locked = accounts.create_user(username="gone", password="theatre-doors", role=Role.ADMINISTRATOR)
    people.lock(locked.pk, actor=alice)
    with pytest.raises(LastAdministrator):
        people.lock(alice.user.pk, actor=SYSTEM)


@pytest.mark.django_db(transaction=True)
def test_it_refuses_one_of_two_who_demote_each_other_at_once(alice: Actor) -> None:
    other = actor_of(accounts.create_user(username="otto", password="theatre-doors", role=Role.ADMINISTRATOR))
    refused: list[str] = []
    ready = threading.Barrier(2)

    def demote(target: Actor, by: Actor) -> None:
        ready.wait()
        assert target.user
        try:
            people.change(target.user.pk, full_name="", email="", role=Role.READER, actor=by)
        except Refusal as refusal:
            refused.append(refusal.code)
        finally:
            connection.close()

    threads = [threading.Thread(target=demote, args=pair) for pair in ((alice, other), (other, alice))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(refused) == 1
    assert sum(person.role is Role.ADMINISTRATOR for person in people.list_all(actor=SYSTEM)) == 1


def test_it_refuses_who_was_demoted_meanwhile(alice: Actor) -> None:
    stale = actor_of(accounts.create_user(username="otto", password="theatre-doors", role=Role.ADMINISTRATOR))
    assert stale.user
    people.change(stale.user.pk, full_name="", email="", role=Role.READER, actor=alice)
    assert alice.user
    with pytest.raises(Forbidden):
        people.lock(alice.user.pk, actor=stale)


@pytest.mark.parametrize(
    ("username", "reason"),
    [
        ("", "username_missing"),
        ("a" * 151, "username_too_long"),
        ("a" * 200, "username_too_long"),
        ("kari moe", "username_characters"),
        ("kari\u202e", "username_characters"),
        ("ka\u200bri", "username_characters"),
        ("kari\nmoe", "username_characters"),
        ("kari\x07", "username_characters"),
        ("kari\u3164", "username_characters"),
    ],
)
def test_it_refuses_user_names_that_cannot_be(alice: Actor, username: str, reason: str) -> None:
    with pytest.raises(PersonInvalid) as refused:
        people.add(username, role=Role.READER, actor=alice)
    assert refused.value.params["reason"] == reason


@pytest.mark.parametrize(
    ("full_name", "reason"),
    [
        ("K" * 151, "full_name_too_long"),
        ("Kari\nMoe", "full_name_characters"),
        ("Kari \u202eeoM", "full_name_characters"),
        ("Ka\u200bri Moe", "full_name_characters"),
        ("Kari\x1b[31m", "full_name_characters"),
        ("Kari\u2028Moe", "full_name_characters"),
        ("\u3164", "full_name_characters"),
    ],
)
def test_it_refuses_names_that_are_not_as_they_look(alice: Actor, full_name: str, reason: str) -> None:
    with pytest.raises(PersonInvalid) as refused:
        people.add("kari", role=Role.READER, full_name=full_name, actor=alice)
    assert refused.value.params["reason"] == reason
    assert not User.objects.filter(username="kari").exists()


def test_it_writes_names_as_everybody_does(alice: Actor) -> None:
    made = people.add(" a\u030ase ", role=Role.READER, full_name="A\u030ase\u00a0Ås", actor=alice)
    assert (made.person.username, made.person.full_name) == ("åse", "Åse Ås")
    assert authenticate(username="åse", password=made.password) is not None


def test_it_refuses_names_and_addresses_that_others_have(alice: Actor, bob: Actor) -> None:
    with pytest.raises(NameTaken):
        people.add("BOB", role=Role.READER, actor=alice)
    people.add("kari", role=Role.READER, email="kari@example.no", actor=alice)
    for email, reason in (("Kari@Example.no", "email_taken"), ("kari", "email_invalid"), ("ø" * 300, "email_invalid")):
        with pytest.raises(PersonInvalid) as refused:
            people.add("other", role=Role.READER, email=email, actor=alice)
        assert refused.value.params["reason"] == reason


def test_it_finds_people_by_their_names(alice: Actor, bob: Actor) -> None:
    assert bob.user
    assert people.find("BOB", actor=alice).id == bob.user.pk
    people.lock(bob.user.pk, actor=alice)
    assert [person.username for person in people.list_all(actor=alice)] == ["alice", "bob"]
    for missing in (lambda: people.find("nobody", actor=alice), lambda: people.get(10**9, actor=alice)):
        with pytest.raises(NotFound):
            missing()


def test_another_address_ends_what_the_old_one_let_in(alice: Actor, bob: Actor) -> None:
    assert bob.user is not None
    people.change(bob.user.pk, full_name="", email="wrong@example.no", role=Role.IMPORTER, actor=alice)
    SocialAccount.objects.create(user=bob.user, provider="x", uid="somebody else's")
    people.change(bob.user.pk, full_name="Bob", email="wrong@example.no", role=Role.IMPORTER, actor=alice)
    assert SocialAccount.objects.count() == 1
    people.change(bob.user.pk, full_name="Bob", email="bob@example.no", role=Role.IMPORTER, actor=alice)
    assert SocialAccount.objects.count() == 0
