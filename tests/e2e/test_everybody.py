"""Pages that everybody can use: axe finds nothing on any, in either theme; none is heavy, or wider than a phone."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from kundekort.store import packages
from kundekort.store.models import Customer, Import
from tests.e2e.files import edited, register

Send = Callable[..., Page]
LIST = "/customers/?f-city=&f-country=&f-changed_at="
ADDRESSES = {"list": LIST, "import": "/imports/", "imports": "/imports/list/", "inspect": "/imports/inspect/"}
ADDRESSES |= {"home": "/", "account": "/account/", "password": "/account/password/", "confirm": "/account/factor/app/"}
GRIDS = ("preview", "panel", "empty", "words", "menu")
RECORDS = ("record", "row", "log")
UNDOING = ("undo", "undone")
UNKNOWN = "CustomerID;FirstName;LastNam;Gender;Rabattkode\n0;Kari;Nordmann;2;R10\n"


def _open(page: Page, name: str, send: Send, ids: list[int]) -> None:
    same = register(2).replace("0;Kari0", f"{ids[0]};Kari0").replace("0;Kari1", f"{ids[1]};Kari1")
    files = {"columns": UNKNOWN, "nothing": same, "refused": b""} | dict.fromkeys(GRIDS, edited(ids))
    if name in files:
        send(files[name])
    elif name == "cancelled":
        send(edited(ids)).get_by_role("button", name="Annuller").click()
    elif name in ("done", *RECORDS, *UNDOING):
        send(edited(ids)).get_by_role("button", name="Utelat").click()
        page.get_by_role("button", name="Bekreft").click()
        page.get_by_role("heading", name="Customer successfully imported!").wait_for()
        if name in RECORDS:
            _open_record(page, name, ids)
        if name in UNDOING:
            page.get_by_role("button", name="Angre importen").click()
            expect(page.locator("#grid tbody tr").first).to_be_visible()
        if name == "undone":
            page.get_by_role("button", name="Bekreft").click()
            page.get_by_role("heading", name="Det er angret.").wait_for()
    elif name == "working":
        send(register(40_000))
    else:
        page.goto({"card": f"/customers/{ids[0]}/"}.get(name) or ADDRESSES[name])
    if name in (*GRIDS, *RECORDS):
        expect(page.locator("#grid tbody tr").first).to_be_visible()
    if name == "panel":
        page.locator(".kk-row-error .kk-customer").first.click()
        expect(page.get_by_role("complementary")).to_be_visible()
    if name == "words":
        page.locator("[data-box=changed]").click()
        page.locator("[data-view=words]").click()
        expect(page.locator(".kk-told")).to_have_count(3)
    if name == "menu":
        page.locator(".kk-popup > summary").first.click()
    if name == "empty":
        page.get_by_label("Søk i radene").fill("finnes ikke")
        expect(page.get_by_text("Ingen rader å vise her")).to_be_visible()


def _open_record(page: Page, name: str, ids: list[int]) -> None:
    imp = Import.objects.latest("pk")
    if name == "log":
        packages.remove(imp.pk)
    page.goto(f"/imports/{imp.pk}/confirmed/" + f"?row={ids[0]}" * (name == "row"))


OTHERS = (
    "home",
    "import",
    "inspect",
    "columns",
    "imports",
    "done",
    "nothing",
    "refused",
    "cancelled",
    "working",
    "list",
    "card",
    "account",
    "password",
    "confirm",
)
PAGES = (*GRIDS, *RECORDS, *UNDOING, *OTHERS)


@pytest.fixture
def ids(load: Callable[..., Import]) -> list[int]:
    load(register(30))
    return list(Customer.objects.order_by("pk").values_list("pk", flat=True))


def _faults(page: Page, axe: Callable[[Page], list[str]]) -> dict[str, list[str]]:
    """What axe finds in either theme."""
    found = {}
    for theme in ("light", "dark"):
        page.evaluate("theme => { document.documentElement.dataset.bsTheme = theme }", theme)
        found[theme] = axe(page)
    return found


@pytest.mark.parametrize("name", PAGES)
def test_it_keeps_to_the_rules_for_everybody_and_sends_no_page_over_300_kb(
    at_work: Page,
    axe: Callable[[Page], list[str]],
    weights: Callable[[], dict[str, int]],
    send: Send,
    ids: list[int],
    name: str,
) -> None:
    _open(at_work, name, send, ids)
    assert max(weights().values()) < 300_000, weights()
    assert _faults(at_work, axe) == {"light": [], "dark": []}
    if name in (*GRIDS, *RECORDS, *UNDOING):
        at_work.set_viewport_size({"width": 1366, "height": 768})
        assert _faults(at_work, axe) == {"light": [], "dark": []}


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_it_lets_everybody_log_in(page: Page, axe: Callable[[Page], list[str]], theme: str) -> None:
    page.emulate_media(color_scheme=theme)
    page.goto("/login/")
    assert axe(page) == []


@pytest.mark.parametrize("name", PAGES)
def test_it_fits_a_phone(
    at_work: Page, axe: Callable[[Page], list[str]], send: Send, ids: list[int], name: str
) -> None:
    at_work.set_viewport_size({"width": 390, "height": 844})
    _open(at_work, name, send, ids)
    assert at_work.evaluate("document.documentElement.scrollWidth") <= 390
    assert _faults(at_work, axe) == {"light": [], "dark": []}
    for menu in at_work.locator(".kk-popup:visible").all():
        menu.evaluate("menu => { menu.open = true; }")
        box = menu.locator(".kk-popup-body").bounding_box()
        assert box
        assert (box["x"] >= 0, box["x"] + box["width"] <= 390) == (True, True)
        menu.evaluate("menu => { menu.open = false; }")
