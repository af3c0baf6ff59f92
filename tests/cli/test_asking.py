"""`kundekort import` at a terminal: it shows, asks, and does what the answer says."""

import json
import os
import pty
import select
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from tests.waiting import PATIENCE

pytestmark = pytest.mark.slow

FILE = "CustomerID;FirstName;Email;Gender\n0;Kari;kari@example.com;2\n0;Ola;ola.example.com;1\n"


class Terminal:
    """A process that believes it talks to a person."""

    def __init__(self, *arguments: str, environment: dict[str, str]) -> None:
        here, there = pty.openpty()
        command = [sys.executable, "-m", "kundekort.cli", *arguments]
        self.process = subprocess.Popen(command, stdin=there, stdout=there, stderr=there, env=environment)
        os.close(there)
        self._here = here
        self.seen = ""

    def wait_for(self, words: str) -> None:
        while words not in self.seen:
            assert self._read(), self.seen

    def answer(self, words: str) -> None:
        self.seen = ""
        os.write(self._here, words.encode() + b"\n")

    def interrupt(self) -> None:
        """Press Ctrl-C until something happens: a signal between a question and the wait for its answer is not seen."""
        self.process.send_signal(signal.SIGINT)
        while not select.select([self._here], [], [], 10)[0]:
            self.process.send_signal(signal.SIGINT)

    def end(self) -> int:
        while self._read():
            pass
        return self.process.wait()

    def _read(self) -> bool:
        """Whether there was something to read before the process ended."""
        readable, _, _ = select.select([self._here], [], [], PATIENCE)
        if not readable:
            self.process.kill()
            self.process.wait()
            pytest.fail(f"nothing happens after: {self.seen}")
        try:
            self.seen += os.read(self._here, 10_000).decode(errors="replace")
        except OSError:  # how a terminal says that its process is gone
            return False
        return True


def run(*arguments: str, environment: dict[str, str]) -> subprocess.CompletedProcess[bytes]:
    command = [sys.executable, "-m", "kundekort.cli", *arguments]
    return subprocess.run(command, env=environment, capture_output=True, check=False)


def test_it_asks_before_it_writes(tmp_path: Path, environment: dict[str, str]) -> None:
    def count() -> int:
        return len(run("export", environment=environment).stdout.splitlines()) - 1

    file = tmp_path / "list.csv"
    file.write_text(FILE)
    terminal = Terminal("import", str(file), environment=environment)
    terminal.wait_for("Leave out the row with errors?")
    assert "ola.example.com" in terminal.seen
    assert "\x1b[32m" in terminal.seen, "new customers are green"
    terminal.answer("n")
    assert terminal.end() == 0
    assert "Nothing was written." in terminal.seen
    assert count() == 0

    terminal = Terminal("import", str(file), environment=environment)
    terminal.wait_for("Leave out the row with errors?")
    terminal.answer("y")
    terminal.wait_for("Confirm: create 1 customer?")
    terminal.interrupt()
    assert terminal.end() == 130
    assert "Traceback" not in terminal.seen
    assert count() == 0

    terminal = Terminal("import", str(file), "--leave-out-errors", environment=environment)
    terminal.wait_for("Confirm: create 1 customer?")
    terminal.answer("yes")
    assert terminal.end() == 0
    assert "Customer successfully imported!" in terminal.seen
    assert count() == 1

    done = run("import", str(file), "--preview", "--json", environment=environment)
    assert (done.returncode, json.loads(done.stdout)["errors"], done.stderr) == (3, 1, b"")


def test_it_writes_nothing_when_the_register_moves_while_it_asks(tmp_path: Path, environment: dict[str, str]) -> None:
    files = {name: tmp_path / f"{name}.csv" for name in ("first", "mine", "theirs")}
    files["first"].write_text("CustomerID;FirstName;Gender\n0;Kari;2\n")
    files["mine"].write_text("CustomerID;FirstName\n1;Karin\n")
    files["theirs"].write_text("CustomerID;FirstName\n1;Karen\n")
    assert run("import", str(files["first"]), "--yes", environment=environment).returncode == 0

    terminal = Terminal("import", str(files["mine"]), environment=environment)
    terminal.wait_for("Confirm: change 1 customer?")
    assert run("import", str(files["theirs"]), "--yes", environment=environment).returncode == 0
    terminal.answer("y")
    assert terminal.end() == 4
    assert "Nothing was written" in terminal.seen
    assert "changed this too" in terminal.seen, "the new preview"
    assert b"1;Karen;" in run("export", environment=environment).stdout
