"""The pages of settings, cards and duplicates: axe finds nothing in either theme, nothing is wider than a phone."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page

from kundekort.engine.recipe import EmptyCells
from kundekort.engine.schema import Kind
from kundekort.services import anonymising, editing, fields, inactivity, layouts, merging, settings
from kundekort.services.accounts import Actor
from kundekort.services.fields import Definition
from kundekort.store.models import Customer, Import
from tests.e2e.files import HEADER, line

SHARED = {"email": "k@example.com", "mobile": "+4791000001"}


@pytest.fixture
def ids(load: Callable[..., Import], alice: Actor) -> list[int]:
    """Four cards, two of them alike, in a register with own fields and a layout."""
    for number, kind in enumerate(fields.KINDS):
        choices = ("Sal", "Balkong") if kind is Kind.CHOICE else ()
        made = fields.create(
            Definition(header=f"Own{number}", kind=kind, choices=choices, help={"nb": "Hjelp"}), actor=alice
        )
    fields.retire(made.key, actor=alice)
    columns = [("id", "Nr"), ("last_name", "Navn")]
    layouts.save("Kort", columns=columns, empty_cells=EmptyCells.KEEP, is_default=True, actor=alice)
    load(HEADER + line(1, **SHARED) + line(2, **SHARED, first="Karin", city="Bergen") + line(3) + line(4))
    return list(Customer.objects.order_by("pk").values_list("pk", flat=True))


def _merged(ids: list[int], actor: Actor) -> None:
    """The third card made one with the fourth and changed afterwards."""
    versions = dict.fromkeys(ids, 1)
    merging.merge(master=ids[2], others=[ids[3]], versions=versions, values={"city": "Voss"}, actor=actor)
    editing.edit(ids[2], version=2, values={"city": "Odda"}, actor=actor)


def _open(page: Page, name: str, ids: list[int], alice: Actor) -> None:
    key = fields.list_custom(actor=alice)[3].key
    addresses = {
        "fields": "/settings/fields/",
        "field": f"/settings/fields/{key}/",
        "field-new": "/settings/fields/new/",
        "field-wrong": "/settings/fields/new/",
        "layouts": "/settings/layouts/",
        "layout": "/settings/layouts/edit/?name=Kort",
        "layout-wrong": "/settings/layouts/edit/?copy=Kort",
        "limits": "/settings/findings/",
        "limits-wrong": "/settings/findings/",
        "inactive": "/settings/retention/",
        "anonymise": f"/customers/{ids[0]}/anonymise/",
        "anonymise-wrong": f"/customers/{ids[0]}/anonymise/",
        "card-edit": f"/customers/{ids[0]}/edit/",
        "card-wrong": "/customers/new/",
        "card-conflict": f"/customers/{ids[0]}/edit/",
        "duplicates": "/customers/duplicates/",
        "several": "/customers/duplicates/several/?rule=newest",
        "merged": "/customers/duplicates/",
        "no-duplicates": "/customers/duplicates/?by=name_birth",
    }
    if name == "anonymised":
        anonymising.anonymise([ids[2]], actor=alice)
    if name == "inactive":
        settings.change(actor=alice, retention_months=36)
        inactivity.hold(ids[1], actor=alice)
        Customer.objects.update(changed_at="2019-05-05T12:00Z")
    if name in ("history", "undo"):
        _merged(ids, alice)
    page.goto(addresses.get(name, f"/customers/{ids[2]}/"))
    match name:
        case "field-wrong":
            page.get_by_label("Kolonnenavn i filer").fill("E-post")
            page.get_by_role("button", name="Lagre").click()
        case "layout-wrong":
            page.get_by_label("Kolonnenavn for Etternavn").fill("Nr")
            page.get_by_role("button", name="Lagre").click()
        case "limits-wrong":
            page.get_by_label("Tømt, i prosent av registeret").fill("101")
            page.get_by_role("button", name="Lagre").click()
        case "anonymise-wrong":
            page.get_by_label("Skriv kundenummeret").fill("0")
            page.get_by_role("button", name="Anonymiser for godt").click()
        case "card-wrong":
            page.get_by_label("E-post", exact=True).fill("ikke en adresse")
            page.get_by_role("button", name="Opprett kunde").click()
        case "card-conflict":
            editing.edit(ids[0], version=1, values={"city": "Odda"}, actor=alice)
            page.get_by_label("Poststed").fill("Voss")
            page.get_by_role("button", name="Lagre").click()
        case "merged":
            page.get_by_role("button", name="Slå sammen til én kunde").click()
        case "undo":
            page.get_by_role("button", name="Angre sammenslåingen").click()
    signs = {
        "field-wrong": "Feltet ble ikke lagret",
        "layout-wrong": "Oppsettet ble ikke lagret",
        "limits-wrong": "Grensene ble ikke lagret",
        "anonymise-wrong": "for å gå videre",
        "anonymised": "Ingenting er kjent om denne personen",
        "inactive": "3 kunder ville bli anonymisert",
        "card-wrong": "Kortet ble ikke lagret",
        "card-conflict": "Alice Ås endret dette også",
        "merged": "Kundene er nå én",
        "undo": "1 kort er redigert siden.",
        "history": "En annen kunde ble slått sammen med denne",
    }
    if name in signs:
        page.get_by_text(signs[name]).first.wait_for()


PAGES = [
    *("fields", "field", "field-new", "field-wrong", "layouts", "layout", "layout-wrong"),
    *("limits", "limits-wrong"),
    *("inactive", "anonymise", "anonymise-wrong", "anonymised"),
    *(
        "card-edit",
        "card-wrong",
        "card-conflict",
        "history",
        "duplicates",
        "several",
        "merged",
        "undo",
        "no-duplicates",
    ),
]


@pytest.mark.usefixtures("nothing_kept")
@pytest.mark.parametrize("name", PAGES)
def test_it_keeps_to_the_rules_for_everybody(
    in_charge: Page, axe: Callable[[Page], list[str]], ids: list[int], alice: Actor, name: str
) -> None:
    _open(in_charge, name, ids, alice)
    for theme in ("light", "dark"):
        in_charge.evaluate("theme => { document.documentElement.dataset.bsTheme = theme }", theme)
        assert axe(in_charge) == [], theme
    in_charge.set_viewport_size({"width": 390, "height": 844})
    assert in_charge.evaluate("document.documentElement.scrollWidth") <= 390
