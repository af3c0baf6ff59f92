"""The decisions about cells, rows and findings as a browser sends them, and as the preview tells them."""

from __future__ import annotations

from django.test import Client

from kundekort.services import confirming
from kundekort.services.accounts import Actor
from kundekort.store.models import Customer
from tests.web.conftest import HEADER, latest, send


def decide(client: Client, **said: object) -> str:
    path = f"/imports/{latest().pk}/decisions/"
    return client.post(path, said, headers={"referer": "http://testserver/?box=errors"}, follow=True).content.decode()


def test_it_mends_cells_and_takes_one_decision_back(as_bob: Client) -> None:
    send(as_bob, "CustomerID;LastName;Gender\n0;Ås;Herre?\n0;Berg;Herre?\n0;Dal;Fru!\n")
    page = decide(as_bob, action="set", field="gender", value="1", text="Herre?")
    assert "«Mann» der det står «Herre?» i filen (2 rader)" in page
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
    refused = {"action": "set", "field": "gender", "value": "mange", "rows": "0"}
    for said in (refused, {"action": "leave_out", "rows": "0"}):
        answer = as_bob.post(path, said, headers={"referer": "http://testserver/?box=all"})
        assert answer["Location"] == f"/imports/{latest().pk}/?box=all"
    assert "mange" in as_bob.get(answer["Location"]).content.decode()


def test_it_lists_whose_value_was_chosen_and_takes_it_back(as_bob: Client, bob: Actor) -> None:
    head = "CustomerID;LastName;FirstName;Gender\n"
    send(as_bob, head + "0;Ås;Kari;2\n")
    confirming.confirm(latest().pk, digest=latest().digest, actor=bob)
    number = Customer.objects.get().pk
    send(as_bob, head + f"{number};Aas;Karin;2\n")
    slow = latest()
    send(as_bob, head + f"{number};Oos;Karen;2\n")
    confirming.confirm(latest().pk, digest=latest().digest, actor=bob)
    as_bob.post(f"/imports/{slow.pk}/confirm/", {"digest": slow.digest})
    path = f"/imports/{slow.pk}/conflicts/"
    as_bob.post(path, {"whose": "theirs"})
    page = as_bob.post(path, {"whose": "mine", "field": "last_name", "card": number}, follow=True).content.decode()
    slow.refresh_from_db()
    assert slow.totals.conflicts == 0
    assert f"Verdien i listen brukes der andre også har endret den: LastName, kunde {number}" in page
    assert "Verdien i registeret beholdes der andre også har endret den</span>" in page
    undo = {"undo": "1", "whose": "mine", "field": "last_name", "card": number}
    page = as_bob.post(path, undo, follow=True).content.decode()
    slow.refresh_from_db()
    assert (slow.totals.conflicts, len(slow.decisions.choices)) == (0, 1)
    assert f"LastName, kunde {number}" not in page
    as_bob.post(path, {"undo": "1", "whose": "theirs"})
    slow.refresh_from_db()
    assert slow.totals.conflicts == 1


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


def test_numbers_that_no_card_has_become_new_customers_whatever_version_they_have(as_bob: Client) -> None:
    head = HEADER.replace("\n", ";Version\n")
    send(as_bob, head + "99999;Ny;Kunde;ny@example.com;1;3\n88888;Ny;Annen;annen@example.com;1;\n")
    path = f"/imports/{latest().pk}/decisions/"
    as_bob.post(path, {"action": "set", "field": "id", "value": "0", "code": "id_unknown"})
    totals = latest().totals
    assert totals is not None
    assert (totals.new, totals.errors) == (2, 0)
