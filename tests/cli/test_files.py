"""Commands that turn files into files: `rows`, `template`, `export`."""

import csv
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from typer.testing import CliRunner

from kundekort.cli.app import app
from kundekort.store.fields import SCHEMA
from kundekort.store.models import Import

HEADERS = [field.header for field in SCHEMA]


def test_it_makes_a_messy_file_clean(tmp_path: Path) -> None:
    messy = tmp_path / "messy.txt"
    messy.write_bytes('Navn\tBy\r\n"Åse ""Å"" Ås"\tOslo, sentrum\r\n\r\nPer\t0150\r\n'.encode("utf-16"))
    result = CliRunner().invoke(app, ["rows", str(messy), "-o", str(tmp_path / "clean.csv")])
    assert result.exit_code == 0, result.stderr
    assert (tmp_path / "clean.csv").read_bytes() == ('Navn,By\n"Åse ""Å"" Ås","Oslo, sentrum"\nPer,0150\n'.encode())


def test_it_writes_bad_rows_too_and_tells_of_them(tmp_path: Path) -> None:
    messy = tmp_path / "messy.csv"
    messy.write_bytes(b"a;b\n1;2\n3\n4;5;6\n")
    result = CliRunner().invoke(app, ["rows", str(messy)])
    assert result.exit_code == 3
    rows = list(csv.reader(result.stdout.splitlines()))
    assert [row[:2] for row in rows] == [["a", "b"], ["1", "2"], ["3", ""], ["4", "5"]]
    assert [line.split(":")[0].split()[-1] for line in result.stderr.splitlines()] == ["3", "4"]


def test_it_needs_no_database_for_files_alone(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_bytes(b"a;b\n1\n")
    environment = {"PATH": os.environ["PATH"], "KUNDEKORT_DATA": str(tmp_path / "data"), "LANG": "C.UTF-8"}
    for arguments, code in [(["rows", str(tmp_path / "a.csv")], 3), (["template"], 0), (["--help"], 0)]:
        done = subprocess.run(
            [sys.executable, "-m", "kundekort.cli", *arguments], env=environment, capture_output=True, check=False
        )
        assert (done.returncode, b"Traceback" in done.stderr) == (code, False), done.stderr
    assert not (tmp_path / "data").exists()


def test_it_keeps_the_old_file_when_it_cannot_write_a_new_one(tmp_path: Path) -> None:
    (tmp_path / "broken.csv").write_bytes(b"\x89PNG\r\n\x1a\n" + bytes(range(256)))
    (tmp_path / "out.csv").write_text("precious")
    result = CliRunner().invoke(app, ["rows", str(tmp_path / "broken.csv"), "-o", str(tmp_path / "out.csv")])
    assert result.exit_code == 2
    assert (tmp_path / "out.csv").read_text() == "precious"
    assert sorted(p.name for p in tmp_path.iterdir()) == ["broken.csv", "out.csv"]

    result = CliRunner().invoke(app, ["template", "-o", str(tmp_path / "nowhere" / "out.csv")])
    assert (result.exit_code, result.stdout, len(result.stderr.splitlines())) == (2, "", 1)


def test_it_gives_a_template_in_the_import_format() -> None:
    written = CliRunner().invoke(app, ["template"]).stdout_bytes
    assert written.startswith(b"\xef\xbb\xbfCustomerID;FirstName;")
    header, example = csv.reader(written.decode("utf-8-sig").splitlines(), delimiter=";")
    assert header == HEADERS[:-1]
    assert example[0] == "0"


def test_it_exports_what_a_spreadsheet_keeps_and_the_import_finds_unchanged(
    load: Callable[..., Import], upload: Callable[..., Import]
) -> None:
    cells = '0;"=Åse";"say ""hi""";0150;Oslo;NO;+4791234567;2;1990-04-03;"a;b\nc"'
    load(f"CustomerID;FirstName;LastName;ZipCode;City;Country;Mobile;Gender;DateOfBirth;InternalNote\n{cells}\n")
    plain = CliRunner().invoke(app, ["export", "--plain"])
    protected = CliRunner().invoke(app, ["export"])
    assert plain.exit_code == protected.exit_code == 0, plain.stderr
    lines = plain.stdout_bytes.decode("utf-8-sig").split("\r\n")
    assert lines[0] == ";".join(HEADERS)
    values = next(csv.DictReader(plain.stdout_bytes.decode("utf-8-sig").splitlines(keepends=True), delimiter=";"))
    assert {values[h] for h in ("FirstName", "ZipCode", "Mobile", "DateOfBirth")} == {
        *("=Åse", "0150", "+4791234567", "1990-04-03")
    }
    assert '"\t=Åse";"say ""hi""";;;;"\t0150";Oslo;NO' in protected.stdout_bytes.decode()
    for written in (plain, protected):
        totals = upload(written.stdout_bytes).totals
        assert totals is not None
        assert (totals["unchanged"], totals["rows"], totals["errors"]) == (1, 1, 0)


@pytest.mark.slow
def test_it_stops_quietly_when_nobody_reads_on(tmp_path: Path) -> None:
    (tmp_path / "long.csv").write_text("a;b\n" + "1;2\n" * 300_000)
    command = f"{sys.executable} -m kundekort.cli rows {tmp_path / 'long.csv'} | head -1"
    done = subprocess.run(["bash", "-o", "pipefail", "-c", command], capture_output=True, check=False)
    assert (done.stdout, done.stderr, done.returncode) == (b"a,b\n", b"", 141)
