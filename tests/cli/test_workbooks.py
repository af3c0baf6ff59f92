"""What the command line says of workbooks: sheets that were not read, and rows that do not show."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from kundekort.cli.app import app
from tests.engine.reading.test_workbook import book, row

pytestmark = pytest.mark.django_db(transaction=True)

HEADERS = ("CustomerID", "FirstName", "Gender")


def imported(path: Path, *options: str) -> dict[str, object]:
    out = CliRunner().invoke(app, ["import", str(path), "--preview", "--json", *options])
    found: dict[str, object] = json.loads(out.stdout)
    return found


def codes(found: dict[str, object]) -> list[str]:
    warnings = found["warnings"]
    assert isinstance(warnings, list)
    return [warning["code"] for warning in warnings]


def test_it_tells_of_sheets_that_look_like_lists_too(tmp_path: Path) -> None:
    one, other = (row(1, *HEADERS) + row(2, "0", name, "0") for name in ("Kari", "Ola"))
    path = tmp_path / "byer.xlsx"
    path.write_bytes(book(one, row(1, "Notat") + row(2, "x"), other, names=("Oslo", "Notat", "Bergen")))
    found = imported(path)
    assert found["rows"] == 1
    similar, unread = (w for w in found["warnings"] if w["code"].startswith("sheets"))  # type: ignore[attr-defined]
    assert (similar["code"], similar["sheets"]) == ("sheets_similar", ["Bergen"])
    assert (unread["code"], unread["sheets"]) == ("sheets_unread", ["Notat"])
    told = CliRunner().invoke(app, ["import", str(path), "--preview"]).stdout
    assert "Bergen" in told
    assert "--sheet" in told


def test_it_leaves_hidden_rows_out_where_that_is_asked_for(tmp_path: Path) -> None:
    path = tmp_path / "filtrert.xlsx"
    hidden = row(3, "0", "Ola", "0").replace("<row ", '<row hidden="1" ')
    path.write_bytes(book(row(1, *HEADERS) + row(2, "0", "Kari", "0") + hidden))
    found = imported(path)
    assert (found["rows"], codes(found)) == (2, ["rows_hidden"])
    found = imported(path, "--visible-only")
    assert (found["rows"], codes(found)) == (1, ["rows_hidden_left_out"])
    rows = CliRunner().invoke(app, ["rows", str(path), "--visible-only"]).stdout
    assert "Kari" in rows
    assert "Ola" not in rows


def test_a_refusal_names_the_sheet(tmp_path: Path) -> None:
    path = tmp_path / "ark.xlsx"
    path.write_bytes(book(row(1, "FirstName", "City") + row(2, "Kari", "Voss"), row(1, "x") + row(2, "y")))
    error = imported(path)["error"]
    assert isinstance(error, dict)
    assert error["code"] == "no_key_column"
    assert "“Ark1”" in error["message"]
    assert "“Ark2”" in error["message"]
