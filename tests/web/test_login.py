"""Logging in by name and password: how often one may try, and what the audit log is told."""

from __future__ import annotations

import re

import pytest
from django.contrib.auth.hashers import PBKDF2PasswordHasher
from django.contrib.auth.models import User
from django.contrib.sessions.models import Session
from django.http import HttpResponse
from django.test import Client
from django.urls import get_resolver
from pytest_django.fixtures import Settings

from kundekort.services.accounts import Actor
from kundekort.store.models import AuditEntry, CacheEntry

pytestmark = pytest.mark.django_db


def log_in(client: Client, name: str, password: str = "wrong", *, address: str = "192.0.2.1") -> HttpResponse:
    return client.post("/login/", {"username": name, "password": password}, REMOTE_ADDR=address)


def is_in(client: Client) -> bool:
    return client.get("/account/").status_code == 200


def events(*, but: str = "") -> list[str]:
    return list(AuditEntry.objects.exclude(event=but).order_by("pk").values_list("event", flat=True))


def test_it_refuses_after_a_handful_and_says_how_long_to_wait(client: Client, bob: Actor) -> None:
    for _ in range(5):
        assert "Brukernavnet eller passordet er feil" in log_in(client, "bob").content.decode()
    refused = log_in(client, "bob", "theatre-doors")
    assert refused.status_code == 429
    assert re.search("Det var for mange forsøk på å logge inn. Vent [345] minutter", refused.content.decode())
    assert not is_in(client)


def test_it_counts_for_all_processes_together(client: Client, bob: Actor) -> None:
    for _ in range(5):
        log_in(Client(), "bob")
    assert CacheEntry.objects.exists()
    assert log_in(Client(), "BOB").status_code == 429


def test_it_leaves_others_alone_and_the_person_elsewhere(bob: Actor, alice: Actor) -> None:
    for _ in range(6):
        log_in(Client(), "bob")
    assert log_in(Client(), "alice", "theatre-doors").status_code == 302
    assert log_in(Client(), "bob", "theatre-doors", address="192.0.2.2").status_code == 302


def test_it_knows_the_persons_own_browser_whatever_strangers_try(bob: Actor) -> None:
    own = Client()
    log_in(own, "bob", "theatre-doors")
    own.post("/logout/")
    addresses = [f"198.51.100.{number}" for number in range(1, 12)]
    tried = [log_in(Client(), "bob", address=address).status_code for address in addresses for _ in range(5)]
    assert tried.count(200) == 50
    assert log_in(Client(), "bob", "theatre-doors", address="203.0.113.9").status_code == 429
    assert log_in(own, "bob", "theatre-doors").status_code == 302
    own.post("/logout/")
    assert [log_in(own, "bob").status_code for _ in range(6)] == [200] * 5 + [429]


def test_it_knows_no_browser_by_a_cookie_that_somebody_made(client: Client, bob: Actor) -> None:
    client.cookies["known"] = "eyIxIjoieCJ9:1abc:abc"
    assert [log_in(client, "bob").status_code for _ in range(6)] == [200] * 5 + [429]


def test_it_stops_an_address_that_tries_many_names(bob: Actor) -> None:
    tried = [log_in(Client(), f"somebody{number}").status_code for number in range(31)]
    assert tried == [200] * 30 + [429]
    assert log_in(Client(), "bob", "theatre-doors").status_code == 429
    assert log_in(Client(), "bob", "theatre-doors", address="2001:db8::1").status_code == 302


def test_it_takes_no_name_for_the_number_of_somebody(bob: Actor) -> None:
    assert bob.user
    for _ in range(5):
        log_in(Client(), str(bob.user.pk))
    assert log_in(Client(), "bob", "theatre-doors").status_code == 302


def test_it_takes_a_network_of_many_addresses_for_one(bob: Actor) -> None:
    tried = [log_in(Client(), "bob", address=f"2001:db8::{number}").status_code for number in range(1, 7)]
    assert tried == [200] * 5 + [429]


def test_it_counts_no_attempt_that_succeeds(bob: Actor) -> None:
    for _ in range(4):
        log_in(Client(), "bob")
    assert [log_in(Client(), "bob", "theatre-doors").status_code for _ in range(3)] == [302] * 3


def test_it_says_the_same_of_a_name_that_nobody_has_and_hashes_too(
    client: Client, bob: Actor, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.PBKDF2PasswordHasher"]
    User.objects.get(username="bob").check_password("x")
    bob.user.set_password("theatre-doors")
    bob.user.save()
    hashed: list[str] = []
    encode = PBKDF2PasswordHasher.encode

    def counted(self: PBKDF2PasswordHasher, password: str, salt: str, iterations: int | None = None) -> str:
        hashed.append(password)
        return encode(self, password, salt, 1000)

    monkeypatch.setattr(PBKDF2PasswordHasher, "encode", counted)
    pages = []
    for name in ("bob", "nobody", "nobody@venue.example"):
        hashed.clear()
        page = log_in(client, name).content.decode().replace(name, "X")
        pages.append(re.sub(r'name="csrfmiddlewaretoken" value="\w+"', "", page))
        assert len(hashed) == 1
    assert pages[0] == pages[1] == pages[2]


def test_it_lets_somebody_in_by_their_address(client: Client, bob: Actor) -> None:
    User.objects.filter(username="bob").update(email="Bob@venue.example")
    assert log_in(client, "bob@venue.example", "theatre-doors").status_code == 302
    assert is_in(client)


def test_it_lets_in_whoever_has_a_password_from_before_the_rules(client: Client) -> None:
    User.objects.create_user("old", password="short")
    assert log_in(client, "old", "short").status_code == 302


def test_it_tells_a_locked_person_so_and_a_guesser_nothing(client: Client, bob: Actor) -> None:
    User.objects.filter(username="bob").update(is_active=False)
    assert "er feil" in log_in(client, "bob").content.decode()
    page = client.post("/login/", {"username": "bob", "password": "theatre-doors"}, follow=True)
    assert "Denne kontoen er sperret" in page.content.decode()
    assert not is_in(client)


def test_it_begins_a_new_session(client: Client, bob: Actor) -> None:
    client.get("/login/passkey/")
    before = client.cookies["sessionid"].value
    log_in(client, "bob", "theatre-doors")
    assert client.cookies["sessionid"].value != before


def test_it_tells_the_audit_log_who_and_from_where(client: Client, bob: Actor) -> None:
    for _ in range(8):
        log_in(client, "bob" + "x" * 200)
    log_in(client, "bob", "theatre-doors")
    client.post("/logout/", REMOTE_ADDR="192.0.2.1")
    assert events() == ["login_failure"] * 5 + ["login_throttled", "login", "logout"]
    failure, login = (AuditEntry.objects.filter(event=event).latest("pk") for event in ("login_failure", "login"))
    assert (failure.user, failure.address, failure.params) == (None, "192.0.2.1", {"username": "bob" + "x" * 147})
    assert (login.user, login.address, login.params) == (bob.user.pk, "192.0.2.1", {"method": "password"})


def test_it_really_ends_when_somebody_logs_out(client: Client, bob: Actor) -> None:
    log_in(client, "bob", "theatre-doors")
    stolen = Client()
    stolen.cookies["sessionid"] = client.cookies["sessionid"].value
    assert is_in(stolen)
    assert client.post("/logout/")["Clear-Site-Data"] == '"cache"'
    assert not is_in(stolen)


@pytest.mark.parametrize("path", ["/login/passkey/", "/login/new-password/x/y/"])
def test_it_keeps_few_sessions_for_strangers(path: str) -> None:
    answers = [Client().get(path, REMOTE_ADDR="192.0.2.1").status_code for _ in range(32)]
    assert answers[30:] == [429, 429]
    assert Session.objects.count() == 30


def test_it_has_no_address_of_allauth_but_those_it_uses() -> None:
    theirs = {
        pattern.name: str(pattern.pattern)
        for pattern in get_resolver().url_patterns[0].url_patterns
        if pattern.callback.__module__.startswith("allauth") or "_" in pattern.name
    }
    assert theirs == {
        "account_login": "login/",
        "mfa_authenticate": "login/factor/",
        "mfa_login_webauthn": "login/passkey/",
        "openid_connect_login": "login/sso/",
        "openid_connect_callback": "login/sso/callback/",
        "account_reauthenticate": "account/confirm/",
        "mfa_reauthenticate": "account/confirm/code/",
        "mfa_reauthenticate_webauthn": "account/confirm/key/",
        "mfa_activate_totp": "account/factor/app/",
        "mfa_deactivate_totp": "account/factor/app/remove/",
        "mfa_add_webauthn": "account/factor/key/",
        "mfa_remove_webauthn": "account/factor/key/<int:pk>/remove/",
        "mfa_view_recovery_codes": "account/factor/codes/",
        "mfa_generate_recovery_codes": "account/factor/codes/new/",
    }
    assert [pattern.urlconf_name.__name__ for pattern in get_resolver().url_patterns] == [
        "kundekort.web.urls",
        "kundekort.api.urls",
    ]


@pytest.mark.parametrize(
    "path", ["accounts/login/", "signup/", "account/signup/", "account/email/", "2fa/", "3rdparty/", "oidc/x/login/"]
)
def test_it_has_no_way_in_that_was_not_meant(as_alice: Client, path: str) -> None:
    assert as_alice.get(f"/{path}").status_code == 404
