"""The command `undo`, and whose value stays."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from kundekort.cli.app import app
from kundekort.engine.decisions import Choice, Whose
from kundekort.services import editing, planning, undoing
from kundekort.services.accounts import Actor
from kundekort.store.models import Customer, Import

pytestmark = pytest.mark.django_db(transaction=True)

Load = Callable[..., Import]


def undo(*arguments: object) -> Result:
    return CliRunner().invoke(app, ["undo", *map(str, arguments)])


def told(result: Result) -> dict[str, Any]:
    (line,) = result.stdout.splitlines()
    answer: dict[str, Any] = json.loads(line)
    return answer


@pytest.fixture
def done(load: Load) -> Import:
    """An import that has changed one customer and created another."""
    load("CustomerID;FirstName;City;Gender\n0;Kari;Oslo;2\n")
    number = Customer.objects.get().pk
    return load(f"CustomerID;FirstName;City;Gender\n{number};Karin;Voss;2\n0;Ny;;0\n", filename="liste.csv")


def test_it_shows_what_would_happen_and_writes_nothing(done: Import) -> None:
    result = undo(done.pk, "--preview")
    assert result.exit_code == 0
    assert "Karin → Kari" in result.stdout
    assert "removed" in result.stdout
    answer = told(undo(done.pk, "--json"))
    assert (answer["rows"], answer["changed"], answer["removed"], answer["applied"]) == (2, 1, 1, False)
    assert set(Customer.objects.values_list("first_name", flat=True)) == {"Karin", "Ny"}


def test_it_undoes_and_gives_it_again(done: Import) -> None:
    first = told(undo(done.pk, "--yes", "--json"))
    assert (first["applied"], first["error"]) == (True, None)
    assert list(Customer.objects.values_list("first_name", "city")) == [("Kari", "Oslo")]
    again = undo(done.pk, "--yes", "--json")
    assert (again.exit_code, told(again)["error"]["code"]) == (2, "already_undone")
    second = undo(first["import_id"], "--yes")
    assert second.exit_code == 0
    assert "brought back" in second.stdout
    assert set(Customer.objects.values_list("first_name", flat=True)) == {"Karin", "Ny"}
    assert undo(done.pk, "--yes").exit_code == 0, "it is in effect again"


@pytest.mark.parametrize(("whose", "city"), [("mine", "Oslo"), ("theirs", "Molde"), (None, "Molde")])
def test_it_leaves_what_was_edited_unless_told(done: Import, bob: Actor, whose: str | None, city: str) -> None:
    number = Customer.objects.order_by("pk")[0].pk
    editing.edit(number, version=2, values={"city": "Molde"}, actor=bob)
    answer = told(undo(done.pk, "--yes", "--json", *(["--conflicts", whose] if whose else [])))
    (cell,) = answer["conflict_cells"]
    assert (cell["customer_id"], cell["field"], cell["mine"], cell["theirs"]) == (number, "city", "Oslo", "Molde")
    assert (cell["who"], cell["whose"]) == ("bob", whose or "theirs")
    card = Customer.objects.get(pk=number)
    assert (card.first_name, card.city) == ("Kari", city)


def test_it_touches_nobody_elses_preview(done: Import, bob: Actor) -> None:
    editing.edit(Customer.objects.order_by("pk")[0].pk, version=2, values={"city": "Molde"}, actor=bob)
    assert done.revision is not None
    waiting = undoing.start(done.revision.pk, actor=bob)
    planning.settle(waiting.pk, Choice(Whose.MINE), actor=bob)
    answer = told(undo(done.pk, "--json"))
    assert (answer["import_id"], answer["conflict_cells"][0]["whose"]) == (waiting.pk, "mine")
    answer = told(undo(done.pk, "--json", "--conflicts", "theirs"))
    assert (answer["import_id"], answer["conflict_cells"][0]["whose"]) == (waiting.pk, "theirs")
    waiting.refresh_from_db()
    assert waiting.state == Import.State.PREVIEW


def test_it_says_what_cannot_be_undone(done: Import, upload: Load) -> None:
    waiting = upload("CustomerID;FirstName;Gender\n0;Ola;1\n")
    for number, code in ((10**6, "not_found"), (waiting.pk, "nothing_to_undo")):
        result = undo(number, "--yes", "--json")
        assert (result.exit_code, told(result)["error"]["code"]) == (2, code)
    result = undo(done.pk, "--yes", "--preview", "--json")
    assert (result.exit_code, told(result)["error"]["code"]) == (2, "options_exclude")
    assert undo("x", "--json").exit_code == 2
    assert undo(done.pk).exit_code == 2, "nobody can be asked here"


def test_it_asks_whose_value_stays_when_a_list_comes_back_late(done: Import, bob: Actor, tmp_path: Path) -> None:
    number = Customer.objects.order_by("pk")[0].pk
    editing.edit(number, version=2, values={"city": "Molde", "email": "k@example.no"}, actor=bob)
    file = tmp_path / "stale.csv"
    file.write_text(f"CustomerID;FirstName;City;Email;Version\n{number};Karen;Hamar;;2\n")

    def run(*options: str) -> tuple[int, dict[str, Any]]:
        result = CliRunner().invoke(app, ["import", str(file), "--json", *options])
        return result.exit_code, told(result)

    code, answer = run()
    assert (code, answer["conflicts"], answer["warnings"][0]["code"]) == (3, 1, "newer_kept")
    code, answer = run("--yes")
    assert (code, answer["error"]["code"], answer["applied"]) == (3, "rows_have_conflicts", False)
    code, answer = run("--yes", "--conflicts", "theirs")
    assert (code, answer["applied"], answer["changed"]) == (0, True, 1)
    card = Customer.objects.get(pk=number)
    assert (card.first_name, card.city, card.email) == ("Karen", "Molde", "k@example.no")


def test_it_takes_the_confirmation_of_an_import_back_that_is_not_written_yet(done: Import) -> None:
    Import.objects.filter(pk=done.pk).update(state=Import.State.CONFIRMING, revision=None)
    looked = undo(done.pk, "--json")
    assert (looked.exit_code, told(looked)["error"]["code"]) == (2, "nothing_to_undo")
    result = undo(done.pk, "--yes")
    assert (result.exit_code, result.stderr) == (0, "Nothing was written. The import waits for confirmation again.\n")
    done.refresh_from_db()
    assert done.state == Import.State.PREVIEW
