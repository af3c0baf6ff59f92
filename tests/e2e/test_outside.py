"""The pages about other systems: axe finds nothing in either theme, nothing is wider than a phone."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from ipaddress import ip_network
from pathlib import Path
from typing import Any

import pytest
from django.utils import timezone
from playwright.sync_api import Page

from kundekort.services import deliveries, source_runs, sources, webhook_events, webhooks
from kundekort.services.accounts import Actor
from kundekort.services.webhooks import Description
from kundekort.store.models import Import, Source, SourceFile, Webhook
from tests.e2e.files import HEADER, line
from tests.receiver import Receiver, receiver


@pytest.fixture
def there(settings: Any) -> Iterator[Receiver]:
    settings.KUNDEKORT_PRIVATE_NETWORKS = [ip_network("127.0.0.0/8")]
    with receiver() as here:
        yield here


@pytest.fixture
def webhook(there: Receiver, alice: Actor, load: Callable[..., Import]) -> Webhook:
    """A receiver that has taken one event and not the next."""
    made = webhooks.add(Description("Nyhetsbrev", there.url, webhook_events.EVENTS), actor=alice).webhook
    load(HEADER + line(1))
    there.answer = lambda request: 200 if b"import.confirmed" in request.body else 503
    deliveries.send(made.pk)
    return made


def keeps_to_the_rules(page: Page, axe: Callable[[Page], list[str]]) -> None:
    for theme in ("light", "dark"):
        page.evaluate("theme => { document.documentElement.dataset.bsTheme = theme }", theme)
        assert axe(page) == [], theme
    page.set_viewport_size({"width": 390, "height": 844})
    assert page.evaluate("document.documentElement.scrollWidth") <= 390


@pytest.mark.parametrize("name", ["list", "page", "new", "wrong", "secret"])
def test_webhooks_keep_to_the_rules_for_everybody(
    in_charge: Page, axe: Callable[[Page], list[str]], webhook: Webhook, name: str
) -> None:
    page = in_charge
    page.goto(
        {"list": "/settings/webhooks/", "new": "/settings/webhooks/new/", "wrong": "/settings/webhooks/new/"}.get(
            name, f"/settings/webhooks/{webhook.pk}/"
        )
    )
    if name == "wrong":
        page.get_by_label("Adresse").fill("https://10.0.0.1/")
        page.get_by_role("button", name="Lagre").click()
        page.get_by_text("Webhooken ble ikke lagret").wait_for()
    if name == "secret":
        page.get_by_role("button", name="Lag en ny hemmelighet").click()
        page.get_by_text("Gi dette til mottakeren nå").wait_for()
    keeps_to_the_rules(page, axe)


@pytest.fixture
def source(tmp_path: Path, settings: Any, alice: Actor) -> Source:
    """A folder with a file that was imported, one that waits and one that is still being written."""
    settings.KUNDEKORT_SOURCE_FOLDERS = [tmp_path]
    assert alice.user
    own = alice.user.pk
    made = sources.add(sources.Description("Billettsystemet", str(tmp_path), owner=own, confirms=True), actor=alice)
    for name, text in (("nye.csv", HEADER + line(1)), ("feil.csv", HEADER + line(2, gender="9")), ("mer.csv", "")):
        (tmp_path / name).write_text(text)
        SourceFile.objects.update(seen_at=timezone.now() - source_runs.STILL)
        Source.objects.update(look_at=timezone.now())
        source_runs.look(made.pk)
    return made


@pytest.mark.parametrize("name", ["list", "page", "new", "wrong", "fault"])
def test_sources_keep_to_the_rules_for_everybody(
    in_charge: Page, axe: Callable[[Page], list[str]], source: Source, name: str
) -> None:
    page = in_charge
    if name == "fault":
        Source.objects.update(fault="source_unread", fault_params={"reason": "gone"}, active=False)
    addresses = {"list": "/settings/sources/", "new": "/settings/sources/new/", "wrong": "/settings/sources/new/"}
    page.goto(addresses.get(name, f"/settings/sources/{source.pk}/"))
    if name == "wrong":
        page.get_by_label("Adresse").fill("sftp://files.example.org/")
        page.get_by_role("button", name="Lagre").click()
        page.get_by_text("Kilden ble ikke lagret").wait_for()
    keeps_to_the_rules(page, axe)
