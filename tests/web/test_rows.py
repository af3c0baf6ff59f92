from __future__ import annotations

import json
from typing import Any

import pytest
from django.test import Client

from kundekort.services import imports
from kundekort.services import preview as previews
from kundekort.services.accounts import Actor
from kundekort.store import packages
from kundekort.store.models import Import
from tests.web.conftest import HEADER, latest, send


def rows(client: Client, **query: Any) -> dict[str, Any]:
    answer = client.get(f"/imports/{latest().pk}/rows/", query)
    assert answer.status_code == 200
    return json.loads(answer.content)


def test_it_gives_old_and_new_value_of_a_changed_cell(as_bob: Client, three: list[int]) -> None:
    send(as_bob, HEADER + f"{three[0]};Kari;Nordmann;ny@example.com;2\n")
    [row] = rows(as_bob)["rows"]
    assert row["status"] == "changed"
    assert row["line"] == 2
    assert row["cells"]["id"] == str(three[0])
    assert row["cells"]["email"] == "ny@example.com"
    assert row["old"] == {"email": "kari@example.com"}


def test_it_calls_customers_by_the_names_of_their_cards_where_the_file_has_none(
    as_bob: Client, three: list[int]
) -> None:
    send(as_bob, f"CustomerID;Email\n{three[0]};ny@example.com\n{three[1]};feil\n")
    told = {row["cells"]["id"]: row["name"] for row in rows(as_bob)["rows"]}
    assert told == {str(three[0]): "Kari Nordmann", str(three[1]): "Ola Nordmann"}


def test_it_gives_the_words_for_a_problem(as_bob: Client) -> None:
    send(as_bob, HEADER + "0;Ny;Kunde;ikke en adresse;1\n")
    [problem] = rows(as_bob, box="errors")["rows"][0]["problems"]
    assert problem["field"] == "email"
    assert problem["value"] == "ikke en adresse"
    assert "ikke en adresse" in problem["text"]


def test_it_filters_by_box_column_problem_and_search(as_bob: Client, three: list[int]) -> None:
    kari, ola, aase = three
    send(
        as_bob,
        HEADER
        + f"{kari};Kari;Nordmann;ny@example.com;2\n{ola};Olav;Nordmann;ola@example.com;1\n"
        + f"{aase};Åse;Ås;ase@example.com;2\n0;Ny;Kunde;;1\n0;Feil;Kjønn;;7\n0;Feil;Adresse;nei;1\n",
    )
    numbers = lambda **query: [row["number"] for row in rows(as_bob, **query)["rows"]]  # noqa: E731
    assert numbers() == [0, 1, 2, 3, 4, 5]
    assert numbers(box="changes") == [4, 5, 0, 1, 3]
    assert numbers(box="changed") == [0, 1]
    assert numbers(box="changed", column="email") == [0]
    assert numbers(box="unchanged") == [2]
    assert numbers(box="new") == [3]
    assert numbers(box="errors") == [4, 5]
    assert numbers(box="errors", code="email_invalid", field="email") == [5]
    assert numbers(box="errors", code="email_invalid", field="mobile") == []
    assert numbers(search="olav") == [1]


def test_it_pages_and_never_sends_more_than_a_hundred(as_bob: Client) -> None:
    send(as_bob, HEADER + "".join(f"0;Ny;Kunde {n};;1\n" for n in range(250)))
    first = rows(as_bob, limit=9999)
    assert first["total"] == 250
    assert len(first["rows"]) == 100
    assert [row["number"] for row in rows(as_bob, offset=240)["rows"]] == list(range(240, 250))


def test_it_stays_light_when_cells_are_long(as_bob: Client) -> None:
    note = "Ø" * 30_000
    header = "CustomerID;FirstName;LastName;InternalNote;Address;Gender\n"
    send(as_bob, header + "".join(f"0;Ny;Kunde {n};{note};{'x' * 200};1\n" for n in range(60)))
    assert len(as_bob.get(f"/imports/{latest().pk}/rows/").content) < 300_000


def test_it_takes_nonsense_for_nothing(as_bob: Client) -> None:
    send(as_bob, HEADER + "0;Ny;Kunde;;1\n")
    assert rows(as_bob, box="'; drop", offset="-1", limit="x", column="id", code="%")["total"] == 0
    assert rows(as_bob, box="'; drop", offset="-1", limit="²")["total"] == 1


def moved_on(client: Client) -> None:
    """Whatever was asked for, the answer is that there is nothing to show any more, which is no fault."""
    answer = client.get(f"/imports/{latest().pk}/rows/", headers={"accept": "application/json"})
    assert answer.status_code == 200
    assert json.loads(answer.content) == {
        "code": "not_waiting",
        "message": "Denne importen venter ikke lenger på svar. Åpne den fra listen over importer.",
    }


def test_it_answers_in_json_when_there_is_nothing_to_show(as_bob: Client) -> None:
    send(as_bob, HEADER + "0;Ny;Kunde;;1\n")
    as_bob.post(f"/imports/{latest().pk}/cancel/")
    moved_on(as_bob)


def test_it_answers_the_same_when_the_import_is_cancelled_while_it_looks(
    as_bob: Client, bob: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    send(as_bob, HEADER + "0;Ny;Kunde;;1\n")
    look = previews.page

    def cancelled(imp: Import, *args: Any, **options: Any) -> previews.Page:
        imports.cancel(imp.pk, actor=bob)
        return look(imp, *args, **options)

    monkeypatch.setattr(previews, "page", cancelled)
    moved_on(as_bob)


def test_it_says_when_the_rows_are_lost(as_bob: Client) -> None:
    send(as_bob, HEADER + "0;Ny;Kunde;;1\n")
    packages.remove(latest().pk)
    answer = as_bob.get(f"/imports/{latest().pk}/rows/", headers={"accept": "application/json"})
    assert answer.status_code == 409
    assert json.loads(answer.content)["code"] == "plan_damaged"


def test_it_tells_of_a_field_without_a_column_for_the_whole_row(as_bob: Client) -> None:
    send(as_bob, "CustomerID;FirstName\n0;Kari\n")
    [problem] = rows(as_bob, box="errors")["rows"][0]["problems"]
    assert problem["field"] is None
    assert problem["text"].startswith("Kjønn er tom")
