"""The pages on which administrators look after colleagues, and the password that is handed over once."""

from __future__ import annotations

import re
from html import unescape
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.http import HttpResponse
from django.test import Client

from kundekort.services import people
from kundekort.services.accounts import Actor, Role, actor_of
from kundekort.store.models import AuditEntry

NEW = {"username": "kari", "full_name": "Kari Moe", "email": "kari@example.no", "role": "importer"}


def text(response: HttpResponse | Any) -> str:
    return " ".join(unescape(response.content.decode()).split())


def password_on(response: HttpResponse | Any) -> str:
    found = re.search(r'class="kk-password">([^<]+)<', response.content.decode())
    assert found
    return found[1]


def test_it_adds_a_colleague_and_shows_their_password_once(as_alice: Client) -> None:
    page = as_alice.post("/settings/people/new/", NEW)
    assert page.status_code == 200
    assert "no-store" in page["Cache-Control"]
    password = password_on(page)
    listed = as_alice.get("/settings/people/")
    assert "Kari Moe" in text(listed)
    assert password not in text(listed)
    theirs = Client()
    assert theirs.login(username="kari", password=password)
    entry = AuditEntry.objects.get(event="user_creation")
    assert entry.address == "127.0.0.1"


def test_it_leads_to_a_password_of_ones_own_before_anything_else(as_alice: Client) -> None:
    password = password_on(as_alice.post("/settings/people/new/", NEW))
    theirs = Client()
    theirs.login(username="kari", password=password)
    for address in ("/", "/imports/", "/customers/"):
        assert theirs.get(address)["Location"] == "/account/password/"
    assert theirs.get("/customers/", headers={"HX-Request": "true"})["HX-Redirect"] == "/account/password/"
    assert theirs.get("/account/password/").status_code == 200
    assert theirs.get("/login/", follow=True).redirect_chain[-1][0] == "/account/password/"
    own = "gangsti over fjellet"
    same = {"old": password, "new": password, "again": password}
    answer = theirs.post("/account/password/", same)
    assert "Dette er passordet du har" in text(answer), "the one that others know is no other"
    assert theirs.get("/imports/").status_code == 302
    theirs.post("/account/password/", {"old": password, "new": own, "again": own})
    assert theirs.get("/imports/").status_code == 200


@pytest.mark.parametrize(
    ("sent", "words"),
    [
        ({"username": "a" * 200}, "lengre enn 150 tegn"),
        ({"username": ""}, "Skriv et brukernavn"),
        ({"username": "kari\u202e"}, "bare bokstaver, sifre"),
        ({"full_name": "Kari\u200bMoe"}, "tegn som ikke kan ses"),
        ({"full_name": "Kari\nMoe"}, "tegn som ikke kan ses"),
        ({"email": "kari"}, "ingen e-postadresse"),
        ({"username": "ALICE"}, "Det finnes allerede en bruker"),
        ({"role": "owner"}, "Velg hva brukeren kan gjøre"),
        ({"role": ""}, "Velg hva brukeren kan gjøre"),
    ],
)
def test_it_says_what_is_wrong_beside_the_field(as_alice: Client, sent: dict[str, str], words: str) -> None:
    page = as_alice.post("/settings/people/new/", NEW | sent)
    assert page.status_code == 200
    assert words in text(page)
    assert 'class="kk-fault"' in page.content.decode()
    assert User.objects.count() == 1


def test_it_changes_locks_unlocks_and_resets(as_alice: Client, bob: Actor) -> None:
    assert bob.user
    where = f"/settings/people/{bob.user.pk}/"
    as_alice.post(where, {"full_name": "Bob Berg", "email": "", "role": "reader"})
    assert actor_of(User.objects.get(pk=bob.user.pk)).role is Role.READER
    assert "er låst" in text(as_alice.post(f"{where}lock/", follow=True))
    assert not User.objects.get(pk=bob.user.pk).is_active
    as_alice.post(f"{where}unlock/")
    assert User.objects.get(pk=bob.user.pk).is_active
    password = password_on(as_alice.post(f"{where}password/"))
    assert Client().login(username="bob", password=password)


def test_it_refuses_what_would_leave_the_register_without_an_administrator(as_alice: Client, alice: Actor) -> None:
    assert alice.user
    where = f"/settings/people/{alice.user.pk}/"
    for act in ("lock/", "password/"):
        assert "Ingen kan låse seg selv" in text(as_alice.post(where + act, follow=True))
    sent = {"full_name": "Alice", "email": "", "role": "reader"}
    assert "Ingen kan låse seg selv" in text(as_alice.post(where, sent))
    assert people.get(alice.user.pk, actor=alice).role is Role.ADMINISTRATOR


def test_it_is_for_administrators_alone(as_bob: Client, alice: Actor) -> None:
    assert alice.user
    for address in ("", "new/", f"{alice.user.pk}/"):
        assert as_bob.get(f"/settings/people/{address}").status_code == 403
    for act in ("new/", f"{alice.user.pk}/", *(f"{alice.user.pk}/{name}/" for name in ("lock", "unlock", "password"))):
        assert as_bob.post(f"/settings/people/{act}", NEW).status_code == 403
    assert "/settings/people/" not in as_bob.get("/imports/").content.decode()


def test_it_knows_nobody_by_that_number(as_alice: Client) -> None:
    assert as_alice.get("/settings/people/999999/").status_code == 404
    assert as_alice.post("/settings/people/999999/lock/").status_code == 404
