"""The command `inspect`, in a process of its own that has no database and no folder for one."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest


def run(file: Path, *options: str) -> tuple[int, str, str]:
    named = {k: v for k, v in os.environ.items() if not k.startswith(("KUNDEKORT_", "DJANGO_"))}
    surroundings = named | {"KUNDEKORT_DATA": str(file.parent / "none"), "LANG": "C.UTF-8", "LC_ALL": "C.UTF-8"}
    command = [sys.executable, "-m", "kundekort.cli", "inspect", str(file), *options]
    done = subprocess.run(command, capture_output=True, text=True, env=surroundings, check=False)
    return done.returncode, done.stdout, done.stderr


def told(file: Path, *options: str) -> tuple[int, dict[str, Any]]:
    code, out, _ = run(file, "--json", *options)
    return code, json.loads(out)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "kunder.csv"


def test_it_tells_programs_all_of_it(file: Path) -> None:
    file.write_text("CustomerID;E-post;Favoritt;City\n7;x;rød;Oslo\n\n8;b@example.no;blå;NULL\n")
    code, answer = told(file)
    assert code == 3
    assert answer["dialect"] == {"encoding": "utf-8", "separator": ";", "header_row": 1, "sheet": None}
    assert [(c["header"], c["field"]) for c in answer["columns"]] == [
        ("CustomerID", "id"),
        ("E-post", "email"),
        ("Favoritt", None),
        ("City", "city"),
    ]
    assert answer["columns"][2]["samples"] == ["rød", "blå"]
    assert (answer["rows"], answer["blank_rows"], answer["errors"], answer["error"]) == (2, 1, 1, None)
    (problem,) = answer["problems"]
    assert problem.pop("message")
    assert problem == {"line": 2, "column": "E-post", "code": "email_invalid", "value": "x"}
    assert answer["problem_counts"] == [{"code": "email_invalid", "column": "E-post", "count": 1}]
    assert [w["code"] for w in answer["warnings"]] == ["columns_ignored", "blank_rows", "null_word"]
    assert not (file.parent / "none").exists()


def test_it_tells_people(file: Path) -> None:
    file.write_text("CustomerID;City\n7;Oslo\n")
    code, out, err = run(file)
    assert (code, err) == (0, "")
    assert "CustomerID" in out
    assert "Customer number" in out


def test_it_says_why_a_file_cannot_be_imported(file: Path) -> None:
    code, answer = told(file)
    assert (code, answer["error"]["code"], answer["columns"]) == (2, "file_missing", [])
    file.write_text("FirstName;Email\nÅse;a@example.no\n")
    code, answer = told(file)
    assert (code, answer["error"]["code"], len(answer["columns"])) == (2, "no_key_column", 2)
    assert told(file, "--match", "email")[0] == 0
    assert told(file, "--match", "none", "--separator", "x")[1]["error"]["code"] == "option_unknown"
