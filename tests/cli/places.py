"""Installations of their own for tests of whole processes."""

from __future__ import annotations

import atexit
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

HOLD = """
import sys
from pathlib import Path
from kundekort import embedded
print(embedded.start(Path(sys.argv[1])), flush=True)
sys.stdin.read()
"""


@dataclass
class Place:
    """A data folder, and what else an installation has in its environment."""

    data: Path
    more: dict[str, str] = field(default_factory=dict)

    @property
    def environment(self) -> dict[str, str]:
        kept = {name: os.environ[name] for name in ("PATH", "PYTHONPATH") if name in os.environ}
        return kept | {"KUNDEKORT_DATA": str(self.data), "LANG": "C.UTF-8", "COLUMNS": "120"} | self.more

    def start(self, *arguments: str, **options: Any) -> subprocess.Popen[bytes]:
        """Start `kundekort` with arguments."""
        command = [sys.executable, "-m", "kundekort.cli", *arguments]
        return subprocess.Popen(
            command,
            env=self.environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            **options,
        )

    def run(self, *arguments: str, code: int = 0, **options: Any) -> bytes:
        """What `kundekort` prints, or where it has to say no with another code, that sentence."""
        process = self.start(*arguments, **options)
        output, errors = process.communicate()
        assert process.returncode == code, errors.decode()
        return output if code == 0 else errors

    def script(self, text: str, *arguments: str) -> str:
        """What a Python script prints that works with the register."""
        begin = (
            "import os, sys\nos.environ['DJANGO_SETTINGS_MODULE'] = 'kundekort.config.settings'\n"
            "import django\ndjango.setup()\n"
        )
        done = subprocess.run(
            [sys.executable, "-c", begin + text, *arguments],
            env=self.environment,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stderr
        return done.stdout.strip()

    @contextmanager
    def held(self) -> Iterator[str]:
        """The address of the embedded database, which is kept running: commands are quicker."""
        command = [sys.executable, "-c", HOLD, str(self.data)]
        with subprocess.Popen(
            command, env=self.environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        ) as holding:
            assert holding.stdout is not None
            address = holding.stdout.readline().strip()
            assert address
            try:
                yield address
            finally:
                holding.communicate()


@contextmanager
def place(**more: str) -> Iterator[Place]:
    """A place where nothing is yet; its folder can be reached by the database's own user, and is not made."""
    home = Path(tempfile.mkdtemp(prefix="kundekort-test-"))
    home.chmod(0o755)
    yield Place(home / "data", more)
    shutil.rmtree(home, ignore_errors=True)


@contextmanager
def register(**more: str) -> Iterator[Place]:
    """A place with a register in which nothing is yet: a copy, as making one takes as long as three commands."""
    with place(**more) as here:
        subprocess.run(["cp", "-a", _empty_register(), here.data], check=True)
        yield here


@cache
def _empty_register() -> Path:
    """The data folder of such a register, which has stopped and goes with the tests."""
    home = Path(tempfile.mkdtemp(prefix="kundekort-test-"))
    home.chmod(0o755)
    atexit.register(shutil.rmtree, home, ignore_errors=True)
    made = Place(home / "data")
    made.run("migrate")
    return made.data
