from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from django.test import Client

from kundekort.services import confirming, imports, merging
from kundekort.services.accounts import Actor
from kundekort.store import packages
from kundekort.store.models import Customer, Import
from tests.taking_back import take_back
from tests.web.conftest import HEADER, latest, send


@pytest.fixture
def imp(upload: Callable[..., Import], alice: Actor, three: list[int]) -> Import:
    """Uploaded by Bob: Kari has another address, Åse is the same, and Ny is new."""
    kari, _, aase = three
    imp = upload(
        HEADER + f"{kari};Kari;Nordmann;ny@example.com;2\n{aase};Åse;Ås;ase@example.com;2\n0;Ny;Kunde;;1\n",
        filename="november.csv",
    )
    return confirming.confirm(imp.pk, digest=imp.digest, actor=alice)


def page(client: Client, imp: Import, query: str = "") -> str:
    return client.get(f"/imports/{imp.pk}/confirmed/{query}").content.decode()


def view(text: str) -> dict[str, Any]:
    start = text.index('<script id="view" type="application/json">')
    return json.loads(text[text.index(">", start) + 1 : text.index("</script>", start)])


def test_it_leads_from_the_boxes_of_a_done_import_to_their_rows(as_bob: Client, imp: Import) -> None:
    done = as_bob.get(f"/imports/{imp.pk}/").content.decode()
    for box in ("all", "changed", "unchanged", "new"):
        assert f'href="/imports/{imp.pk}/confirmed/?box={box}"' in done
    assert json.loads(as_bob.get(f"/imports/{imp.pk}/bands/").content) == {
        "bands": [[0, 0, "", "changed"], [2, 2, "", "new"]]
    }


def rows(client: Client, imp: Import, **query: Any) -> list[dict[str, Any]]:
    return json.loads(client.get(f"/imports/{imp.pk}/rows/", query).content)["rows"]


def test_it_shows_the_rows_and_nothing_to_decide(as_bob: Client, imp: Import) -> None:
    text = page(as_bob, imp)
    assert "Slik ble importen bekreftet." in text
    for box, count in (("all", 3), ("changed", 1), ("unchanged", 1), ("new", 1)):
        start = text.index(f'data-box="{box}"')
        assert f"<strong>{count}</strong>" in text[start : start + 400], box
    main = text[text.index("<main") :]
    assert "<form" not in main
    assert "rader i filen" in main
    assert "kundekort endret" in main
    assert "finnes ikke lenger" not in text
    assert [c["key"] for c in view(text)["columns"]][:2] == ["email", "id"]
    assert view(text)["lines"] is True


def test_it_says_who_uploaded_and_who_confirmed(as_bob: Client, imp: Import) -> None:
    Import.objects.filter(pk=imp.pk).update(actor_name="Bob Berg", confirmer_name="Alice Ås")
    for text in (page(as_bob, imp), as_bob.get(f"/imports/{imp.pk}/").content.decode()):
        assert "bekreftet av Alice Ås" in text
        assert "Lastet opp av Bob Berg" in text


def test_it_is_reached_from_the_page_of_the_import_and_leads_back(as_bob: Client, imp: Import) -> None:
    assert f'href="/imports/{imp.pk}/confirmed/"' in as_bob.get(f"/imports/{imp.pk}/").content.decode()
    assert f'href="/imports/{imp.pk}/"' in page(as_bob, imp)


def test_it_is_reached_from_an_import_that_changed_nothing(
    as_bob: Client, load: Callable[..., Import], three: list[int]
) -> None:
    imp = load(HEADER + f"{three[0]};Kari;Nordmann;kari@example.com;2\n")
    assert f'href="/imports/{imp.pk}/confirmed/"' in as_bob.get(f"/imports/{imp.pk}/").content.decode()
    assert [row["status"] for row in rows(as_bob, imp)] == ["unchanged"]
    packages.remove(imp.pk)
    assert "0 Customers updated" in as_bob.get(f"/imports/{imp.pk}/").content.decode()
    assert "1 rad som ikke skrev noe, vises ikke" in page(as_bob, imp)


def test_it_leads_each_row_to_its_card(as_bob: Client, imp: Import, three: list[int]) -> None:
    new = Customer.objects.latest("pk").pk
    found = rows(as_bob, imp)
    assert [(row["cells"]["id"], row["card"]) for row in found] == [
        (str(i), f"/customers/{i}/") for i in (three[0], three[2], new)
    ]
    assert [row["status"] for row in rows(as_bob, imp, search=str(new))] == ["new"]


def test_it_leads_to_no_card_that_is_gone(as_bob: Client, imp: Import, three: list[int], alice: Actor) -> None:
    new = Customer.objects.latest("pk").pk
    Customer.objects.filter(pk=new).delete()
    merging.merge(master=three[1], others=[three[2]], versions={three[1]: 1, three[2]: 1}, values={}, actor=alice)
    kari, aase, ny = rows(as_bob, imp)
    assert (kari["card"], ny["card"]) == (f"/customers/{three[0]}/", None)
    assert as_bob.get(aase["card"])["Location"] == f"/customers/{three[1]}/", "where she is now"
    assert as_bob.get(f"/imports/{imp.pk}/").status_code == 200


def test_it_leads_from_a_removed_card_to_what_removed_it(as_bob: Client, imp: Import, alice: Actor) -> None:
    new = Customer.objects.latest("pk").pk
    undone = take_back(imp.revision, actor=alice)
    [row] = rows(as_bob, imp, box="new")
    assert as_bob.get(row["card"])["Location"] == f"/imports/{undone.pk}/confirmed/?row={new}"
    [removed] = rows(as_bob, undone, box="removed")
    assert (removed["cells"]["id"], removed["card"]) == (str(new), None), "this is what removed it"
    assert "1</strong> fjernet" in " ".join(page(as_bob, undone).split())
    take_back(undone.revision, actor=alice)
    [removed] = rows(as_bob, undone, box="removed")
    assert removed["card"] == f"/customers/{new}/"


def test_it_shows_the_row_of_one_card(as_bob: Client, imp: Import, three: list[int]) -> None:
    text = page(as_bob, imp, f"?row={three[0]}")
    assert view(text)["card"] == three[0]
    assert f"Bare kunde {three[0]}" in text
    assert [row["cells"]["first_name"] for row in rows(as_bob, imp, card=three[0])] == ["Kari"]
    assert view(page(as_bob, imp, "?row=x"))["card"] is None


def test_it_is_reached_from_the_history_of_a_card(as_bob: Client, imp: Import, three: list[int]) -> None:
    card = as_bob.get(f"/customers/{three[0]}/").content.decode()
    assert f'<a href="/imports/{imp.pk}/confirmed/?row={three[0]}">november.csv</a>' in card


def test_it_reads_the_log_when_the_plan_is_gone(as_bob: Client, imp: Import) -> None:
    shutil.rmtree(packages.plan_folder(imp.pk, imp.digest))
    text = page(as_bob, imp)
    assert "Planen som ble bekreftet, finnes ikke lenger." in text
    assert "1 rad som ikke skrev noe, vises ikke." in text
    assert 'data-box="unchanged"' not in text
    assert "kundekort skrevet" in text
    assert view(text)["lines"] is False
    assert [(row["status"], row["old"]) for row in rows(as_bob, imp)] == [
        ("changed", {"email": "kari@example.com"}),
        ("new", {}),
    ]


def test_it_leads_to_the_import_until_that_is_done(as_bob: Client, three: list[int]) -> None:
    send(as_bob, HEADER + "0;Ny;Kunde;;1\n")
    assert as_bob.get(f"/imports/{latest().pk}/confirmed/")["Location"] == f"/imports/{latest().pk}/"
    assert as_bob.get("/imports/999999/confirmed/").status_code == 404


def test_it_shows_nothing_to_somebody_without_a_role(as_charlie: Client, imp: Import) -> None:
    assert as_charlie.get(f"/imports/{imp.pk}/confirmed/").status_code == 403


def test_it_shows_what_was_taken_back(as_bob: Client, imp: Import, three: list[int]) -> None:
    facts = replace(imports.facts(imp), samples=())
    Import.objects.filter(pk=imp.pk).update(recipe=None, facts=facts, undoes=imp.revision)
    text = page(as_bob, imp)
    assert "Slik ble angringen bekreftet." in text
    assert "Startet" in text
    assert [c["key"] for c in view(text)["columns"]][:3] == ["email", "id", "first_name"]
    assert len(rows(as_bob, imp)) == 3
