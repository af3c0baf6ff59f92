"""The command `show`: an import in any state, on a terminal and for programs."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from kundekort.cli.app import app
from kundekort.services import imports
from kundekort.services.accounts import Actor
from kundekort.store import packages
from kundekort.store.models import Customer, Import
from tests.taking_back import take_back

pytestmark = pytest.mark.django_db(transaction=True)

Load = Callable[..., Import]


def show(*arguments: object) -> Result:
    return CliRunner().invoke(app, ["show", *map(str, arguments)], env={"COLUMNS": "140"})


def told(*arguments: object) -> dict[str, Any]:
    result = show(*arguments, "--json")
    (line,) = result.stdout.splitlines()
    answer: dict[str, Any] = json.loads(line)
    return answer | {"exit_code": result.exit_code}


@pytest.fixture
def done(load: Load) -> Import:
    """An import that has changed one customer, left one as it is, and created another."""
    load("CustomerID;FirstName;City;Gender\n0;Kari;Oslo;2\n0;Ola;;1\n")
    kari, ola = Customer.objects.order_by("pk").values_list("pk", flat=True)
    file = f"CustomerID;FirstName;City;Gender\n{kari};Karin;Voss;2\n{ola};Ola;;1\n0;Ny;;0\n"
    return load(file, filename="liste.csv")


def test_it_shows_an_import_as_it_was_confirmed(done: Import) -> None:
    text = show(done.pk).stdout
    assert f"Import {done.pk}  liste.csv" in text
    assert "uploaded by bob" in text
    assert "confirmed by bob" in text
    assert "Kari → Karin" in text
    assert f"{Customer.objects.latest('pk').pk} Ny" in text, "the number that the new customer got"


def test_it_calls_customers_by_the_names_of_their_cards_where_the_file_has_none(done: Import, upload: Load) -> None:
    number = Customer.objects.order_by("pk").values_list("pk", flat=True)[0]
    waiting = upload(f"CustomerID;Email\n{number};ny@example.com\n")
    assert f"{number} Kari" in show(waiting.pk).stdout


def test_it_tells_programs_of_every_row(done: Import) -> None:
    answer = told(done.pk)
    assert (answer["exit_code"], answer["state"], answer["file"], answer["source"]) == (0, "done", "liste.csv", "plan")
    assert (answer["uploaded_by"], answer["confirmed_by"], answer["undoes"]) == ("bob", "bob", None)
    changed, new = answer["row_list"]
    kari, _, ny = Customer.objects.order_by("pk").values_list("pk", flat=True)
    assert (changed["line"], changed["status"], changed["customer_id"]) == (2, "changed", kari)
    assert changed["changed"] == {"first_name": {"old": "Kari", "new": "Karin"}, "city": {"old": "Oslo", "new": "Voss"}}
    assert (new["status"], new["customer_id"]) == ("new", ny)
    assert len(told(done.pk, "--box", "all")["row_list"]) == 3
    assert len(told(done.pk, "--box", "all", "--limit", 1)["row_list"]) == 1
    assert [row["status"] for row in told(done.pk, "--search", "karin")["row_list"]] == ["changed"]
    assert [row["status"] for row in told(done.pk, "--search", ny)["row_list"]] == ["new"]


def test_it_reads_the_log_when_the_plan_is_gone(done: Import) -> None:
    expected = [(row["status"], row["customer_id"], row["changed"]) for row in told(done.pk)["row_list"]]
    shutil.rmtree(packages.plan_folder(done.pk, done.digest))
    answer = told(done.pk)
    assert answer["source"] == "log"
    assert [(row["status"], row["customer_id"], row["changed"]) for row in answer["row_list"]] == expected
    assert "1 row that wrote nothing is not shown" in show(done.pk).stdout


def test_it_shows_an_undoing(done: Import, bob: Actor) -> None:
    back = take_back(done.revision, actor=bob)
    assert f"Import {back.pk}  Undo: liste.csv" in show(back.pk).stdout
    answer = told(back.pk)
    assert (answer["file"], answer["undoes"], answer["removed"], answer["changed"]) == (None, done.revision_id, 1, 1)
    assert [row["status"] for row in answer["row_list"]] == ["changed", "removed"]


def test_it_shows_what_waits_and_what_was_given_up(upload: Load, bob: Actor) -> None:
    waiting = upload("CustomerID;FirstName;Gender\n0;Kari;7\n")
    answer = told(waiting.pk)
    assert (answer["state"], answer["errors"], answer["confirmed_by"]) == ("preview", 1, None)
    assert [p["code"] for p in answer["row_list"][0]["problems"]] == ["gender_unknown"]
    imports.cancel(waiting.pk, actor=bob)
    answer = told(waiting.pk)
    assert (answer["state"], answer["row_list"], answer["source"]) == ("cancelled", [], None)
    assert "Nothing in the register was changed" in show(waiting.pk).stdout
    refused = upload("")
    assert told(refused.pk)["error"]["code"] == "file_empty"


def test_it_tells_programs_of_one_that_waits_for_answers(upload: Load) -> None:
    imp = upload("Kundenr;Fornavn;Noe\n0;Kari;x\n", ask=True)
    assert imp.state == Import.State.COLUMNS
    answer = told(imp.pk)
    assert (answer["exit_code"], answer["state"], answer["error"]) == (0, "columns", None)


def test_it_knows_no_import_that_there_is_not() -> None:
    assert (told(10**6)["exit_code"], told(10**6)["error"]["code"]) == (2, "not_found")
    assert show(10**6).exit_code == 2
