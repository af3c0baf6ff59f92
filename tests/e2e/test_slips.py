"""What goes wrong at a box office: no file, a very long name, a field that is missing, a session that has ended."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.contrib.sessions.models import Session
from playwright.sync_api import Page, expect

from kundekort.services import imports
from kundekort.services.accounts import Actor
from kundekort.store.models import Import
from tests.e2e.browser import pick
from tests.e2e.files import HEADER, line

Send = Callable[..., Page]
WITHOUT_GENDER = "CustomerID;FirstName\n0;Kari\n"
LONG = "kundeliste " * 20 + ".csv"


def test_it_asks_for_a_file_when_there_is_none(at_work: Page) -> None:
    at_work.get_by_role("button", name="Last opp").click()
    expect(at_work.get_by_role("alert")).to_contain_text("Velg en fil først")
    expect(at_work.get_by_role("alert")).to_be_in_viewport()


def test_it_shortens_a_long_file_name_and_keeps_it_whole_where_one_points(send: Send) -> None:
    page = send(HEADER + line(1), name=LONG)
    heading = page.get_by_role("heading", level=1)
    expect(heading.locator("[title]")).to_have_attribute("title", LONG)
    assert heading.bounding_box()["height"] < 70  # two lines
    page.goto("/imports/")
    expect(page.get_by_role("link", name="kundeliste kundeliste")).to_have_attribute("title", LONG)
    expect(page.get_by_role("cell", name="Venter på bekreftelse")).to_be_in_viewport(ratio=1)


def test_it_says_what_is_wrong_with_a_field_that_the_file_lacks(send: Send) -> None:
    page = send(WITHOUT_GENDER)
    page.get_by_role("link", name="Se radene").click()
    pick(page, "Feil", "Kjønn: tom")
    page.locator(".kk-told").click()
    expect(page.get_by_role("complementary")).to_contain_text("Kjønn er tom")


@pytest.fixture
def logged_out(send: Send) -> Page:
    page = send(HEADER + line(1))
    expect(page.locator("#grid tbody tr")).to_have_count(1)
    Session.objects.all().delete()
    return page


def test_it_says_in_the_grid_that_the_session_has_ended(logged_out: Page) -> None:
    logged_out.locator("[data-box=new]").click()
    expect(logged_out.locator("[data-failed]")).to_contain_text("Du er logget ut")


def test_it_comes_back_to_the_import_after_logging_in_again(logged_out: Page) -> None:
    address = logged_out.url
    logged_out.get_by_role("button", name="Bekreft").click()
    logged_out.get_by_label("Brukernavn").fill("bob")
    logged_out.get_by_label("Passord").fill("theatre-doors")
    logged_out.get_by_role("button", name="Logg inn", exact=True).click()
    logged_out.wait_for_url(address)
    expect(logged_out.get_by_role("alert")).to_contain_text("Ingenting er gjort")
    logged_out.get_by_role("button", name="Bekreft: opprette 1 kunde").click()
    expect(logged_out.get_by_role("heading", name="Customer successfully imported!")).to_be_visible()


def test_it_says_in_the_grid_that_the_import_has_been_cancelled_meanwhile(send: Send, bob: Actor) -> None:
    page = send(HEADER + line(1))
    expect(page.locator("#grid tbody tr")).to_have_count(1)
    imports.cancel(Import.objects.get().pk, actor=bob)
    page.locator("[data-box=new]").click()
    expect(page.locator("[data-failed]")).to_contain_text("venter ikke lenger på svar")
    page.get_by_role("link", name="Se hvordan det gikk med importen").click()
    expect(page.get_by_role("heading", name="Importen ble annullert")).to_be_visible()


def test_it_takes_no_harm_from_leaving_before_the_rows_are_there(at_work: Page, send: Send) -> None:
    at_work.route("**/rows/?*", lambda route: None)  # never answered
    page = send(HEADER + line(1))
    expect(page.locator(".kk-busy")).to_have_count(1)
    page.get_by_role("button", name="Annuller").click()
    expect(page.get_by_role("heading", name="Importen ble annullert")).to_be_visible()


def test_it_logs_in_again_on_the_page_that_waits_for_a_job(send: Send) -> None:
    page = send(HEADER + "".join(line(n) for n in range(40_000)))
    expect(page.get_by_role("progressbar")).to_be_visible()
    Session.objects.all().delete()
    page.wait_for_url("**/login/?next=/imports/*/")
