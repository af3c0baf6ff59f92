"""`make demo` asks for its port before anything is installed."""

from __future__ import annotations

import re
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


@pytest.fixture
def taken() -> Iterator[int]:
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        listening.listen()
        yield int(listening.getsockname()[1])


def test_it_installs_nothing_for_a_port_that_is_taken(taken: int, tmp_path: Path) -> None:
    command = ["make", "demo", f"PORT={taken}", f"PYTHON={sys.executable}", f"VENV={tmp_path / 'venv'}"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    assert done.returncode != 0
    assert re.match(rf"Port {taken} cannot be used \(.+\): choose another, as in make demo PORT=\d+\n", done.stderr)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("wish", ["8x", "80000", "0", ""])
def test_it_asks_with_nothing_but_the_standard_library(wish: str) -> None:
    command = [sys.executable, "-I", "-S", "src/kundekort/cli/port.py", wish]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    words = f"PORT={wish} is no port: choose a number up to 65535, as in make demo PORT=8080"
    assert (done.returncode, done.stderr) == (1, words + "\n")
