"""What holds for every request: who may ask, how often, and how a no is said."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.utils import timezone

from kundekort.api import access
from kundekort.api.application import api
from kundekort.services import people, tokens
from kundekort.services.accounts import Actor, Role, create_user
from kundekort.services.audit import Event
from kundekort.services.tokens import Scope
from kundekort.store.models import ApiToken, AuditEntry
from tests.api.conftest import Program, program


def problem(answer: Any, status: int) -> dict[str, Any]:
    """What a no says; it is one."""
    assert (answer.status_code, answer["Content-Type"]) == (status, "application/problem+json"), answer.content
    told: dict[str, Any] = json.loads(answer.content)
    assert (told["status"], told["type"]) == (status, f"urn:kundekort:problem:{told['code']}")
    assert told["request_id"] == answer["X-Request-ID"]
    return told


@pytest.mark.parametrize("header", [None, "Bearer kk_nobody", "Bearer", "Basic YTpi", "kk_x", "Bearer ø"])
def test_without_a_token_that_opens_anything_it_answers_nobody(client: Client, db: None, header: str | None) -> None:
    answer = client.get("/api/imports", headers={"authorization": header} if header else {})
    assert problem(answer, 401)["code"] == "unauthenticated"
    assert answer["WWW-Authenticate"].startswith('Bearer realm="Kundekort"')


def test_a_login_in_the_browser_opens_nothing_and_no_cookie_is_set(client: Client, alice: Actor) -> None:
    client.force_login(alice.user)
    answer = client.get("/api/imports")
    assert problem(answer, 401)
    assert not answer.cookies


def test_a_token_opens_what_its_scopes_say(bob: Actor) -> None:
    answer = program(bob, Scope.EXPORTS).get("imports")
    assert problem(answer, 403)["params"] == {"scope": "imports:read"}
    assert 'scope="imports:read"' in answer["WWW-Authenticate"]
    assert program(bob, Scope.IMPORTS_READ).get("imports").json() == {"items": [], "next": None}


def test_it_may_never_more_than_its_person(bob: Actor, bobs: Program, alice: Actor) -> None:
    assert bob.user is not None
    people.change(bob.user.pk, full_name="", email="", role=Role.READER, actor=alice)
    for _ in range(2):
        assert problem(bobs.get("imports"), 403)["code"] == "forbidden"
    assert [entry.params for entry in AuditEntry.objects.filter(event=Event.DENIAL)] == [{"path": "/api/imports"}]


def test_that_of_somebody_locked_is_dead_at_once(bob: Actor, bobs: Program, alice: Actor) -> None:
    assert bob.user is not None
    people.lock(bob.user.pk, actor=alice)
    assert problem(bobs.get("imports"), 401)
    noted = AuditEntry.objects.get(event=Event.TOKEN_REFUSAL)
    assert noted.params == {"username": "bob", "name": "test", "reason": "locked"}


def test_one_that_has_expired_opens_nothing_and_that_is_told_once(bobs: Program) -> None:
    ApiToken.objects.update(expires_at=timezone.now() - timedelta(seconds=1))
    for _ in range(2):
        assert problem(bobs.get("imports"), 401)
    assert AuditEntry.objects.get(event=Event.TOKEN_REFUSAL).params["reason"] == "expired"


def test_one_that_is_revoked_opens_nothing(bobs: Program, bob: Actor) -> None:
    tokens.revoke(ApiToken.objects.get().pk, actor=bob)
    assert problem(bobs.get("imports"), 401)
    events = AuditEntry.objects.filter(event__startswith="token").order_by("pk").values_list("event", flat=True)
    assert list(events) == [Event.TOKEN_CREATION, Event.TOKEN_REVOCATION, Event.TOKEN_REFUSAL]


def test_of_a_token_only_a_hash_is_kept(bobs: Program) -> None:
    kept = ApiToken.objects.get()
    assert bobs.secret.startswith("kk_")
    assert bobs.secret not in repr(vars(kept))
    assert kept.hint == bobs.secret[:8]


def test_it_says_how_many_requests_are_left_and_refuses_more(bobs: Program, settings: Any) -> None:
    settings.KUNDEKORT_API_RATE = 2
    ApiToken.objects.update(minute=None)
    first = bobs.get("imports")
    assert (first["RateLimit-Policy"], first["RateLimit"].split(";t=")[0]) == ('"token";q=2;w=60', '"token";r=1')
    ApiToken.objects.update(minute=timezone.now().replace(second=0, microsecond=0), calls=2)
    answers = [bobs.get("imports"), bobs.get("imports")]  # of two in a row, one is in the same minute as the count
    refused = answers[-1] if answers[-1].status_code == 429 else answers[0]
    if refused.status_code == 429:
        assert problem(refused, 429)["code"] == "rate_exceeded"
        assert 1 <= int(refused["Retry-After"]) <= 60
    assert ApiToken.objects.get().last_used_at is not None


def test_what_is_counted_begins_anew_with_the_minute(bobs: Program, settings: Any) -> None:
    settings.KUNDEKORT_API_RATE = 2
    ApiToken.objects.update(minute=timezone.now() - timedelta(minutes=5), calls=100)
    assert bobs.get("imports").status_code == 200


def test_addresses_that_there_are_not_and_ways_to_ask_that_they_do_not_know(bobs: Program, db: None) -> None:
    assert problem(bobs.get("nothing"), 404)["code"] == "address_unknown"
    assert problem(bobs.get("imports/999999999"), 404)["code"] in ("address_unknown", "not_found")
    answer = bobs.send("delete", "imports")
    assert problem(answer, 405)["params"] == {"method": "DELETE"}
    assert "GET" in answer["Allow"]


def test_it_speaks_the_language_that_is_asked_for(client: Client, db: None) -> None:
    said = {
        wish: problem(client.get("/api/imports", headers={"accept-language": wish}), 401)["detail"].split()[0]
        for wish in ("", "nb", "nn-NO", "no", "sv-SE, en;q=0.8", "da", "en-GB", "fr", "*", "nb;q=x")
    }
    assert (said[""], said["fr"], said["*"], said["en-GB"], said["nb;q=x"]) == ("The",) * 5
    assert said["nb"] == said["nn-NO"] == said["no"] == "Forespørselen"
    assert (said["sv-SE, en;q=0.8"], said["da"]) == ("Begäran", "Forespørgslen")


def test_what_is_wrong_with_a_request_is_said_place_by_place(bobs: Program) -> None:
    told = problem(bobs.get("imports", {"limit": "0", "since": "soon"}), 422)
    assert told["code"] == "request_invalid"
    assert {fault["where"] for fault in told["errors"]} == {
        "query.limit",
        "query.since",
    }
    for day in ("0", "2026-02-31"):  # no number of seconds, and no day that there is not
        assert problem(bobs.get("imports", {"until": day}), 422)["errors"][0]["where"].startswith("query.until")
    assert problem(bobs.get("imports", {"cursor": "made-up"}), 422)["code"] == "cursor_invalid"
    assert problem(bobs.get("imports", {"file": "a\0b"}), 400)["code"] == "request_malformed"


def test_it_answers_at_its_own_names_only(bobs: Program, settings: Any) -> None:
    settings.ALLOWED_HOSTS = ["kundekort.example"]
    assert problem(bobs.get("imports", host="elsewhere.example"), 400)["code"] == "request_malformed"


def test_a_fault_of_the_program_is_told_by_number(bobs: Program, monkeypatch: pytest.MonkeyPatch, caplog: Any) -> None:
    def fail(*_: object, **__: object) -> None:
        raise RuntimeError("a secret of somebody")

    monkeypatch.setattr(access.tokens, "authenticate", fail)
    bobs.client.raise_request_exception = False
    told = problem(bobs.get("imports"), 500)
    assert "secret" not in str(told)
    assert told["request_id"] in caplog.text


def test_a_database_that_is_away_comes_back(bobs: Program, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object, **__: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(access.tokens, "authenticate", fail)
    answer = bobs.get("imports")
    assert (problem(answer, 503)["code"], answer["Retry-After"]) == ("temporarily_unavailable", "10")


def test_the_document_and_its_page_are_for_everybody_and_load_nothing_from_elsewhere(client: Client) -> None:
    page = client.get("/api/docs")
    assert page.status_code == 200
    assert "default-src 'self'" in page["Content-Security-Policy"]
    text = page.content.decode()
    assert "//" not in text.replace("<!DOCTYPE html>", "")
    for address in [part.split('"')[0] for part in text.split('="')[1:] if part.startswith("/")]:
        file = client.get(address)
        assert (file.status_code, file["X-Content-Type-Options"]) == (200, "nosniff")
        assert "immutable" in file["Cache-Control"]
    told = client.get("/api/openapi.json").json()
    assert (told["openapi"], told["info"]["title"]) == ("3.1.0", "Kundekort")
    assert api.get_openapi_schema() is api.get_openapi_schema()  # made once: nobody keeps the server busy with it


def test_a_reader_can_make_a_token_for_looking_only(db: None) -> None:
    rita = create_user(username="rita", password="theatre-doors", role=Role.READER)
    actor = Actor(name="rita", role=Role.READER, user=User.objects.get(pk=rita.pk))
    assert set(tokens.offered(Role.READER)) == {Scope.CUSTOMERS_READ, Scope.SEGMENTS_READ, Scope.SETTINGS_READ}
    with pytest.raises(tokens.TokenInvalid):
        program(actor, Scope.IMPORTS_READ)
