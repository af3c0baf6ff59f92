"""A real browser before the real site: pages that report every error, and people who log in as people do."""

from __future__ import annotations

import logging
import os
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from django.conf import settings
from django.db import connections
from django.test import Client
from playwright.sync_api import Browser, ConsoleMessage, Page, Playwright, Request, expect, sync_playwright
from pytest_django.live_server_helper import LiveServer

from kundekort.services.accounts import Actor
from tests.e2e.browser import executable

# Playwright's loop runs in this thread, which is no reason for Django to refuse the tests their database.
os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"

# Long enough for a machine that is busy with something else; whatever is waited for is a state, never a time.
PATIENCE = 30_000
expect.set_options(timeout=PATIENCE)

AXE = Path(__file__).parent / "vendor" / "axe-4.14.1.min.js"


def pytest_configure(config: pytest.Config) -> None:
    """The pictures of the documentation are no test of their own."""
    config.addinivalue_line("markers", "screenshots: takes the pictures in docs/screenshots")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Everything in this folder drives a browser."""
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.e2e)


@pytest.fixture(scope="session")
def playwright(django_db_setup: None) -> Iterator[Playwright]:
    # Playwright leaves tasks behind, of which asyncio would tell in whatever test runs when they are collected.
    logging.getLogger("asyncio").setLevel(logging.CRITICAL)
    with sync_playwright() as playwright:
        yield playwright
        # While Playwright's loop runs in this thread, Django has connections for it besides the thread's own. Later
        # nobody could close them, and a database with somebody connected is not dropped.
        connections.close_all()


@pytest.fixture(scope="session")
def browser(playwright: Playwright) -> Iterator[Browser]:
    # As root Chromium runs only without its sandbox; it sees nothing but our own pages.
    browser = playwright.chromium.launch(executable_path=executable(), args=["--no-sandbox"])
    yield browser
    browser.close()


@pytest.fixture
def page(browser: Browser, live_server: LiveServer) -> Iterator[Page]:
    """A page on which no script may fail and nothing may be blocked by the content security policy."""
    context = browser.new_context(
        base_url=live_server.url,
        viewport={"width": 1440, "height": 900},
        reduced_motion="reduce",  # colours change at once when the theme does
    )
    context.grant_permissions(["clipboard-read", "clipboard-write"], origin=live_server.url)
    page = context.new_page()
    faults: list[str] = []

    def note(said: ConsoleMessage) -> None:
        # htmx calls it an error that a newer question has taken the place of one on its way.
        if said.type in ("error", "warning") and "AbortError" not in said.text:
            faults.append(said.text)

    page.on("pageerror", lambda error: faults.append(str(error)))
    page.on("console", note)
    page.set_default_timeout(PATIENCE)
    yield page
    context.close()
    assert faults == []


@pytest.fixture
def at_work(page: Page, bob: Actor) -> Page:
    """The import page, with Bob logged in."""
    return _logged_in(page, bob)


@pytest.fixture
def in_charge(page: Page, alice: Actor) -> Page:
    """The import page, with Alice logged in, who is an administrator."""
    return _logged_in(page, alice)


def _logged_in(page: Page, actor: Actor) -> Page:
    """The page as it is after logging in, which tests of logging in do as people do."""
    client = Client()
    client.force_login(actor.user)
    session = client.cookies[settings.SESSION_COOKIE_NAME]
    page.context.add_cookies([{"name": session.key, "value": session.value, "domain": "localhost", "path": "/"}])
    page.goto("/imports/")
    return page


@pytest.fixture
def send(at_work: Page) -> Callable[..., Page]:
    """Upload a text as a file, as Bob would."""

    def send(text: str | bytes, *, name: str = "kunder.csv") -> Page:
        data = text.encode() if isinstance(text, str) else text
        if not at_work.url.endswith("/imports/"):
            at_work.goto("/imports/")
        at_work.locator("input[type=file]").set_input_files({"name": name, "mimeType": "text/csv", "buffer": data})
        at_work.get_by_role("button", name="Last opp").click()
        at_work.wait_for_url("**/imports/*/")
        return at_work

    return send


@pytest.fixture
def axe() -> Callable[[Page], list[str]]:
    """What axe finds wrong with a page, in one line each."""
    source = AXE.read_text()

    def axe(page: Page) -> list[str]:
        page.wait_for_load_state("networkidle")
        # The policy forbids scripts within the page; evaluate goes past the page, as a tester's extension does.
        page.evaluate(source)
        found = page.evaluate("axe.run(document, {resultTypes: ['violations']})")
        return [
            f"{fault['id']}: {node['target']} {node.get('failureSummary', '')}"
            for fault in found["violations"]
            for node in fault["nodes"]
        ]

    return axe


@pytest.fixture
def weights(page: Page) -> Callable[[], dict[str, int]]:
    """The bytes of every answer so far that is no static file, by address, once the page is at rest."""
    finished: list[Request] = []
    page.on("requestfinished", lambda request: finished.append(request))

    def weights() -> dict[str, int]:
        page.wait_for_load_state("networkidle")
        return {
            request.url: request.sizes()["responseBodySize"]
            for request in list(finished)  # asking for sizes may let more come
            if "/static/" not in request.url
        }

    return weights
