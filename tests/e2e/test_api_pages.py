"""The page on which the API is read and tried, and the way to a token, in a browser with our own policy."""

from __future__ import annotations

import re
from collections.abc import Callable

from playwright.sync_api import Page, expect

from kundekort.services import tokens
from tests.e2e.test_factors import confirm


def test_a_person_makes_a_token_and_tries_the_api_with_it(at_work: Page, axe: Callable[[Page], list[str]]) -> None:
    page = at_work
    page.goto("/account/")
    page.get_by_role("link", name="API-nøkler").click()
    page.get_by_role("link", name="Ny nøkkel").click()
    confirm(page)
    assert axe(page) == []
    page.get_by_label("Navn").fill("nettbutikk")
    page.get_by_label("Se importer og radene deres").check()
    page.get_by_role("button", name="Lag nøkkelen").click()
    secret = page.locator(".kk-password").inner_text()
    assert tokens.authenticate(secret, address="") is not None
    page.get_by_role("link", name="Programmet har den").click()
    expect(page.locator(".kk-sessions")).to_contain_text("nettbutikk")
    page.goto("/api/docs")
    page.get_by_role("button", name="Authorize").first.click()
    page.locator(".auth-container input").fill(secret)
    page.locator(".auth-container").get_by_role("button", name=re.compile("Apply|Authorize")).click()
    page.get_by_role("button", name="Close").first.click()
    operation = page.locator(".opblock", has_text="List imports").first
    operation.locator(".opblock-summary-control").click()
    operation.get_by_role("button", name="Try it out").click()
    operation.get_by_role("button", name="Execute").click()
    expect(operation.locator(".live-responses-table").first).to_contain_text('"items"')
