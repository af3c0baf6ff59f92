"""What passwords are allowed, and who may set whose."""

from __future__ import annotations

import unicodedata

import pytest
from django.contrib.auth.models import User

from kundekort.services import accounts, password_rules, passwords
from kundekort.services.accounts import Actor, Role
from kundekort.services.refusals import (
    Forbidden,
    NotFound,
    PasswordCommon,
    PasswordPersonal,
    PasswordTooLong,
    PasswordTooShort,
    PasswordWrong,
    WeakPassword,
)
from kundekort.store.models import AuditEntry

KARI = User(username="kari.n", first_name="Kari Anne", last_name="Nordmann", email="kari@storescene.example")


@pytest.mark.parametrize(
    ("password", "refusal"),
    [
        ("eleven char", PasswordTooShort),
        ("x y" * 43, PasswordTooLong),
        ("aaaaaaaaaaaaaaaa", PasswordCommon),
        ("123456789012", PasswordCommon),
        ("abcdefghijklmn", PasswordCommon),
        ("qwertyuiop[]", PasswordCommon),
        ("Password2026!", PasswordCommon),
        ("...iloveyou...", PasswordCommon),
        ("Nordmann-2026", PasswordPersonal),
        ("kundekort2026", PasswordPersonal),
        ("kari@storescene.example", PasswordPersonal),
    ],
)
def test_it_refuses_what_others_guess(password: str, refusal: type[WeakPassword]) -> None:
    with pytest.raises(refusal):
        password_rules.check(password, KARI)


@pytest.mark.parametrize(
    "password",
    [
        "theatre-doors",
        "all small letters",
        "kari likes seven green apples",
        "blåbærsyltetøy på brød",
        "🎭 scene ett klokka sju",
        "correct horse " * 9,
        "829164035718",
    ],
)
def test_it_allows_whatever_is_long_and_nobodys(password: str) -> None:
    password_rules.check(password, KARI)


def test_it_takes_one_letter_for_the_same_however_it_is_typed(db: None, alice: Actor) -> None:
    assert alice.user is not None
    passwords.set_password(alice.user.pk, unicodedata.normalize("NFD", "blåbær på brød"), actor=alice)
    alice.user.refresh_from_db()
    assert alice.user.check_password(unicodedata.normalize("NFC", "blåbær på brød"))


def test_it_lets_an_administrator_give_a_password_and_nobody_else(alice: Actor, bob: Actor) -> None:
    assert bob.user is not None
    passwords.set_password(bob.user.pk, "a new one for bob to change", actor=alice)
    bob.user.refresh_from_db()
    assert bob.user.check_password("a new one for bob to change")
    entry = AuditEntry.objects.latest("pk")
    assert (entry.event, entry.user, entry.params) == ("password_change", alice.user.pk, {"username": "bob"})
    with pytest.raises(Forbidden):
        passwords.set_password(bob.user.pk, "one that bob gives himself", actor=bob)
    with pytest.raises(NotFound):
        passwords.set_password(10**9, "a password for nobody at all", actor=alice)
    with pytest.raises(PasswordTooShort):
        passwords.set_password(bob.user.pk, "short", actor=alice)
    assert AuditEntry.objects.count() == 1


def test_it_lets_everybody_change_their_own_who_knows_it(charlie: Actor) -> None:
    assert charlie.user is not None
    with pytest.raises(PasswordWrong):
        passwords.change_own("wrong", "a better one than before", actor=charlie)
    passwords.change_own("theatre-doors", "a better one than before", actor=charlie)
    charlie.user.refresh_from_db()
    assert charlie.user.check_password("a better one than before")


def test_it_finds_a_person_by_name_or_by_an_address_that_is_only_theirs(db: None) -> None:
    kari = accounts.create_user(username="Kari", password="theatre-doors", role=Role.READER)
    for name in ("ola", "per"):
        User.objects.create_user(name, email="office@venue.example")
    User.objects.filter(pk=kari.pk).update(email="Kari@venue.example")
    assert accounts.user_named("kari") == accounts.user_named("kari@VENUE.example") == kari
    assert accounts.user_named("office@venue.example") is None
    assert accounts.user_named("") is None
