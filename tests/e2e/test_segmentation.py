"""Segments put together as people do it, by mouse, keyboard and on a phone; and the lists they take home."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page, expect

from kundekort.engine.schema import Kind
from kundekort.engine.segments.condition import from_json
from kundekort.services import exports, fields, segments
from kundekort.services.accounts import Actor
from kundekort.services.fields import Definition
from kundekort.store.models import Export, Import, Segment
from tests.e2e.files import HEADER, line, register

Axe = Callable[[Page], list[str]]
PEOPLE = (
    HEADER + line(1, first="Åse", city="Bergen") + line(2, last="Hansen") + line(3, first="Ola", gender="1", mobile="")
)


def rule(field: str, operator: str, *values: str) -> dict[str, object]:
    return {"field": field, "operator": operator, **({"values": list(values)} if values else {})}


def nth(page: Page, number: str) -> Locator:
    return page.get_by_role("group", name=f"Regel {number}", exact=True)


def ask(page: Page, number: str, field: str, operator: str, *values: str) -> None:
    """Fill a rule in as it stands there."""
    place = nth(page, number)
    place.get_by_label("Felt det spørres om").select_option(label=field)
    place.get_by_label("Spørsmål").select_option(label=operator)
    for n, value in enumerate(values):
        control = place.locator("[data-value]").nth(n)
        if control.evaluate("control => control.matches('select')"):
            control.select_option(label=value)
        else:
            control.fill(value)


def counted(page: Page, words: str) -> None:
    expect(page.get_by_role("status")).to_have_text(words)


@pytest.fixture
def builder(at_work: Page, load: Callable[..., Import]) -> Page:
    """The empty builder before a register of three."""
    load(PEOPLE)
    at_work.get_by_role("link", name="Segmentering").click()
    at_work.get_by_role("link", name="Lag det første segmentet").click()
    counted(at_work, "3 kunder oppfyller reglene")
    return at_work


def test_it_builds_counts_saves_and_opens_again(builder: Page) -> None:
    page = builder
    ask(page, "1", "Poststed", "er", "oslo")
    counted(page, "2 kunder oppfyller reglene")
    expect(page.get_by_role("region", name="De første av dem")).to_contain_text("Hansen")
    page.get_by_role("button", name="Gruppe", exact=True).click()
    ask(page, "2.1", "Kjønn", "er", "Mann")
    counted(page, "1 kunde oppfyller reglene")
    page.get_by_role("button", name="Regel", exact=True).first.click()
    ask(page, "2.2", "Etternavn", "er en av", "Hansen\nOlsen")
    counted(page, "2 kunder oppfyller reglene")
    page.get_by_label("Hvor mange av reglene som må være oppfylt").last.select_option(label="Ingen av disse er oppfylt")
    counted(page, "0 kunder oppfyller reglene. Fjern en regel, eller spør om mindre.")
    nth(page, "2.2").get_by_role("button", name="Fjern regelen").click()
    counted(page, "1 kunde oppfyller reglene")
    page.get_by_label("Navn", exact=True).fill("Oslo uten menn")
    page.get_by_label("Hva det er til").fill("Damenes aften")
    page.get_by_role("button", name="Lagre segmentet").click()
    expect(page.get_by_role("alert")).to_contain_text("«Oslo uten menn» er lagret")
    rules = {"all": [rule("city", "is", "oslo"), {"not": [rule("gender", "is", "1")]}]}
    assert Segment.objects.get().condition == rules
    expect(nth(page, "2.1").get_by_label("Verdi", exact=True)).to_have_value("1")
    counted(page, "1 kunde oppfyller reglene")
    page.get_by_role("link", name="Segmentering").first.click()
    expect(page.get_by_role("row", name="Oslo uten menn")).to_contain_text("1")


def test_it_can_be_built_by_keyboard_alone(builder: Page) -> None:
    page = builder
    page.get_by_label("Navn", exact=True).focus()
    page.keyboard.type("Fra Bergen")
    for _ in range(3):  # the description, how many rules must hold, what to ask about
        page.keyboard.press("Tab")
    page.keyboard.type("Postst")
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    page.keyboard.type("bergen")
    page.keyboard.press("Enter")  # ends the value and sends nothing
    counted(page, "1 kunde oppfyller reglene")
    assert not Segment.objects.exists()
    page.get_by_role("button", name="Regel", exact=True).focus()
    page.keyboard.press("Enter")
    expect(nth(page, "2").get_by_label("Felt det spørres om")).to_be_focused()
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")  # the button that takes the empty rule away again
    expect(nth(page, "2")).to_have_count(0)
    expect(nth(page, "1").get_by_label("Felt det spørres om")).to_be_focused()
    page.get_by_role("button", name="Lagre segmentet").press("Enter")
    expect(page.get_by_role("heading", name="Fra Bergen")).to_be_visible()


def test_it_says_beside_the_rule_what_is_wrong(builder: Page) -> None:
    page = builder
    ask(page, "1", "Kundenummer", "er", "tolv")
    fault = nth(page, "1").locator("[data-fault]")
    expect(fault).to_contain_text("«tolv»")
    expect(page.get_by_label("Verdi", exact=True)).to_have_attribute("aria-invalid", "true")
    expect(page.get_by_label("Verdi", exact=True)).to_have_accessible_description(fault.inner_text())
    page.get_by_label("Verdi", exact=True).fill("")
    expect(fault).to_contain_text("mangler en verdi")
    expect(page.get_by_label("Verdi", exact=True)).not_to_have_attribute("aria-invalid", "true")
    page.get_by_label("Verdi", exact=True).fill("1")
    expect(fault).to_be_hidden()


def test_it_offers_an_input_that_fits(builder: Page) -> None:
    page = builder
    ask(page, "1", "Land", "er", "Norge")
    expect(page.get_by_label("Verdi", exact=True)).to_have_value("NO")
    ask(page, "1", "Fødselsdato", "har fødselsdag i måned", "mai")
    page.get_by_role("button", name="Legg til verdi").click()
    page.get_by_label("Verdi", exact=True).nth(1).select_option(label="juni")
    page.get_by_role("button", name="Fjern verdien").first.click()
    expect(page.get_by_label("Verdi", exact=True)).to_have_value("6")
    ask(page, "1", "Fødselsdato", "er fra … til …")
    for label in ("Fra", "Til"):
        expect(page.get_by_label(label, exact=True)).to_have_attribute("type", "date")
    ask(page, "1", "Opprettet", "er i løpet av de siste … dagene", "30")
    counted(page, "3 kunder oppfyller reglene")
    page.get_by_label("Felt det spørres om").select_option(label="Opprettet av import")
    page.get_by_label("Verdi", exact=True).select_option(index=1)
    counted(page, "3 kunder oppfyller reglene")
    ask(page, "1", "Mobil", "er tom")
    counted(page, "1 kunde oppfyller reglene")
    expect(page.get_by_label("Verdi", exact=True)).to_have_count(0)


def test_it_keeps_the_value_where_the_next_question_takes_it(builder: Page) -> None:
    ask(builder, "1", "Poststed", "er", "Bergen")
    builder.get_by_label("Spørsmål").select_option(label="inneholder")
    expect(builder.get_by_label("Verdi", exact=True)).to_have_value("Bergen")
    builder.get_by_label("Felt det spørres om").select_option(label="Fødselsdato")
    expect(builder.get_by_label("Verdi", exact=True)).to_have_value("")


def test_it_shows_a_rule_about_a_field_that_is_gone_and_lets_it_be_mended(
    at_work: Page, load: Callable[..., Import], alice: Actor, bob: Actor
) -> None:
    page = at_work
    load(PEOPLE)
    card = Definition(header="Sesongkort", kind=Kind.CHOICE, choices=("Gull", "Sølv"), labels={"nb": "Sesongkort"})
    gone = fields.create(card, actor=alice)
    rules = from_json({"all": [rule(gone.key, "is", "Gull"), rule("city", "is", "Oslo")]})
    saved = segments.save("Gullkort", condition=rules, actor=bob)
    page.goto(f"/segments/{saved.id}/")
    expect(nth(page, "1").get_by_label("Verdi", exact=True)).to_have_value("Gull")
    counted(page, "0 kunder oppfyller reglene. Fjern en regel, eller spør om mindre.")
    fields.retire(gone.key, actor=alice)
    page.reload()
    expect(nth(page, "1").get_by_label("Felt det spørres om").locator("option:checked")).to_have_text(
        "Sesongkort (ikke lenger i bruk)"
    )
    expect(nth(page, "1").locator("[data-fault]")).to_contain_text("ikke lenger i bruk")
    nth(page, "1").get_by_role("button", name="Fjern regelen").click()
    counted(page, "2 kunder oppfyller reglene")
    page.get_by_role("button", name="Lagre endringene").click()
    expect(page.get_by_role("alert")).to_contain_text("er lagret")
    assert Segment.objects.get().condition == {"all": [rule("city", "is", "Oslo")]}


@pytest.fixture
def oslo(load: Callable[..., Import], bob: Actor) -> None:
    load(PEOPLE)
    segments.save("Oslo", condition=from_json({"all": [rule("city", "is", "Oslo")]}), actor=bob)


def test_it_takes_a_list_home_and_brings_it_back(at_work: Page, oslo: None, tmp_path: Path) -> None:
    page = at_work
    page.get_by_role("link", name="Hent kundeliste å redigere").click()
    page.get_by_role("link", name="Eksport av Oslo").click()
    with page.expect_download() as waiting:
        page.get_by_role("button", name="Last ned med all kundedata").click()
    expect(page.get_by_role("heading", name="Listen med 2 kunder er klar")).to_be_visible()
    assert waiting.value.suggested_filename.startswith("kunder-oslo-")
    waiting.value.save_as(path := tmp_path / waiting.value.suggested_filename)
    page.get_by_role("main").get_by_role("link", name="Importer / oppdater").click()
    page.locator("input[type=file]").set_input_files(path)
    page.get_by_role("button", name="Last opp").click()
    expect(page.get_by_role("heading", name="0 Customers updated")).to_be_visible()
    page.goto("/exports/")
    expect(page.get_by_role("row", name="Oslo")).to_contain_text("bob")


def test_it_waits_for_a_long_list_and_then_fetches_it(
    at_work: Page, oslo: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(exports, "INLINE_CUSTOMERS", 1)
    page = at_work
    page.goto("/exports/new/?segment=Oslo")
    page.get_by_label("CSV for regneark").check()
    page.get_by_role("button", name="Last ned med all kundedata").click()
    expect(page.get_by_role("progressbar")).to_be_visible()
    with page.expect_download() as waiting:
        exports.make(Export.objects.get().pk)
    assert waiting.value.suggested_filename.endswith(".csv")
    expect(page.get_by_role("heading", name="Listen med 2 kunder er klar")).to_be_visible()


@pytest.fixture
def large(load: Callable[..., Import], alice: Actor, bob: Actor) -> Segment:
    """A segment with a rule of every sort of input, and one that is about a field that is gone."""
    load(register(12))
    gone = fields.create(Definition(header="Sete", kind=Kind.TEXT), actor=alice)
    parts = [
        rule("city", "is", "Oslo"),
        {"any": [rule("date_of_birth", "birthday_in_month", "5", "6"), rule("country", "is_not", "SE")]},
        {"not": [rule("tags", "has_any", "Premiere", "Venner"), {"all": [rule("last_name", "one_of", "A", "B")]}]},
        rule("created_at", "in_last_days", "30"),
        rule(gone.key, "is", "A1"),
    ]
    saved = segments.save("Stort", condition=from_json({"all": parts}), description="Alt mulig", actor=bob)
    fields.retire(gone.key, actor=alice)
    return Segment.objects.get(pk=saved.id)


def _pages(large: Segment, bob: Actor) -> list[str]:
    Segment.objects.create(name="Alle", condition={"all": []}, actor_name="bob")
    what = exports.Selection(segment="Alle")
    done = exports.start(what=what, form=exports.FileFormat.CSV, actor=bob)
    waiting = Export.objects.create(actor_name="bob", selection=what.to_json(), form="xlsx", rows=12)
    return [
        "/segments/",
        "/segments/new/",
        f"/segments/{large.pk}/",
        f"/segments/{large.pk}/delete/",
        "/exports/",
        "/exports/new/?segment=Alle",
        "/exports/new/?segment=Stort",
        f"/exports/{done.pk}/",
        f"/exports/{waiting.pk}/",
    ]


def test_it_is_for_everybody(at_work: Page, axe: Axe, large: Segment, bob: Actor) -> None:
    for address in _pages(large, bob):
        at_work.goto(address)
        for theme in ("light", "dark"):
            at_work.evaluate("theme => { document.documentElement.dataset.bsTheme = theme }", theme)
            assert axe(at_work) == [], (address, theme)


def test_it_fits_a_phone(at_work: Page, large: Segment, bob: Actor) -> None:
    at_work.set_viewport_size({"width": 390, "height": 844})
    for address in _pages(large, bob):
        at_work.goto(address)
        assert at_work.evaluate("document.documentElement.scrollWidth") <= 390, address
