from __future__ import annotations

import io

import pytest
from django.test import Client

from kundekort.engine.recipe import EmptyCells
from kundekort.services import imports, layouts
from kundekort.services.accounts import Actor
from kundekort.services.layouts import Layout
from kundekort.store.models import ColumnLayout
from tests.web.conftest import latest

SHORT = {
    "name": "Kort",
    "field": ["last_name", "id", "email", "city"],
    "chosen-last_name": "1",
    "header-last_name": "Navn",
    "chosen-id": "1",
    "header-id": "Nr",
    "chosen-email": "1",
    "header-email": "Epost",
    "header-city": "Sted",
    "empty_cells": "keep",
}


@pytest.fixture
def short(alice: Actor) -> Layout:
    """A layout of three columns, which is not the default one."""
    columns = [("last_name", "Navn"), ("id", "Nr"), ("email", "Epost")]
    return layouts.save("Kort/1 & co", columns=columns, empty_cells=EmptyCells.KEEP, is_default=False, actor=alice)


def test_it_shows_the_built_in_layout_which_nobody_can_change(as_alice: Client) -> None:
    page = as_alice.get("/settings/layouts/").content.decode()
    assert "Alle kolonner" in page
    assert "innebygd" in page
    assert "?name=" not in page


def test_it_saves_the_columns_in_the_order_of_the_lines(as_alice: Client) -> None:
    page = as_alice.post("/settings/layouts/edit/", SHORT, follow=True).content.decode()
    made = layouts.get("Kort")
    assert [(c.field.key, c.header) for c in made.columns] == [("last_name", "Navn"), ("id", "Nr"), ("email", "Epost")]
    assert made.empty_cells is EmptyCells.KEEP
    assert not made.is_default
    assert "Navn, Nr, Epost" in page


def test_it_leaves_out_characters_that_nobody_writes(as_alice: Client) -> None:
    as_alice.post("/settings/layouts/edit/", SHORT | {"name": "Ko\0rt", "header-email": "E\x1bpost"})
    assert layouts.get("Kort").headers == ("Navn", "Nr", "Epost")
    as_alice.post("/settings/layouts/edit/", SHORT | {"former": "Kort\0", "name": "Kortere"})
    assert layouts.get("Kortere").headers == ("Navn", "Nr", "Epost")
    assert "Kortere" in as_alice.get("/settings/layouts/edit/", {"name": "Kort\0ere"}).content.decode()
    as_alice.post("/settings/layouts/delete/", {"name": "Kortere\0"})
    assert not ColumnLayout.objects.exists()


def test_it_changes_renames_copies_and_deletes(as_alice: Client, short: Layout) -> None:
    page = as_alice.get("/settings/layouts/edit/", {"name": short.name}).content.decode()
    assert page.index('value="last_name"') < page.index('value="id"') < page.index('value="first_name"')
    as_alice.post("/settings/layouts/edit/", SHORT | {"former": short.name, "is_default": "1", "chosen-city": "1"})
    assert [layout.name for layout in layouts.list_all()] == ["Kort", ""]
    assert layouts.get("Kort").headers == ("Navn", "Nr", "Epost", "Sted")
    copy = as_alice.get("/settings/layouts/edit/", {"copy": "Kort"}).content.decode()
    assert 'value="Kopi av Kort"' in copy
    assert 'value="Sted"' in copy
    assert "Slette dette oppsettet?" in as_alice.get("/settings/layouts/delete/", {"name": "Kort"}).content.decode()
    assert ColumnLayout.objects.exists()
    as_alice.post("/settings/layouts/delete/", {"name": "Kort"})
    assert not ColumnLayout.objects.exists()


@pytest.mark.parametrize(
    ("wrong", "place", "words"),
    [
        ({"name": " "}, "name", "Oppsettet mangler navn"),
        ({"header-email": "Nr"}, "email", "«Nr» er navnet på to kolonner"),
        ({"header-email": ""}, "email", "Kolonnenavnet mangler"),
        ({"header-email": "Telefon"}, "email", "«Telefon» betyr allerede Telefon"),
        ({"chosen-id": ""}, None, "Kolonnen med kundenummeret mangler"),
    ],
)
def test_it_says_beside_the_column_what_is_wrong_and_keeps_the_rest(
    as_alice: Client, wrong: dict[str, str], place: str | None, words: str
) -> None:
    page = as_alice.post("/settings/layouts/edit/", SHORT | wrong).content.decode()
    assert words in page
    assert 'value="Sted"' in page
    if place:
        assert f'id="fault-{place}"' in page
    assert not ColumnLayout.objects.exists()


def test_it_refuses_a_name_that_another_layout_has(as_alice: Client, short: Layout) -> None:
    page = as_alice.post("/settings/layouts/edit/", SHORT | {"name": short.name}).content.decode()
    assert "Det finnes allerede et oppsett" in page


def test_it_lets_an_importer_choose_among_layouts(as_bob: Client, short: Layout) -> None:
    page = as_bob.get("/imports/", {"layout": short.name}).content.decode()
    assert [h for h in ("Navn", "Nr", "Epost") if f">{h}</th>" not in page] == []
    assert ">FirstName</th>" not in page
    assert "layout=Kort/1%20%26%20co" in page
    template = as_bob.get("/imports/template.csv", {"layout": short.name}).content.decode("utf-8-sig")
    assert template.splitlines()[0] == "Navn;Nr;Epost"
    assert as_bob.get("/imports/", {"layout": "borte"}).status_code == 404


def test_it_takes_the_choice_for_empty_cells_from_the_layout(as_bob: Client, short: Layout) -> None:
    file = io.BytesIO("Nr;Navn;Kjønn\n0;Nordmann;2\n".encode())
    file.name = "kort.csv"
    as_bob.post("/imports/", {"file": file, "layout": short.name})
    assert imports.recipe(latest()).policy.empty_cells is EmptyCells.KEEP
    file.seek(0)
    as_bob.post("/imports/", {"file": file, "layout": "slettet imens"})
    assert imports.recipe(latest()).policy.empty_cells is EmptyCells.OVERWRITE


def test_it_gives_the_template_as_a_workbook_too(as_bob: Client) -> None:
    answer = as_bob.get("/imports/template.xlsx")
    assert answer.content[:2] == b"PK"
    assert 'filename="kundekort-mal.xlsx"' in answer["Content-Disposition"]
    assert as_bob.get("/imports/template.exe").status_code == 404
