"""A small file through each door, all included: by POST to a web server that runs, and by the command line."""

from __future__ import annotations

import os
import resource
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path
from typing import Any, Final

from bench.clock import Clock
from tests.torture.client import Client
from tests.torture.installation import PASSWORD

PROGRAM: Final = (sys.executable, "-m", "kundekort.cli")
WARM: Final = 3
"""Uploads before the one that is timed: a server that runs has had some."""


def post(clock: Clock, *, file: str, runs: int) -> dict[str, Any]:
    """From the POST of a file to the page of its preview and its first rows; each run by itself in `all`."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    name = ["bench", "--role", "importer", "--password-stdin"]
    # Made by an earlier run it is there already, which is as good.
    subprocess.run([*PROGRAM, "createuser", *name], input=PASSWORD, text=True, check=False, capture_output=True)  # noqa: S603 - ourselves
    server = subprocess.Popen(  # noqa: S603 - ourselves
        [*PROGRAM, "serve", "--port", str(port), "--processes", "1"],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        client = Client(port)
        _wait(port)
        client.log_in("bench")
        data, times = Path(file).read_bytes(), []
        for _ in range(WARM + runs):
            once = Clock()
            with once:
                number = client.upload(data)
                client.get(f"/imports/{number}/")
                client.get(f"/imports/{number}/rows/?box=changes")
            times.append(once.seconds)
            client.post(f"/imports/{number}/cancel/")
        clock.seconds, clock.peak = times[-1], max(map(_peak, _family(server.pid)))
    finally:
        server.send_signal(signal.SIGINT)
        server.wait()
    return {"all": times[WARM:]}


def command(clock: Clock, *, file: str) -> None:
    """`kundekort import FILE --preview`, from the shell to its end."""
    with clock:
        done = subprocess.run([*PROGRAM, "import", file, "--preview"], check=False, capture_output=True)  # noqa: S603 - ourselves
    assert done.returncode in (0, 3), done.stderr  # 3: the guards want something answered
    clock.peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss * 1024


def _wait(port: int) -> None:
    while True:
        with socket.socket() as there:
            if not there.connect_ex(("127.0.0.1", port)):
                return
        time.sleep(0.1)


def _family(pid: int) -> list[int]:
    """A process and all that it has started, and so on."""
    children = [int(word) for word in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]
    return [pid, *(one for child in children for one in _family(child))]


def _peak(pid: int) -> int:
    lines = Path(f"/proc/{pid}/status").read_text().splitlines() if os.path.exists(f"/proc/{pid}") else []
    return next((int(line.split()[1]) * 1024 for line in lines if line.startswith("VmHWM:")), 0)
