"""The laws of the house that a program can check."""

from __future__ import annotations

import hashlib
import re
import subprocess
import sys
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import call_command
from django.db import connection

from kundekort.store import search
from kundekort.store.fields import SCHEMA
from kundekort.store.models import Customer

ROOT = Path(__file__).parent.parent.parent
SOURCE = ROOT / "src" / "kundekort"
WEB = SOURCE / "web"
LONGEST = 400
LONGEST_TEMPLATE_LINE = 160
TEXTS = (".py", ".html", ".js", ".css", ".md", ".toml", ".txt", ".sh", ".yml", ".yaml")


def tracked() -> list[Path]:
    """The files of the project, as git has them."""
    listed = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    return [path for name in listed.splitlines() if (path := ROOT / name).is_file()]


def test_it_keeps_the_floors() -> None:
    done = subprocess.run(
        [Path(sys.executable).parent / "lint-imports", "--no-cache"], cwd=ROOT, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stdout


def test_it_has_no_long_file() -> None:
    long = {
        str(path.relative_to(ROOT)): lines
        for path in [*SOURCE.rglob("*.py"), *(ROOT / "tests").rglob("*.py"), *WEB.glob("static/kundekort/**/*.js")]
        if (lines := len(path.read_text().splitlines())) > LONGEST
    }
    assert long == {}


def test_it_has_no_long_line_in_a_template() -> None:
    long = {
        f"{path.relative_to(WEB)}:{number}": len(line)
        for path in (WEB / "templates").rglob("*.html")
        for number, line in enumerate(path.read_text().splitlines(), 1)
        if len(line) > LONGEST_TEMPLATE_LINE
    }
    assert long == {}


@pytest.mark.django_db
def test_it_has_a_migration_for_every_model() -> None:
    call_command("makemigrations", "--check", "--dry-run", stdout=StringIO())


def test_it_stores_every_field_of_the_schema_and_no_other() -> None:
    columns = {f.column for f in Customer._meta.concrete_fields}
    assert columns == {f.key for f in SCHEMA} | {"custom", "created_at", "changed_at"}


@pytest.mark.django_db
def test_it_searches_by_the_index() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")  # a table of no rows is scanned whatever indexes it has
    assert "customer_search" in search.matching("ole").explain()


def test_it_keeps_vendored_files_as_they_came() -> None:
    folder = WEB / "static" / "vendor"
    named = dict(re.findall(r"^\| (\S+) \|.*`([0-9a-f]{64})` \|$", (folder / "README.md").read_text(), re.MULTILINE))
    found = {p.name: hashlib.sha256(p.read_bytes()).hexdigest() for p in folder.iterdir() if p.is_file()}
    found.pop("README.md")
    assert found == named


def test_it_has_every_icon_that_it_shows() -> None:
    sprite = next((WEB / "static" / "vendor").glob("tabler-icons-*.svg")).read_text()
    there = set(re.findall(r'<symbol id="([^"]+)"', sprite))
    shown = {
        name
        for page in (WEB / "templates").rglob("*.html")
        for name in re.findall(r'{% icon "([^"]+)" %}', page.read_text())
    }
    assert shown - there == set()


def test_it_names_no_registry_and_no_machine() -> None:
    forbidden = re.compile(r"(https?://[^\s\"']*(?:pypi|npmjs|pythonhosted)|--(?:extra-)?index-url|file:///)")
    named = [
        f"{path.relative_to(ROOT)}: {found.group()}"
        for path in tracked()
        if path.suffix in TEXTS and path != Path(__file__)
        for found in forbidden.finditer(path.read_text(errors="replace"))
    ]
    assert named == []


def test_it_shows_every_picture_that_the_documents_name() -> None:
    missing = [
        f"{page.relative_to(ROOT)}: {target}"
        for page in [ROOT / "README.md", *(ROOT / "docs").rglob("*.md")]
        for target in re.findall(r"!\[[^\]]*\]\(([^)]+)\)", page.read_text())
        if not (page.parent / target).exists()
    ]
    assert missing == []


def test_it_leads_to_files_that_exist() -> None:
    dead = [
        f"{page.relative_to(ROOT)}: {target}"
        for page in [*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md"), *(ROOT / "examples").glob("*.md")]
        for target in re.findall(r"(?<!!)\[[^\]]+\]\(([^)#:]+)(?:#[^)]*)?\)", page.read_text())
        if not (page.parent / target).exists()
    ]
    assert dead == []


def test_it_documents_every_setting() -> None:
    code = "".join(path.read_text() for path in SOURCE.rglob("*.py"))
    names = set(re.findall(r"[\"'](KUNDEKORT_[A-Z_]+)[\"']", code))
    operations = (ROOT / "docs" / "operations.md").read_text()
    assert {name for name in names if name not in operations} == set()
