"""The guide as it is built, in a real browser under its policy: nothing is blocked, nothing comes from elsewhere."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from kundekort.web import guide

SOURCES = Path(__file__).parents[2] / "docs" / "guide"


@pytest.fixture(scope="session")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The guide in both languages, as `make docs` builds it."""
    folder = tmp_path_factory.mktemp("help")
    for language in guide.LANGUAGES:
        command = [sys.executable, "-m", "mkdocs", "build", "-q", "--strict", "-f", SOURCES / f"{language}.yml"]
        environment = os.environ | {"NO_MKDOCS_2_WARNING": "1"}
        done = subprocess.run([*command, "-d", folder / language], capture_output=True, text=True, env=environment)
        assert done.returncode == 0, done.stderr
    return folder


@pytest.fixture
def reading(page: Page, built: Path, monkeypatch: pytest.MonkeyPatch) -> Page:
    """A page for somebody who is not logged in, before a site with its guide."""
    monkeypatch.setattr(guide, "BUILT", built)
    return page


@pytest.mark.parametrize(
    ("language", "looked_for", "found"), [("nb", "angre import", "Angre"), ("en", "undo import", "Undo")]
)
def test_it_is_read_and_searched_without_anything_from_elsewhere(
    reading: Page, language: str, looked_for: str, found: str
) -> None:
    asked: list[str] = []
    reading.on("request", lambda request: asked.append(request.url))
    reading.goto(f"/help/{language}/import/#confirm")
    expect(reading.locator("#confirm")).to_be_in_viewport()
    reading.wait_for_load_state("networkidle")  # the index is there
    reading.locator("[data-md-component=search-query]").press_sequentially(looked_for)
    expect(reading.locator(".md-search-result__item").first).to_contain_text(found)
    reading.locator(".md-search-result__link").first.click()
    expect(reading.get_by_role("heading", level=1)).to_be_visible()
    here = reading.evaluate("location.origin")
    assert [url for url in asked if not url.startswith((here, "data:", "blob:"))] == []


def test_everybody_can_read_it(reading: Page, axe: Callable[[Page], list[str]], built: Path) -> None:
    pages = sorted(path.parent.name for path in (built / "nb").glob("*/index.html"))
    assert "import" in pages
    for width, scheme in ((1366, "light"), (390, "dark")):
        reading.set_viewport_size({"width": width, "height": 800})
        reading.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]  # one of its words
        for name in ("", "preview/", "keys/"):
            reading.goto(f"/help/nb/{name}")
            theme = {"light": "default", "dark": "slate"}[scheme]
            expect(reading.locator("body")).to_have_attribute("data-md-color-scheme", theme)
            assert reading.evaluate("document.documentElement.scrollWidth") <= width
            assert axe(reading) == [], (name, scheme)


def test_every_picture_is_there(reading: Page, built: Path) -> None:
    for page in sorted((built / "en").glob("*/index.html")):
        reading.goto(f"/help/en/{page.parent.name}/")
        reading.wait_for_load_state("networkidle")
        broken = "[...document.images].filter((one) => !one.complete || !one.naturalWidth).map((one) => one.src)"
        assert reading.evaluate(broken) == []


def test_the_way_from_a_page_leads_to_its_place(at_work: Page, built: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(guide, "BUILT", built)
    with at_work.context.expect_page() as opened:
        at_work.get_by_role("link", name="Hjelp").first.click()
    told = opened.value
    told.wait_for_url("**/help/nb/import/#upload")
    expect(told.locator("#upload")).to_be_in_viewport()
