from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from kundekort.bulk import customer_pages
from kundekort.services import editing
from kundekort.services.accounts import Actor
from kundekort.store.models import Customer, Import
from tests.e2e.files import HEADER, line


def test_it_makes_a_customer_and_mends_what_is_wrong(at_work: Page) -> None:
    page = at_work
    page.goto("/customers/")
    page.get_by_role("link", name="Ny kunde").click()
    page.get_by_label("Fornavn").fill("Åse")
    page.get_by_label("E-post", exact=True).fill("ikke en adresse")
    page.get_by_role("button", name="Opprett kunde").click()
    expect(page.get_by_label("E-post", exact=True)).to_have_attribute("aria-invalid", "true")
    expect(page.get_by_label("Fornavn")).to_have_value("Åse")
    page.get_by_label("E-post", exact=True).fill("ase@example.com")
    tags = page.get_by_label("Kundeflagg")
    for tag in ("Venn", "Premiere"):
        tags.press_sequentially(tag)
        tags.press("Enter")
    page.get_by_role("button", name="Fjern Venn").click()
    tags.press_sequentially("Abonnent")
    page.get_by_role("button", name="Opprett kunde").click()
    expect(page.get_by_role("heading", name="Åse")).to_be_visible()
    assert Customer.objects.get().tags == ["Abonnent", "Premiere"]


def test_it_lets_a_person_choose_when_two_have_changed_the_same(
    at_work: Page, load: Callable[..., Import], alice: Actor
) -> None:
    load(HEADER + line(1))
    number = Customer.objects.get().pk
    at_work.goto(f"/customers/{number}/edit/")
    editing.edit(number, version=1, values={"city": "Bergen", "last_name": "Hansen"}, actor=alice)
    at_work.get_by_label("Poststed").fill("Voss")
    at_work.get_by_label("Fornavn").fill("Karin")
    at_work.get_by_role("button", name="Lagre").click()
    expect(at_work.get_by_text("Alice Ås endret dette også")).to_be_visible()
    at_work.get_by_role("radio", name="Den andres: Bergen").check()
    at_work.get_by_role("button", name="Lagre").click()
    expect(at_work.get_by_role("heading", name="Karin Hansen")).to_be_visible()
    assert Customer.objects.get().city == "Bergen"


@pytest.fixture
def twins(load: Callable[..., Import]) -> list[int]:
    """Two cards of one person and two of another."""
    same = {"email": "k@example.com", "mobile": "+4791000001"}
    load(
        HEADER
        + line(1, **same, city="Oslo")
        + line(2, **same, first="Karin", city="Bergen")
        + line(3, email="o@example.com", first="Ola")
        + line(4, email="o@example.com", first="Ola")
    )
    return list(Customer.objects.order_by("pk").values_list("pk", flat=True))


def test_it_walks_through_duplicates_merges_and_undoes(at_work: Page, twins: list[int]) -> None:
    page = at_work
    page.get_by_role("link", name="Dubletter").click()
    expect(page.get_by_text("Gruppe 1 av 2")).to_be_visible()
    page.get_by_role("radio", name="Behold dette nummeret").nth(1).check()
    expect(page.get_by_role("radio", name="Karin")).to_be_checked()
    page.get_by_role("radio", name="Oslo").check()
    page.get_by_role("button", name="Slå sammen til én kunde").click()
    expect(page.get_by_text(f"Kundene er nå én, med nummer {twins[1]}")).to_be_visible()
    merged = Customer.objects.get(pk=twins[1])
    assert (merged.first_name, merged.city) == ("Karin", "Oslo")
    expect(page.get_by_text("Gruppe 1 av 1")).to_be_visible()
    page.goto(f"/customers/{twins[0]}/")
    expect(page.get_by_text(f"Kunde {twins[0]} er slått sammen med {twins[1]}")).to_be_visible()
    page.get_by_role("button", name="Angre sammenslåingen").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Angre: sammenslåing")
    page.get_by_role("button", name="Bekreft: gjenopprette 1 og hente tilbake 1 kunde").click()
    expect(page.get_by_text("1 kundekort kom tilbake.")).to_be_visible()
    assert Customer.objects.get(pk=twins[0]).city == "Oslo"
    assert Customer.objects.get(pk=twins[1]).city == "Bergen"


def test_it_takes_only_some_of_a_group(at_work: Page, load: Callable[..., Import]) -> None:
    load(HEADER + "".join(line(n, email="k@example.com") for n in range(3)))
    at_work.goto("/customers/duplicates/")
    at_work.get_by_role("checkbox", name="Slå sammen denne").nth(0).uncheck()
    at_work.wait_for_url("**taken=*")
    expect(at_work.get_by_role("radio", name="Kari0")).to_be_disabled()
    expect(at_work.get_by_role("radio", name="Kari1")).to_be_checked()
    first_name = at_work.locator("[data-result=first_name]")
    expect(first_name).to_have_text("Kari1")
    at_work.locator("[name=value-first_name][value]").last.check()
    expect(first_name).to_have_text("Kari2")
    at_work.get_by_role("radio", name="Kari1").check()
    at_work.get_by_role("button", name="Slå sammen til én kunde").click()
    expect(at_work.get_by_text("Kundene er nå én")).to_be_visible()
    assert sorted(Customer.objects.values_list("first_name", flat=True)) == ["Kari0", "Kari1"]


def test_it_goes_on_past_people_who_are_not_the_same(at_work: Page, twins: list[int]) -> None:
    at_work.goto("/customers/duplicates/")
    at_work.get_by_role("button", name="Ikke samme person").click()
    expect(at_work.get_by_text("Gruppe 1 av 1")).to_be_visible()
    expect(at_work.get_by_role("link", name="Ola").first).to_be_visible()
    at_work.get_by_role("link", name="Navn og fødselsdato").click()
    expect(at_work.get_by_text("Ingen kunder har samme navn og fødselsdato")).to_be_visible()


def test_it_leads_through_a_large_list_and_says_afterwards_how_long_it_is(
    at_work: Page, load: Callable[..., Import], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(customer_pages, "SMALL", 10)
    load(HEADER + "".join(line(n) for n in range(120)))
    page = at_work
    page.goto("/customers/?order=name")
    foot = page.get_by_role("navigation", name="Sider").get_by_role("status")
    expect(foot).to_have_text("1–50 av 120 kunder")
    first = page.locator("#list tbody tr").first.inner_text()
    page.get_by_role("link", name="Neste").click()
    expect(foot).to_have_text("51–100 av 120 kunder")
    page.get_by_role("link", name="Neste").click()
    expect(foot).to_have_text("101–120 av 120 kunder")
    expect(page.get_by_role("link", name="Neste")).to_have_count(0)
    page.get_by_role("link", name="Forrige").click()
    page.get_by_role("link", name="Forrige").click()
    expect(foot).to_have_text("1–50 av 120 kunder")
    assert page.locator("#list tbody tr").first.inner_text() == first
    page.get_by_role("searchbox").first.fill("kari")
    expect(foot).to_contain_text("kunder")
