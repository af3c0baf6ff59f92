"""Column layouts for programs."""

from __future__ import annotations

from typing import Any

from kundekort.services import layouts
from kundekort.store.models import ColumnLayout
from tests.api.conftest import Program
from tests.api.test_door import problem

SHORT: dict[str, Any] = {
    "name": "Kort/1 & co",
    "columns": [{"field": "id", "header": "Nr"}, {"field": "email", "header": "Epost"}],
    "empty_cells": "keep",
    "is_default": False,
}


def test_the_built_in_one_is_always_there(bobs: Program) -> None:
    told = bobs.get("layouts").json()
    assert (told["next"], len(told["items"])) == (None, 1)
    assert bobs.get("layouts/0").json() == told["items"][0]
    whole = told["items"][0]
    assert (whole["id"], whole["name"], whole["is_default"], whole["empty_cells"]) == (0, "", True, "overwrite")
    assert whole["columns"][0] == {"field": "id", "header": "CustomerID"}


def test_one_is_made_changed_and_forgotten(alices: Program, bobs: Program) -> None:
    made = alices.post("layouts", SHORT)
    told = made.json()
    assert (made.status_code, made["Location"], told) == (201, f"/api/layouts/{told['id']}", SHORT | {"id": told["id"]})
    assert bobs.get(f"layouts/{told['id']}").json() == told
    changed = alices.send("put", f"layouts/{told['id']}", SHORT | {"name": "Kort", "is_default": True}).json()
    assert (changed["id"], changed["name"], changed["is_default"]) == (told["id"], "Kort", True)
    assert [one["name"] for one in bobs.get("layouts").json()["items"]] == ["Kort", ""]
    assert layouts.get().name == "Kort"
    assert alices.send("delete", f"layouts/{told['id']}").status_code == 204
    assert bobs.get("layouts/0").json()["is_default"]
    assert problem(bobs.get(f"layouts/{told['id']}"), 404)


def test_one_that_cannot_be_is_refused_in_words(alices: Program) -> None:
    alices.post("layouts", SHORT)
    id_column = SHORT["columns"][0]
    for columns, reason in (
        ([{"field": "email", "header": "Epost"}], "id_missing"),
        ([id_column, {"field": "shoe_size", "header": "Sko"}], "field_unknown"),
        ([id_column, {"field": "email", "header": "Nr"}], "header_twice"),
        ([id_column, {"field": "email", "header": "Mobile"}], "header_taken"),
        ([id_column, id_column], "field_twice"),
    ):
        told = problem(alices.post("layouts", SHORT | {"name": "Other", "columns": columns}), 422)
        assert (told["code"], told["params"]["reason"]) == ("layout_invalid", reason)
    assert problem(alices.post("layouts", SHORT), 422)["params"]["reason"] == "name_taken"
    assert ColumnLayout.objects.count() == 1


def test_the_built_in_one_cannot_be_changed(alices: Program) -> None:
    assert problem(alices.send("put", "layouts/0", SHORT), 422)
    assert problem(alices.send("delete", "layouts/0"), 422)
    assert problem(alices.send("put", "layouts/99", SHORT), 404)
    assert problem(alices.send("delete", "layouts/99"), 404)


def test_only_an_administrator_changes_any(bobs: Program) -> None:
    assert problem(bobs.post("layouts", SHORT), 403)
    assert not ColumnLayout.objects.exists()


def test_made_twice_with_one_key_it_is_one(alices: Program) -> None:
    answers = [alices.post("layouts", SHORT, Idempotency_Key="a") for _ in range(2)]
    assert answers[0].json() == answers[1].json()
    assert ColumnLayout.objects.count() == 1
