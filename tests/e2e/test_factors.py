"""Second factors as people set them up and use them: an app, a passkey, recovery codes."""

from __future__ import annotations

import time
from collections.abc import Callable

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value
from playwright.sync_api import Page, expect
from pytest_django.fixtures import Settings

from kundekort.services.accounts import Actor
from kundekort.store.models import AuditEntry

pytestmark = pytest.mark.django_db(transaction=True)


def code(secret: str, *, ahead: int = 0) -> str:
    """What the app shows now, or in so many steps of 30 seconds."""
    return format_hotp_value(hotp_value(secret, int(time.time()) // 30 + ahead))


def log_in(page: Page, name: str = "bob") -> None:
    page.goto("/login/")
    page.get_by_label("Brukernavn eller e-post").fill(name)
    page.get_by_label("Passord").fill("theatre-doors")
    page.get_by_role("button", name="Logg inn", exact=True).click()


def confirm(page: Page) -> None:
    """Show once more who one is, by the password."""
    expect(page.get_by_role("heading", name="Er det deg?")).to_be_visible()
    page.get_by_label("Passord").fill("theatre-doors")
    page.get_by_role("button", name="Gå videre").click()


def add_app(page: Page) -> tuple[str, list[str]]:
    """The secret of the app, and the recovery codes."""
    page.get_by_role("link", name="Legg til en autentiseringsapp").click()
    confirm(page)
    page.get_by_text("Ikke kamera?").click()
    secret = page.locator(".kk-secret").inner_text()
    expect(page.get_by_role("img", name="QR-kode til appen")).to_be_visible()
    page.get_by_label("Skriv inn de seks sifrene").fill(code(secret))
    page.get_by_role("button", name="Lagre").click()
    expect(page.get_by_role("heading", name="Reservekoder")).to_be_visible()
    return secret, page.locator("#codes li").all_inner_texts()


@pytest.fixture
def key(page: Page) -> str:
    """A security key in the browser that says yes whenever it is asked; what the browser calls it."""
    session = page.context.new_cdp_session(page)
    session.send("WebAuthn.enable")
    options = {"protocol": "ctap2", "transport": "internal", "hasResidentKey": True, "hasUserVerification": True}
    options |= {"isUserVerified": True, "automaticPresenceSimulation": True}
    made = session.send("WebAuthn.addVirtualAuthenticator", {"options": options})
    return str(made["authenticatorId"])


def test_it_asks_for_a_code_of_the_app(page: Page, bob: Actor, axe: Callable[[Page], list[str]]) -> None:
    log_in(page)
    page.goto("/account/")
    secret, codes = add_app(page)
    assert len(codes) == 10
    assert axe(page) == []
    page.get_by_role("button", name="Kopier").click()
    expect(page.get_by_text("Kopiert")).to_be_visible()
    assert page.evaluate("navigator.clipboard.readText()").split("\n") == codes
    with page.expect_download() as download:
        page.get_by_role("link", name="Last ned").click()
    assert download.value.path().read_text().split() == codes
    page.get_by_role("link", name="Jeg har tatt vare på dem").click()
    expect(page.get_by_text("10 reservekoder igjen")).to_be_visible()
    assert axe(page) == []
    page.goto("/account/factor/codes/")
    expect(page.get_by_text("kan ikke vises igjen")).to_be_visible()
    assert not set(codes) & set(page.locator("main").inner_text().split())

    page.context.clear_cookies()
    log_in(page)
    expect(page.get_by_role("heading", name="Trinn to")).to_be_visible()
    assert axe(page) == []
    page.goto("/customers/")
    expect(page.get_by_role("heading", name="Trinn to")).to_be_visible()
    page.get_by_label("Kode fra autentiseringsappen").fill("000000")
    page.get_by_role("button", name="Logg inn", exact=True).click()
    expect(page.get_by_text("Koden er feil")).to_be_visible()
    page.get_by_label("Kode fra autentiseringsappen").fill(code(secret, ahead=1))
    page.get_by_role("button", name="Logg inn", exact=True).click()
    expect(page.get_by_role("heading", name="Hjem")).to_be_visible()
    login = AuditEntry.objects.filter(event="login").latest("pk")
    assert login.params == {"method": "password", "factor": "totp"}

    page.context.clear_cookies()
    log_in(page)
    page.get_by_label("Kode fra autentiseringsappen").fill(codes[3])
    page.get_by_role("button", name="Logg inn", exact=True).click()
    expect(page.get_by_role("heading", name="Hjem")).to_be_visible()
    page.goto("/account/")
    expect(page.get_by_text("9 reservekoder igjen")).to_be_visible()
    page.get_by_role("link", name="Ta bort").click()
    confirm(page)
    page.get_by_role("button", name="Ta bort").click()
    expect(page.get_by_text("Den er tatt bort")).to_be_visible()
    assert not Authenticator.objects.exists()


def test_it_lets_nobody_in_by_a_passkey_but_its_owner(
    page: Page, bob: Actor, key: str, axe: Callable[[Page], list[str]]
) -> None:
    log_in(page)
    page.goto("/account/")
    page.get_by_role("link", name="Legg til en passnøkkel").click()
    confirm(page)
    assert axe(page) == []
    page.get_by_label("Hva kaller du den?").fill("Nøkkelen på kontoret")
    page.get_by_role("button", name="La nettleseren legge den til").click()
    expect(page.get_by_role("heading", name="Reservekoder")).to_be_visible()
    page.goto("/account/")
    expect(page.get_by_text("passnøkkel, siden")).to_be_visible()

    page.get_by_text("bob").first.click()
    page.get_by_role("button", name="Logg ut").click()
    page.goto("/login/?next=/customers/")
    page.get_by_role("button", name="Logg inn med passnøkkel").click()
    expect(page.get_by_role("heading", name="Kundeliste")).to_be_visible()
    assert AuditEntry.objects.filter(event="login").latest("pk").params == {"method": "passkey"}

    page.context.clear_cookies()
    log_in(page)
    page.get_by_role("button", name="Bruk passnøkkelen").click()
    expect(page.get_by_role("heading", name="Hjem")).to_be_visible()
    login = AuditEntry.objects.filter(event="login").latest("pk")
    assert login.params == {"method": "password", "factor": "webauthn"}

    page.goto("/account/")
    page.get_by_role("link", name="Ta bort").click()
    page.get_by_role("link", name="Med en passnøkkel eller sikkerhetsnøkkel").click()
    page.get_by_role("button", name="Bruk passnøkkelen").click()
    page.get_by_role("button", name="Ta bort").click()
    expect(page.get_by_text("Den er tatt bort")).to_be_visible()


def test_it_takes_a_security_key_as_the_second_step(page: Page, bob: Actor, key: str) -> None:
    log_in(page)
    page.goto("/account/")
    page.get_by_role("link", name="Legg til en passnøkkel").click()
    confirm(page)
    page.get_by_label("En sikkerhetsnøkkel").check()
    page.get_by_role("button", name="La nettleseren legge den til").click()
    expect(page.get_by_role("heading", name="Reservekoder")).to_be_visible()
    page.context.clear_cookies()
    log_in(page)
    page.get_by_role("button", name="Bruk passnøkkelen").click()
    expect(page.get_by_role("heading", name="Hjem")).to_be_visible()


def test_it_leads_whoever_needs_a_factor_to_it_first(page: Page, alice: Actor, settings: Settings) -> None:
    settings.KUNDEKORT_SECOND_FACTOR = "administrators"
    log_in(page, "alice")
    expect(page.get_by_role("heading", name="Du trenger totrinnsbekreftelse")).to_be_visible()
    page.goto("/customers/")
    page.get_by_role("link", name="En app på telefonen").click()
    confirm(page)
    page.get_by_text("Ikke kamera?").click()
    page.get_by_label("Skriv inn de seks sifrene").fill(code(page.locator(".kk-secret").inner_text()))
    page.get_by_role("button", name="Lagre").click()
    page.get_by_role("link", name="Jeg har tatt vare på dem").click()
    page.goto("/customers/")
    expect(page.get_by_role("heading", name="Kundeliste")).to_be_visible()
