"""Takes the pictures in docs/screenshots, from the real site with invented customers: `make screenshots`."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable
from pathlib import Path

import polars as pl
import pytest
from playwright.sync_api import Page, expect

from kundekort.cli import sample
from kundekort.engine.recipe import EmptyCells
from kundekort.engine.schema import Kind
from kundekort.engine.segments.condition import from_json
from kundekort.engine.writing.csv import PLAIN
from kundekort.engine.writing.csv import write as as_csv
from kundekort.services import accounts, customers, editing, exports, fields, layouts, segments
from kundekort.services.accounts import Actor, Role
from kundekort.services.fields import Definition
from kundekort.services.lists import FileFormat
from kundekort.store.models import Customer, Import
from kundekort.store.progress import Progress
from kundekort.store.selection import Selection

TO = Path(__file__).parents[2] / "docs" / "screenshots"
REGISTER = 5_000
MOST_BYTES = 350_000  # of a page full of rows

pytestmark = pytest.mark.screenshots


def _text(customers: pl.DataFrame) -> str:
    """Customers as a file, less the one sign in their notes for which Windows-1252 has no letter."""
    return (
        b"".join(as_csv([customers], headers=sample.HEADERS, form=PLAIN)).decode("utf-8-sig").replace("\U0001f60a", "")
    )


def _rows(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text, newline=""), delimiter=";"))


def _edited(text: str, ids: list[int]) -> bytes:
    """The register as a spreadsheet saved it: some cells changed, some rows new, three wrong, one column too many."""
    rows = _rows(text)
    for row, number in zip(rows, ids, strict=True):
        row["CustomerID"] = str(number)
        row["Rabattkode"] = "VENN10" if number % 9 == 0 else ""
    for n in range(3, REGISTER, 24):
        rows[n]["Email"] = f"{rows[n]['Email'].partition('@')[0] or 'post'}@nyadresse.example"
    for n in range(5, REGISTER, 78):
        rows[n]["Mobile"] = f"+47 9{n % 10}1 {n % 90 + 10} {n % 900 + 100}"
    for n in range(8, REGISTER, 211):
        rows[n]["Address"] = f"Ny vei {n % 97 + 1}"
    rows[6]["Gender"] = "7"
    rows[10]["Email"] = "ingen e-post"
    rows[700]["DateOfBirth"] = "31.02.1980"
    new = _rows(
        b"".join(as_csv([sample.customers(25, seed=7)], headers=sample.HEADERS, form=PLAIN)).decode("utf-8-sig")
    )
    for n, row in enumerate(new):
        row |= {
            "CustomerID": "0",
            "ExternalID": "",
            "Rabattkode": "",
            "InternalNote": "",
            "Email": f"ny{n}@example.com",
        }
        rows.insert(4 + n * 190, row)
    out = io.StringIO(newline="")
    writer = csv.DictWriter(out, [*sample.HEADERS, "Rabattkode"], delimiter=";")
    writer.writeheader()
    writer.writerows(rows)
    return out.getvalue().encode("windows-1252")


def _take(page: Page, name: str, *themes: str) -> None:
    page.wait_for_load_state("networkidle")
    for theme in themes or ("light", "dark"):
        page.evaluate("theme => { document.documentElement.dataset.bsTheme = theme }", theme)
        path = TO / (f"{name}.png" if theme == "light" else f"{name}-{theme}.png")
        page.screenshot(path=path)
        assert path.stat().st_size < MOST_BYTES, path
    page.evaluate("() => { document.documentElement.dataset.bsTheme = 'light' }")


@pytest.fixture
def kari(page: Page, transactional_db: None) -> Page:
    """The site as Kari at the box office sees it."""
    accounts.create_user(username="kari", password="theatre-doors", role=Role.IMPORTER, full_name="Kari Nordmann")
    page.goto("/login/")
    _take(page, "login")
    page.get_by_label("Brukernavn").fill("kari")
    page.get_by_label("Passord").fill("theatre-doors")
    page.get_by_role("button", name="Logg inn", exact=True).click()
    expect(page.get_by_role("heading", name="Hjem")).to_be_visible()
    return page


def _send(page: Page, data: bytes, name: str) -> None:
    page.goto("/imports/")
    page.locator("input[type=file]").set_input_files({"name": name, "mimeType": "text/csv", "buffer": data})
    page.get_by_role("button", name="Last opp").click()
    page.wait_for_url("**/imports/*/")


def test_it_takes_the_pictures(kari: Page, load: Callable[..., Import]) -> None:
    TO.mkdir(exist_ok=True)
    page, text = kari, _text(sample.customers(REGISTER))
    load(text, filename="register.csv")
    ids = list(Customer.objects.order_by("pk").values_list("pk", flat=True))

    _send(page, _edited(text, ids), "kunder-november.csv")
    _take(page, "columns")
    page.get_by_role("button", name="Fortsett").click()
    expect(page.locator("#grid tbody tr").first).to_be_visible()
    _take(page, "preview")
    page.locator(".kk-cell-error").first.click()
    _take(page, "preview-panel")
    page.locator(".kk-actions").get_by_role("button", name="Utelat").click()
    page.get_by_role("button", name="Bekreft").click()
    expect(page.get_by_role("heading", name="Customer successfully imported!")).to_be_visible()
    _take(page, "done")
    page.locator("a.kk-chip").first.click()
    _take(page, "card")
    page.goto("/customers/?q=os")
    _take(page, "customers")

    same = "CustomerID;FirstName;LastName;Gender\n" + "".join(
        f"{c.pk};{c.first_name};{c.last_name};{c.gender}\n" for c in Customer.objects.order_by("pk")[:400]
    )
    _send(page, same.encode(), "samme-som-for.csv")
    _take(page, "nothing-changed")
    page.goto("/imports/")
    _take(page, "import")
    page.goto("/imports/list/")
    _take(page, "imports")

    _send(page, ("CustomerID;FirstName;Gender\n" + "0;Ny kunde;0\n" * 200_000).encode(), "hele-landet.csv")
    Import.objects.filter(filename="hele-landet.csv").update(
        progress=Progress("planning", 1_900_000, 3_200_000, seconds_left=3)
    )
    expect(page.get_by_text("1,8\xa0MB")).to_be_visible()
    _take(page, "working")


def test_it_takes_the_pictures_of_conflicts_and_undo(kari: Page, load: Callable[..., Import], alice: Actor) -> None:
    page = kari
    load(_text(sample.customers(REGISTER)), filename="register.csv")
    ids = list(Customer.objects.order_by("pk").values_list("pk", flat=True))
    exported = b"".join(exports.stream(what=Selection(), form=FileFormat.PLAIN, actor=alice)).decode("utf-8-sig")
    for number in ids[6:200:8]:
        editing.edit(number, version=1, values={"mobile": f"+47 4{number % 10}1 33 {number % 90 + 10} 0"}, actor=alice)
    rows = _rows(exported)
    for row in rows[:200:4]:
        row["Email"] = f"post{row['CustomerID']}@nyadresse.example"
    for row in rows[6:60:16]:
        row["Mobile"] = f"+47 9{int(row['CustomerID']) % 10}1 55 667"
    for row in rows[11:100:30]:
        row["City"] = "Drammen"
    for row in sample.customers(6, seed=7).to_dicts():
        rows.append({**rows[0], **row, "CustomerID": "0", "Version": "", "ExternalID": ""})
    out = io.StringIO(newline="")
    writer = csv.DictWriter(out, list(rows[0]), delimiter=";")
    writer.writeheader()
    writer.writerows(rows)
    _send(page, out.getvalue().encode(), "liste-fra-forrige-uke.csv")
    expect(page.locator("#panel")).to_be_visible()
    _take(page, "conflicts")
    page.get_by_role("button", name="Behold verdiene i registeret").click()
    page.get_by_role("button", name="Bekreft").click()
    expect(page.get_by_role("heading", name="Customer successfully imported!")).to_be_visible()
    changed = [int(row["CustomerID"]) for row in rows[:200:4]]
    for number in changed[:3]:
        version = int(customers.card(number, actor=alice)["version"])
        editing.edit(number, version=version, values={"email": f"post{number}@example.com"}, actor=alice)
    page.get_by_role("button", name="Angre importen").click()
    expect(page.locator("#grid tbody tr").first).to_be_visible()
    _take(page, "undo")


SEGMENTS = (
    ("Abonnenter i Oslo", "Nyhetsbrev om høstens premierer", [("city", "is", ["Oslo"]), ("tags", "has", ["Abonnent"])]),
    ("Delt e-postadresse", "Ryddes før jul", [("email_shared", "is", ["1"])]),
    ("Uten e-post og mobil", "Disse må ringes eller skrives til", [("email", "empty", []), ("mobile", "empty", [])]),
    ("Nye den siste måneden", "", [("created_at", "in_last_days", ["30"])]),
)
BIRTHDAY = {
    "all": [
        {"field": "date_of_birth", "operator": "birthday_in_month", "values": ["5", "6"]},
        {"field": "email_consent", "operator": "is", "values": ["1"]},
        {
            "any": [
                {"field": "city", "operator": "one_of", "values": ["Oslo", "Bergen", "Tromsø"]},
                {"field": "tags", "operator": "has_any", "values": ["Abonnent", "VIP"]},
            ]
        },
    ]
}


def test_it_takes_the_pictures_of_segments(kari: Page, load: Callable[..., Import], bob: Actor) -> None:
    page = kari
    load(_text(sample.customers(REGISTER)), filename="register.csv")
    for name, description, asked in SEGMENTS:
        rules = [{"field": key, "operator": operator, "values": values} for key, operator, values in asked]
        segments.save(name, condition=from_json({"all": rules}), description=description, actor=bob)
    saved = segments.save(
        "Bursdag i mai og juni", condition=from_json(BIRTHDAY), description="Til kortene vi sender i april", actor=bob
    )
    page.goto("/segments/")
    expect(page.get_by_role("main")).not_to_contain_text("…")
    _take(page, "segments")
    page.goto(f"/segments/{saved.id}/")
    expect(page.get_by_role("status")).to_contain_text("oppfyller reglene")
    _take(page, "segment-edit")


def test_it_takes_the_pictures_of_settings_and_cards(
    in_charge: Page, alice: Actor, load: Callable[..., Import]
) -> None:
    page = in_charge
    load(_text(sample.customers(600)), filename="register.csv")
    seat = _own_fields(alice)
    page.goto("/settings/fields/")
    _take(page, "own-fields")
    columns = [
        *(("id", "Kundenr"), ("last_name", "Etternavn"), ("first_name", "Fornavn"), ("email", "E-post")),
        *(("mobile", "Mobil"), ("email_consent", "Nyhetsbrev"), (seat, "Plass"), ("tags", "Merker")),
    ]
    layouts.save("Billettkontoret", columns=columns, empty_cells=EmptyCells.KEEP, is_default=False, actor=alice)
    page.goto("/settings/layouts/edit/?name=Billettkontoret")
    _take(page, "layout")

    kari = {
        **{"first_name": "Kari", "last_name": "Nordmann", "email": "kari.nordmann@example.com", "gender": "2"},
        **{"mobile": "91 23 45 67", "date_of_birth": "17.05.1984", "address": "Storgata 1", "zip_code": "0155"},
        **{"city": "Oslo", "country": "NO", "language": "nb", "email_consent": "1", "tags": "Premiere|Venneforening"},
        **{"internal_note": "Sitter helst foran.", seat: "Balkong"},
    }
    number = editing.create(kari, actor=alice)
    page.goto(f"/customers/{number}/edit/")
    page.get_by_label("E-post", exact=True).fill("kari.nordmann@example")
    page.get_by_label("Fødselsdato").fill("31.02.1984")
    page.get_by_role("button", name="Lagre").click()
    expect(page.get_by_text("Kortet ble ikke lagret")).to_be_visible()
    _take(page, "card-edit")

    again = {"first_name": "Kari Anne", "address": "Bryggen 7", "zip_code": "5003", "city": "Bergen", "mobile": ""}
    again |= {"tags": "Abonnent", "internal_note": "Rullestol.", "email_consent": "0", seat: "Sal"}
    editing.create(kari | again, actor=alice)
    page.goto("/customers/duplicates/?by=email")
    expect(page.get_by_text("Gruppe 1 av")).to_be_visible()
    while not page.get_by_role("link", name="Kari Anne Nordmann").count():
        page.get_by_role("link", name="Neste").click()
        page.wait_for_load_state()
    _take(page, "duplicates")


def _own_fields(actor: Actor) -> str:
    """Some own fields of a venue, one of them no longer in use; the key of the first."""
    made = [
        fields.create(definition, actor=actor)
        for definition in (
            Definition(
                header="Seat",
                kind=Kind.CHOICE,
                choices=("Sal", "Balkong", "Losje"),
                labels={"nb": "Fast plass", "en": "Regular seat"},
                help={"nb": "Der kunden helst sitter"},
            ),
            Definition(header="MemberSince", kind=Kind.DATE, labels={"nb": "Medlem siden"}),
            Definition(header="Volunteer", kind=Kind.YES_NO, labels={"nb": "Frivillig"}),
            Definition(header="Allergy", kind=Kind.TEXT, labels={"nb": "Allergi"}),
            Definition(header="Locker", kind=Kind.NUMBER, labels={"nb": "Garderobeskap"}),
        )
    ]
    fields.retire(made[-1].key, actor=actor)
    return made[0].key
