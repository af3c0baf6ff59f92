from __future__ import annotations

import re
from typing import Any

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.db import connection
from django.test import Client
from django.urls import get_resolver

from kundekort import version
from kundekort.config import environment
from kundekort.languages import NAMES
from kundekort.services.accounts import Actor, Role, create_user
from tests.web.conftest import HEADER, latest, send

OPEN = {
    *("login", "account_login", "mfa_login_webauthn", "openid_connect_login", "openid_connect_callback"),
    *("password-forgotten", "password-reset", "language", "upload-permission", "guide", "guide-page"),
}


def addresses() -> list[tuple[str, str]]:
    patterns = get_resolver().url_patterns[0].url_patterns
    return [(p.name, "/" + re.sub(r"<[^>]+>", "1", str(p.pattern))) for p in patterns]


@pytest.mark.parametrize(("name", "address"), [pair for pair in addresses() if pair[0] not in OPEN])
def test_it_shows_nothing_before_login(client: Client, db: None, name: str, address: str) -> None:
    for answer in (client.get(address), client.post(address)):
        assert (answer.status_code, answer.headers.get("Location", "")[:7]) == (302, "/login/")


def test_it_logs_in_and_out(client: Client, bob: Actor) -> None:
    answer = client.post("/login/", {"username": "bob", "password": "theatre-doors"}, follow=True)
    assert answer.redirect_chain[-1][0] == "/"
    assert client.post("/logout/", follow=True).redirect_chain[-1][0] == "/login/"
    assert client.get("/imports/").status_code == 302


def test_it_says_that_the_password_is_wrong(client: Client, bob: Actor) -> None:
    answer = client.post("/login/", {"username": "bob", "password": "wrong"})
    assert "Brukernavnet eller passordet er feil" in answer.content.decode()


def test_it_says_how_to_make_the_first_user_until_there_is_one(client: Client, db: None) -> None:
    command = "kundekort createuser NAVN --role administrator"
    assert command in client.get("/login/").content.decode()
    create_user(username="rita", password="theatre-doors", role=Role.READER)
    assert command not in client.get("/login/").content.decode()


def test_it_tells_its_version_at_the_foot_of_every_page(client: Client, bob: Actor) -> None:
    client.force_login(bob.user)
    for page in (Client().get("/login/"), client.get("/imports/")):
        assert f"Kundekort {version()}</footer>" in page.content.decode()


def test_it_does_not_lead_to_other_sites_after_login(client: Client, bob: Actor) -> None:
    login = {"username": "bob", "password": "theatre-doors", "next": "https://evil.example/"}
    assert client.post("/login/", login)["Location"] == "/"


def test_it_demands_a_token_for_what_is_posted(bob: Actor) -> None:
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(bob.user)
    answer = strict.post("/imports/")
    assert answer.status_code == 403
    assert "Denne siden sto åpen for lenge" in answer.content.decode()
    assert 'href="/imports/"' in answer.content.decode()


def test_it_speaks_norwegian_until_told_otherwise(client: Client, db: None) -> None:
    page = client.get("/login/", headers={"Accept-Language": "en"}).content.decode()
    assert '<html lang="nb"' in page
    assert "Logg inn" in page
    client.post("/language/", {"language": "en", "next": "/login/"})
    page = client.get("/login/").content.decode()
    assert '<html lang="en"' in page
    assert "Log in" in page


@pytest.mark.parametrize(
    ("wish", "language"),
    [
        ("sv-SE,sv;q=0.9,en;q=0.8", "sv"),
        ("da", "da"),
        ("en-US,en;q=0.9,da;q=0.8", "da"),
        ("no", "nb"),
        ("nn-NO", "nb"),
        ("de,fi;q=0.5", "nb"),
        ("en", "nb"),
        ("", "nb"),
        ("?;q=x", "nb"),
    ],
)
def test_it_speaks_the_nordic_language_of_the_browser(client: Client, db: None, wish: str, language: str) -> None:
    answer = client.get("/login/", headers={"Accept-Language": wish})
    assert f'<html lang="{language}"' in answer.content.decode()
    assert answer["Content-Language"] == language
    assert "Accept-Language" in answer["Vary"]


def test_it_speaks_the_language_of_the_register_to_whoever_has_chosen_none(
    client: Client, db: None, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("KUNDEKORT_LANGUAGE", "da")
    settings.LANGUAGE_CODE = environment.language()
    assert '<html lang="da"' in client.get("/login/", headers={"Accept-Language": "en"}).content.decode()
    monkeypatch.setenv("KUNDEKORT_LANGUAGE", "fi")
    with pytest.raises(ImproperlyConfigured, match="nb, en, sv, da"):
        environment.language()


@pytest.mark.parametrize("language", NAMES)
def test_it_offers_every_language_by_its_own_name(client: Client, db: None, language: str) -> None:
    client.post("/language/", {"language": language, "next": "/login/"})
    page = client.get("/login/", headers={"Accept-Language": "sv"}).content.decode()
    assert f'<html lang="{language}"' in page
    offered = re.findall(r'name="language" value="(\w+)" lang="\1"\s+aria-pressed="(\w+)">(\w+)<', page)
    assert offered == [(code, "true" if code == language else "false", name) for code, name in NAMES.items()]


def test_it_allows_only_its_own_scripts_and_styles(as_bob: Client) -> None:
    answer = send(as_bob, HEADER + "0;Kari;Nordmann;;2\n")
    assert "default-src 'self'" in answer["Content-Security-Policy"]
    assert "unsafe" not in answer["Content-Security-Policy"]
    page = answer.content.decode()
    assert not re.search(r"\sstyle=|<style|\son[a-z]+=|javascript:", page)
    for tag in re.findall(r"<script[^>]*>", page):
        assert "src=" in tag or 'type="application/json"' in tag


def test_it_keeps_imports_from_readers(client: Client, db: None) -> None:
    client.force_login(create_user(username="rita", password="theatre-doors", role=Role.READER))
    for address in ("/", "/customers/"):
        assert "/imports/" not in client.get(address).content.decode()
    assert client.get("/imports/").status_code == 403


def test_it_lets_somebody_without_a_role_out_again(as_charlie: Client) -> None:
    page = as_charlie.get("/", follow=True)
    assert page.status_code == 403
    assert 'action="/logout/"' in page.content.decode()


def test_it_tells_nothing_of_the_inside_when_it_fails(as_bob: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object, **__: object) -> None:
        raise RuntimeError("secret inside")

    monkeypatch.setattr("kundekort.services.import_list.search", broken)
    as_bob.raise_request_exception = False
    answer = as_bob.get("/imports/")
    assert answer.status_code == 500
    assert "Noe gikk galt i Kundekort" in answer.content.decode()
    assert "secret inside" not in answer.content.decode()


@pytest.mark.django_db(transaction=True)
def test_it_says_so_when_the_database_is_killed(as_bob: Client) -> None:
    killer = connection.copy()
    with killer.cursor() as cursor:
        # Its answer comes once the other has ended, in a minute at most.
        cursor.execute("SELECT pg_terminate_backend(%s, 60000)", [connection.connection.info.backend_pid])
    killer.close()
    _expect_no_register(as_bob)


@pytest.mark.django_db(transaction=True)
def test_it_says_so_when_the_database_does_not_answer(as_bob: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    connection.close()
    with monkeypatch.context() as patch:
        patch.setitem(connection.settings_dict, "PORT", "1")
        _expect_no_register(as_bob)


def _expect_no_register(client: Client) -> None:
    client.raise_request_exception = False
    answer = client.get("/customers/")
    connection.close()
    assert answer.status_code == 503
    assert answer["Retry-After"]
    assert "Registeret er ikke tilgjengelig" in answer.content.decode()


def test_it_sends_a_page_that_asks_for_a_part_to_the_login_as_a_whole(client: Client, db: None) -> None:
    answer = client.get("/imports/1/progress/", headers={"HX-Request": "true"})
    assert (answer.content, answer["HX-Refresh"]) == (b"", "true")


@pytest.mark.parametrize(
    ("address", "above"),
    [
        ("/imports/7/empty-cells/", "/imports/7/"),
        ("/exports/7/cancel/", "/exports/7/"),
        ("/revisions/7/undo/", "/"),
        ("/logout/", "/"),
    ],
)
def test_it_leads_to_the_page_above_where_only_answers_are_taken(as_alice: Client, address: str, above: str) -> None:
    assert as_alice.get(address)["Location"] == above


def test_it_shows_no_import_that_does_not_exist(as_bob: Client) -> None:
    for path in ("", "progress/", "columns/", "rows/"):
        assert as_bob.get(f"/imports/12345/{path}").status_code == 404
    send(as_bob, HEADER + "0;Kari;Nordmann;;2\n")
    assert as_bob.get(f"/imports/{latest().pk}/").status_code == 200


def test_no_page_is_kept_by_browsers_or_proxies(as_bob: Client) -> None:
    pages = [as_bob.get(address) for address in ("/imports/", "/login/", "/nowhere/", "/imports/template.csv")]
    for answer in [*pages, Client().get("/customers/"), as_bob.get("/login/", headers={"host": "evil.example"})]:
        assert "no-store" in answer["Cache-Control"]
        assert (answer["X-Content-Type-Options"], answer["Referrer-Policy"]) == ("nosniff", "same-origin")
        assert (answer["Cross-Origin-Opener-Policy"], answer["X-Frame-Options"]) == ("same-origin", "DENY")
        assert "camera=()" in answer["Permissions-Policy"]
