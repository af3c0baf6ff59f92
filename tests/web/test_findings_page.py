"""What guards have found on the page of the preview: names, examples side by side, and answers to rows and to all."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from django.test import Client

from kundekort.services import settings
from kundekort.store.models import Customer, Import
from tests.web.conftest import latest, send

Load = Callable[..., Import]
HEAD = "CustomerID;FirstName;LastName;Email;Mobile;Gender;InternalNote\n"
KARI = "Kari;Nordmann;kari@example.com;+4791000001;2"
OLA = "Ola;Nygård;ola@example.com;+4791000002;1"


@pytest.fixture
def two(load: Load) -> tuple[int, int]:
    """Two customers; their numbers."""
    load(HEAD + f"0;{KARI};Foran\n0;{OLA};Bak\n")
    kari, ola = Customer.objects.order_by("pk").values_list("pk", flat=True)
    return kari, ola


def page_of(client: Client) -> str:
    return client.get(f"/imports/{latest().pk}/").content.decode()


def examples(client: Client, code: str, field: str = "") -> str:
    """The text of the examples of a finding, without tags."""
    answer = client.get(f"/imports/{latest().pk}/examples/", {"code": code, "field": field})
    assert answer.status_code == 200
    return " ".join(re.sub("<[^>]+>", " ", answer.content.decode()).split())


def decide(client: Client, **said: object) -> str:
    return client.post(f"/imports/{latest().pk}/decisions/", said, follow=True).content.decode()


def test_it_shows_a_row_beside_its_card_and_the_other_and_answers_for_it_alone(
    as_bob: Client, two: tuple[int, int], load: Load
) -> None:
    kari, ola = two
    load(HEAD + "0;Per;Sæther;per@example.com;;1;\n")
    per = Customer.objects.latest("pk").pk
    send(as_bob, HEAD + f"{ola};{KARI};Foran\n{per};{OLA};Bak\n")
    shown = examples(as_bob, "other_card")
    assert f"{ola} Ola Nygård ola@example.com" in shown
    assert f"{kari} Kari Nordmann det samme kari@example.com det samme +47 910 00 001 det samme" in shown
    page = decide(as_bob, action="match", code="other_card", rows="0")
    assert "En annen enn på kortet – Bruk det kortet på linje 2" in page
    (found,) = latest().facts.findings
    assert (found.count, found.open) == (2, 1)
    assert "1 av dem er besvart." in page
    rows = as_bob.get(f"/imports/{latest().pk}/rows/").json()["rows"]
    assert [row["evidence"][0]["answer"] for row in rows] == ["match", None]
    assert rows[1]["evidence"][0]["card"] == {"id": ola, "url": f"/customers/{ola}/", "name": "Ola Nygård"}


def test_it_shows_what_the_file_and_the_card_say_with_the_letters_that_differ(
    as_bob: Client, two: tuple[int, int]
) -> None:
    send(as_bob, HEAD + f"{two[1]};Ola;NygÃ¥rd;ola@example.com;+4791000002;1;#####\n")
    answer = as_bob.get(f"/imports/{latest().pk}/examples/", {"code": "mojibake", "field": "last_name"})
    assert '<mark class="kk-differs">' in answer.content.decode()
    assert "##### Bak Behold den lagrede verdien" in examples(as_bob, "hashes", "internal_note")
    words = as_bob.get(f"/imports/{latest().pk}/rows/", {"view": "words"}).json()["rows"][0]["lines"]
    assert {"kind": "finding", "text": "LastName: Ødelagte bokstaver"} in words


def test_it_keeps_all_that_damage_has_done_with_one_answer(as_bob: Client, two: tuple[int, int]) -> None:
    send(as_bob, HEAD + f"{two[1]};Ola;NygÃ¥rd;ny@example.com;+4791000002;1;#####\n")
    page = page_of(as_bob)
    assert "Behold de lagrede verdiene: alle 2 funn" in page
    assert "Må besvares først:" in page
    page = decide(as_bob, keep_damaged=1)
    assert "2 funn er besvart" in page
    assert len(latest().decisions.steps) == 2
    row = as_bob.get(f"/imports/{latest().pk}/rows/").json()["rows"][0]
    assert row["old"] == {"email": "ola@example.com"}


def test_it_does_not_offer_to_import_what_cannot_be_and_asks_no_more_once_it_is_left_out(
    as_bob: Client, two: tuple[int, int]
) -> None:
    kari, ola = two
    send(as_bob, HEAD + f"{kari};{KARI};#####\n{ola};Ola;Nygård;ola@example.com;4,79E+09;1;Bak\n")
    rounded, hashes = sorted(latest().facts.findings, key=lambda found: found.field == "internal_note")
    assert [(f.field, f.answers[-1], f.open) for f in (rounded, hashes)] == [
        ("mobile", "keep", 1),
        ("internal_note", "accept", 1),
    ]
    assert "Det er ment slik" not in examples(as_bob, "number_rounded", "mobile")
    assert "Det er ment slik" in examples(as_bob, "hashes", "internal_note")
    as_bob.post(f"/imports/{latest().pk}/errors/", {"leave_out": 1})
    assert {f.field: f.open for f in latest().facts.findings} == {"mobile": 0, "internal_note": 1}
    as_bob.post(f"/imports/{latest().pk}/errors/", {"leave_out": 0})
    assert {f.field: f.open for f in latest().facts.findings} == {"mobile": 1, "internal_note": 1}


def test_it_shows_rows_of_a_column_that_is_emptied_and_nothing_else(as_alice: Client, load: Load) -> None:
    load(HEAD + "".join(f"0;Kari{n};Nordmann;k{n}@example.com;;2;\n" for n in range(6)))
    ids = list(Customer.objects.order_by("pk").values_list("pk", flat=True))
    form = {"finding_cards": 3, "changed_percent": 90, "emptied_percent": 10, "alike_percent": 90}
    as_alice.post("/settings/findings/", form)
    mail = ["", "", "", "", "", "ny@example.com"]
    lines = [f"{pk};Kari{n};Nordmann;{mail[n]};;2;\n" for n, pk in enumerate(ids)]
    send(as_alice, HEAD + "".join(lines))
    assert "k0@example.com Behold den lagrede verdien" in examples(as_alice, "emptied", "email")
    rows = f"/imports/{latest().pk}/rows/"
    assert as_alice.get(rows, {"finding": "emptied", "field": "email"}).json()["total"] == 5
    decide(as_alice, action="keep", field="email", rows="0,1")
    assert as_alice.get(rows, {"finding": "emptied", "field": "email"}).json()["total"] == 3


def test_it_says_so_where_the_finding_is_gone(as_bob: Client, two: tuple[int, int]) -> None:
    send(as_bob, HEAD + f"{two[1]};Ola;Nygård;ny@example.com;+4791000002;1;Bak\n")
    assert "Se hvordan det gikk med importen" in examples(as_bob, "hashes", "internal_note")
    as_bob.post(f"/imports/{latest().pk}/cancel/")
    assert "Se hvordan det gikk med importen" in examples(as_bob, "hashes", "internal_note")


def test_it_lets_an_administrator_choose_the_limits(as_alice: Client) -> None:
    page = as_alice.get("/settings/findings/").content.decode()
    assert 'value="50"' in page
    form = {"finding_cards": 1500, "changed_percent": 30, "emptied_percent": 0, "alike_percent": 2}
    page = as_alice.post("/settings/findings/", form, follow=True).content.decode()
    assert "Lagret" in page
    assert 'value="1500"' in page
    chosen = settings.current()
    assert (chosen.finding_cards, chosen.changed_percent, chosen.emptied_percent, chosen.alike_percent) == (
        1500,
        30,
        0,
        2,
    )
    page = as_alice.post("/settings/findings/", form | {"emptied_percent": "101"}).content.decode()
    assert "Velg et helt tall fra 0 til 100." in page
    assert 'aria-describedby="emptied_percent-hint fault-emptied_percent"' in page
    assert "Velg et helt tall fra 1 til" in as_alice.post("/settings/findings/", {}).content.decode()
    assert settings.current() == chosen


def test_it_keeps_the_limits_from_others(as_bob: Client) -> None:
    assert as_bob.get("/settings/findings/").status_code == 403
    assert as_bob.post("/settings/findings/", {"finding_cards": "1"}).status_code == 403
    assert "Grenser for funn" not in as_bob.get("/imports/").content.decode()
