"""Commands that turn files into files: `rows`, `template`, `export`."""

import csv
import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import polars as pl
import pytest
from typer.testing import CliRunner

from kundekort.cli.app import app
from kundekort.engine.recipe import EmptyCells
from kundekort.engine.writing.xlsx import Column, Sheet, workbook
from kundekort.services import layouts, segments
from kundekort.services.accounts import Actor
from kundekort.store.fields import SCHEMA
from kundekort.store.models import Export, Import

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


def test_it_has_room_for_the_columns_of_a_spreadsheet_and_says_what_it_cuts(tmp_path: Path) -> None:
    wide = tmp_path / "wide.csv"
    wide.write_bytes(b";".join(b"c%d" % n for n in range(16_384)) + b"\n" + b";".join([b"x"] * 16_384) + b"\n")
    result = CliRunner().invoke(app, ["rows", str(wide)])
    assert (result.exit_code, len(result.stdout.splitlines()[1].split(","))) == (0, 16_384)
    wide.write_bytes(b"a;b\n1;2\n" + b";".join([b"x"] * 16_400) + b"\n")
    result = CliRunner().invoke(app, ["rows", str(wide)])
    assert result.exit_code == 3
    assert "16,400 cells; those beyond the first 16,384 were cut off" in result.stderr


def test_it_says_where_letters_can_be_read_in_several_ways(tmp_path: Path) -> None:
    (tmp_path / "list.csv").write_bytes(b"Navn\n\x9bx\n")
    result = CliRunner().invoke(app, ["rows", str(tmp_path / "list.csv")])
    assert result.exit_code == 3
    assert "“øx” as CP850 (MS-DOS)" in result.stderr
    for name in ("cp850", "CP850", "ibm850", "850"):
        result = CliRunner().invoke(app, ["rows", str(tmp_path / "list.csv"), "--encoding", name])
        assert (result.exit_code, result.stdout) == (0, "Navn\nøx\n")


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
    header, *examples = csv.reader(written.decode("utf-8-sig").splitlines(), delimiter=";")
    assert header == HEADERS[:-1]
    assert [example[0] for example in examples] == ["0", "0"]


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
        assert (totals.unchanged, totals.rows, totals.errors) == (1, 1, 0)


@pytest.mark.django_db
@pytest.mark.parametrize("ending", ["csv", "xlsx"])
def test_it_gives_a_template_that_can_be_imported(
    ending: str, tmp_path: Path, upload: Callable[..., Import], alice: Actor
) -> None:
    layouts.save(
        "Kort", columns=[("id", "Nr"), ("last_name", "Etternavn"), ("gender", "Kjønn")], empty_cells=EmptyCells.KEEP,
        is_default=False, actor=alice,
    )  # fmt: skip
    for layout, columns in ((), len(HEADERS) - 1), (("--layout", "Kort"), 3):
        made = CliRunner().invoke(app, ["template", "-o", str(tmp_path / f"t.{ending}"), *layout])
        assert made.exit_code == 0, made.stderr
        imp = upload((tmp_path / f"t.{ending}").read_bytes())
        assert (imp.totals.new, imp.totals.rows, len(imp.recipe.columns)) == (2, 2, columns)


@pytest.mark.django_db
def test_it_exports_a_workbook_of_a_segment_or_a_search_in_a_layout(
    tmp_path: Path, load: Callable[..., Import], alice: Actor
) -> None:
    load("CustomerID;FirstName;City;Gender\n0;Kari;Oslo;2\n0;Ola;Bergen;1\n0;Siv;Oslo;2\n")
    rule = {"field": "city", "operator": "is", "values": ["Oslo"]}
    segments.save("I Oslo", condition=segments.parse({"all": [rule]}), actor=alice)
    columns = [("id", "CustomerID"), ("first_name", "Fornavn")]
    layouts.save("Kort", columns=columns, empty_cells=EmptyCells.KEEP, is_default=False, actor=alice)

    def names(*options: str) -> list[str]:
        book = tmp_path / "list.xlsx"
        made = CliRunner().invoke(app, ["export", "-o", str(book), "--layout", "Kort", *options])
        assert made.exit_code == 0, made.stderr
        read = CliRunner().invoke(app, ["rows", str(book)])
        header, *rows = csv.reader(read.stdout.splitlines())
        assert header == ["CustomerID", "Fornavn", "Version"]
        return [row[1] for row in rows]

    assert names() == ["Kari", "Ola", "Siv"]
    assert names("--segment", "I Oslo") == ["Kari", "Siv"]
    assert names("--search", "bergen") == ["Ola"]
    about = CliRunner().invoke(app, ["rows", str(tmp_path / "list.xlsx"), "--sheet", "About"]).stdout
    assert about.startswith("Column,What it is,What to write\nCustomerID,Customer number,")
    assert Export.objects.filter(size=None, state="done").count() == 3


@pytest.mark.django_db
@pytest.mark.parametrize(
    "options",
    [
        ("-o", "x.xlsx", "--plain"),
        ("--segment", "a", "--search", "b"),
        ("--segment", "nobody"),
        ("--layout", "none"),
    ],
)
def test_it_refuses_in_one_sentence_what_cannot_be_exported(options: tuple[str, ...]) -> None:
    result = CliRunner().invoke(app, ["export", *options])
    assert (result.exit_code, result.stdout, len(result.stderr.splitlines())) == (2, "", 1)


@pytest.mark.django_db
def test_it_imports_the_sheet_that_was_named(tmp_path: Path) -> None:
    book = tmp_path / "two.xlsx"
    heads = (Column("CustomerID"), Column("FirstName"), Column("Gender"))
    both = [(Sheet("A", heads), [pl.DataFrame([["0"], ["Åse"], ["2"]])])]
    both.append((Sheet("B", heads), [pl.DataFrame([["0", "0"], ["Ola", "Per"], ["1", "1"]])]))
    book.write_bytes(b"".join(workbook(both)))
    told = [CliRunner().invoke(app, ["import", str(book), "--json", *o]) for o in ([], ["--sheet", "B"])]
    assert [json.loads(result.stdout)["new"] for result in told] == [1, 2]
    read = {"encoding": "xlsx", "separator": "", "header_row": 1}
    assert [json.loads(one.stdout)["dialect"] for one in told] == [read | {"sheet": "A"}, read | {"sheet": "B"}]
    refused = CliRunner().invoke(app, ["import", str(book), "--json", "--sheet", "C"])
    assert (refused.exit_code, json.loads(refused.stdout)["error"]["code"]) == (2, "sheet_unknown")
    shown = CliRunner().invoke(app, ["import", str(book), "--preview"])
    assert "two.xlsx, sheet A · 1 row · 3 columns" in shown.stdout


@pytest.mark.slow
def test_it_stops_quietly_when_nobody_reads_on(tmp_path: Path) -> None:
    (tmp_path / "long.csv").write_text("a;b\n" + "1;2\n" * 300_000)
    command = f"{sys.executable} -m kundekort.cli rows {tmp_path / 'long.csv'} | head -1"
    done = subprocess.run(["bash", "-o", "pipefail", "-c", command], capture_output=True, check=False)
    assert (done.stdout, done.stderr, done.returncode) == (b"a,b\n", b"", 141)


@pytest.mark.slow
@pytest.mark.parametrize("command", ["template", "rows {file}", "import {file} --json --encoding none"])
def test_it_says_in_one_sentence_that_the_disk_is_full(tmp_path: Path, command: str) -> None:
    (tmp_path / "list.csv").write_text("a;b\n1;2\n")
    arguments = command.format(file=tmp_path / "list.csv").split()
    with Path("/dev/full").open("wb") as full:
        done = subprocess.run(
            [sys.executable, "-m", "kundekort.cli", *arguments], stdout=full, stderr=subprocess.PIPE, check=False
        )
    assert (done.returncode, len(done.stderr.splitlines())) == (2, 1), done.stderr.decode()


def test_it_reads_standard_input() -> None:
    result = CliRunner().invoke(app, ["rows", "-"], input="a;b\n1;2\n")
    assert (result.exit_code, result.stdout) == (0, "a,b\n1,2\n")
