"""A data folder that cannot be used is told as that."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from kundekort import secret_key
from kundekort.config import environment


@pytest.mark.parametrize(
    ("language", "words"),
    [
        (
            "en",
            "Kundekort cannot use “/dev/null/kundekort”: Not a directory. Run it as the user to whom its data belongs",
        ),
        ("nb", "Kundekort kan ikke bruke «/dev/null/kundekort»: Not a directory. Kjør det som brukeren"),
    ],
)
def test_it_says_which_folder_cannot_be_used_and_the_way_on(language: str, words: str) -> None:
    surroundings = {"PATH": os.environ["PATH"], "KUNDEKORT_DATA": "/dev/null/kundekort", "LANGUAGE": language}
    command = [sys.executable, "-m", "kundekort.cli", "segments"]
    done = subprocess.run(command, env=surroundings, capture_output=True, text=True)
    assert (done.returncode, done.stdout, len(done.stderr.splitlines())) == (1, "", 1)
    assert done.stderr.startswith(words)
    assert "KUNDEKORT_DATA" in done.stderr


def test_it_makes_a_secret_key_anew_whose_writing_was_interrupted(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("KUNDEKORT_SECRET_KEY", raising=False)
    file = tmp_path / "secret-key"
    for written in ("", "half a"):
        file.write_text(written)
        key = environment.secret_key(tmp_path)
        assert len(key) >= secret_key.SHORTEST
        assert environment.secret_key(tmp_path) == file.read_text() == key
        assert file.stat().st_mode & 0o777 == 0o600
