"""What is released: a wheel that holds the product and nothing else, and sources of which the same wheel is built."""

from __future__ import annotations

import subprocess
import tarfile
import zipfile
from pathlib import Path

import pytest

from tests.release.conftest import ROOT, build

pytestmark = pytest.mark.slow

EXAMPLES = {"box-office.txt", "customers-edited.csv", "damaged-by-spreadsheet.csv", "stale-export.csv"}
"""What the demonstration previews."""


def contents(wheel: Path) -> dict[str, bytes]:
    """The files of a wheel."""
    with zipfile.ZipFile(wheel) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def test_the_wheel_holds_the_package_the_guide_the_examples_and_nothing_else(wheel: Path) -> None:
    listed = subprocess.run(["git", "ls-files", "src/kundekort"], cwd=ROOT, capture_output=True, text=True, check=True)
    package = {name.removeprefix("src/") for name in listed.stdout.splitlines() if (ROOT / name).is_file()}
    package = {name for name in package if not name.endswith(".po")}  # of which the .mo is made
    guide = {
        path.relative_to(ROOT / "src").as_posix()
        for language in ("en", "nb")
        for path in (ROOT / "src/kundekort/web/help" / language).rglob("*")
        if path.is_file()
    }
    found = {name for name in contents(wheel) if ".dist-info/" not in name}
    assert found == package | guide | {f"kundekort/examples/{name}" for name in EXAMPLES}


def test_the_sources_build_the_same_wheel(wheel: Path, sdist: Path, tmp_path: Path) -> None:
    with tarfile.open(sdist) as archive:
        archive.extractall(tmp_path / "sources", filter="data")
    [folder] = (tmp_path / "sources").iterdir()
    again = build(folder, tmp_path / "wheel", "wheel")
    assert again.name == wheel.name
    assert contents(again) == contents(wheel)


def test_the_sources_hold_what_is_tracked_and_the_guide(sdist: Path) -> None:
    listed = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    tracked = {name for name in listed.splitlines() if (ROOT / name).is_file()}
    with tarfile.open(sdist) as archive:
        held = {name.partition("/")[2] for name in archive.getnames()}
    assert tracked - held - {".pre-commit-config.yaml"} == set()
    assert {name for name in held - tracked - {"PKG-INFO"} if not name.startswith("src/kundekort/web/help/")} == set()
