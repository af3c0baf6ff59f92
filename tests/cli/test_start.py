"""What a command loads before it does anything: nothing that it could do without. Nothing here is timed."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

WORDS = {"django", "polars", "numpy", "pyarrow", "psycopg", "pydantic", "rich", "asyncio", "kundekort.services"}
"""What takes most of a start, and what only says a few words needs none of it."""
ELSEWHERE = {
    "allauth.socialaccount.providers.openid_connect",  # people log in by it on the web, where they do
    "django.contrib.staticfiles.storage",
    "django.core.management.commands",
    "django.db.migrations.autodetector",
    "email_validator",
    "fastexcel",
    "granian",
    "kundekort.engine.reading.code_page",
    "kundekort.engine.reading.rfc4180",
    "kundekort.services.anonymising",
    "kundekort.services.backup",
    "kundekort.services.exports",
    "kundekort.services.jobs",
    "kundekort.store.migrations",
    "kundekort.web.urls",
    "numpy",  # for long files, as what parses those
    "phonenumbers",  # for numbers that are written oddly, or of far countries
    "pyarrow",
    "rapidfuzz",  # for headers that are nearly known
    "requests",
    "rich.progress",
    "urllib3",
    "whitenoise",
}
"""What the preview of a file has no use for."""


def loaded(*arguments: str, environment: dict[str, str] | None = None) -> set[str]:
    """The modules that `kundekort` has loaded by its end, as Python tells on its own."""
    command = [sys.executable, "-v", "-m", "kundekort.cli", *arguments]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=True)
    return set(re.findall(r"^import '(\S+)' #", done.stderr, re.MULTILINE))


@pytest.mark.parametrize("asked", ["--version", "--help"])
def test_it_loads_next_to_nothing_for_a_few_words(asked: str) -> None:
    modules = loaded(asked, environment=dict(os.environ))
    assert "kundekort.cli.app" in modules
    assert modules & WORDS == set()
    assert {m for m in modules if m.startswith("kundekort.cli.")} == {
        "kundekort.cli.app",
        "kundekort.cli.commands",
        "kundekort.cli.language",
    }


def test_it_loads_for_a_preview_only_what_that_wants(environment: dict[str, str], tmp_path: Path) -> None:
    file = tmp_path / "people.csv"
    file.write_text("CustomerID;FirstName;Gender;Mobile;Phone\n0;Kari;2;91234567;+47 22 12 34 56\n")
    loaded("import", str(file), "--preview", environment=environment)  # prepares the database
    modules = loaded("import", str(file), "--preview", environment=environment)
    assert "kundekort.services.planning" in modules
    assert modules & ELSEWHERE == set()
    assert {m for m in modules if m.startswith("kundekort.cli.")} >= {"kundekort.cli.importing", "kundekort.cli.show"}
    assert "kundekort.cli.server" not in modules
