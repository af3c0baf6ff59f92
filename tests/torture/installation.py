"""An installation of its own to be tormented: its data folder, its database, `kundekort serve`, and commands beside it.

It knows how to let time pass, so that nobody has to wait for what only time brings.
"""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from random import SystemRandom
from typing import Any, Final

import psycopg
from psycopg import Connection

from tests.waiting import residents, until

PROGRAM: Final = (sys.executable, "-m", "kundekort.cli")
PASSWORD: Final = "theatre-doors"
DAY: Final = 26 * 60 * 60


class Installation:
    """Everything that runs on one data folder. `data` may be a copy of a folder in which everything had stopped."""

    def __init__(self, template: Path | None = None) -> None:
        self.data = Path(tempfile.mkdtemp(prefix="kundekort-torture-"))
        if template is not None:
            shutil.rmtree(self.data)
            subprocess.run(["cp", "-a", str(template), str(self.data)], check=True)
        self.data.chmod(0o755)
        self.port = _free_port()
        kept = ("PATH", "PYTHONPATH", "LANG")
        self.environment = {name: os.environ[name] for name in kept if name in os.environ}
        self.environment |= {"KUNDEKORT_DATA": str(self.data)}
        self._server: subprocess.Popen[bytes] | None = None
        self._output = (self.data / "output.log").open("ab")

    def serve(self) -> None:
        """Start the web server and the worker where they do not run, and wait until the site answers."""

        def answers() -> bool:
            listening = _listening(self.port)
            if self.server is None and not listening:  # else those whom it has left behind are just ending
                command = [*PROGRAM, "serve", "--port", str(self.port), "--processes", "1"]
                self._server = self._start(command, stdout=self._output, stderr=self._output)
            return listening and self.server is not None

        until(answers, otherwise=self.output)

    def command(self, *arguments: str) -> subprocess.Popen[bytes]:
        """Start `kundekort` with arguments, beside all the rest."""
        return self._start([*PROGRAM, *arguments], stdout=subprocess.PIPE, stderr=subprocess.PIPE)

    def run(self, *arguments: str, text: str = "") -> bytes:
        """What `kundekort` prints, which has to do as it is told."""
        done = subprocess.run(
            [*PROGRAM, *arguments], env=self.environment, input=text.encode(), capture_output=True, check=False
        )
        assert done.returncode == 0, done.stderr.decode()
        return done.stdout

    def processes(self, *words: bytes) -> list[int]:
        """The processes below the server whose command lines have these words."""
        below: set[int] = set()
        children = {self.server or 0} - {0}
        every = list(_processes())
        while children:  # the number of a child may be lower than that of its parent, once all numbers have been used
            children = {number for number, parent, _ in every if parent in children | {self.server}} - below
            below |= children
        return [number for number, _, line in every if number in below and all(word in line for word in words)]

    @property
    def server(self) -> int | None:
        """The process of `kundekort serve`."""
        return self._server.pid if self._server and self._server.poll() is None else None

    @property
    def postmaster(self) -> int | None:
        """The process of the database server, once it takes connections."""
        folder = self.data / "postgres"
        with suppress(OSError, IndexError):
            told = (folder / "postmaster.pid").read_text().split()
            works_there = Path(f"/proc/{told[0]}/cwd").readlink() == folder.resolve()  # else it is somebody else by now
            return int(told[0]) if told[-1] == "ready" and works_there else None
        return None

    @contextmanager
    def database(self) -> Iterator[Connection]:
        """A connection to the database, which may just be coming up again."""
        place = f"postgresql://postgres@/postgres?host={self.data / 'postgres'}"

        def connected() -> Connection | None:
            with suppress(psycopg.OperationalError):
                return psycopg.connect(place, autocommit=True)
            return None

        with until(connected, otherwise=self.output) as conn:
            yield conn

    def ask(self, query: str, *values: object) -> list[tuple[Any, ...]]:
        """What the database answers, once it does; a question may be put several times."""

        def answer() -> list[list[tuple[Any, ...]]]:
            with suppress(psycopg.OperationalError), self.database() as conn:
                done = conn.execute(query.encode(), values)
                return [done.fetchall() if done.description else []]
            return []

        return until(answer, otherwise=self.output)[0]

    def hour_passes(self) -> None:
        """What waits for a time need not wait any more, and whoever is dead has been silent for long."""
        if self.ask("UPDATE procrastinate_jobs SET scheduled_at = now() WHERE scheduled_at > now() RETURNING id"):
            self.ask("SELECT pg_notify('procrastinate_any_queue_v1', '{\"type\": \"job_inserted\"}')")
        self.ask(
            "UPDATE procrastinate_workers SET last_heartbeat = last_heartbeat - interval '1 hour'"
            " WHERE id < (SELECT max(id) FROM procrastinate_workers)"
        )

    def minute_passes(self) -> None:
        """The minute has come to look for what waits without a job."""
        self.ask(
            "SELECT procrastinate_defer_jobs_v1(ARRAY[ROW('default', 'queue_forgotten', 0, NULL, NULL,"
            " '{\"timestamp\": 0}', NULL)::procrastinate_job_to_defer_v1])"
        )

    def day_passes(self) -> None:
        """Whatever was written was written yesterday, and the hour has come to remove what nobody knows."""
        then = time.time() - DAY
        for path in self.data.glob("*ports/**/*"):
            os.utime(path, (then, then))
        tidy = "import django; django.setup(); from kundekort.services import upkeep; upkeep.tidy_up()"
        settings = {"DJANGO_SETTINGS_MODULE": "kundekort.config.settings"}
        subprocess.run([sys.executable, "-c", tidy], env=self.environment | settings, check=True)

    def output(self) -> str:
        """What the server and its worker have said last."""
        return (self.data / "output.log").read_text(errors="replace")[-6000:]

    def stop(self) -> None:
        """Stop everything in good order."""
        if self._server is not None and self._server.poll() is None:
            self._server.terminate()
            self._server.wait()

    def remove(self) -> None:
        """Stop everything, and forget it."""
        self.stop()
        if number := self.postmaster:
            with suppress(ProcessLookupError):
                os.kill(number, signal.SIGQUIT)
        until(lambda: not residents(self.data / "postgres"))
        self._output.close()
        shutil.rmtree(self.data, ignore_errors=True)

    def _start(self, command: list[str], *, stdout: object, stderr: object) -> subprocess.Popen[bytes]:
        return subprocess.Popen(
            command,
            env=self.environment,
            stdin=subprocess.DEVNULL,
            stdout=stdout,
            stderr=stderr,  # type: ignore[call-overload]
        )


def _processes() -> Iterator[tuple[int, int, bytes]]:
    """The processes there are: number, parent, and command line."""
    for process in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):  # processes come and go while one looks
            parent = int((process / "stat").read_text().rpartition(")")[2].split()[1])
            yield int(process.name), parent, (process / "cmdline").read_bytes()


def _free_port() -> int:
    """A port below those that the system hands out by itself, so that nobody gets it by chance meanwhile."""
    while True:
        port = SystemRandom().randrange(20_000, 32_000)
        with socket.socket() as probe, suppress(OSError):
            probe.bind(("127.0.0.1", port))
            return port


def _listening(port: int) -> bool:
    with suppress(OSError):
        socket.create_connection(("127.0.0.1", port)).close()
        return True
    return False
