"""A data folder that cannot be used is told as that."""

import os
import subprocess
import sys

import pytest


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
    environment = {"PATH": os.environ["PATH"], "KUNDEKORT_DATA": "/dev/null/kundekort", "LANGUAGE": language}
    command = [sys.executable, "-m", "kundekort.cli", "segments"]
    done = subprocess.run(command, env=environment, capture_output=True, text=True)
    assert (done.returncode, done.stdout, len(done.stderr.splitlines())) == (1, "", 1)
    assert done.stderr.startswith(words)
    assert "KUNDEKORT_DATA" in done.stderr
