from __future__ import annotations

from django.test import Client

from kundekort.services import confirming
from kundekort.services.accounts import Actor
from kundekort.store.models import Customer, Import
from tests.web.conftest import HEADER, latest, send

MIXED = HEADER + "0;Ny;Kunde;ny@example.com;1\n0;Feil;Kjønn;;7\n"


def confirm(client: Client, digest: str | None = None) -> str:
    imp = latest()
    path = f"/imports/{imp.pk}/confirm/"
    return client.post(path, {"digest": imp.digest if digest is None else digest}, follow=True).content.decode()


def test_it_imports_what_was_shown_and_says_so(as_bob: Client) -> None:
    send(as_bob, HEADER + "0;Kari;Nordmann;kari@example.com;2\n")
    page = confirm(as_bob)
    assert "Customer successfully imported!" in page
    assert "1 kunde ble opprettet" in page
    assert Customer.objects.get().last_name == "Nordmann"


def test_it_says_the_same_words_in_english(as_bob: Client) -> None:
    as_bob.post("/language/", {"language": "en"})
    send(as_bob, HEADER + "0;Kari;Nordmann;kari@example.com;2\n")
    assert "Customer successfully imported!" in confirm(as_bob)


def test_it_does_not_confirm_while_errors_are_undecided(as_bob: Client) -> None:
    send(as_bob, MIXED)
    page = confirm(as_bob)
    assert 'role="alert"' in page
    assert latest().state == Import.State.PREVIEW
    assert not Customer.objects.exists()


def test_it_leaves_errors_out_and_takes_them_back(as_bob: Client) -> None:
    send(as_bob, MIXED)
    path = f"/imports/{latest().pk}/errors/"
    assert "1 rad blir ikke importert" in as_bob.post(path, {"leave_out": "1"}, follow=True).content.decode()
    assert "Utelat 1 rad med feil" in as_bob.post(path, {"leave_out": "0"}, follow=True).content.decode()
    as_bob.post(path, {"leave_out": "1"})
    done = confirm(as_bob)
    assert "1 rad ble utelatt" in done
    assert "<li>Rader med feil er utelatt</li>" in done
    assert Customer.objects.count() == 1


def test_it_offers_to_take_back_in_only_what_that_button_takes_back(as_bob: Client) -> None:
    send(as_bob, MIXED + "0;Ola;Dahl;ola@example.com;1\n")
    path, button = f"/imports/{latest().pk}", "Ta med rader med feil igjen"
    page = as_bob.post(f"{path}/decisions/", {"action": "leave_out", "rows": "0"}, follow=True).content.decode()
    assert "1 rad blir ikke importert" in page
    assert button not in page
    assert button in as_bob.post(f"{path}/errors/", {"leave_out": "1"}, follow=True).content.decode()


def test_it_says_what_became_of_consents(as_bob: Client) -> None:
    send(as_bob, "CustomerID;FirstName;LastName;Gender;EmailConsent\n0;Kari;Nordmann;2;1\n0;Ola;Nordmann;1;0\n")
    assert "samtykke" not in confirm(as_bob), "new customers change none"
    numbers = list(Customer.objects.order_by("id").values_list("id", flat=True))
    send(as_bob, f"CustomerID;EmailConsent\n{numbers[0]};0\n{numbers[1]};1\n")
    assert "2 samtykker ble endret" in confirm(as_bob)


def test_it_does_nothing_on_a_second_confirm(as_bob: Client) -> None:
    send(as_bob, HEADER + "0;Kari;Nordmann;kari@example.com;2\n")
    confirm(as_bob)
    page = confirm(as_bob)
    assert "Customer successfully imported!" in page
    assert Customer.objects.count() == 1


def test_it_refuses_a_plan_other_than_the_one_shown(as_bob: Client) -> None:
    send(as_bob, HEADER + "0;Kari;Nordmann;kari@example.com;2\n")
    confirm(as_bob, digest="0" * 64)
    assert latest().state == Import.State.PREVIEW
    assert not Customer.objects.exists()


def test_it_shows_a_new_preview_when_the_register_has_moved(as_bob: Client, bob: Actor, three: list[int]) -> None:
    send(as_bob, HEADER + f"{three[0]};Karin;Nordmann;kari@example.com;2\n")
    slow = latest()
    send(as_bob, HEADER + f"{three[0]};Karen;Nordmann;kari@example.com;2\n")
    confirming.confirm(latest().pk, digest=latest().digest, actor=bob)
    answer = as_bob.post(f"/imports/{slow.pk}/confirm/", {"digest": slow.digest}, follow=True)
    page = answer.content.decode()
    assert 'role="alert"' in page
    assert "1 rad har verdier som andre også har endret." in page
    assert Customer.objects.get(pk=three[0]).first_name == "Karen"
    row = as_bob.get(f"/imports/{slow.pk}/rows/?box=conflicts").json()["rows"][0]
    (conflict,) = row["conflicts"]
    assert (conflict["mine"], conflict["theirs"], conflict["base"], conflict["whose"]) == (
        "Karin",
        "Karen",
        "Kari",
        None,
    )
    assert conflict["by"].startswith("bob endret dette også")
    page = as_bob.post(f"/imports/{slow.pk}/confirm/", {"digest": latest_of(slow).digest}, follow=True)
    assert "Velg hvem sin verdi som skal stå" in page.content.decode()

    def choose(**choice: str | int) -> int:
        return as_bob.post(f"/imports/{slow.pk}/conflicts/", choice).status_code

    assert choose(whose="nobody") == choose(whose="mine", field="no field") == choose(whose="mine", card="x") == 400
    assert choose(whose="mine", field="first_name", card=three[0]) == 302
    confirming.confirm(slow.pk, digest=latest_of(slow).digest, actor=bob)
    assert Customer.objects.get(pk=three[0]).first_name == "Karin"


def latest_of(imp: Import) -> Import:
    return Import.objects.get(pk=imp.pk)


def test_it_forgets_a_cancelled_import(as_bob: Client) -> None:
    send(as_bob, HEADER + "0;Kari;Nordmann;kari@example.com;2\n")
    page = as_bob.post(f"/imports/{latest().pk}/cancel/", follow=True).content.decode()
    assert "annullert" in page
    assert "customers.csv" in as_bob.get("/imports/").content.decode()
    assert not Customer.objects.exists()


def test_it_does_not_cancel_what_is_done(as_bob: Client) -> None:
    send(as_bob, HEADER + "0;Kari;Nordmann;kari@example.com;2\n")
    confirm(as_bob)
    page = as_bob.post(f"/imports/{latest().pk}/cancel/", follow=True).content.decode()
    assert 'role="alert"' in page
    assert "Customer successfully imported!" in page


def test_it_takes_decisions_only_by_post(as_bob: Client) -> None:
    send(as_bob, HEADER + "0;Kari;Nordmann;kari@example.com;2\n")
    for action in ("confirm", "cancel", "errors", "conflicts", "dialect", "empty-cells"):
        page = as_bob.get(f"/imports/{latest().pk}/{action}/", follow=True)
        assert page.redirect_chain == [(f"/imports/{latest().pk}/", 302)]
        assert "Ingenting er gjort" in page.content.decode()
    assert latest().state == Import.State.PREVIEW
    assert as_bob.head(f"/imports/{latest().pk}/confirm/").status_code == 405


def test_it_leads_back_to_the_import_after_a_new_login(as_bob: Client, bob: Actor) -> None:
    send(as_bob, HEADER + "0;Kari;Nordmann;kari@example.com;2\n")
    path = f"/imports/{latest().pk}/"
    as_bob.post("/logout/")
    asked = as_bob.post(f"{path}confirm/", {"digest": latest().digest})
    login = {"username": "bob", "password": "theatre-doors", "next": asked["Location"].partition("next=")[2]}
    page = as_bob.post("/login/", login, follow=True)
    assert page.redirect_chain[-1][0] == path
    assert "Bekreft: opprette 1 kunde" in page.content.decode()


def test_it_shows_the_step_that_is_under_way(as_bob: Client) -> None:
    send(as_bob, HEADER + "0;Kari;Nordmann;kari@example.com;2\n")
    Import.objects.update(state=Import.State.CONFIRMING)
    page = as_bob.get(f"/imports/{latest().pk}/").content.decode()
    assert '<li aria-current="step">4 Importeres</li>' in page
    Import.objects.update(state=Import.State.PREVIEW)
    assert '<li aria-current="step">4 Ferdig</li>' in confirm(as_bob)
