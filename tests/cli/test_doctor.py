"""`kundekort doctor`: a line for each thing, whatever is wrong."""

from __future__ import annotations

import json
import signal
from typing import Any

import pytest

from kundekort import wording
from tests.cli.places import Place, place, register
from tests.object_store import free_port
from tests.waiting import until

pytestmark = pytest.mark.slow


def found(where: Place, *, code: int = 0) -> dict[str, dict[str, Any]]:
    """What is found, by what was looked at: all of it, always."""
    process = where.start("doctor", "--json")
    output, errors = process.communicate()
    assert (process.returncode, errors) == (code, b"")
    findings = {finding["check"]: finding for finding in json.loads(output)}
    assert list(findings) == list(wording.CHECKS)
    assert any(finding["mark"] == "fault" for finding in findings.values()) == (code == 1)
    assert all(finding["message"] for finding in findings.values())
    return findings


def test_it_finds_an_installation_well_and_its_worker() -> None:
    with register() as well, well.held():
        findings = found(well)
        assert {check for check, finding in findings.items() if finding["mark"] != "ok"} == {"workers"}
        assert findings["workers"]["code"] == "no_worker"
        assert findings["database"]["server"].startswith("18.")

        worker = well.start("worker")
        until(lambda: found(well)["workers"]["code"] == "workers_alive")
        lines = well.run("doctor").decode().splitlines()
        assert len(lines) == len(wording.CHECKS)
        assert all(line.startswith("ok ") for line in lines)
        worker.send_signal(signal.SIGTERM)
        worker.communicate()

        (well.data / "secret-key").chmod(0o644)
        assert found(well)["key"]["code"] == "key_open"


def test_it_looks_at_all_else_where_the_database_is_dead() -> None:
    with place(KUNDEKORT_DATABASE_URL=f"postgresql://kari:secret@127.0.0.1:{free_port()}/kundekort") as dead:
        findings = found(dead, code=1)
        assert findings["database"]["code"] == "database_unreachable"
        assert "secret" not in json.dumps(findings["database"])
        assert findings["storage"]["mark"] == findings["disk"]["mark"] == findings["key"]["mark"] == "ok"
        assert findings["workers"]["code"] == findings["clock"]["code"] == "not_looked_at"


def test_it_says_why_a_database_does_not_start() -> None:
    with place() as old:
        (old.data / "postgres").mkdir(parents=True)
        (old.data / "postgres" / "PG_VERSION").write_text("7\n")
        findings = found(old, code=1)
        assert findings["database"]["code"] == "database_will_not_start"
        assert "made by PostgreSQL 7" in findings["database"]["message"]
        assert findings["storage"]["mark"] == "ok"


def test_it_makes_no_register_where_there_is_none() -> None:
    with place() as empty:
        assert found(empty, code=1)["database"]["code"] == "register_missing"
        assert not (empty.data / "postgres").exists()


@pytest.mark.parametrize(
    ("folder", "check", "code", "why"),
    [
        ("/dev/null/kundekort", "data", "data_unusable", "Not a directory"),
        ("/proc/self", "data", "look_failed", "/proc/self/.check-"),
    ],
)
def test_it_says_that_a_folder_cannot_be_used(folder: str, check: str, code: str, why: str) -> None:
    with place(
        KUNDEKORT_DATA=folder,
        KUNDEKORT_SECRET_KEY="x" * 50,
        KUNDEKORT_DATABASE_URL=f"postgresql://127.0.0.1:{free_port()}/x",
    ) as closed:
        finding = found(closed, code=1)[check]
        assert (finding["mark"], finding["code"]) == ("fault", code)
        assert why in finding["message"]


def test_it_says_which_setting_is_wrong() -> None:
    with place(KUNDEKORT_MAX_ROWS="many") as wrong:
        assert "many" in found(wrong, code=1)["settings"]["message"]
