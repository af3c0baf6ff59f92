"""A large file is shown as a small one is: no answer grows with it."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from kundekort.services import planning
from kundekort.store.models import Import
from tests.e2e.files import HEADER, line

ROWS = 100_000


@pytest.mark.slow
def test_it_previews_100_000_rows_without_a_heavy_page(
    weights: Callable[[], dict[str, int]], send: Callable[..., Page]
) -> None:
    page = send(HEADER + "".join(line(n) for n in range(ROWS - 1)) + line(ROWS, last="Siste"))
    planning.plan(Import.objects.get().pk)
    expect(page.locator("[data-count]")).to_have_text("Rad 1–100 av 100\xa0000")
    page.get_by_label("Søk i radene").fill("siste")
    expect(page.locator("[data-count]")).to_have_text("Rad 1–1 av 1")
    assert max(weights().values()) < 300_000, weights()
