"""`kundekort serve`: the web server and a worker under one roof."""

import os
import signal
import socket
import subprocess
import sys
from contextlib import suppress
from pathlib import Path
from random import SystemRandom
from urllib.request import urlopen

import pytest

from kundekort.cli.server import refuse_taken_port
from tests.waiting import until

pytestmark = pytest.mark.slow


def workers(parent: int) -> set[int]:
    """The worker processes that a process has started."""
    return children(parent, b"kundekort.cli\0worker")


def children(parent: int, words: bytes) -> set[int]:
    """The processes that a process has started with such a command line."""
    found = set()
    for process in Path("/proc").glob("[0-9]*"):
        with suppress(FileNotFoundError, ProcessLookupError):  # processes come and go while one looks
            status, command = (process / "status").read_text(), (process / "cmdline").read_bytes()
            if f"PPid:\t{parent}\n" in status and words in command:
                found.add(int(process.name))
    return found


def database(environment: dict[str, str]) -> int:
    """The process of an embedded PostgreSQL that is ready, 0 while there is none."""
    with suppress(FileNotFoundError):
        told = (Path(environment["KUNDEKORT_DATA"]) / "postgres" / "postmaster.pid").read_text().split()
        return int(told[0]) if told[-1] == "ready" else 0
    return 0


@pytest.fixture
def port() -> int:
    """A free port below those that the system hands out by itself, so that nobody gets it by chance meanwhile."""
    while True:
        port = SystemRandom().randrange(20_000, 32_000)
        with socket.socket() as probe, suppress(OSError):
            probe.bind(("127.0.0.1", port))
            return port


def test_it_serves_restarts_a_dead_worker_and_stops_everything(environment: dict[str, str], port: int) -> None:
    command = [sys.executable, "-m", "kundekort.cli", "serve", "--port", str(port), "--processes", "1"]
    with subprocess.Popen(command, env=environment, stderr=subprocess.PIPE) as server:
        assert server.stderr is not None
        try:
            assert f"http://127.0.0.1:{port}/" in server.stderr.readline().decode()
            assert b"kundekort createuser NAME --role administrator" in server.stderr.readline()
            assert urlopen(f"http://127.0.0.1:{port}/").status == 200

            second = subprocess.run(command, env=environment, capture_output=True, check=False)
            assert (second.returncode, len(second.stderr.splitlines())) == (2, 1)

            [worker] = until(lambda: workers(server.pid))
            os.kill(worker, signal.SIGKILL)
            until(lambda: workers(server.pid) - {worker})

            first = database(environment)
            os.kill(first, signal.SIGKILL)
            until(lambda: database(environment) not in (first, 0))
        finally:
            server.send_signal(signal.SIGTERM)
            rest = server.stderr.read()
    assert (server.returncode, rest) == (0, b"")
    with pytest.raises(OSError, match="refused"):
        socket.create_connection(("127.0.0.1", port))


def refused(port: int) -> bool:
    """Whether nobody listens there."""
    try:
        socket.create_connection(("127.0.0.1", port)).close()
    except OSError:
        return True
    return False


def test_it_ends_with_the_web_server_and_leaves_nobody_who_answers(environment: dict[str, str], port: int) -> None:
    command = [sys.executable, "-m", "kundekort.cli", "serve", "--port", str(port), "--processes", "1"]
    with subprocess.Popen(command, env=environment, stderr=subprocess.PIPE) as server:
        assert server.stderr is not None
        assert str(port) in server.stderr.readline().decode()
        [web] = children(server.pid, b"granian")
        os.kill(web, signal.SIGKILL)
        rest = server.stderr.read()
    assert (server.returncode, b"code -9" in rest) == (2, True)
    assert refused(port)


def test_it_leaves_nothing_running_when_it_is_killed(environment: dict[str, str], port: int) -> None:
    command = [sys.executable, "-m", "kundekort.cli", "serve", "--port", str(port), "--processes", "1"]
    with subprocess.Popen(command, env=environment, stderr=subprocess.PIPE) as server:
        assert server.stderr is not None
        assert str(port) in server.stderr.readline().decode()
        server.kill()

    until(lambda: refused(port))
    # The database outlives a killed house; the next one who uses it is its last user and stops it.
    subprocess.run([sys.executable, "-m", "kundekort.cli", "migrate"], env=environment, check=True, capture_output=True)


def test_nobody_goes_on_answering_when_all_who_could_stop_him_are_killed(
    environment: dict[str, str], port: int
) -> None:
    command = [sys.executable, "-m", "kundekort.cli", "serve", "--port", str(port), "--processes", "1"]
    with subprocess.Popen(command, env=environment, stderr=subprocess.PIPE) as server:
        assert server.stderr is not None
        assert str(port) in server.stderr.readline().decode()
        [web] = children(server.pid, b"granian")
        os.kill(server.pid, signal.SIGSTOP)  # it may not tidy up
        os.kill(web, signal.SIGKILL)
        server.kill()

    until(lambda: refused(port))
    subprocess.run([sys.executable, "-m", "kundekort.cli", "migrate"], env=environment, check=True, capture_output=True)


def test_it_starts_at_once_after_one_that_was_killed_and_whose_web_server_hung(
    environment: dict[str, str], port: int
) -> None:
    command = [sys.executable, "-m", "kundekort.cli", "serve", "--port", str(port), "--processes", "1"]
    with subprocess.Popen(command, env=environment, stderr=subprocess.PIPE) as first:
        assert first.stderr is not None
        assert str(port) in first.stderr.readline().decode()
        [web] = children(first.pid, b"granian")
        os.kill(web, signal.SIGSTOP)
        first.kill()
        first.stderr.close()
    with subprocess.Popen(command, env=environment, stderr=subprocess.PIPE) as second:
        assert second.stderr is not None
        assert f"ready at http://127.0.0.1:{port}/" in second.stderr.readline().decode()
        second.terminate()
        second.stderr.read()
    assert second.returncode == 0


def test_it_waits_for_a_port_whose_process_is_ending(port: int, monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.socket() as ending:
        ending.bind(("127.0.0.1", port))
        ending.listen()
        monkeypatch.setattr("kundekort.cli.server.time.sleep", lambda seconds: ending.close())
        refuse_taken_port("127.0.0.1", port)
    assert refused(port)
