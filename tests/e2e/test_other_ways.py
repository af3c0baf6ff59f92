from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from playwright.sync_api import Browser, Page, expect
from pytest_django.live_server_helper import LiveServer

from kundekort.services import confirming, planning
from kundekort.services.accounts import Actor
from kundekort.store.models import Customer, Import
from kundekort.store.progress import Progress
from tests.e2e.files import HEADER, line, register

Send = Callable[..., Page]


def test_it_asks_about_unknown_columns_and_takes_a_suggestion(send: Send) -> None:
    page = send("CustomerID;FirstName;LastNam;Gender;Rabattkode\n0;Kari;Nordmann;2;R10\n")
    expect(page.get_by_text("Disse kolonnene importeres ikke:")).to_be_visible()
    page.get_by_role("button", name="Kanskje Etternavn?").click()
    expect(page.locator("[data-headers]")).to_have_text("Rabattkode")
    page.get_by_role("button", name="Fortsett").click()
    expect(page.get_by_text("1 importeres ikke (Rabattkode)")).to_be_visible()
    page.get_by_role("button", name="Bekreft").click()
    expect(page.get_by_role("heading", name="Customer successfully imported!")).to_be_visible()
    assert Customer.objects.get().last_name == "Nordmann"


def test_it_reads_again_in_the_encoding_a_person_chooses(send: Send) -> None:
    page = send("CustomerID;FirstName;Gender;Rabattkode\n0;Kåre;1;R\n".encode())
    expect(page.get_by_text("Navn i filen: Kåre")).to_be_visible()
    page.get_by_label("Tegnsett").select_option("windows-1252")
    page.get_by_role("button", name="Les på nytt").click()
    expect(page.get_by_text("Navn i filen: KÃ¥re")).to_be_visible()


def test_it_says_what_is_wrong_with_a_picture(send: Send) -> None:
    page = send(b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 20, name="plakat.png")
    expect(page.get_by_role("heading", name="0 Customers updated")).to_be_visible()
    expect(
        page.get_by_role("listitem").filter(has_text="“CSV UTF-8”").or_(page.locator(".kk-reasons li")).first
    ).to_be_visible()


def test_it_takes_a_dropped_file(at_work: Page) -> None:
    drop = """(text) => {
        const moved = new DataTransfer();
        moved.items.add(new File([text], "sluppet.csv", { type: "text/csv" }));
        const drop = new DragEvent("drop", { dataTransfer: moved, bubbles: true, cancelable: true });
        document.getElementById("drop").dispatchEvent(drop);
    }"""
    at_work.evaluate(drop, HEADER + line(1))
    expect(at_work.locator("#file-name")).to_contain_text("sluppet.csv")
    at_work.get_by_role("button", name="Last opp").click()
    expect(at_work.get_by_role("heading", name="sluppet.csv")).to_be_visible()


def test_it_takes_a_file_without_javascript(browser: Browser, live_server: LiveServer, bob: Actor) -> None:
    context = browser.new_context(base_url=live_server.url, java_script_enabled=False)
    page = context.new_page()
    page.goto("/login/")
    page.get_by_label("Brukernavn").fill("bob")
    page.get_by_label("Passord").fill("theatre-doors")
    page.get_by_role("button", name="Logg inn", exact=True).click()
    page.get_by_role("link", name="Importer / oppdater").first.click()
    file = {"name": "enkel.csv", "mimeType": "text/csv", "buffer": (HEADER + line(1)).encode()}
    page.locator("input[type=file]").set_input_files(file)
    page.get_by_role("button", name="Last opp").click()
    page.get_by_role("button", name="Bekreft: opprette 1 kunde").click()
    expect(page.get_by_role("heading", name="Customer successfully imported!")).to_be_visible()
    context.close()


def test_it_shows_progress_and_goes_on_by_itself(send: Send) -> None:
    page = send(HEADER + "".join(line(n) for n in range(40_000)))
    expect(page.get_by_role("progressbar")).to_be_visible()
    imp = Import.objects.get()
    Import.objects.update(progress=Progress("writing", 20_000, 40_000, seconds_left=7))
    expect(page.get_by_text("omtrent 7 sekunder igjen")).to_be_visible()
    expect(page.get_by_role("progressbar")).to_have_attribute("value", "50")
    planning.plan(imp.pk)
    expect(page.get_by_role("button", name="Bekreft: opprette 40\xa0000 kunder")).to_be_visible()
    page.get_by_role("button", name="Bekreft").click()
    expect(page.get_by_text("Importen er bekreftet")).to_be_visible()
    imp.refresh_from_db()
    confirming.apply(imp.pk, digest=imp.digest, actor=Actor.system("bob"))
    expect(page.get_by_role("heading", name="Customer successfully imported!")).to_be_visible()
    assert Customer.objects.count() == 40_000


def test_it_searches_customers_while_one_types(at_work: Page, load: Callable[..., Import]) -> None:
    load(register(60) + line(500, first="Åse", last="Ødegård"))
    at_work.goto("/customers/")
    expect(at_work.get_by_text("1–50 av 61 kunder")).to_be_visible()
    at_work.get_by_role("searchbox").press_sequentially("ødeg")
    expect(at_work.get_by_text("1–1 av 1 kunder")).to_be_visible()
    at_work.wait_for_url("**q=*")
    at_work.get_by_role("link", name="Ødegård").click()
    expect(at_work.get_by_role("heading", name="Åse Ødegård")).to_be_visible()


def test_it_filters_customers_chooses_columns_and_follows_a_row(at_work: Page, load: Callable[..., Import]) -> None:
    page = at_work
    load(HEADER + line(1, first="Kari", city="Bergen") + line(2, first="Ola", city="Oslo"))
    page.goto("/customers/")
    page.get_by_label("Legg til et filter").select_option("Poststed")
    page.locator("#f-city").fill("berg")
    expect(page.get_by_text("1–1 av 1 kunder")).to_be_visible()
    page.locator("summary", has_text="Kolonner").click()
    page.get_by_role("checkbox", name="Kjønn").check()
    page.get_by_role("button", name="Vis disse").click()
    expect(page.get_by_role("columnheader", name="Kjønn")).to_be_visible()
    expect(page.locator("#f-city")).to_have_value("berg")
    row = page.locator("#list tbody tr")
    for press in ({"button": "middle"}, {"modifiers": ["Control"]}):
        with page.context.expect_page() as other:
            row.get_by_text("Bergen").click(**press)
        expect(other.value.get_by_role("heading", name="Kari")).to_be_visible()
        other.value.close()
    row.get_by_text("Bergen").click()
    expect(page.get_by_role("heading", name="Kari")).to_be_visible()
    page.go_back()
    page.get_by_role("link", name="Fjern filteret Poststed").click()
    expect(page.get_by_text("1–2 av 2 kunder")).to_be_visible()


def test_it_changes_language_and_colours_and_remembers_them(at_work: Page) -> None:
    at_work.get_by_text("Innstillinger").click()
    at_work.get_by_role("button", name="Mørkt").click()
    expect(at_work.locator("html")).to_have_attribute("data-bs-theme", "dark")
    at_work.get_by_role("button", name="English").click()
    expect(at_work.locator("html")).to_have_attribute("lang", "en")
    expect(at_work.get_by_role("heading", name="Import / update customers")).to_be_visible()
    expect(at_work.locator("html")).to_have_attribute("data-bs-theme", "dark")


def test_it_downloads_the_template(at_work: Page, tmp_path: Path) -> None:
    with at_work.expect_download() as waiting:
        at_work.get_by_role("link", name="Last ned mal (.csv)").click()
    waiting.value.save_as(tmp_path / "mal.csv")
    assert (tmp_path / "mal.csv").read_bytes().startswith(b"\xef\xbb\xbfCustomerID;FirstName")
