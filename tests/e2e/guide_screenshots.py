"""Takes the pictures of the guide in both of its languages, from the real site with invented customers."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from django.db import connection
from django.utils import timezone
from playwright.sync_api import Page, expect

from kundekort.cli import sample
from kundekort.engine.segments.condition import from_json
from kundekort.services import accounts, editing, segments
from kundekort.services.accounts import Actor, Role
from kundekort.store.models import Customer, Import
from tests.e2e.screenshots import BIRTHDAY, REGISTER, _edited, _own_fields, _rows, _text
from tests.past import past_import, unfinished_import

GUIDE = Path(__file__).parents[2] / "docs" / "guide"
MOST_BYTES = 250_000
WITHOUT_MENU = {"x": 220, "y": 0, "width": 1060, "height": 700}

WORDS = {
    "nb": {"try": "Prøv den", "upload": "Last opp", "go on": "Fortsett", "leave": "Utelat", "confirm": "Bekreft"},
    "en": {"try": "Try it", "upload": "Upload", "go on": "Continue", "leave": "Leave out", "confirm": "Confirm"},
}
MORE = {
    "nb": {"undo": "Angre importen", "fits": "oppfyller reglene", "next": "Neste"},
    "en": {"undo": "Undo the import", "fits": "fit the rules", "next": "Next"},
}

pytestmark = [pytest.mark.screenshots, pytest.mark.parametrize("language", ["nb", "en"])]


@pytest.fixture
def site(in_charge: Page, language: str, load: Callable[..., Import]) -> Page:
    """The site in a language as Alice sees it, with customers of some months."""
    in_charge.set_viewport_size({"width": 1280, "height": 700})
    in_charge.context.add_cookies([{"name": "django_language", "value": language, "domain": "localhost", "path": "/"}])
    load(_text(sample.customers(REGISTER)), filename="register.csv")
    Import.objects.update(finished_at=timezone.now() - timedelta(days=20))
    with connection.cursor() as cursor:
        cursor.execute("UPDATE kundekort_customer SET created_at = now() - (id * 7 % 500) * interval '1 day'")
    return in_charge


def _numbers() -> list[int]:
    return list(Customer.objects.order_by("pk").values_list("pk", flat=True))


def _take(page: Page, language: str, name: str) -> None:
    page.wait_for_load_state("networkidle")
    path = GUIDE / language / "images" / f"{name}.png"
    page.screenshot(path=path, clip=WITHOUT_MENU)
    assert path.stat().st_size < MOST_BYTES, path


def _send(page: Page, data: bytes, name: str, press: str, to: str = "/imports/") -> None:
    page.goto(to)
    page.locator("input[type=file]").set_input_files({"name": name, "mimeType": "text/csv", "buffer": data})
    page.get_by_role("button", name=press, exact=True).click()


def test_it_takes_the_pictures_of_an_import(site: Page, language: str, alice: Actor) -> None:
    page, words, text = site, WORDS[language], _text(sample.customers(REGISTER))
    page.goto("/imports/")
    _take(page, language, "import")
    _send(page, _edited(text, _numbers()), "kunder.csv", words["try"], "/imports/inspect/")
    _take(page, language, "inspect")

    _send(page, _edited(text, _numbers()), "kunder-november.csv", words["upload"])
    _take(page, language, "columns")
    page.get_by_role("button", name=words["go on"]).click()
    expect(page.locator("#grid tbody tr").first).to_be_visible()
    _take(page, language, "preview")
    page.locator(".kk-cell-error").first.click()
    _take(page, language, "panel")
    page.locator(".kk-actions").get_by_role("button", name=words["leave"]).click()
    page.get_by_role("button", name=words["confirm"]).click()
    expect(page.get_by_role("heading", name="Customer successfully imported!")).to_be_visible()
    _take(page, language, "done")
    page.locator("a.kk-chip").first.click()
    _take(page, language, "card")

    for number in _numbers()[3:60:24]:
        version = Customer.objects.get(pk=number).version
        editing.edit(number, version=version, values={"email": f"post{number}@example.com"}, actor=alice)
    page.goto(f"/imports/{Import.objects.latest('pk').pk}/")
    page.get_by_role("button", name=MORE[language]["undo"]).click()
    expect(page.locator("#grid tbody tr").first).to_be_visible()
    _take(page, language, "undo")


def test_it_takes_the_pictures_of_what_is_noticed(site: Page, language: str) -> None:
    page, words, numbers = site, WORDS[language], _numbers()
    rows = _rows(_text(sample.customers(REGISTER)))
    read_wrongly = [row["LastName"].encode().decode("windows-1252", errors="ignore") for row in rows[:400]]
    damaged = "CustomerID;LastName\n" + "".join(
        f"{number};{name}\n" for number, name in zip(numbers, read_wrongly, strict=False) if name
    )
    _send(page, damaged.encode(), "fra-et-annet-system.csv", words["upload"])
    expect(page.locator("#grid tbody tr").first).to_be_visible()
    _take(page, language, "findings")
    same = "CustomerID;FirstName;LastName;Gender\n" + "".join(
        f"{c.pk};{c.first_name};{c.last_name};{c.gender}\n" for c in Customer.objects.order_by("pk")[:400]
    )
    _send(page, same.encode(), "samme-som-for.csv", words["upload"])
    expect(page.get_by_role("heading", name="0 Customers updated")).to_be_visible()
    _take(page, language, "nothing")


def test_it_takes_the_pictures_of_home_and_customers(site: Page, language: str, alice: Actor) -> None:
    page = site
    for days in (1, 3, 4, 9, 15):
        past_import(by="alice", days=days, changed=days * 31, new=days * 9, left_out=days)
    unfinished_import("sesongkort.csv", by=alice, state=Import.State.COLUMNS)
    unfinished_import("festival.csv", by=alice, state=Import.State.RECEIVED, notice="failed")
    page.goto("/")
    _take(page, language, "home")
    page.goto("/customers/?q=os")
    _take(page, language, "customers")
    saved = segments.save("Mai og juni", condition=from_json(BIRTHDAY), description="", actor=alice)
    page.goto(f"/segments/{saved.id}/")
    expect(page.get_by_role("status")).to_contain_text(MORE[language]["fits"])
    _take(page, language, "segment")
    kari = {"first_name": "Kari", "last_name": "Nordmann", "email": "kari.nordmann@example.com", "gender": "2"}
    kari |= {"address": "Storgata 1", "zip_code": "0155", "city": "Oslo", "country": "NO", "tags": "Premiere"}
    editing.create(kari, actor=alice)
    editing.create(kari | {"first_name": "Kari Anne", "address": "Bryggen 7", "zip_code": "5003"}, actor=alice)
    page.goto("/customers/duplicates/?by=email")
    while not page.get_by_role("link", name="Kari Anne Nordmann").count():
        page.get_by_role("link", name=MORE[language]["next"]).click()
        page.wait_for_load_state()
    _take(page, language, "duplicates")


def test_it_takes_the_pictures_of_settings(site: Page, language: str, alice: Actor) -> None:
    page = site
    _own_fields(alice)
    for name, full, role in [("kari", "Kari Moe", Role.IMPORTER), ("ola", "Ola Lien", Role.READER)]:
        accounts.create_user(username=name, password="theatre-doors", role=role, full_name=full)
    for name, address in {"fields": "fields/", "layout": "layouts/edit/", "people": "people/"}.items():
        page.goto(f"/settings/{address}")
        _take(page, language, name)
