"""One's own tokens for programs, and those of colleagues."""

from __future__ import annotations

import re

import pytest
from django.test import Client

from kundekort.services import tokens
from kundekort.services.accounts import Actor
from kundekort.services.tokens import LONGEST_DAYS
from kundekort.store.models import ApiToken
from tests.web.test_own_account import confirm, logged_in

pytestmark = pytest.mark.django_db


def make(actor: Actor, name: str = "shop") -> tokens.NewToken:
    assert actor.user is not None
    return tokens.create(actor.user.pk, name=name, scopes=["imports:read"], days=30, actor=actor)


def shown() -> Client:
    """Bob's browser, in which he has just shown again who he is."""
    client = logged_in()
    confirm(client)
    return client


def test_a_token_is_made_shown_once_and_revoked(bob: Actor) -> None:
    client = shown()
    form = client.get("/account/tokens/new/").content.decode()
    assert "imports:write" in form
    assert "settings:write" not in form
    answer = client.post("/account/tokens/new/", {"name": "shop", "scopes": ["imports:read"], "days": "30"})
    assert answer["Cache-Control"] == "no-store"
    secret = re.search(r"kk_[\w-]{40,}", answer.content.decode())
    assert secret is not None
    assert tokens.authenticate(secret.group(), address="") is not None
    page = client.get("/account/tokens/").content.decode()
    assert "shop" in page
    assert secret.group() not in page
    kept = ApiToken.objects.get()
    assert client.post("/account/tokens/revoke/", {"token": kept.pk})["Location"] == "/account/tokens/"
    assert tokens.authenticate(secret.group(), address="") is None


@pytest.mark.parametrize(
    "wrong",
    [
        {"name": "", "scopes": ["imports:read"], "days": "30"},
        {"name": "x" * 101, "scopes": ["imports:read"], "days": "30"},
        {"name": "shop", "days": "30"},
        {"name": "shop", "scopes": ["settings:write"], "days": "30"},
        {"name": "shop", "scopes": ["imports:read"], "days": str(LONGEST_DAYS + 1)},
    ],
)
def test_what_no_token_can_be_is_told_beside_the_form(bob: Actor, wrong: dict[str, object]) -> None:
    client = shown()
    answer = client.post("/account/tokens/new/", wrong)
    assert answer.status_code == 200
    assert "kk-fault" in answer.content.decode()
    assert not ApiToken.objects.exists()


def test_whoever_makes_one_shows_again_who_they_are(bob: Actor) -> None:
    client = logged_in()
    for answer in (client.get("/account/tokens/new/"), client.post("/account/tokens/new/", {"name": "shop"})):
        assert answer["Location"].startswith("/account/confirm/")
    confirm(client)
    assert client.get("/account/tokens/new/").status_code == 200


def test_nobody_revokes_those_of_others_but_administrators(as_bob: Client, bob: Actor, alice: Actor) -> None:
    of_alice = make(alice)
    assert as_bob.post("/account/tokens/revoke/", {"token": of_alice.token.id}).status_code == 403
    assert as_bob.post("/account/tokens/revoke/", {"token": 10**9}).status_code == 403
    assert as_bob.get(f"/settings/people/{bob.user.pk}/tokens/").status_code == 403  # type: ignore[union-attr]
    assert tokens.authenticate(of_alice.secret, address="") is not None


def test_an_administrator_sees_and_revokes_all_of_a_person(as_alice: Client, bob: Actor) -> None:
    assert bob.user is not None
    secrets = [make(bob, "shop").secret, make(bob, "stats").secret]
    where = f"/settings/people/{bob.user.pk}/tokens/"
    page = as_alice.get(where).content.decode()
    assert ("shop" in page, "stats" in page) == (True, True)
    first = ApiToken.objects.earliest("pk")
    answer = as_alice.post("/account/tokens/revoke/", {"token": first.pk, "person": bob.user.pk})
    assert answer["Location"] == where
    assert as_alice.post(where)["Location"] == where
    assert [tokens.authenticate(secret, address="") for secret in secrets] == [None, None]
    assert ApiToken.objects.filter(revoked_at=None).count() == 0
