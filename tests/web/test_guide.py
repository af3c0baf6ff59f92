"""The guide at /help/: open to everybody, under the site's policy, and missing without harm."""

from __future__ import annotations

import re
from base64 import b64encode
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from kundekort.web import guide
from tests.web.conftest import latest

PAGE = "<!doctype html><script>first()</script><script src='x.js'></script><script type='application/json'>{}</script>"


@pytest.fixture
def built(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A small guide in both languages."""
    for language in guide.LANGUAGES:
        folder = tmp_path / language
        (folder / "undo").mkdir(parents=True)
        (folder / "index.html").write_text(PAGE)
        (folder / "undo" / "index.html").write_text(f"{PAGE}<p>{language}")
        (folder / "guide.css").write_text("p {}")
    (tmp_path / "secret.txt").write_text("secret")
    monkeypatch.setattr(guide, "BUILT", tmp_path)
    return tmp_path


def content(answer: object) -> str:
    return b"".join(answer.streaming_content).decode()  # type: ignore[attr-defined]


def test_whoever_is_not_logged_in_reads_it_in_the_language_of_the_site(client: Client, built: Path) -> None:
    assert client.get("/help/")["Location"] == "/help/nb/"
    assert client.get("/help/undo/")["Location"] == "/help/nb/undo/"
    assert client.get("/help/nb/undo")["Location"] == "/help/nb/undo/"
    client.cookies["django_language"] = "en"
    assert client.get("/help/")["Location"] == "/help/en/"
    page = client.get("/help/en/undo/")
    assert content(page).endswith("<p>en")
    assert (page["Content-Language"], page["Content-Type"]) == ("en", "text/html")
    style = client.get("/help/nb/guide.css")
    assert (content(style), style["Content-Type"]) == ("p {}", "text/css")
    assert client.get("/help/nb/undo/", headers={"If-Modified-Since": page["Last-Modified"]}).status_code == 304


def test_whoever_still_lacks_a_second_factor_reads_it(as_bob: Client, built: Path, settings: Any) -> None:
    settings.KUNDEKORT_SECOND_FACTOR = "everybody"
    assert as_bob.get("/")["Location"] == "/account/factor/"
    assert "<p>nb" in content(as_bob.get("/help/nb/undo/"))


def test_it_allows_the_very_scripts_of_a_page_and_no_others(client: Client, built: Path) -> None:
    page = client.get("/help/nb/")
    assert content(page) == PAGE
    policy = page["Content-Security-Policy"]
    assert "unsafe" not in policy
    digest = b64encode(sha256(b"first()").digest()).decode()
    assert re.findall(r"script-src (.*)", policy) == [f"'self' 'sha256-{digest}'"]


@pytest.mark.parametrize(
    "path",
    ["nb/none/", "nb/../secret.txt", "nb/undo/../../secret.txt", "secret.txt", "nb//etc/passwd", "nb/" + "x" * 999],
)
def test_it_gives_nothing_but_itself(client: Client, built: Path, path: str) -> None:
    assert client.get(f"/help/{path}", follow=True).status_code == 404


def test_where_it_is_not_built_it_says_so(client: Client, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(guide, "BUILT", tmp_path)
    page = client.get("/help/nb/undo/")
    assert page.status_code == 404
    assert "make docs" in page.content.decode()


def test_each_page_leads_to_where_it_is_told_of(as_alice: Client, three: list[int]) -> None:
    for address, where in {
        "/": "#home",
        "/imports/": "import/#upload",
        f"/imports/{latest().pk}/": "import/#done",
        f"/customers/{three[0]}/edit/": "customers/#edit",
        "/settings/audit/": "people/#event-log",
    }.items():
        page = as_alice.get(address).content.decode()
        assert f'href="/help/nb/{where}"' in page, address


def test_pages_before_the_login_and_of_errors_lead_there_too(client: Client, db: None) -> None:
    assert 'href="/help/nb/account/#login"' in client.get("/login/").content.decode()
    lost = client.get("/nowhere/")
    assert lost.status_code == 404
    assert 'href="/help/nb/"' in lost.content.decode()
