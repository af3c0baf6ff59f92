"""A file that was imported before, on the page of its preview: who, when, the way there, and the answer."""

from __future__ import annotations

from django.test import Client

from kundekort.store.models import Customer, Import
from tests.web.conftest import HEADER, latest, send

TEN = HEADER + "".join(f"0;Kari{n};Nordmann;kari{n}@example.com;2\n" for n in range(10))


def test_it_leads_to_the_earlier_import_and_asks_before_it_confirms(as_bob: Client) -> None:
    send(as_bob, TEN, name="<august>.csv")
    first = latest()
    as_bob.post(f"/imports/{first.pk}/confirm/", {"digest": first.digest})
    page = send(as_bob, TEN + "0;Ola;Ås;ola@example.com;1\n", name="september.csv").content.decode()
    assert "De fleste av de 11 nye kundene ville bli opprettet en gang til" in page
    assert "importert av bob fra «&lt;august&gt;.csv», " in page
    assert f'<a class="kk-chip" href="/imports/{first.pk}/">' in page
    assert "Vis den importen" in page
    assert 'data-finding="file_again"' not in page, "no rows show it"
    assert 'aria-describedby="why"' in page
    again = latest()
    as_bob.post(f"/imports/{again.pk}/confirm/", {"digest": again.digest})
    assert (Customer.objects.count(), latest().state) == (10, Import.State.PREVIEW)

    path = f"/imports/{again.pk}/decisions/"
    answered = as_bob.post(path, {"action": "accept", "code": "file_again"}, follow=True).content.decode()
    assert 'aria-describedby="why"' not in answered
    assert "Opprett likevel" in answered, "as it stands among the decisions"
    as_bob.post(f"/imports/{again.pk}/confirm/", {"digest": latest().digest})
    assert Customer.objects.count() == 21


def test_it_shows_anew_what_somebody_else_has_created_meanwhile(as_bob: Client) -> None:
    send(as_bob, TEN)
    waiting = latest()
    send(as_bob, TEN)
    other = latest()
    as_bob.post(f"/imports/{other.pk}/confirm/", {"digest": other.digest})
    page = as_bob.post(f"/imports/{waiting.pk}/confirm/", {"digest": waiting.digest}, follow=True).content.decode()
    assert "De fleste av de 10 nye kundene ville bli opprettet en gang til" in page
    assert f'href="/imports/{other.pk}/"' in page
    assert Customer.objects.count() == 10
