"""Every page speaks the language that was chosen: its words, its dates and its numbers, its countries and languages."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.test import Client
from django.utils import timezone

from kundekort.languages import NAMES
from kundekort.store.models import Customer, Import


@pytest.fixture
def card(load: Callable[..., Import]) -> str:
    """The address of a customer who lives in Norway and reads Norwegian."""
    load("CustomerID;FirstName;Country;Language;Gender\n0;Åse;NO;nb;2\n")
    return f"/customers/{Customer.objects.get().pk}/"


def test_it_names_them_in_norwegian(as_bob: Client, card: str) -> None:
    page = as_bob.get(card).content.decode()
    assert "<dd>Norge" in page
    assert "Norsk bokmål" in page


def test_it_names_them_in_english(as_bob: Client, card: str) -> None:
    as_bob.post("/language/", {"language": "en"})
    page = as_bob.get(card).content.decode()
    assert "<dd>Norway" in page
    assert "Norwegian Bokmål" in page


@pytest.mark.parametrize("address", ["/customers/new/", "/segments/new/"])
def test_it_offers_them_in_the_language_of_the_page(as_bob: Client, address: str) -> None:
    norwegian = as_bob.get(address).content.decode()
    as_bob.post("/language/", {"language": "en"})
    english = as_bob.get(address).content.decode()
    for code, in_norwegian, in_english in [("DE", "Tyskland", "Germany"), ("sv", "Svensk", "Swedish")]:
        assert f'<option value="{code}">{in_norwegian}</option>' in norwegian
        assert f'<option value="{code}">{in_english}</option>' in english


@pytest.mark.parametrize(
    ("language", "pages"),
    [
        (
            "nb",
            {
                "imports": "Siste importer",
                "customers": "Kundeliste",
                "segments": "Segmentering",
                "exports": "Eksporterte",
            },
        ),
        (
            "en",
            {
                "imports": "Recent imports",
                "customers": "Customer list",
                "segments": "Segmentation",
                "exports": "Exported",
            },
        ),
        (
            "sv",
            {
                "imports": "Senaste importer",
                "customers": "Kundlista",
                "segments": "Segmentering",
                "exports": "Exporterade",
            },
        ),
        (
            "da",
            {
                "imports": "Seneste importer",
                "customers": "Kundeliste",
                "segments": "Segmentering",
                "exports": "Eksporterede",
            },
        ),
    ],
)
def test_it_speaks_the_chosen_language_on_its_pages(as_alice: Client, language: str, pages: dict[str, str]) -> None:
    as_alice.post("/language/", {"language": language})
    for page, words in pages.items():
        answer = as_alice.get(f"/{page}/").content.decode()
        assert f'<html lang="{language}"' in answer
        assert words in answer


@pytest.mark.parametrize(
    ("language", "number", "day"),
    [("nb", "1\xa0200", "%d.%m.%Y"), ("en", "1,200", ""), ("sv", "1\xa0200", "%Y-%m-%d"), ("da", "1.200", "%d.%m.%Y")],
)
def test_it_writes_numbers_and_days_as_the_language_does(
    as_alice: Client, load: Callable[..., Import], language: str, number: str, day: str
) -> None:
    imp = load("CustomerID;FirstName;Gender;DateOfBirth\n" + "0;Åse;2;1984-05-17\n" * 1200)
    as_alice.post("/language/", {"language": language})
    today = timezone.localtime(imp.created_at)
    assert number in as_alice.get("/customers/").content.decode()
    shown = today.strftime(day) if day else f"{today.day} {today:%b %Y}"
    assert shown in as_alice.get("/imports/list/").content.decode()
    born = {"nb": "17.05.1984", "en": "17 May 1984", "sv": "1984-05-17", "da": "17.05.1984"}[language]
    assert born in as_alice.get(f"/customers/{Customer.objects.latest('pk').pk}/").content.decode()


@pytest.mark.parametrize("language", NAMES)
def test_it_says_that_it_succeeded_in_the_words_everybody_waits_for(
    as_alice: Client, load: Callable[..., Import], language: str
) -> None:
    imp = load("CustomerID;FirstName;Gender\n0;Åse;2\n")
    as_alice.post("/language/", {"language": language})
    assert ">Customer successfully imported!</h2>" in as_alice.get(f"/imports/{imp.pk}/").content.decode()


@pytest.mark.parametrize(("language", "name"), [("nb", "mal"), ("en", "template"), ("sv", "mall"), ("da", "skabelon")])
def test_it_gives_a_template_in_the_language_of_the_page(as_alice: Client, language: str, name: str) -> None:
    as_alice.post("/language/", {"language": language})
    assert f"kundekort-{name}.xlsx" in as_alice.get("/imports/template.xlsx")["Content-Disposition"]
