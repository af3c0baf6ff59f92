"""Countries and languages are called what the language of the page calls them."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.test import Client

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
