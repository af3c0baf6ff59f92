"""Commands that run: `serve` keeps the web server and workers under one roof, `worker` runs jobs alone.

Both are processes of their own. A worker that dies is started again; when the web server dies, everything stops.
"""

from __future__ import annotations

import errno
import logging
import os
import shutil
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from functools import partial
from ipaddress import ip_address
from pathlib import Path
from types import FrameType
from typing import Annotated, Final

import typer

from kundekort import processes
from kundekort.cli import setup
from kundekort.cli.failures import report_failures
from kundekort.cli.language import _
from kundekort.cli.port import refuse_busy
from kundekort.cli.refusals import CommandRefused

logger = logging.getLogger(__name__)

LOOK_EVERY: Final = 0.2
"""Seconds between two looks at the processes."""
START_SECONDS: Final = 60
"""How long the web server may take until it answers."""
STOP_SECONDS: Final = 15
"""How long a process may take to stop before it is killed."""
EXIT_SECONDS: Final = 2
"""How long a killed process may keep its port. Linux takes its memory first: one of 500 MB still had its port after
40 ms on a quiet machine."""
REST_SECONDS: Final = 2
"""Pause before a dead worker is started again, so that one that cannot start does not spin."""

HEADER_SECONDS: Final = 10
"""How long a browser may take to send the head of a request, and how long a connection may be idle."""
HEADER_BYTES: Final = 2**16
"""What is kept of a connection at most before it is looked at; addresses with all filters have a tenth of that."""
BACKLOG: Final = 2048
"""Connections of each web process; one that sends nothing costs nothing but its place."""

_SITE: Final = "kundekort.config.site:application"

Host = Annotated[str, typer.Option(help=_("The address to listen on."))]
Port = Annotated[int, typer.Option(min=1, max=65535, help=_("The port to listen on."))]


def serve(
    host: Host = "127.0.0.1",
    port: Port = 8000,
    processes: Annotated[int, typer.Option(min=1, max=64, help=_("Web processes."))] = 2,
    workers: Annotated[
        int, typer.Option(min=0, max=64, help=_("Workers beside them; 0 where all jobs are run by others."))
    ] = 1,
) -> None:
    """Serve the website and run its jobs until Ctrl-C."""
    with report_failures():
        refuse_strangers(host)
        refuse_taken_port(host, port)
        setup.setup_django()
        from kundekort.services import demo

        if demo.is_demo():
            demo.refuse_public(host)
        run(host, port, processes=processes, workers=workers, ready=lambda: _tell(host, port))


def _tell(host: str, port: int) -> None:
    from kundekort.services import accounts

    tell_address(host, port)
    if accounts.nobody_yet():
        words = _("Nobody can log in yet. Create the first user: kundekort createuser NAME --role administrator")
        tell(words)


def worker() -> None:
    """Run jobs until Ctrl-C; start as many as wanted, on any machine that reaches the database."""
    with report_failures():
        setup.setup_django()
        from kundekort.services.worker import work

        work(keep=setup.keep_database)


def refuse_strangers(host: str) -> None:
    """Raises CommandRefused for an address that others than this machine reach, unless a proxy is said to stand there.

    Whoever sends a form as slowly as they like has a thread of the web server wait for it, and there are few.
    """
    if not is_loopback(host) and not os.environ.get("KUNDEKORT_PROXY"):
        raise CommandRefused("proxy_missing", host=host)


def is_loopback(host: str) -> bool:
    """Whether only this machine reaches an address; a name may be anybody's."""
    with suppress(ValueError):
        return ip_address(host).is_loopback
    return host == "localhost"


def refuse_taken_port(host: str, port: int) -> None:
    """Raises CommandRefused when something else listens there already, or nobody may.

    Waits for the web server of a `serve` that was killed, and which is just ending.
    """
    until = time.monotonic() + EXIT_SECONDS
    while True:
        try:
            return refuse_busy(host, port)
        except OSError as error:
            taken = error.errno == errno.EADDRINUSE
            if taken and time.monotonic() < until:
                time.sleep(LOOK_EVERY)
                continue
            code = "port_taken" if taken else "port_refused"
            raise CommandRefused(code, host=host, port=port, why=error.strerror) from error


def tell_address(host: str, port: int) -> None:
    """Say where the site is, once it answers."""
    name = {"0.0.0.0": "127.0.0.1", "::": "[::1]"}.get(host, f"[{host}]" if ":" in host else host)  # noqa: S104 - to reach
    words = _("Kundekort is ready at %(address)s. Stop it with Ctrl-C.")
    tell(words % {"address": f"http://{name}:{port}/"})


def tell(words: str) -> None:
    """Say something to whoever has started a server: on standard error, where the log is of lines in JSON as one."""
    if _logs_json():
        logger.info(words)
    else:
        print(words, file=sys.stderr, flush=True)


def _logs_json() -> bool:
    return os.environ.get("KUNDEKORT_LOG_FORMAT") == "json"


def run(host: str, port: int, *, processes: int, ready: Callable[[], None], workers: int = 1) -> None:
    """Keep the web server and workers running until SIGINT or SIGTERM; `ready` is called when the site answers.

    Raises CommandRefused when the web server stops by itself.
    """
    from django.core.management import call_command

    call_command("collectstatic", interactive=False, verbosity=0)
    _share_request_times(port)
    stop = threading.Event()
    previous = {number: signal.signal(number, _setter(stop)) for number in (signal.SIGINT, signal.SIGTERM)}
    web = _start(_web(host, port, processes), orphaned=signal.SIGKILL)
    jobs = [_start(_WORKER, orphaned=signal.SIGTERM) for _ in range(workers)]
    try:
        _wait_for_answer(host, port, web=web, stop=stop)
        if web.poll() is None and not stop.is_set():
            ready()
        while not stop.wait(LOOK_EVERY) and web.poll() is None:
            setup.keep_database()
            for place, worker in enumerate(jobs):
                if worker.poll() is not None and not stop.wait(REST_SECONDS):
                    jobs[place] = _start(_WORKER, orphaned=signal.SIGTERM)
    finally:
        _stop(web, *jobs)
        for number, handler in previous.items():
            signal.signal(number, handler)
    if not stop.is_set():
        raise CommandRefused("server_stopped", status=web.returncode)


def _share_request_times(port: int) -> None:
    """Have the web processes count their requests where each can tell of all; where nobody may ask, nothing counts."""
    from django.conf import settings

    if settings.KUNDEKORT_METRICS_TOKEN and "PROMETHEUS_MULTIPROC_DIR" not in os.environ:
        folder = settings.DATA / "metrics" / str(port)
        shutil.rmtree(folder, ignore_errors=True)  # what those before have counted is theirs
        folder.mkdir(parents=True)
        os.environ["PROMETHEUS_MULTIPROC_DIR"] = str(folder)


_WORKER: Final = (sys.executable, "-m", "kundekort.cli", "worker")


def _web(host: str, port: int, processes: int) -> Sequence[str]:
    return (
        *(sys.executable, "-m", "granian", "--interface", "wsgi", "--host", host, "--port", str(port)),
        *("--workers", str(processes), "--blocking-threads", "4", "--respawn-failed-workers"),
        *("--http", "1", "--no-ws", "--http1-header-read-timeout", str(HEADER_SECONDS * 1000)),
        *("--backlog", str(BACKLOG), "--backpressure", str(BACKLOG), "--http1-buffer-size", str(HEADER_BYTES)),
        *("--workers-kill-timeout", "10", "--log-level", "warning"),
        *(("--log-config", str(Path(__file__).with_name("server_log.json"))) if _logs_json() else ()),
        _SITE,
    )


def _setter(stop: threading.Event) -> Callable[[int, FrameType | None], None]:
    return lambda number, frame: stop.set()


def _start(command: Sequence[str], *, orphaned: signal.Signals) -> subprocess.Popen[bytes]:
    """`orphaned` is what Linux sends it when this process is killed, which then cannot stop it.

    A worker may finish what it is at. A web server must let go of the port, even one that is stopped or hangs.
    """
    # A session of its own: Ctrl-C reaches only this process, which then stops the others in good order.
    end = partial(processes.end_with_parent, os.getpid(), orphaned)
    return subprocess.Popen(command, stdin=subprocess.DEVNULL, start_new_session=True, preexec_fn=end)  # noqa: S603 - our own programs


def _wait_for_answer(host: str, port: int, *, web: subprocess.Popen[bytes], stop: threading.Event) -> None:
    name = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(host, host)  # noqa: S104 - an address to reach, not to listen on
    until = time.monotonic() + START_SECONDS
    while web.poll() is None and time.monotonic() < until and not stop.wait(LOOK_EVERY):
        try:
            socket.create_connection((name, port), timeout=1).close()
        except OSError:
            continue
        return


def _stop(*processes: subprocess.Popen[bytes]) -> None:
    """Ask all at once, wait, and kill whoever does not listen, and what they have left behind.

    Processes of a web server that was killed would go on answering, and nobody else could have the port.
    """
    for process in processes:
        process.terminate()
    until = time.monotonic() + STOP_SECONDS
    for process in processes:
        try:
            process.wait(timeout=max(0.1, until - time.monotonic()))
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
