"""`kundekort sources`: listed, read now, paused, and the files that they have had."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from django.utils import timezone
from typer.testing import CliRunner, Result

from kundekort.cli.app import app
from kundekort.services import source_runs, sources
from kundekort.services.accounts import Actor
from kundekort.services.sources import Description
from kundekort.store.models import Source, SourceFile

pytestmark = pytest.mark.django_db


def run(*arguments: str) -> Result:
    return CliRunner().invoke(app, ["sources", *arguments])


@pytest.fixture
def source(tmp_path: Path, settings: Any, alice: Actor) -> Source:
    settings.KUNDEKORT_SOURCE_FOLDERS = [tmp_path]
    assert alice.user
    return sources.add(Description("Billett", str(tmp_path), "*.csv", owner=alice.user.pk), actor=alice)


def test_it_lists_reads_and_pauses(source: Source, tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("CustomerID;FirstName;Gender\n0;Kari;2\n")
    assert run().stdout == f"on        Billett  {tmp_path}\n"
    assert run("run", "billett").stderr == "Imported: 0. Left until they are still: 1.\n"
    SourceFile.objects.update(seen_at=timezone.now() - source_runs.STILL)
    assert run("run", "Billett").stderr == "Imported: 1. Left until they are still: 0.\n"
    (file,) = json.loads(run("files", "Billett", "--json").stdout)
    assert (file["name"], file["state"], file["import_state"]) == ("a.csv", "imported", "preview")
    assert file["waits_for"] == ["by_hand"]
    assert run("files", "Billett").stdout.split()[-2:] == ["a.csv", "by_hand"]
    run("pause", "Billett")
    assert run().stdout.startswith("paused ")
    run("resume", "Billett")
    assert run().stdout.startswith("on ")


def test_it_says_what_is_wrong(source: Source, tmp_path: Path) -> None:
    tmp_path.rename(tmp_path.parent / "away")
    told = run("run", "Billett")
    assert (told.exit_code, "The folder or the file is not there." in told.stderr) == (1, True)
    (found,) = json.loads(run("--json").stdout)
    assert (found["state"], found["fault"]["reason"]) == ("failing", "gone")
    assert run("run", "nowhere").exit_code == 2
    (tmp_path.parent / "away").rename(tmp_path)
