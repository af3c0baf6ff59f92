"""How `kundekort import` reads a text, where that can be doubted."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from kundekort.cli.app import app

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def run(tmp_path: Path) -> Callable[..., Result]:
    """Runs `kundekort import` on a file of this content."""

    def run(content: str | bytes, *arguments: str) -> Result:
        file = tmp_path / "list.csv"
        file.write_bytes(content if isinstance(content, bytes) else content.encode())
        return CliRunner().invoke(app, ["import", str(file), *arguments])

    return run


def told(result: Result) -> dict[str, Any]:
    answer: dict[str, Any] = json.loads(result.stdout)
    return answer


def test_it_tells_of_lines_above_the_header_and_of_a_broken_header(run: Callable[..., Result]) -> None:
    result = run('Kunder 2026\nCustomerID;"FirstName;Gender\n0;Kari;2\n', "--preview", "--json")
    answer = json.loads(result.stdout)
    told_of = {warning["code"]: warning for warning in answer["warnings"]}
    assert told_of["lines_above"]["lines"] == [{"line": 1, "text": "Kunder 2026"}]
    assert "“Kunder 2026” (line 1)" in told_of["lines_above"]["message"]
    assert (told_of["header_damaged"]["line"], told_of["header_damaged"]["problem"]) == (2, "unclosed_quote")
    assert (answer["problems"][0]["line"], answer["problems"][0]["code"]) == (2, "unclosed_quote")


def test_it_refuses_letters_that_can_be_read_in_several_ways_until_it_is_told(run: Callable[..., Result]) -> None:
    content = "CustomerID;FirstName;Gender\n0;øx;2\n".encode("cp850")
    result = run(content, "--preview", "--json")
    assert (result.exit_code, told(result)["error"]["code"]) == (2, "encoding_unclear")
    answer = told(run(content, "--preview", "--json", "--encoding", "cp850"))
    assert (answer["new"], answer["dialect"]["encoding"]) == (1, "cp850")
