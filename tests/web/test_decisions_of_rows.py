"""The decisions about cells, rows and findings as a browser sends them, and as the preview tells them."""

from __future__ import annotations

from django.test import Client

from kundekort.services import confirming
from kundekort.services.accounts import Actor
from kundekort.store.models import Customer
from tests.web.conftest import latest, send


def decide(client: Client, **said: object) -> str:
    path = f"/imports/{latest().pk}/decisions/"
    return client.post(path, said, headers={"referer": "http://testserver/?box=errors"}, follow=True).content.decode()


def test_it_mends_cells_and_takes_one_decision_back(as_bob: Client) -> None:
    send(as_bob, "CustomerID;LastName;Gender\n0;Ås;Herre?\n0;Berg;Herre?\n0;Dal;Fru!\n")
    page = decide(as_bob, action="set", field="gender", value="1", text="Herre?")
    assert "«Mann» der det står «Herre?» i filen" in page
    assert 'name="withdraw" value="1"' in page
    assert latest().totals.errors == 1
    assert "Fru!" not in decide(as_bob, action="set", field="gender", value="mange", rows="2")
    assert latest().totals.errors == 1
    assert "linje 4" in decide(as_bob, action="set", field="gender", value="2", rows="2")
    assert latest().totals.errors == 0
    decide(as_bob, withdraw=1)
    assert latest().totals.errors == 2


def test_it_refuses_what_no_page_sends_and_keeps_the_filters(as_bob: Client) -> None:
    send(as_bob, "CustomerID;LastName;Gender\n0;Ås;1\n")
    path = f"/imports/{latest().pk}/decisions/"
    wrong = [{"action": "guess"}, {"action": "set", "rows": "x"}, {"action": "mend", "value": "f"}, {}]
    assert {as_bob.post(path, said).status_code for said in wrong} == {400}
    answer = as_bob.post(path, {"action": "leave_out", "rows": "0"}, headers={"referer": "http://testserver/?box=all"})
    assert answer["Location"] == f"/imports/{latest().pk}/?box=all"


def test_it_asks_about_consent_before_it_confirms(as_bob: Client, bob: Actor) -> None:
    head = "CustomerID;LastName;Gender;Samtykke e-post\n"
    send(as_bob, head + "0;Ås;1;1\n0;Berg;1;1\n")
    confirming.confirm(latest().pk, digest=latest().digest, actor=bob)
    ids = list(Customer.objects.order_by("pk").values_list("pk", flat=True))
    send(as_bob, head + "".join(f"{pk};Navn;1;0\n" for pk in ids))
    confirming.confirm(latest().pk, digest=latest().digest, actor=bob)
    send(as_bob, head + "".join(f"{pk};Nytt;1;1\n" for pk in ids))
    page = as_bob.get(f"/imports/{latest().pk}/").content.decode()
    assert 'data-finding="consent_given"' in page
    assert 'aria-describedby="why"' in page
    key = "email_consent"
    page = decide(as_bob, action="keep", code="consent_given", field=key)
    assert 'aria-describedby="why"' not in page
    confirming.confirm(latest().pk, digest=latest().digest, actor=bob)
    assert set(Customer.objects.values_list("last_name", key)) == {("Nytt", False)}
