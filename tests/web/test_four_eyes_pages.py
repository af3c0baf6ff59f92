"""What two persons have to agree on, as the pages show it to each of them."""

from __future__ import annotations

from html import unescape

import pytest
from django.test import Client

from kundekort.services import settings
from kundekort.services.accounts import Actor
from kundekort.store.models import Customer, Import
from tests.web.conftest import HEADER, latest, send

CHOICES = {"four_eyes": "1", "four_eyes_cards": "0", "four_eyes_emptied": "5"}


def text(client: Client, address: str) -> str:
    return " ".join(unescape(client.get(address).content.decode()).split())


@pytest.fixture
def waiting(as_bob: Client, alice: Actor) -> Import:
    settings.change(actor=alice, four_eyes=True, four_eyes_cards=0)
    send(as_bob, HEADER + "0;Kari;Nordmann;;2\n")
    return latest()


def test_it_tells_whose_it_is_why_and_offers_no_button(waiting: Import, as_bob: Client) -> None:
    told = text(as_bob, f"/imports/{waiting.pk}/")
    assert "En annen må bekrefte dette." in told
    assert "den rører 1 kunde, og én person alene kan røre høyst 0" in told
    assert f'action="/imports/{waiting.pk}/confirm/"' not in told
    answer = as_bob.post(f"/imports/{waiting.pk}/confirm/", {"digest": waiting.digest}, follow=True)
    assert "En annen må bekrefte dette på nettstedet: den rører 1 kunde" in unescape(answer.content.decode())
    assert not Customer.objects.exists()
    assert "Venter på en annen person" in text(as_bob, "/imports/list/")


def test_it_lets_a_colleague_confirm(waiting: Import, alice: Actor) -> None:
    other = Client()
    assert alice.user
    other.force_login(alice.user)
    told = text(other, f"/imports/{waiting.pk}/")
    assert "Dette krever to personer, og du kan være den andre." in told
    assert "Den kommer fra bob." in told
    other.post(f"/imports/{waiting.pk}/confirm/", {"digest": waiting.digest})
    assert Customer.objects.count() == 1
    told = text(other, f"/imports/{waiting.pk}/")
    assert "Lastet opp av bob" in told
    assert "bekreftet av Alice Ås" in told


def test_it_is_chosen_by_administrators(as_alice: Client, bob: Actor) -> None:
    assert "Bare én bruker" not in text(as_alice, "/settings/confirmation/")
    as_alice.post("/settings/confirmation/", CHOICES)
    chosen = settings.current()
    assert (chosen.four_eyes, chosen.four_eyes_cards, chosen.four_eyes_emptied) == (True, 0, 5)
    assert not chosen.four_eyes_consents
    for wrong in ({"four_eyes_cards": "-1"}, {"four_eyes_emptied": "mange"}, {"four_eyes_cards": ""}):
        answer = as_alice.post("/settings/confirmation/", CHOICES | wrong)
        assert "Rett det som er merket" in answer.content.decode()
    as_alice.post("/settings/confirmation/", CHOICES | {"four_eyes": ""})
    assert not settings.current().four_eyes


def test_it_warns_who_is_alone(as_alice: Client) -> None:
    assert "Bare én bruker kan importere" in text(as_alice, "/settings/confirmation/")


def test_it_is_not_chosen_by_importers(as_bob: Client) -> None:
    assert as_bob.get("/settings/confirmation/").status_code == 403
    assert as_bob.post("/settings/confirmation/", CHOICES).status_code == 403
    assert not settings.current().four_eyes
