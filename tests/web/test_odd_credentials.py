"""What no browser has made of a passkey or a security key is refused like a wrong one."""

from __future__ import annotations

import pytest
from django.test import Client

from kundekort.services.accounts import Actor
from tests.web.test_own_account import app_of, confirm, is_in, logged_in

pytestmark = pytest.mark.django_db

SIGNED = '"clientDataJSON": "e30", "authenticatorData": "YQ", "signature": "YQ"'
ODD = [
    *("", "x", "null", "5", "[]", "{}", '"a"', '{"id": 1}', '{"response": null}', '{"response": {"userHandle": 5}}'),
    '{"id": "a", "rawId": "a", "type": "public-key", "response": {}}',
    '{"id": "a", "rawId": "a", "type": "public-key", "response": {"userHandle": "zzz"}}',
    '{"id": "a", "rawId": "a", "type": "public-key", "response": {"clientDataJSON": "e30", "attestationObject": "oA"}}',
    f'{{"id": "YQ", "rawId": "YQ", "type": "public-key", "response": {{{SIGNED}, "userHandle": "MQ"}}}}',
    f'{{"id": "YQ", "rawId": "YQ", "type": "public-key", "response": {{{SIGNED}, "userHandle": null}}}}',
    *("[" * 2000, "1e999999", '{"id": "\\u0000"}'),
]


@pytest.mark.parametrize("odd", ODD)
def test_it_lets_nobody_in(bob: Actor, odd: str) -> None:
    client = Client()
    client.get("/login/passkey/")
    assert client.post("/login/passkey/", {"credential": odd})["Location"] == "/login/"
    app_of(bob)
    client.post("/login/", {"username": "bob", "password": "theatre-doors"})
    assert client.post("/login/factor/", {"credential": odd}).status_code == 200
    assert not is_in(client)


@pytest.mark.parametrize("odd", ODD)
def test_it_adds_nothing(bob: Actor, odd: str) -> None:
    client = logged_in()
    confirm(client)
    client.get("/account/factor/key/")
    for passwordless in ("", "on"):
        sent = {"credential": odd, "passwordless": passwordless, "name": "x" * 5000}
        assert "ble ikke godtatt" in client.post("/account/factor/key/", sent).content.decode()
    assert not bob.user.authenticator_set.exists()
