"""Logging in by another service, with a real server of OpenID Connect and a real browser."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from allauth.socialaccount.models import SocialAccount
from django.contrib.auth.models import User
from playwright.sync_api import Page, expect
from pytest_django.fixtures import Settings

from kundekort.services.accounts import Actor
from kundekort.store.models import AuditEntry

# The server uses what its own libraries call old.
pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.filterwarnings("ignore::DeprecationWarning")]

PEOPLE = {
    "b-1": {"email": "bob@venue.example", "email_verified": True},
    "b-2": {"email": "bob@venue.example", "email_verified": True},
    "unverified": {"email": "bob@venue.example", "email_verified": False},
    "silent": {"email": "bob@venue.example"},
    "stranger": {"email": "stranger@venue.example", "email_verified": True},
    "nobody": {},
}
"""What the service says of those whom it knows."""


@pytest.fixture
def service(page: Page, settings: Settings) -> Iterator[dict[str, object]]:
    """A service that knows some people; the settings of it."""
    from oidc_provider_mock import User as Known
    from oidc_provider_mock import run_server_in_thread

    foreign = re.compile(r"^(?!http://localhost)|/favicon\.ico$")  # the service's page wants styles from elsewhere
    page.route(foreign, lambda route: route.fulfill(status=200, content_type="text/css", body=""))
    people = [Known(sub=sub, claims=claims) for sub, claims in PEOPLE.items()]
    with run_server_in_thread(user_claims=people, require_nonce=True) as server:
        own: dict[str, object] = {
            "server_url": f"http://localhost:{server.server_port}",
            "oauth_pkce_enabled": True,
            "verified_email": [],
        }
        app = {"provider_id": settings.KUNDEKORT_SIGN_ON, "name": "Scenehuset", "client_id": "kundekort", "secret": "s"}
        settings.SOCIALACCOUNT_PROVIDERS = {"openid_connect": {"APPS": [app | {"settings": own}]}}
        yield own


@pytest.fixture
def bob_by_mail(bob: Actor) -> Actor:
    """Bob, with an e-mail address."""
    User.objects.filter(username="bob").update(email="Bob@venue.example")
    return bob


def come(page: Page, sub: str) -> None:
    """Log in by the service, as somebody it knows."""
    page.context.clear_cookies()
    page.goto("/login/")
    page.get_by_role("link", name="Logg inn med Scenehuset").click()
    page.get_by_role("button", name=sub, exact=True).first.click()


def test_it_lets_in_whoever_was_added_and_knows_them_by_their_number(
    page: Page, bob_by_mail: Actor, service: dict[str, object]
) -> None:
    come(page, "b-1")
    expect(page.get_by_role("heading", name="Hjem")).to_be_visible()
    account = SocialAccount.objects.get()
    assert (account.user, account.uid) == (bob_by_mail.user, "b-1")
    login = AuditEntry.objects.filter(event="login").latest("pk")
    assert (login.user, login.params) == (account.user.pk, {"method": "sso"})

    User.objects.filter(username="bob").update(email="other@venue.example")
    come(page, "b-1")
    expect(page.get_by_role("heading", name="Hjem")).to_be_visible()
    page.goto("/account/")
    expect(page.get_by_text("other@venue.example")).to_be_visible()

    User.objects.filter(username="bob").update(email="bob@venue.example")
    come(page, "b-2")
    expect(page.get_by_text("logger inn med en annen konto hos Scenehuset")).to_be_visible()

    User.objects.filter(username="bob").update(is_active=False)
    come(page, "b-1")
    expect(page.get_by_text("Denne kontoen er sperret")).to_be_visible()
    assert AuditEntry.objects.latest("pk").event == "login_failure"


def test_it_refuses_all_others_in_words(page: Page, bob_by_mail: Actor, service: dict[str, object]) -> None:
    for sub, words in [
        ("unverified", "Scenehuset bekrefter ikke at e-postadressen bob@venue.example er din"),
        ("silent", "Scenehuset bekrefter ikke at e-postadressen bob@venue.example er din"),
        ("stranger", "Ingen med e-postadressen stranger@venue.example er lagt til her"),
        ("nobody", "Scenehuset oppgir ikke hvilken e-postadresse du har"),
    ]:
        come(page, sub)
        expect(page.get_by_text(words)).to_be_visible()
    User.objects.create_user("second", email="bob@venue.example")
    come(page, "b-1")
    expect(page.get_by_text("Flere her har e-postadressen bob@venue.example")).to_be_visible()
    assert (User.objects.count(), SocialAccount.objects.count()) == (2, 0)
    assert AuditEntry.objects.filter(event="login_failure").count() == 5


def test_it_takes_addresses_of_our_own_domains_for_verified(
    page: Page, bob_by_mail: Actor, service: dict[str, object]
) -> None:
    service["verified_email"] = ["venue.example"]
    come(page, "silent")
    expect(page.get_by_role("heading", name="Hjem")).to_be_visible()


def test_it_comes_back_with_words_where_the_service_says_no_or_nothing(
    page: Page, bob_by_mail: Actor, service: dict[str, object]
) -> None:
    page.goto("/login/")
    page.get_by_role("link", name="Logg inn med Scenehuset").click()
    page.get_by_role("button", name="Deny").click()
    expect(page.get_by_text("Innloggingen med Scenehuset ble avbrutt")).to_be_visible()
    page.goto("/login/sso/callback/?code=made-up&state=made-up")
    expect(page.get_by_text("Innloggingen med Scenehuset gikk ikke")).to_be_visible()
    service["server_url"] = "http://localhost:9"
    page.get_by_role("link", name="Logg inn med Scenehuset").click()
    expect(page.get_by_text("Innloggingen med Scenehuset gikk ikke")).to_be_visible()


def test_it_connects_nobody_who_is_logged_in_with_an_account_of_the_service(
    at_work: Page, service: dict[str, object]
) -> None:
    at_work.goto("/login/sso/?process=connect")
    at_work.get_by_role("button", name="stranger", exact=True).first.click()
    expect(at_work.get_by_text("Ingen med e-postadressen stranger@venue.example er lagt til her")).to_be_visible()
    assert not SocialAccount.objects.exists()
