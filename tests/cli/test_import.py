"""The contract of `kundekort import`: keys, exit codes, and which stream carries what."""

import errno
import json
import os
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.utils import timezone
from procrastinate.contrib.django.models import ProcrastinateJob
from typer.testing import CliRunner, Result

from kundekort.cli.app import app
from kundekort.services import confirming, planning
from kundekort.store import packages
from kundekort.store.models import Customer, Import

KEYS = [
    *("import_id", "rows", "new", "changed", "unchanged", "errors", "left_out", "cells_changed"),
    *("removed", "restored", "conflicts", "dialect", "columns", "problems", "conflict_cells", "warnings"),
    *("applied", "error"),
]
TWO = "CustomerID;FirstName;Email;Gender\n0;Kari;kari@example.com;2\n0;Per;per@example.com;1\n"
MISTAKE = TWO + "0;Ola;ola.example.com;1\n"

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def run(tmp_path: Path) -> Callable[..., Result]:
    def run(content: str | bytes, *arguments: str, **options: Any) -> Result:
        file = tmp_path / "list.csv"
        file.write_bytes(content.encode() if isinstance(content, str) else content)
        return CliRunner().invoke(app, ["import", str(file), *arguments], **options)

    return run


def told(result: Result) -> dict[str, Any]:
    lines = result.stdout.splitlines()
    assert len(lines) == 1, "one JSON object and nothing else"
    answer: dict[str, Any] = json.loads(lines[0])
    assert list(answer) == KEYS
    return answer


def test_it_calls_columns_as_the_file_does(run: Callable[..., Result]) -> None:
    run(TWO, "--yes")
    kari = Customer.objects.order_by("pk").values_list("pk", flat=True)[0]
    shown = run(f"CustomerID;Epost;ZipCode;Gender\n{kari};ny@example.com;0150;2\n", "--preview").stdout
    assert "Epost 1 · ZipCode 1" in shown


def test_it_previews_without_writing(run: Callable[..., Result]) -> None:
    result = run(TWO, "--preview", "--json")
    answer = told(result)
    assert result.exit_code == 0
    assert (answer["rows"], answer["new"], answer["applied"], answer["error"]) == (2, 2, False, None)
    assert answer["dialect"] == {"encoding": "utf-8", "separator": ";", "header_row": 1, "sheet": None}
    assert answer["columns"][1] == {"header": "FirstName", "field": "first_name"}
    assert not Customer.objects.exists()
    assert Import.objects.get(pk=answer["import_id"]).state == Import.State.PREVIEW


def test_it_writes_only_when_told_yes(run: Callable[..., Result]) -> None:
    assert told(run(TWO, "--json"))["applied"] is False
    assert not Customer.objects.exists()
    answer = told(run(TWO, "--yes", "--json"))
    assert answer["applied"] is True
    assert answer["new"] == Customer.objects.count() == 2


def test_it_tells_problems_by_line_and_by_the_header_of_the_file(run: Callable[..., Result]) -> None:
    content = "Kundenr,Fornavn,E-post,Kjønn\n0,Kari,x,2\n\n0,,,\n0,Per\n"
    result = run(content, "--preview", "--json")
    answer = told(result)
    assert result.exit_code == 3
    assert answer["errors"] == answer["rows"] == 3
    assert [(p["line"], p["column"], p["code"], p["value"]) for p in answer["problems"]] == [
        (2, "E-post", "email_invalid", "x"),
        (4, "Kjønn", "gender_missing", ""),
        (4, None, "name_missing", ""),
        (5, None, "row_too_short", "0,Per"),
    ]
    assert answer["problems"][1]["message"] == "Kjønn is empty. Use 0 for none, 1 for man, 2 for woman."
    assert answer["warnings"] == [{"code": "blank_rows", "message": "1 empty row was skipped.", "count": 1}]


def test_it_names_a_field_that_the_file_does_not_have(run: Callable[..., Result]) -> None:
    result = run("CustomerID;FirstName\n0;A\n", "--preview", "--json")
    (problem,) = told(result)["problems"]
    assert (problem["column"], problem["code"]) == (None, "gender_missing")
    assert problem["message"] == "Gender is empty. Use 0 for none, 1 for man, 2 for woman."
    result = run("CustomerID;FirstName\n0;A\n", "--preview", env={"COLUMNS": "200"})
    assert " Gender is empty. " in result.stdout


def test_it_lists_at_most_a_thousand_problems(run: Callable[..., Result]) -> None:
    answer = told(run("CustomerID;FirstName;Gender\n" + "0;A;\n" * 1200, "--preview", "--json"))
    assert answer["errors"] == 1200
    assert [p["line"] for p in answer["problems"]] == list(range(2, 1002))


def test_it_refuses_errors_unless_they_are_left_out(run: Callable[..., Result]) -> None:
    result = run(MISTAKE, "--yes", "--json")
    assert (result.exit_code, told(result)["error"]["code"]) == (3, "rows_have_errors")
    assert not Customer.objects.exists()

    result = run(MISTAKE, "--yes", "--leave-out-errors", "--json")
    answer = told(result)
    assert result.exit_code == 0
    assert (answer["applied"], answer["new"], answer["errors"], answer["left_out"]) == (True, 2, 0, 1)
    assert answer["problems"][0]["line"] == 4
    assert Customer.objects.count() == 2


def test_it_obeys_the_choice_about_empty_cells(run: Callable[..., Result]) -> None:
    run(TWO, "--yes", "--json")
    kari = Customer.objects.get(first_name="Kari")
    content = f"CustomerID;Email\n{kari.pk};\n"
    assert told(run(content, "--json", "--empty-cells", "keep"))["changed"] == 0
    assert told(run(content, "--json", "--empty-cells", "overwrite"))["cells_changed"] == 1


@pytest.mark.parametrize(("match", "changed", "new"), [("email", 1, 0), ("none", 0, 1), ("id email", 1, 0)])
def test_it_matches_rows_as_told(run: Callable[..., Result], match: str, changed: int, new: int) -> None:
    run(TWO, "--yes", "--json")
    options = [word for key in match.split() for word in ("--match", key)]
    answer = told(run("CustomerID;E-mail;First name;Gender\n0;KARI@example.com;Karin;2\n", "--json", *options))
    assert (answer["changed"], answer["new"]) == (changed, new)
    refused = run(TWO, "--json", "--match", "none", *options, "--match", "mobile")
    assert (refused.exit_code, told(refused)["error"]["code"]) == (2, "options_exclude")


@pytest.mark.parametrize(("order", "date"), [("dmy", "1990-04-03"), ("mdy", "1990-03-04")])
def test_it_reads_dates_in_the_order_told(run: Callable[..., Result], order: str, date: str) -> None:
    content = "CustomerID;FirstName;Gender;DateOfBirth\n0;Kari;2;03/04/1990\n"
    assert told(run(content, "--json"))["problems"][0]["code"] == "date_ambiguous"
    run(content, "--yes", "--json", "--date-order", order)
    assert str(Customer.objects.get().date_of_birth) == date


def test_it_reads_the_file_as_told(run: Callable[..., Result]) -> None:
    content = "a title\nCustomerID\tFirstName\tGender\n0\tÅse\t2\n".encode("mac-roman")
    arguments = ["--encoding", "mac-roman", "--separator", "tab", "--header-row", "2"]
    assert told(run(content, "--yes", "--json", *arguments))["dialect"] == {
        "encoding": "mac-roman",
        "separator": "\t",
        "header_row": 2,
        "sheet": None,
    }
    assert Customer.objects.get().first_name == "Åse"


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "file_empty"),
        (b"\n\n", "file_empty"),
        (b"CustomerID;FirstName\n", "header_only"),
        (b"\x89PNG\r\n\x1a\n" + bytes(range(256)), "file_binary"),
        (b"a;b\n1;2\n", "no_known_column"),
        (b"CustomerID;Email;E-post\n0;a@example.com;b@example.com\n", "column_twice"),
        (b"FirstName;Gender\nKari;2\n", "no_key_column"),
    ],
)
def test_it_refuses_a_file_in_one_sentence(run: Callable[..., Result], content: bytes, code: str) -> None:
    result = run(content, "--yes", "--json")
    answer = told(result)
    assert (result.exit_code, answer["error"]["code"], answer["applied"], answer["rows"]) == (2, code, False, 0)
    read = content.split(b"\n")[0].decode().split(";") if code in ("no_known_column", "column_twice") else []
    assert not read or [column["header"] for column in answer["columns"]] == read
    assert answer["dialect"]["separator"] == (";" if read or code == "no_key_column" else None)

    result = run(content, "--yes")
    assert result.exit_code == 2
    assert result.stdout == ""
    assert len(result.stderr.splitlines()) == 1


def test_it_refuses_what_is_no_file(tmp_path: Path) -> None:
    (tmp_path / "list.csv").write_text(TWO)
    for path, code in [
        (tmp_path / "none.csv", "file_missing"),
        (tmp_path, "file_is_folder"),
        (tmp_path / "list.csv" / "x.csv", "file_unreadable"),
        (tmp_path / ("long" * 100), "file_unreadable"),
        (Path("/proc/self/mem"), "file_unreadable"),
    ]:
        result = CliRunner().invoke(app, ["import", str(path), "--json"])
        assert (result.exit_code, told(result)["error"]["code"]) == (2, code)


def test_it_tells_of_a_storage_that_fails(run: Callable[..., Result], monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_arguments: object, **_options: object) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(packages, "keep_source", full)
    result = run(TWO, "--json")
    assert (result.exit_code, told(result)["error"]["code"]) == (2, "io_failed")
    assert "No space left on device" in told(result)["error"]["message"]
    assert not Import.objects.exists()


@pytest.mark.parametrize(
    "arguments", [["--empty-cells", "foo"], ["--nonsense"], ["another.csv"], ["--header-row", "0"]]
)
def test_it_tells_programs_of_usage_that_it_does_not_understand(
    run: Callable[..., Result], arguments: list[str]
) -> None:
    result = run(TWO, *arguments, "--json")
    answer = told(result)
    assert (result.exit_code, result.stderr) == (2, "")
    assert (answer["error"]["code"], answer["import_id"]) == ("usage", None)
    assert answer["error"]["message"].startswith("The command was not understood: ")
    in_words = run(TWO, *arguments)
    assert (in_words.exit_code, in_words.stdout) == (2, "")
    assert "import --help" in in_words.stderr


def test_it_reads_standard_input() -> None:
    result = CliRunner().invoke(app, ["import", "-", "--yes", "--json"], input=TWO)
    assert (result.exit_code, told(result)["new"]) == (0, 2)
    assert Import.objects.get().filename == "stdin"
    assert Customer.objects.count() == 2
    refused = CliRunner().invoke(app, ["import", "-"], input=TWO)
    assert (refused.exit_code, refused.stdout) == (2, "")


def test_it_asks_nobody_when_there_is_nobody_to_ask(run: Callable[..., Result]) -> None:
    result = run(TWO)
    assert result.exit_code == 2
    assert "--preview" in result.stderr
    assert not Import.objects.exists()


def test_it_shows_the_preview_and_its_counts(run: Callable[..., Result]) -> None:
    result = run(MISTAKE, "--preview", env={"COLUMNS": "100"})
    assert result.exit_code == 3
    assert "ola.example.com" in result.stdout
    assert "kari@example.com" in result.stdout


def test_it_says_what_the_values_of_a_new_customer_are(run: Callable[..., Result]) -> None:
    shown = run("CustomerID;FirstName;Sex;City\n0;Kari;0;Oslo\n0;Per;1;\n", "--preview", env={"COLUMNS": "100"}).stdout
    lines = [line.rstrip() for line in shown.splitlines()]
    assert [line.partition("Kari")[2].strip() for line in lines if "Kari" in line] == ["City: Oslo · Sex: Not given"]
    assert [line.partition("Per")[2].strip() for line in lines if "Per" in line] == ["Sex: Man"]
    assert lines[0].endswith("· 2 rows · 4 columns recognised")


def test_it_counts_one_row_and_one_column(run: Callable[..., Result]) -> None:
    shown = run("Fornavn\nKari\n", "--preview", "--match", "none", env={"COLUMNS": "100"}).stdout
    assert shown.splitlines()[0].endswith("· 1 row · 1 column recognised")


def test_it_lets_no_cell_steer_the_terminal(run: Callable[..., Result]) -> None:
    result = run("CustomerID;FirstName;Gender\n0;\x1b[2JKari\x07;2\n", "--preview")
    assert result.exit_code == 0
    assert not set(result.stdout) & {"\x1b", "\x07"}


def test_it_takes_any_bytes_as_problems_of_rows(run: Callable[..., Result]) -> None:
    rows = ["99999999999999999999;A;1;", "0;B\0;1;", '0;"C;1;', '0;D;1;"x"y', "0;E;1;", "0;F;1;" + "x" * 1_000_000]
    answer = told(run("\n".join(["CustomerID;FirstName;Gender;InternalNote\0", *rows]), "--json"))
    assert [(p["line"], p["code"]) for p in answer["problems"]] == [
        (1, "nul_byte"),
        (2, "id_too_big"),
        (3, "nul_byte"),
        (4, "unclosed_quote"),
        (5, "text_after_quote"),
        (7, "too_long"),
    ]
    assert (answer["rows"], answer["new"]) == (6, 1)


def test_it_changes_nothing_the_second_time(run: Callable[..., Result]) -> None:
    content = "CustomerID;ExternalID;FirstName;Gender\n0;A1;Kari;2\n"
    run(content, "--yes", "--json")
    answer = told(run(content, "--yes", "--json", "--match", "external-id"))
    assert (answer["unchanged"], answer["cells_changed"], answer["applied"]) == (1, 0, True)
    assert Customer.objects.get().version == 1


@pytest.fixture
def others_first(run: Callable[..., Result], monkeypatch: pytest.MonkeyPatch) -> Callable[[str], None]:
    """Have somebody else's import written just before the next one is."""
    apply = confirming.apply

    def others_first(content: str) -> None:
        def applied(*arguments: Any, **options: Any) -> Import:
            monkeypatch.setattr(confirming, "apply", apply)
            assert run(content, "--yes").exit_code == 0
            return apply(*arguments, **options)

        monkeypatch.setattr(confirming, "apply", applied)

    return others_first


def test_it_makes_the_preview_anew_when_the_register_has_moved(
    run: Callable[..., Result], others_first: Callable[[str], None]
) -> None:
    run(TWO, "--yes", "--json")
    kari, per = Customer.objects.order_by("pk")
    mine = f"CustomerID;Extra;City\n{kari.pk};x;Oslo\n{per.pk};x;Bergen\n"
    others_first(f"CustomerID;City\n{per.pk};Bergen\n")
    result = run(mine, "--yes", "--json")
    answer = told(result)
    assert (result.exit_code, answer["error"]["code"], answer["applied"]) == (4, "register_moved", False)
    assert (answer["changed"], answer["unchanged"]) == (1, 1), "the counts are those of the new preview"
    assert Import.objects.get(pk=answer["import_id"]).state == Import.State.PREVIEW
    kari.refresh_from_db()
    assert kari.city == ""

    others_first(f"CustomerID;City\n{kari.pk};Trondheim\n")
    result = run(mine, "--yes", env={"COLUMNS": "100"})
    assert result.exit_code == 4
    assert "Trondheim → Oslo" in result.stdout, "the new preview is shown, with whom to ask"
    assert len(result.stderr.splitlines()) == 1


def test_it_leaves_no_import_without_somebody_to_plan_it(
    run: Callable[..., Result], monkeypatch: pytest.MonkeyPatch
) -> None:
    class Killed(BaseException):
        pass

    def killed(*_arguments: object, **_options: object) -> None:
        raise Killed

    before = timezone.now()
    with monkeypatch.context() as patch:
        patch.setattr(planning, "plan", killed)
        with pytest.raises(Killed):
            run(TWO, "--json")
    imp = Import.objects.get()
    assert imp.state == Import.State.RECEIVED
    job = ProcrastinateJob.objects.get(args={"import_id": imp.pk})
    assert (job.task_name, job.status) == ("plan_import", "todo")
    assert before < job.scheduled_at <= timezone.now() + timedelta(seconds=planning.FALLBACK_SECONDS)
    assert planning.plan(job.args["import_id"]).state == Import.State.PREVIEW


def test_it_says_how_to_split_rows_that_are_one_cell(run: Callable[..., Result]) -> None:
    content = '"CustomerID,FirstName,Gender"\n"0,""Kari, K"",2"\n'
    refused = run(content, "--preview")
    assert (refused.exit_code, "--one-cell" in refused.stderr) == (2, True)
    assert told(run(content, "--json"))["error"]["code"] == "one_cell"
    assert told(run(content, "--json", "--one-cell"))["new"] == 1
    some = run('CustomerID,FirstName,Gender\n"0,""Kari, K"",2"\n0,Ola,1\n', "--preview").stdout
    assert "--one-cell" in some


def test_it_writes_what_looks_dangerous_only_when_told_so(run: Callable[..., Result]) -> None:
    head = "CustomerID;FirstName;ZipCode;Gender\n"
    run(head + "0;Kari;0150;2\n", "--yes", "--json")
    number = Customer.objects.get().pk
    spoilt = head + f"{number};Kari;150;2\n"
    refused = run(spoilt, "--yes", "--json", "--leave-out-errors")
    assert (refused.exit_code, Customer.objects.get().zip_code) == (3, "0150")
    spoilt = "CustomerID;FirstName;City;Gender\n" + f"{number};Kari;#N/A;2\n"
    refused = run(spoilt, "--yes", "--json")
    assert (refused.exit_code, told(refused)["error"]["code"]) == (3, "rows_have_findings")
    (warning,) = told(refused)["warnings"]
    assert (warning["code"], warning["field"], warning["count"], warning["blocks"]) == ("excel_error", "city", 1, True)
    assert run(spoilt, "--preview").exit_code == 3
    accepted = run(spoilt, "--yes", "--json", "--accept-findings")
    assert (accepted.exit_code, Customer.objects.get().city) == (0, "#N/A")


def test_it_creates_nobody_a_second_time_without_being_told(run: Callable[..., Result]) -> None:
    people = "CustomerID;FirstName;LastName;Gender\n" + "".join(f"0;Kari;Nordmann{n};2\n" for n in range(6))
    first = told(run(people, "--yes", "--json"))["import_id"]
    refused = run(people, "--yes", "--json")
    assert (refused.exit_code, told(refused)["error"]["code"]) == (3, "rows_have_findings")
    (warning,) = told(refused)["warnings"]
    assert (warning["code"], warning["import"], warning["file"], warning["blocks"]) == (
        *("file_again", first, "list.csv", True),
    )
    shown = run(people, "--preview")
    assert (shown.exit_code, "list.csv" in shown.stdout) == (3, True)
    assert run(people, "--yes", "--accept-findings").exit_code == 0
    assert Customer.objects.count() == 12
