"""`kundekort changes`: the change feed, a line or a JSON object for each entry, and where to go on."""

import json
from collections.abc import Callable

import pytest
from typer.testing import CliRunner, Result

from kundekort.cli.app import app
from kundekort.store.models import Import


def run(*arguments: str) -> Result:
    return CliRunner().invoke(app, ["changes", *arguments])


@pytest.fixture
def two(load: Callable[..., Import]) -> Import:
    return load("CustomerID;FirstName;Gender;InternalNote\n0;Åse;2;Ring\n0;Per;1;\n")


def test_it_tells_people_what_has_happened_and_where_to_go_on(two: Import) -> None:
    told = run()
    assert [line.split()[2] for line in told.stdout.splitlines()] == ["created", "created"]
    at = told.stderr.split()[-1]
    assert run("--after", at).stdout == ""
    assert run("--after", "latest").stderr.split()[-1] == at


def test_it_tells_programs_an_object_a_line(two: Import) -> None:
    *entries, last = map(json.loads, run("--json", "--values").stdout.splitlines())
    assert [entry["values"]["first_name"] for entry in entries] == ["Åse", "Per"]
    assert {entry["import_id"] for entry in entries} == {two.pk}
    assert last == {"next": entries[-1]["cursor"]}
    first, at = map(json.loads, run("--json", "--limit", "1").stdout.splitlines())
    (second, _) = map(json.loads, run("--json", "--after", at["next"]).stdout.splitlines())
    assert [first["customer_id"], second["customer_id"]] == [entry["customer_id"] for entry in entries]
    assert "values" not in first


def test_it_tells_only_what_was_asked_for(two: Import) -> None:
    assert run("--type", "changed", "--type", "merged").stdout == ""
    assert len(run("--type", "created").stdout.splitlines()) == 2


@pytest.mark.django_db
@pytest.mark.parametrize("arguments", [("--after", "x"), ("--after", "99-1"), ("--type", "eaten"), ("--limit", "0")])
def test_it_refuses_what_there_is_not(arguments: tuple[str, ...]) -> None:
    assert run(*arguments).exit_code == 2
