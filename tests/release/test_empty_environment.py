"""The wheel as somebody installs it who has nothing else: an empty environment, an empty folder."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO
from urllib.request import Request, urlopen

import pytest

from tests.cli.places import place
from tests.object_store import free_port
from tests.release.conftest import ROOT

pytestmark = pytest.mark.slow

LOG_IN = {"nb": "Logg inn", "sv": "Logga in", "da": "Log ind", "en": "Log in"}


@dataclass
class Installed:
    """An environment with the wheel and what it needs, and an empty folder to be in."""

    bin: Path
    folder: Path
    environment: dict[str, str]

    def run(self, *command: str) -> str:
        done = subprocess.run(
            command, cwd=self.folder, env=self.environment, capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, done.stderr
        return done.stdout


@pytest.fixture(scope="module")
def installed(wheel: Path) -> Iterator[Installed]:
    with place() as here:
        home = here.data.parent
        subprocess.run([sys.executable, "-m", "venv", "--without-pip", home / "venv"], check=True)
        python = home / "venv" / "bin" / "python"
        pip = [sys.executable, "-m", "pip", "--python", str(python), "install", "-q", "--disable-pip-version-check"]
        for what in (["--require-hashes", "-r", ROOT / "requirements" / "run.txt"], ["--no-deps", wheel]):
            subprocess.run([*pip, *what], check=True, capture_output=True)
        folder = home / "empty"
        folder.mkdir()
        environment = {name: value for name, value in here.environment.items() if name != "PYTHONPATH"}
        environment |= {"PATH": f"{python.parent}:/usr/bin:/bin", "HOME": str(home)}
        yield Installed(python.parent, folder, environment)


def test_it_has_all_that_it_says_it_needs(installed: Installed) -> None:
    pip = [sys.executable, "-m", "pip", "--python", str(installed.bin / "python")]
    done = subprocess.run([*pip, "check"], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout
    listed = json.loads(subprocess.run([*pip, "list", "--format=json"], capture_output=True, check=True).stdout)
    assert {"pytest", "hatchling", "opentelemetry-sdk"} & {package["name"] for package in listed} == set()


def test_it_says_its_version(installed: Installed) -> None:
    version = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["version"]
    assert installed.run("kundekort", "--version").startswith(f"kundekort {version} (Python 3.")


def test_it_reads_a_file_without_a_register(installed: Installed) -> None:
    (installed.folder.parent / "list.csv").write_text("CustomerID;FirstName;Gender\n0;Kari;2\n")
    assert "FirstName" in installed.run("kundekort", "inspect", "../list.csv")


def get(port: int, path: str, language: str = "nb") -> tuple[int, str, str]:
    """The status, the type and the text of a page in a language."""
    request = Request(f"http://127.0.0.1:{port}{path}", headers={"Cookie": f"django_language={language}"})
    with urlopen(request) as answer:
        return answer.status, answer.headers["Content-Type"], answer.read().decode(errors="replace")


@contextmanager
def demonstration(installed: Installed, port: int) -> Iterator[IO[bytes]]:
    """`kundekort demo`, as long as the block goes; what it says on standard error."""
    with subprocess.Popen(
        ["kundekort", "demo", "--port", str(port)],
        cwd=installed.folder,
        env=installed.environment | {"PATH": installed.environment["PATH"]},
        executable=installed.bin / "kundekort",
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    ) as process:
        assert process.stderr is not None
        try:
            yield process.stderr
        finally:
            process.terminate()
            process.communicate()
    assert process.returncode == 0


def test_the_demonstration_works_in_an_empty_folder(installed: Installed) -> None:
    port = free_port()
    with demonstration(installed, port) as said:
        assert f"http://127.0.0.1:{port}/" in said.readline().decode()
        lines = [said.readline().decode() for _ in range(5)]
        assert "customers-edited.csv" in lines[1]
        assert "box-office.txt" in lines[4]
        for language, words in LOG_IN.items():
            status, _, page = get(port, "/login/", language)
            assert (status, words in page) == (200, True)
        files = re.findall(r'(?:href|src)="(/static/[^"#]+)', page)
        kinds = {Path(path).suffix: get(port, path)[:2] for path in files}
        assert {kind: status for kind, (status, _) in kinds.items()} == dict.fromkeys(kinds, 200)
        assert {".css", ".js", ".svg"} <= set(kinds)
        assert json.loads(get(port, "/readyz")[2])["status"] == "ready"
    assert list(installed.folder.iterdir()) == []
    assert os.listdir(installed.folder.parent / "data")
