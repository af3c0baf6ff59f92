"""Commands that get too little memory end with a sentence and an exit code."""

from __future__ import annotations

import os
import resource
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from kundekort.cli import child, failures


def command(*arguments: str, memory: int, data: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "kundekort.cli", *arguments],
        env=os.environ | {"KUNDEKORT_DATA": str(data), "POLARS_MAX_THREADS": "1"},
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_AS, (memory, memory)),
        capture_output=True,
        text=True,
    )


@pytest.mark.parametrize("spare", [400, 600, 800, 1000])
def test_it_says_that_the_memory_was_not_enough(tmp_path: Path, spare: int) -> None:
    file = tmp_path / "large.csv"
    file.write_text("CustomerID;FirstName\n" + "1;Kari Nordmann\n" * 10_000_000)
    done = command("rows", str(file), "-o", str(tmp_path / "out.csv"), memory=(spare + 200) << 20, data=tmp_path)
    assert done.returncode == 1
    assert "The memory was not enough" in done.stderr
    assert "Traceback" not in done.stderr


def test_it_says_so_for_an_exception_too(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(failures.typer.Exit) as exit_, failures.report_failures():
        raise MemoryError
    assert exit_.value.exit_code == 1
    assert "The memory was not enough" in capsys.readouterr().err


@pytest.mark.parametrize("number", child.OUT_OF_MEMORY)
def test_it_says_so_for_a_process_that_was_ended(number: signal.Signals) -> None:
    code = f"import os; from kundekort.cli import child; child.run(lambda: os.kill(os.getpid(), {int(number)}))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert (done.returncode, "The memory was not enough" in done.stderr) == (1, True)


def test_it_ends_as_its_child_does() -> None:
    code = "import sys; from kundekort.cli import child; child.run(lambda: sys.exit(3))"
    assert subprocess.run([sys.executable, "-c", code]).returncode == 3
    code = "import os; from kundekort.cli import child; child.run(lambda: os.kill(os.getpid(), 15))"
    assert subprocess.run([sys.executable, "-c", code]).returncode == -signal.SIGTERM
