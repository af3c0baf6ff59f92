"""Giving a person all there is about them, and forgetting them: the pages of an administrator."""

from __future__ import annotations

import io
import zipfile

import pytest
from django.test import Client

from kundekort.engine.schema import Kind
from kundekort.services import clearing, fields, inactivity, settings
from kundekort.services.accounts import Actor
from kundekort.services.fields import Definition
from kundekort.store.models import Anonymisation, Customer, Import, RetentionHold
from tests.web.conftest import HEADER, latest, send

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("nothing_kept")]


def test_a_card_is_given_out_as_a_file(as_alice: Client, three: list[int]) -> None:
    assert f"/customers/{three[0]}/disclose/" in as_alice.get(f"/customers/{three[0]}/").content.decode()
    answer = as_alice.post(f"/customers/{three[0]}/disclose/")
    assert answer["Content-Type"] == "application/zip"
    assert f'filename="kunde-{three[0]}-' in answer["Content-Disposition"]
    with zipfile.ZipFile(io.BytesIO(answer.content)) as package:
        assert b"kari@example.com" in package.read(f"kunde-{three[0]}/kort.csv")


def test_anonymising_wants_the_number_and_says_what_goes(as_alice: Client, three: list[int]) -> None:
    send(as_alice, HEADER + f"{three[0]};Kari;Moe;;2\n")
    waiting, place = latest(), f"/customers/{three[0]}/anonymise/"
    words = as_alice.get(place).content.decode()
    assert "de lagrede filene til 2 importer" in words
    assert "1 import som venter på bekreftelse" in words
    wrong = as_alice.post(place, {"number": three[1]})
    assert "for å gå videre" in wrong.content.decode()
    assert Customer.objects.count() == 3
    done = as_alice.post(place, {"number": f" {three[0]} "}, follow=True)
    assert done.status_code == 200
    words = done.content.decode()
    assert f"Kunde {three[0]} er anonymisert" in words
    assert "Alice Ås" in words
    assert "Kari" not in words
    assert "Det som er igjen i databasens filer, blir fjernet nå." in words
    for number in clearing.pending():
        clearing.clear(number, patience=60)
    assert "Fjernet fra databasens filer også" in as_alice.get(f"/customers/{three[0]}/").content.decode()
    cancelled = as_alice.get(f"/imports/{waiting.pk}/").content.decode()
    assert "fordi noen i filen er anonymisert" in cancelled


def test_the_number_leads_to_that_from_every_page(as_alice: Client, three: list[int]) -> None:
    first = Import.objects.get()
    as_alice.post(f"/customers/{three[0]}/anonymise/", {"number": three[0]})
    for page in ("edit", "anonymise"):
        answer = as_alice.get(f"/customers/{three[0]}/{page}/")
        assert answer["Location"] == f"/customers/{three[0]}/"
    record = as_alice.get(f"/imports/{first.pk}/confirmed/")
    assert record.status_code == 200
    rows = as_alice.get(f"/imports/{first.pk}/rows/").content.decode()
    assert f"/customers/{three[0]}/" in rows
    assert "Kari" not in rows
    assert "anonymisert" in rows
    answer = send(as_alice, HEADER + f"{three[0]};Kari;Moe;;2\n")
    assert latest().totals.errors == 1
    assert "anonymisert" in answer.content.decode()


def test_only_administrators_see_it(as_bob: Client, three: list[int]) -> None:
    assert "anonymise" not in as_bob.get(f"/customers/{three[0]}/").content.decode()
    for place in (f"customers/{three[0]}/anonymise", f"customers/{three[0]}/disclose"):
        assert as_bob.post(f"/{place}/", {"number": three[0]}).status_code == 403
    for place in ("", "rule/", "hold/", "anonymise/"):
        act = as_bob.post if place else as_bob.get
        assert act(f"/settings/retention/{place}", {"hold": three[0]}).status_code == 403
    assert Customer.objects.count() == 3


def old(*ids: int) -> None:
    """Let cards have been changed last some years ago."""
    Customer.objects.filter(pk__in=ids).update(changed_at="2019-05-05T12:00Z")


def test_who_is_inactive_is_shown_kept_and_anonymised(as_alice: Client, three: list[int], alice: Actor) -> None:
    old(*three)
    words = as_alice.get("/settings/retention/").content.decode()
    assert "kari@example.com" not in words
    rule = {"retention_months": "36", "retention_consent": "1"}
    assert "Lagret." in as_alice.post("/settings/retention/rule/", rule, follow=True).content.decode()
    shown = as_alice.get("/settings/retention/").content.decode()
    assert "3 kunder ville bli anonymisert" in shown
    digest = inactivity.proposal(actor=alice).digest
    as_alice.post("/settings/retention/hold/", {"hold": three[1]})
    moved = as_alice.post("/settings/retention/anonymise/", {"digest": digest, "count": "3"}, follow=True)
    assert "Nå ville andre kunder blitt anonymisert" in moved.content.decode()
    digest = inactivity.proposal(actor=alice).digest
    wrong = as_alice.post("/settings/retention/anonymise/", {"digest": digest, "count": "3"}, follow=True)
    assert "Skriv hvor mange kunder" in wrong.content.decode()
    assert Customer.objects.count() == 3
    done = as_alice.post("/settings/retention/anonymise/", {"digest": digest, "count": "2"}, follow=True)
    assert "2 kunder anonymiseres." in done.content.decode()
    assert list(Customer.objects.values_list("pk", flat=True)) == [three[1]]
    assert Anonymisation.objects.get().by_rule
    as_alice.post("/settings/retention/hold/", {"release": three[1]})
    assert not RetentionHold.objects.exists()


def test_consents_and_an_own_date_keep_people(three: list[int], alice: Actor) -> None:
    made = fields.create(Definition(header="Siste kjøp", kind=Kind.DATE), actor=alice)
    old(*three)
    Customer.objects.filter(pk=three[0]).update(email_consent=True)
    Customer.objects.filter(pk=three[1]).update(custom={made.key: "2026-05-05"})
    settings.change(actor=alice, retention_months=36, retention_field=made.key)
    assert [card["id"] for card, _ in inactivity.proposal(actor=alice).rows] == [three[2]]
    settings.change(actor=alice, retention_consent=False)
    assert {card["id"] for card, _ in inactivity.proposal(actor=alice).rows} == {three[0], three[2]}
    settings.change(actor=alice, retention_field="")
    assert inactivity.proposal(actor=alice).total == 3
