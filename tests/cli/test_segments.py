"""`kundekort segments`: rules as JSON in and out, and the list with counts."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from typer.testing import CliRunner

from kundekort.cli.app import app
from kundekort.store.models import Import, Segment

RULES = {"all": [{"field": "country", "operator": "is", "values": ["Norge"]}, {"field": "email", "operator": "empty"}]}


@pytest.fixture
def people(load: Callable[..., Import]) -> None:
    """Two customers, one of them in Norway without an e-mail address."""
    load("CustomerID;FirstName;Email;Country;Gender\n0;Åse;;NO;2\n0;Per;per@example.com;NO;1\n")


@pytest.mark.usefixtures("people")
def test_it_saves_shows_lists_and_forgets(tmp_path: Path) -> None:
    rules = tmp_path / "rules.json"
    rules.write_text(json.dumps(RULES))
    saved = CliRunner().invoke(app, ["segments", "save", "Uten e-post", "--file", str(rules), "--description", "Ring"])
    assert (saved.exit_code, saved.stderr) == (0, "Uten e-post: 1 customer.\n")
    shown = CliRunner().invoke(app, ["segments", "show", "Uten e-post"])
    canonical = json.loads(json.dumps(RULES).replace("Norge", "NO"))
    assert json.loads(shown.stdout) == canonical
    again = CliRunner().invoke(app, ["segments", "save", "Uten e-post", "-f", "-"], input=shown.stdout)
    assert again.exit_code == 0, again.stderr
    assert [(s.name, s.description, s.condition) for s in Segment.objects.all()] == [("Uten e-post", "Ring", canonical)]
    listed = CliRunner().invoke(app, ["segments"])
    assert listed.stdout.split() == ["1", "Uten", "e-post", "Ring"]
    (told,) = json.loads(CliRunner().invoke(app, ["segments", "--json"]).stdout)
    assert (told["name"], told["customers"], told["faults"]) == ("Uten e-post", 1, [])
    assert CliRunner().invoke(app, ["segments", "delete", "Uten e-post"]).exit_code == 0
    assert CliRunner().invoke(app, ["segments", "show", "Uten e-post"]).exit_code == 2


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("content", "words"),
    [
        ("{", "is not JSON"),
        ("[" * 100_000, "is not JSON"),
        ('{"some": []}', "neither a rule nor a group"),
        ('{"all": [{"field": "country", "operator": "is", "values": ["Narnia"]}]}', "Rule 1: “Narnia” cannot stand in"),
    ],
)
def test_it_says_in_one_sentence_what_is_wrong(content: str, words: str) -> None:
    refused = CliRunner().invoke(app, ["segments", "save", "A", "--file", "-"], input=content)
    assert refused.exit_code == 2
    assert words in refused.stderr
    assert not Segment.objects.exists()


@pytest.mark.django_db
def test_it_tells_which_segments_need_mending() -> None:
    dead = {"all": [{"field": "own_gone", "operator": "empty"}]}
    Segment.objects.create(name="Dead", condition=dead, actor_name="x")
    listed = CliRunner().invoke(app, ["segments"])
    assert listed.exit_code == 0, listed.stderr
    assert listed.stdout.splitlines()[0].split() == ["–", "Dead"]
    assert "Rule 1: There is no field “own_gone”." in listed.stdout
    shown = CliRunner().invoke(app, ["segments", "show", "Dead"])
    assert json.loads(shown.stdout) == dead
    assert "own_gone" in shown.stderr
