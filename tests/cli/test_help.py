"""What `kundekort` says of itself: its version, its help, its completion."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
from typer.testing import CliRunner

from kundekort.cli.app import app
from kundekort.cli.language import VARIABLES, language
from kundekort.languages import NAMES

ROOT = Path(__file__).parents[2]


def told(*arguments: str, **environment: str) -> str:
    """What the command line prints in a terminal of 80 columns."""
    return subprocess.run(
        [sys.executable, "-m", "kundekort.cli", *arguments],
        env=os.environ | {"COLUMNS": "80"} | environment,
        capture_output=True,
        text=True,
        check=True,
    ).stdout


def test_it_tells_the_version_of_the_project_and_of_python() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    python = ".".join(str(part) for part in sys.version_info[:3])
    assert told("--version") == f"kundekort {project['version']} (Python {python})\n", (
        "installed anew since it changed?"
    )


@pytest.mark.parametrize("language", NAMES)
@pytest.mark.parametrize("group", [(), ("segments",)])
def test_it_cuts_no_summary_of_a_command(language: str, group: tuple[str, ...]) -> None:
    commands = told(*group, "--help", LANGUAGE=language).partition("Commands:\n")[2].splitlines()
    assert len(commands) >= 3
    assert [line for line in commands if not re.fullmatch(r"  \w+ +\S.*[^.…]\.", line)] == []


@pytest.mark.parametrize(
    ("wish", "spoken"),
    [
        *(("nb_NO.UTF-8", "nb"), ("no", "nb"), ("nn_NO", "nb"), ("norwegian", "en"), ("C.UTF-8", "en"), ("", "en")),
        *(("sv_SE.UTF-8", "sv"), ("sv:en", "sv"), ("da_DK@euro", "da"), ("en_GB", "en"), ("de_DE", "en")),
    ],
)
def test_it_speaks_the_language_of_the_environment(monkeypatch: pytest.MonkeyPatch, wish: str, spoken: str) -> None:
    for name in VARIABLES:
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("LANG", wish)
    assert language() == spoken


@pytest.mark.parametrize("command", ["import", "serve", "segments", "createuser"])
def test_it_helps_with_one_letter_too(command: str) -> None:
    short, long = (CliRunner().invoke(app, [command, option]) for option in ("-h", "--help"))
    assert (short.exit_code, short.output) == (0, long.output)


def test_it_completes_commands_in_the_shell() -> None:
    words = {"_KUNDEKORT_COMPLETE": "complete_bash", "COMP_WORDS": "kundekort cre", "COMP_CWORD": "1"}
    assert CliRunner().invoke(app, [], prog_name="kundekort", env=words).output.split() == ["createuser"]
