from __future__ import annotations

from collections.abc import Callable

import pytest
from django.test import Client

from kundekort.bulk import customer_pages
from kundekort.services.accounts import Actor
from kundekort.store.models import Customer, Import
from tests.taking_back import take_back
from tests.web.conftest import HEADER


def test_it_says_how_to_begin_when_there_are_no_customers(as_bob: Client) -> None:
    assert "Det er ingen kunder ennå" in as_bob.get("/customers/").content.decode()


def test_it_finds_customers_by_a_part_of_their_name(as_bob: Client, three: list[int]) -> None:
    page = as_bob.get("/customers/", {"q": "nordm"}).content.decode()
    assert "kari@example.com" in page
    assert "ase@example.com" not in page


def test_it_sends_only_the_table_to_htmx(as_bob: Client, three: list[int]) -> None:
    part = as_bob.get("/customers/", {"q": "Ås"}, headers={"HX-Request": "true"}).content.decode()
    assert "ase@example.com" in part
    assert "<html" not in part


def test_it_says_so_when_nobody_is_found(as_bob: Client, three: list[int]) -> None:
    assert "«&lt;b&gt;»" in as_bob.get("/customers/", {"q": "<b>"}).content.decode()


def test_it_pages_and_keeps_the_search(as_bob: Client, load: Callable[..., Import]) -> None:
    load(HEADER + "".join(f"0;Kunde;Nr{n:03};k{n}@example.com;1\n" for n in range(120)))
    page = as_bob.get("/customers/", {"q": "kunde", "order": "name", "page": "2"}).content.decode()
    assert "51–100 av 120 kunder" in page
    assert "k50@example.com" in page
    assert "q=kunde&amp;order=name&amp;down=0&amp;page=3" in page


def test_it_pages_through_a_large_register_and_counts_it_afterwards(
    as_bob: Client, load: Callable[..., Import], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(customer_pages, "SMALL", 10)
    load(HEADER + "".join(f"0;Kunde;Nr{n:03};k{n:03}@example.com;1\n" for n in range(170)))
    shown, address = [], "?q=kunde&order=email&down=1"
    for _ in range(4):
        page = as_bob.get(f"/customers/{address}").context
        shown.append([row["email"] for row, _ in page["lines"]])
        address = page["next"] or address
    assert [email for rows in shown for email in rows] == [f"k{n:03}@example.com" for n in range(169, -1, -1)]
    for number in (2, 1, 0):
        page = as_bob.get(f"/customers/{page['previous']}").context
        assert [row["email"] for row, _ in page["lines"]] == shown[number]
        assert (page["first"], bool(page["next"])) == (number * 50 + 1, True)
    assert page["previous"] == ""
    text = as_bob.get("/customers/?q=kunde").content.decode()
    assert "1–50 <span" in " ".join(text.split())
    counting = as_bob.get("/customers/?q=kunde").context["counting"]
    assert as_bob.get(f"/customers/count/{counting}").content.decode().strip() == "av 170 kunder"
    assert "151–170 av 170 kunder" in as_bob.get("/customers/?q=kunde&page=4").content.decode()


def test_it_orders_by_a_header_either_way(as_bob: Client, three: list[int]) -> None:
    up = as_bob.get("/customers/", {"order": "email", "down": "0"}).content.decode()
    down = as_bob.get("/customers/", {"order": "email", "down": "1"}).content.decode()
    assert up.index("ase@") < up.index("ola@")
    assert down.index("ola@") < down.index("ase@")
    assert 'aria-sort="descending"' in down


def test_it_shows_a_card_with_its_history(as_bob: Client, three: list[int], load: Callable[..., Import]) -> None:
    load(HEADER + f"{three[0]};Kari;Hansen;kari@example.com;2\n", filename="giftermaal.csv")
    page = as_bob.get(f"/customers/{three[0]}/").content.decode()
    assert "Kari Hansen" in page
    assert "Kvinne" in page
    assert "<del>Nordmann</del>→<ins>Hansen</ins>" in "".join(page.split())
    assert "giftermaal.csv" in page
    assert "Kunden ble opprettet" in page


def test_it_writes_customer_numbers_without_separators(as_bob: Client, load: Callable[..., Import]) -> None:
    from kundekort.store.models import Customer

    Customer.objects.create(pk=1_234_567, first_name="Kari", gender=2)
    assert ">1234567<" in as_bob.get("/customers/").content.decode()


def test_it_has_no_card_for_an_unknown_number(as_bob: Client) -> None:
    answer = as_bob.get("/customers/999/")
    assert answer.status_code == 404
    assert "Her er det ingenting" in answer.content.decode()
    assert as_bob.get(f"/customers/{2**70}/").status_code == 404


def test_it_shows_nothing_to_somebody_without_a_role(as_charlie: Client, three: list[int]) -> None:
    assert as_charlie.get("/customers/").status_code == 403
    assert as_charlie.get(f"/customers/{three[0]}/").status_code == 403


def test_it_calls_a_country_by_name(as_bob: Client, load: Callable[..., Import]) -> None:
    from kundekort.store.models import Customer

    load("CustomerID;LastName;Country;Gender\n0;Svensson;SE;1\n")
    assert "<dd>Sverige" in as_bob.get(f"/customers/{Customer.objects.get().pk}/").content.decode()


def test_it_leads_from_a_removed_number_to_what_removed_it(
    as_bob: Client, bob: Actor, load: Callable[..., Import]
) -> None:
    imp = load("CustomerID;FirstName;Gender\n0;Kari;2\n")
    number = Customer.objects.get().pk
    undone = take_back(imp.revision, actor=bob)
    answer = as_bob.get(f"/customers/{number}/", follow=True)
    assert answer.redirect_chain == [(f"/imports/{undone.pk}/confirmed/?row={number}", 302)]
    assert f"Kunde {number} ble fjernet" in answer.content.decode()
    take_back(undone.revision, actor=bob)
    page = as_bob.get(f"/customers/{number}/").content.decode()
    assert "Kortet kom tilbake" in page
    assert "Kortet ble fjernet" in page


def test_it_filters_by_what_each_field_can_be_asked_and_searches_besides(
    as_alice: Client, load: Callable[..., Import]
) -> None:
    load(
        "CustomerID;FirstName;City;Country;Mobile;Gender;DateOfBirth;EmailConsent;Tags\n"
        "0;Kari;Bergen;NO;91234567;2;1990-05-17;1;VIP|Venn\n"
        "0;Ola;Nordbergen;SE;;1;1980-01-01;0;Venn\n"
        "0;Åse;Oslo;NO;41234567;2;;;\n"
    )

    def found(**asked: str) -> list[str]:
        page = as_alice.get("/customers/", {key.replace("_", "-", 1): value for key, value in asked.items()})
        return [row["first_name"] for row, _lead in page.context["lines"]]

    assert found(f_city="berg") == ["Kari", "Ola"]
    assert found(f_city="berg", f_country="NO") == ["Kari"]
    assert found(f_tags="Venn", q="ola") == ["Ola"]
    assert found(f_email_consent="-") == ["Åse"]
    assert found(f_mobile="+") == ["Kari", "Åse"]
    assert found(f_date_of_birth="1980-01-01", u_date_of_birth="1985-12-31") == ["Ola"]
    assert found(f_date_of_birth="1985-01-01") == ["Kari"]
    assert found(f_changed_at="2020-01-01") == ["Kari", "Ola", "Åse"]
    assert found(u_changed_at="2020-01-01", f_changed_at="") == []
    answer = as_alice.get("/customers/", {"f-date_of_birth": "rubbish", "f-city": "osl", "f-nonsense": "x"})
    assert "«rubbish» kan ikke stå i Fødselsdato" in answer.content.decode()
    assert [row["first_name"] for row, _lead in answer.context["lines"]] == ["Åse"]


def test_it_takes_filtered_customers_along_to_a_list_and_to_a_segment(as_bob: Client, three: list[int]) -> None:
    page = as_bob.get("/customers/", {"f-last_name": "nordmann", "q": "kari"})
    address = page.context["taking"]
    assert "1 kunde, med alle felt" in as_bob.get(f"/exports/new/{address}").content.decode()
    answer = as_bob.post(f"/exports/new/{address}", {"form": "csv"}, follow=True)
    lines = b"".join(as_bob.get(f"/exports/{answer.context['export'].pk}/file/")).decode("utf-8-sig").splitlines()
    assert [line.split(";")[1] for line in lines[1:]] == ["Kari"]
    assert '"contains"' in as_bob.get(f"/segments/new/?{page.context['segment']}").context["condition"]
    assert as_bob.get("/exports/new/?rules=x").status_code == 400
    assert as_bob.get("/segments/new/?rules=x").status_code == 400


def test_it_shows_the_columns_that_a_person_has_chosen(as_bob: Client, three: list[int]) -> None:
    answer = as_bob.post("/customers/columns/", {"column": ["gender", "email", "nonsense"], "here": "?q=kari"})
    assert answer.url == "/customers/?q=kari"
    page = as_bob.get("/customers/").content.decode()
    assert [c in page for c in (">Kvinne</td>", ">kari@example.com</a>", ">Nordmann<")] == [True, True, False]
    as_bob.post("/customers/columns/", {"here": ""})
    assert 'aria-label="Kari Nordmann">Nordmann</a>' in as_bob.get("/customers/").content.decode()
