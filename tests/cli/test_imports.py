"""The command `imports`: the keys that programs rely on, and a table for people."""

import json
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from kundekort.cli.app import app
from kundekort.cli.imports import State
from kundekort.store.models import Import
from tests.past import past_import, totals, unfinished_import

KEYS = [
    *("id", "created_at", "finished_at", "state", "file", "undoes"),
    *("uploaded_by", "uploaded_by_user", "confirmed_by", "confirmed_by_user"),
    *("rows", "new", "changed", "unchanged", "errors", "left_out", "removed", "restored", "conflicts"),
    *("revision", "undone_by"),
]

pytestmark = pytest.mark.django_db


def run(*arguments: str) -> Result:
    return CliRunner().invoke(app, ["imports", *arguments])


def told(*arguments: str) -> list[dict[str, Any]]:
    result = run("--json", *arguments)
    assert result.exit_code == 0, result.stderr
    assert len(result.stdout.splitlines()) == 1
    answer: list[dict[str, Any]] = json.loads(result.stdout)
    assert all(list(entry) == KEYS for entry in answer)
    return answer


def test_it_gives_programs_every_import() -> None:
    first = past_import("høst.csv", confirmer="Alice Ås", days=3, rows=20, new=2, changed=3, unchanged=14, left_out=1)
    undo = past_import(undoes=first.revision, days=2, rows=5, changed=3, removed=2)
    waiting = unfinished_import("venter.csv", days=1, totals=totals(rows=4, errors=1, unchanged=3, conflicts=2))
    received = unfinished_import("stor.csv", state=Import.State.RECEIVED)
    newest, preview, taken_back, oldest = told()
    assert (newest["id"], newest["rows"], newest["finished_at"]) == (received.pk, None, None)
    assert (preview["id"], preview["state"], preview["errors"]) == (waiting.pk, "preview", 1)
    assert (preview["confirmed_by"], preview["conflicts"], preview["revision"]) == (None, 2, None)
    assert (taken_back["file"], taken_back["undoes"]) == (None, first.revision_id)
    assert (taken_back["removed"], taken_back["undone_by"]) == (2, None)
    assert oldest == {
        "id": first.pk,
        "created_at": first.created_at.isoformat(timespec="seconds"),
        "finished_at": first.created_at.isoformat(timespec="seconds"),
        "state": "done",
        "file": "høst.csv",
        "undoes": None,
        "uploaded_by": "bob",
        "uploaded_by_user": None,
        "confirmed_by": "Alice Ås",
        "confirmed_by_user": None,
        **dict.fromkeys(("errors", "removed", "restored", "conflicts"), 0),
        **{"rows": 20, "new": 2, "changed": 3, "unchanged": 14, "left_out": 1},
        "revision": first.revision_id,
        "undone_by": undo.pk,
    }


def test_it_gives_the_newest_of_a_state() -> None:
    numbers = [past_import(days=days).pk for days in (3, 2, 1)]
    waiting = unfinished_import().pk
    assert [entry["id"] for entry in told("--limit", "2")] == [waiting, numbers[2]]
    assert [entry["id"] for entry in told("--state", "done")] == numbers[::-1]
    assert told("--state", "refused") == []
    assert run("--state", "gone").exit_code == run("--limit", "0").exit_code == 2


def test_it_knows_every_state() -> None:
    assert set(State) == set(Import.State.values)


def test_it_shows_people_a_table() -> None:
    first = past_import("høst.csv", confirmer="Alice Ås", days=3, rows=1234, changed=1000, new=2, left_out=1)
    undo = past_import(undoes=first.revision, days=2, rows=1002, changed=1000, removed=2)
    result = run()
    assert result.exit_code == 0, result.stderr
    _, head, _, *lines = result.stdout.splitlines()
    assert _line(head) == "No. When File Uploaded by Confirmed by Rows Changed New Errors Left out State"
    of_undo, of_first = (_line(line) for line in lines if line.strip())
    assert of_undo.startswith(f"{undo.pk} ")
    assert of_undo.endswith(" Undo: høst.csv bob bob 1,002 1,000 0 0 0 Done")
    assert of_first.startswith(f"{first.pk} ")
    assert of_first.endswith(" høst.csv bob Alice Ås 1,234 1,000 2 0 1 Done, undone")


def test_it_puts_less_beside_each_other_on_a_narrow_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("kundekort.cli.imports.WIDE", 100)
    past_import(confirmer="Alice", rows=7, errors=0)
    unfinished_import("venter.csv", days=1)
    lines = [_line(line) for line in run().stdout.splitlines() if line.strip()]
    assert lines[0] == "No. When File Rows Changed New Errors Left out"
    assert lines[2].endswith("kunder.csv 7 0 0 0 0")
    assert lines[3:6] == ["Uploaded by bob", "Confirmed by Alice", "Done"]
    assert lines[7:] == ["Uploaded by bob", "Waiting for confirmation"]


def test_it_lets_no_name_steer_the_terminal() -> None:
    past_import("a\x1b[31m\u202eb.csv", by="x\r\ny")
    shown = run().stdout
    assert "a[31mb.csv" in shown
    assert "xy" in shown
    assert "\x1b" not in shown


def test_it_says_so_when_there_are_none() -> None:
    result = run()
    assert (result.exit_code, result.stdout, result.stderr) == (0, "", "No imports.\n")
    assert told() == []


def _line(text: str) -> str:
    """A line of a table without the room between its cells."""
    return " ".join(text.split())
