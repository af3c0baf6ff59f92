from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from kundekort.services import settings
from kundekort.services.import_list import NO_USER
from kundekort.store.models import Import
from tests.e2e.files import HEADER, line
from tests.past import past_import, unfinished_import


@pytest.fixture
def past(transactional_db: None) -> None:
    """Some days of work of three people."""
    first = past_import("adresser.csv", by="Kari", confirmer="Per", days=9, rows=30, changed=20, left_out=10)
    past_import("nyhetsbrev.xlsx", days=2, rows=300, changed=214, new=12, unchanged=74)
    past_import(undoes=first.revision, days=1, rows=20, changed=18, removed=2)
    unfinished_import("glemt.csv", days=20, state=Import.State.CANCELLED, notice="abandoned")


def files(page: Page) -> list[str]:
    return page.locator(".kk-imports tbody .kk-import").all_inner_texts()


def test_it_finds_what_was_imported_last_week(at_work: Page, past: None) -> None:
    page = at_work
    page.get_by_role("navigation", name="Meny").get_by_role("link", name="Alle importer").click()
    page.wait_for_url("**/imports/list/")
    assert files(page) == ["Angre: adresser.csv", "nyhetsbrev.xlsx", "adresser.csv", "glemt.csv"]
    page.get_by_label("Lastet opp eller bekreftet av").select_option("Per")
    page.get_by_role("button", name="Vis", exact=True).click()
    page.wait_for_url("**who=*")
    assert files(page) == ["adresser.csv"]
    expect(page.get_by_label("Lastet opp eller bekreftet av")).to_have_value(NO_USER + "Per")
    page.get_by_role("link", name="Vis alle").click()
    page.wait_for_url("**/imports/list/")
    day = timezone.localdate() - timedelta(days=2)
    page.locator(f".kk-stacks a[href*='since={day}']").click()
    page.wait_for_url("**since=*")
    assert files(page) == ["nyhetsbrev.xlsx"]
    expect(page.get_by_label("Fra og med")).to_have_value(str(day))
    expect(page.locator(".kk-stacks a[aria-current=date]")).to_have_count(1)
    page.get_by_label("Til og med").fill(str(day - timedelta(days=1)))
    page.get_by_role("button", name="Vis", exact=True).click()
    expect(page.get_by_text("Dette er før den første dagen.")).to_be_visible()
    page.get_by_role("link", name="nyhetsbrev.xlsx").click()
    expect(page.get_by_role("heading", name="nyhetsbrev.xlsx")).to_be_visible()


def test_it_goes_from_bar_to_bar_by_keyboard(at_work: Page, past: None) -> None:
    at_work.goto("/imports/list/")
    at_work.get_by_role("link", name="Ny import").focus()
    for _ in range(2):
        at_work.keyboard.press("Tab")
    at_work.keyboard.press("Enter")
    at_work.wait_for_url(f"**since={timezone.localdate() - timedelta(days=2)}*")


def test_it_cancels_a_preview_from_the_list(send: Callable[..., Page], past: None) -> None:
    page = send(HEADER + line(1), name="venter.csv")
    page.goto("/imports/list/?state=waiting")
    assert files(page) == ["venter.csv"]
    page.get_by_role("button", name="Annuller venter.csv").click()
    expect(page.get_by_text("Importen ble annullert. Ingenting i registeret ble endret.")).to_be_visible()
    expect(page.get_by_text("Ingen importer passer")).to_be_visible()
    assert "state=waiting" in page.url


def test_it_lets_an_administrator_say_how_long_previews_wait(in_charge: Page, past: None) -> None:
    in_charge.goto("/imports/list/")
    in_charge.get_by_label("Dager til det skjer").fill("30")
    in_charge.get_by_role("button", name="Lagre").click()
    expect(in_charge.get_by_text("Lagret.")).to_be_visible()
    assert settings.current().preview_days == 30


@pytest.mark.parametrize("query", ["", "?since=2026-11-20&until=2026-11-19", "?file=zzz"])
def test_it_keeps_to_the_rules_for_everybody(
    in_charge: Page, axe: Callable[[Page], list[str]], past: None, query: str
) -> None:
    unfinished_import("venter.csv")
    in_charge.goto(f"/imports/list/{query}")
    for width in (1366, 390):
        in_charge.set_viewport_size({"width": width, "height": 800})
        for theme in ("light", "dark"):
            in_charge.evaluate("theme => { document.documentElement.dataset.bsTheme = theme }", theme)
            assert axe(in_charge) == [], (width, theme)
        assert in_charge.evaluate("document.documentElement.scrollWidth") <= width
