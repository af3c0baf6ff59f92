"""`kundekort audit`: the audit log for people, for programs and as a file."""

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from kundekort.cli.app import app
from kundekort.services import audit
from kundekort.services.accounts import Actor
from kundekort.services.audit import Event

pytestmark = pytest.mark.django_db(transaction=True)


def run(*arguments: str) -> Result:
    return CliRunner().invoke(app, ["audit", *arguments])


@pytest.fixture
def two(alice: Actor, bob: Actor) -> None:
    audit.record(Event.CONFIRMATION, actor=bob, import_id=7, uploader="carla")
    audit.record(Event.LOGIN_FAILURE, actor=Actor(name="", role=None, address="192.0.2.7"), username="\x1b[31mroot")


def test_it_tells_people_the_newest_first(two: None) -> None:
    first, second = run().stdout.splitlines()
    assert "192.0.2.7  -  Failed to log in as “[31mroot”" in first
    assert second.endswith("bob  Confirmed import 7, uploaded by carla")
    assert len(run("--limit", "1").stdout.splitlines()) == 1


def test_it_tells_programs_what_was_asked_for(two: None, bob: Actor) -> None:
    assert bob.user
    (entry,) = json.loads(run("--json", "--user", "BOB").stdout)
    assert (entry["user"], entry["name"], entry["event"], entry["params"]) == (
        bob.user.pk,
        "bob",
        "confirmation",
        {"import_id": 7, "uploader": "carla"},
    )
    assert len(json.loads(run("--json", "--event", "login_failure").stdout)) == 1
    assert json.loads(run("--json", "--until", "2020-01-01").stdout) == []


def test_it_writes_a_file(two: None, tmp_path: Path) -> None:
    file = tmp_path / "log.csv"
    assert run("--csv", str(file)).exit_code == 0
    assert len(file.read_text(encoding="utf-8-sig").splitlines()) >= 3
    assert "audit_export" in run("--json").stdout


@pytest.mark.parametrize(
    "arguments", [("--event", "gone"), ("--user", "nobody"), ("--json", "--csv", "x"), ("--since", "x")]
)
def test_it_refuses_what_there_is_not(alice: Actor, arguments: tuple[str, ...]) -> None:
    assert run(*arguments).exit_code == 2
