"""A large file opens as fast as a small one, and no answer grows with it."""

from __future__ import annotations

import time
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, Response, expect

from kundekort.services import planning
from kundekort.store.models import Import
from tests.e2e.files import HEADER, line

ROWS = 100_000


@pytest.mark.slow
def test_it_previews_100_000_rows_without_a_heavy_page(send: Callable[..., Page]) -> None:
    weights: dict[str, int] = {}

    def weigh(response: Response) -> None:
        if "/static/" not in response.url and response.status == 200:
            weights[response.url] = len(response.body())

    text = HEADER + "".join(line(n) for n in range(ROWS - 1)) + line(ROWS, last="Siste")
    page = send(text)
    page.on("response", weigh)
    planning.plan(Import.objects.get().pk)
    expect(page.locator("[data-count]")).to_have_text("Rad 1–100 av 100\xa0000")
    page.get_by_label("Søk i radene").fill("siste")
    started = time.monotonic()
    expect(page.locator("[data-count]")).to_have_text("Rad 1–1 av 1")
    assert time.monotonic() - started < 5
    page.wait_for_load_state("networkidle")
    assert max(weights.values()) < 300_000
