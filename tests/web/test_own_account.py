"""Somebody's own account: where they are logged in, for how long, and with what besides a password."""

from __future__ import annotations

import time

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP, format_hotp_value, generate_totp_secret, hotp_value
from allauth.usersessions.models import UserSession
from django.contrib.sessions.models import Session
from django.test import Client
from django.utils import timezone
from pytest_django.fixtures import Settings

from kundekort.services import passwords, people, second_factors, sessions, upkeep
from kundekort.services.accounts import Actor, Role
from kundekort.services.refusals import Forbidden, NotFound
from kundekort.store.models import AuditEntry, CacheEntry

pytestmark = pytest.mark.django_db


def logged_in(name: str = "bob", *, browser: str = "", address: str = "192.0.2.1") -> Client:
    client = Client(headers={"User-Agent": browser}, REMOTE_ADDR=address)
    assert client.post("/login/", {"username": name, "password": "theatre-doors"}).status_code == 302
    client.get("/account/")
    return client


def is_in(client: Client) -> bool:
    return client.get("/account/").status_code == 200


def since(client: Client, **moments: float) -> None:
    """Have the session say so many seconds ago of itself."""
    session = client.session
    for name, ago in moments.items():
        session[name] = time.time() - ago
    session.save()


def confirm(client: Client) -> None:
    client.post("/account/confirm/?next=/account/", {"password": "theatre-doors"})


def app_of(actor: Actor) -> str:
    """The secret of an app that somebody has."""
    secret = generate_totp_secret()
    TOTP.activate(actor.user, secret)
    return secret


def code(secret: str, *, ahead: int = 0) -> str:
    return format_hotp_value(hotp_value(secret, int(time.time()) // 30 + ahead))


def test_it_logs_out_whoever_does_nothing_for_too_long(bob: Actor, settings: Settings) -> None:
    client = logged_in()
    since(client, seen=settings.KUNDEKORT_SESSION_IDLE - 60)
    assert is_in(client)
    since(client, seen=settings.KUNDEKORT_SESSION_IDLE + 1)
    assert not is_in(client)
    assert not UserSession.objects.exists()
    assert not is_in(client)


def test_it_logs_out_whoever_has_been_there_for_too_long(bob: Actor, settings: Settings) -> None:
    client = logged_in()
    since(client, seen=0, since=settings.KUNDEKORT_SESSION_ABSOLUTE - 60)
    assert is_in(client)
    since(client, since=settings.KUNDEKORT_SESSION_ABSOLUTE + 1)
    assert not is_in(client)


def test_it_keeps_a_session_in_the_database_no_longer_than_it_may_be_idle(bob: Actor, settings: Settings) -> None:
    logged_in()
    left = (Session.objects.get().expire_date - timezone.now()).total_seconds()
    assert 0 < left <= settings.KUNDEKORT_SESSION_IDLE


def test_it_writes_at_most_once_a_minute_that_somebody_was_there(bob: Actor) -> None:
    client = logged_in()
    moment = UserSession.objects.get().last_seen_at
    is_in(client)
    assert UserSession.objects.get().last_seen_at == moment
    since(client, seen=61)
    is_in(client)
    assert UserSession.objects.get().last_seen_at > moment


def test_it_lists_the_sessions_and_ends_one(bob: Actor) -> None:
    here, there = (
        logged_in(browser="Mozilla/5.0 (Windows NT 10.0) Firefox/140.0"),
        logged_in(
            browser="Mozilla/5.0 (X11; Linux) AppleWebKit/537.36 (KHTML) Chrome/140.0 Safari/537.36",
            address="192.0.2.2",
        ),
    )
    page = here.get("/account/").content.decode()
    assert "Firefox, Windows" in page
    assert "Chrome, Linux" in page
    assert "192.0.2.2" in page
    chosen = UserSession.objects.get(ip="192.0.2.2")
    here.post("/account/sessions/end/", {"session": chosen.pk})
    assert (is_in(here), is_in(there)) == (True, False)
    entry = AuditEntry.objects.get(event="session_end")
    assert (entry.user, entry.params) == (bob.user.pk, {"username": "bob"})


def test_it_ends_all_others(bob: Actor, alice: Actor) -> None:
    here, there, elsewhere, other = logged_in(), logged_in(), logged_in(), logged_in("alice")
    here.post("/account/sessions/end/")
    assert [is_in(client) for client in (here, there, elsewhere, other)] == [True, False, False, True]


def test_it_ends_nobody_elses_session_but_for_an_administrator(bob: Actor, alice: Actor) -> None:
    client = logged_in("alice")
    chosen = UserSession.objects.get(user=alice.user)
    assert logged_in().post("/account/sessions/end/", {"session": chosen.pk}).status_code == 404
    assert is_in(client)
    with pytest.raises(Forbidden):
        sessions.end_all(alice.user.pk, actor=bob)
    with pytest.raises(NotFound):
        sessions.end(bob.user.pk, chosen.pk, actor=alice)
    assert sessions.end_all(bob.user.pk, actor=alice) == 1


def test_it_removes_what_has_ended_by_itself(bob: Actor) -> None:
    client = logged_in()
    Session.objects.update(expire_date=timezone.now() - timezone.timedelta(seconds=1))
    CacheEntry.objects.update(expires=timezone.now() - timezone.timedelta(seconds=1))
    kept = logged_in()
    upkeep.tidy_up()
    assert (is_in(client), is_in(kept)) == (False, True)
    assert (Session.objects.count(), UserSession.objects.count()) == (1, 1)
    assert not CacheEntry.objects.filter(expires__lt=timezone.now()).exists()


@pytest.mark.parametrize(
    "path",
    ["factor/app/", "factor/app/remove/", "factor/key/", "factor/key/1/remove/", "factor/codes/", "factor/codes/new/"],
)
def test_it_changes_no_factor_before_one_has_shown_again_who_one_is(bob: Actor, path: str) -> None:
    app_of(bob)
    RecoveryCodes.activate(bob.user)
    client = Client()
    client.force_login(bob.user)
    assert "/account/confirm/" in client.get(f"/account/{path}")["Location"]
    assert "/account/confirm/" in client.post(f"/account/{path}").headers.get("Location", "/account/confirm/")
    assert Authenticator.objects.count() == 2


def test_it_gives_the_session_another_key_when_one_shows_again_who_one_is(bob: Actor) -> None:
    client = logged_in()
    before = client.cookies["sessionid"].value
    confirm(client)
    assert client.cookies["sessionid"].value != before
    assert (is_in(client), UserSession.objects.count()) == (True, 1)


def test_it_ends_the_other_sessions_when_a_factor_changes(bob: Actor) -> None:
    here, there = logged_in(), logged_in()
    confirm(here)
    here.get("/account/factor/app/")
    secret = here.session["mfa.totp.secret"]
    assert here.post("/account/factor/app/", {"code": code(secret)})["Location"] == "/account/factor/codes/"
    assert (is_in(here), is_in(there)) == (True, False)
    assert AuditEntry.objects.get(event="second_factor_addition").params == {"username": "bob", "factor": "totp"}
    here.post("/account/factor/app/remove/")
    assert AuditEntry.objects.get(event="second_factor_removal").params == {"username": "bob", "factor": "totp"}
    assert not Authenticator.objects.exists()


def test_it_takes_a_code_once_and_few_wrong_ones(bob: Actor) -> None:
    secret = app_of(bob)
    now = code(secret)
    for let_in in (True, False):
        client = Client()
        client.post("/login/", {"username": "bob", "password": "theatre-doors"})
        client.post("/login/factor/", {"code": now})
        assert is_in(client) is let_in
    for _ in range(4):
        client.post("/login/factor/", {"code": "000000"})
    page = client.post("/login/factor/", {"code": code(secret, ahead=1)}).content.decode()
    assert "Det var for mange forsøk" in page
    assert not is_in(client)
    assert AuditEntry.objects.filter(event="login_failure").count() == 5


def test_it_lets_nobody_past_the_second_step(bob: Actor) -> None:
    app_of(bob)
    client = Client()
    assert client.post("/login/", {"username": "bob", "password": "theatre-doors"})["Location"] == "/login/factor/"
    for path in ("/", "/customers/", "/imports/", "/account/", "/account/password/", "/account/factor/app/remove/"):
        assert client.get(path)["Location"].startswith("/login/")
    assert not AuditEntry.objects.filter(event="login").exists()
    assert client.post("/login/factor/", {"back": "1"})["Location"] == "/login/"
    assert client.get("/login/factor/")["Location"] == "/login/"


@pytest.mark.parametrize("change", ["password", "locked", "reset"])
def test_it_finishes_no_login_that_was_begun_before_the_account_changed(bob: Actor, alice: Actor, change: str) -> None:
    secret, client = app_of(bob), Client()
    assert client.post("/login/", {"username": "bob", "password": "theatre-doors"})["Location"] == "/login/factor/"
    assert bob.user
    match change:
        case "password":
            passwords.set_password(bob.user.pk, "another one meanwhile", actor=alice)
        case "locked":
            people.lock(bob.user.pk, actor=alice)
        case _:
            people.reset(bob.user.pk, actor=alice)
    page = client.post("/login/factor/", {"code": code(secret)}, follow=True)
    assert page.redirect_chain[-1][0] == "/login/"
    assert ("Denne kontoen er sperret" if change == "locked" else "er feil") in page.content.decode()
    assert not is_in(client)
    assert not AuditEntry.objects.filter(event="login").exists()
    assert AuditEntry.objects.get(event="login_failure").params == {"username": "bob"}


def test_it_lets_an_administrator_take_factors_away(bob: Actor, alice: Actor) -> None:
    app_of(bob)
    client = Client()
    client.force_login(bob.user)
    assert is_in(client)
    with pytest.raises(Forbidden):
        second_factors.remove_all(bob.user.pk, actor=bob)
    second_factors.remove_all(bob.user.pk, actor=alice)
    assert not second_factors.has_any(bob.user)
    assert not is_in(client)
    entry = AuditEntry.objects.get(event="second_factor_removal")
    assert (entry.user, entry.params) == (alice.user.pk, {"username": "bob", "factor": "totp"})


@pytest.mark.parametrize(
    ("rule", "led"), [("off", []), ("optional", []), ("administrators", ["alice"]), ("everybody", ["alice", "bob"])]
)
def test_it_demands_a_factor_of_those_of_whom_it_is_demanded(
    bob: Actor, alice: Actor, settings: Settings, rule: str, led: list[str]
) -> None:
    settings.KUNDEKORT_SECOND_FACTOR = rule
    for name in ("alice", "bob"):
        client = Client()
        client.post("/login/", {"username": name, "password": "theatre-doors"})
        answers = [client.get(path) for path in ("/customers/", "/imports/", "/account/")]
        answers.append(client.post("/customers/new/", {"field-first_name": "Kari"}))
        assert all(answer.headers.get("Location") == "/account/factor/" for answer in answers) is (name in led)
        part = client.get("/customers/", headers={"HX-Request": "true"})
        assert (part.headers.get("HX-Redirect") == "/account/factor/") is (name in led)


def test_it_lets_whoever_has_a_factor_on(bob: Actor, settings: Settings) -> None:
    settings.KUNDEKORT_SECOND_FACTOR = "everybody"
    secret = app_of(bob)
    client = Client()
    client.post("/login/", {"username": "bob", "password": "theatre-doors"})
    assert client.post("/login/factor/", {"code": code(secret)})["Location"] == "/"
    assert client.get("/customers/").status_code == 200


def test_it_leads_whoever_lacks_a_password_of_their_own_and_a_factor_to_both(alice: Actor, settings: Settings) -> None:
    settings.KUNDEKORT_SECOND_FACTOR = "everybody"
    made = people.add("kari", role=Role.READER, actor=alice)
    client = Client()
    client.post("/login/", {"username": "kari", "password": made.password})
    assert client.get("/customers/", follow=True).redirect_chain[-1][0] == "/account/password/"
    new = "one that is only mine"
    client.post("/account/password/", {"old": made.password, "new": new, "again": new})
    assert client.get("/customers/", follow=True).redirect_chain[-1][0] == "/account/factor/"
    client.post("/account/confirm/?next=/account/factor/app/", {"password": new})
    client.get("/account/factor/app/")
    client.post("/account/factor/app/", {"code": code(client.session["mfa.totp.secret"])})
    assert client.get("/customers/").status_code == 200


def test_it_offers_no_factor_where_there_is_none(as_bob: Client, settings: Settings) -> None:
    settings.KUNDEKORT_SECOND_FACTOR = "off"
    assert "/account/factor/" not in as_bob.get("/account/").content.decode()
    assert as_bob.get("/account/factor/app/").status_code == 404
    assert as_bob.get("/account/factor/key/").status_code == 404
