"""On whose behalf root runs PostgreSQL, which refuses to be root's, and how that user reaches what it has to.

No folder of somebody else is ever opened: what the server's user cannot reach is put into a folder that only it and
root can enter. Whoever is not root runs the server as themselves, and nothing is made for them here.
This module may know nothing of the server but the names of its files.
"""

from __future__ import annotations

import errno
import fcntl
import os
import pwd
import shutil
import stat
import subprocess
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from functools import cache
from hashlib import blake2b
from pathlib import Path
from typing import IO, Any, Final

NAME: Final = "kundekort"
FOLDER = Path("/var/lib/kundekort-postgres")
"""Where programs and databases stand that cannot be reached where they are; nothing of it is made before that."""

_SHORT: Final = 60
"""Bytes of a path below which a socket can stand, whose own may have 107."""
_NOT_RUN: Final = shutil.ignore_patterns("include", "*.a")
"""What comes with the server programs for people who compile."""


def server_user() -> pwd.struct_passwd | None:
    """The ordinary user on whose behalf root runs the server, made when missing; None for anybody but root."""
    if os.geteuid() != 0:
        return None
    with suppress(KeyError):
        return pwd.getpwnam(NAME)
    with suppress(FileNotFoundError, subprocess.CalledProcessError):
        command = ["useradd", "--system", "--no-create-home", "--shell", "/usr/sbin/nologin", NAME]
        subprocess.run(command, check=True, capture_output=True)  # noqa: S603 - constant
        return pwd.getpwnam(NAME)
    return pwd.getpwnam("nobody")


def identity(user: pwd.struct_passwd | None) -> dict[str, Any]:
    """What makes `subprocess.run` act as a user; nothing for None."""
    return {} if user is None else {"user": user.pw_uid, "group": user.pw_gid, "extra_groups": []}


def reaches(user: pwd.struct_passwd, path: Path) -> bool:
    """Whether a user may search a folder, or run a program. Asked as that user: modes alone do not say all."""
    command = ["test", "-x", str(path)]
    return subprocess.run(command, cwd="/", check=False, **identity(user)).returncode == 0  # noqa: S603 - constant


@cache
def reachable(installed: Path) -> Path:
    """A folder of server programs within their package, or a copy that the server's user can reach.

    The copy is made once for the same bytes. Raises OSError when none can be made.
    """
    user = server_user()
    if user is None or reaches(user, installed / "bin" / "postgres"):
        return installed
    site = installed.parent.parent
    parts = [part for part in (installed, site / f"{installed.parent.name}.libs") if part.is_dir()]
    copy = _shared("programs", user) / f"{installed.name}-{_fingerprint(parts)}"
    with locked(copy.with_name("lock")):
        if not copy.exists():
            new = copy.with_name("new")
            shutil.rmtree(new, ignore_errors=True)  # of somebody who was interrupted
            for part in parts:
                shutil.copytree(part, new / part.relative_to(site), symlinks=True, ignore=_NOT_RUN)
            _readable(new)
            new.rename(copy)
    programs = copy / installed.relative_to(site)
    if not reaches(user, programs / "bin" / "postgres"):
        raise PermissionError(errno.EACCES, f"cannot be run by the system user {user.pw_name}", str(programs))
    return programs


def move_out(place: Path, user: pwd.struct_passwd) -> Path:
    """A new folder that the user can reach, to which `place` becomes a link; a link beside it leads back."""
    home = Path(tempfile.mkdtemp(prefix="", dir=_shared("clusters", user)))
    home.chmod(0o755)
    (home / "data").symlink_to(place.parent)
    place.symlink_to(home / place.name)
    return home / place.name


@contextmanager
def locked(path: Path) -> Iterator[None]:
    """An exclusive lock on a file, for the length of a with statement. Raises OSError for a link in its place."""
    with lock_file(path) as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def lock_file(path: Path) -> IO[bytes]:
    """A file that is only there to be locked, opened: made when missing, never emptied.

    Whoever else may open it can hold it for ever, so it is its owner's alone. Raises OSError for a link in its place.
    """
    number = os.open(path, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600)
    if os.fstat(number).st_uid == os.geteuid():
        os.fchmod(number, 0o600)  # made by an earlier version
    return os.fdopen(number, "r+b", buffering=0)


def new_folder(user: pwd.struct_passwd | None) -> Path:
    """A new folder with a short path and a name that nobody could foresee, into which only the server's user can look.

    It stands where no other user could put something in its place. Raises OSError when none can be made.
    """
    if user is None:
        return Path(tempfile.mkdtemp(prefix="kundekort-", dir=_short_lived()))
    made = Path(tempfile.mkdtemp(prefix="", dir=_shared("sockets", user)))
    os.chown(made, user.pw_uid, user.pw_gid, follow_symlinks=False)
    return made


def is_private(folder: Path, user: pwd.struct_passwd | None) -> bool:
    """Whether a path is a folder, and no link to one, that belongs to the server's user and that nobody else sees."""
    with suppress(OSError):
        about = folder.lstat()
        owner = os.geteuid() if user is None else user.pw_uid
        return stat.S_ISDIR(about.st_mode) and about.st_uid == owner and not about.st_mode & 0o077
    return False


def _short_lived() -> Path:
    """Where an ordinary user's folders stand that last as long as a process does."""
    own, shared = Path(os.environ.get("XDG_RUNTIME_DIR") or "/nowhere"), Path(tempfile.gettempdir())
    if is_private(own, None) and len(os.fsencode(own)) <= _SHORT:
        return own
    return shared if len(os.fsencode(shared)) <= _SHORT else Path("/tmp")  # noqa: S108 - the name in it is a new one


def _shared(name: str, user: pwd.struct_passwd) -> Path:
    """A folder of our own that root writes and the user may read, and nobody else sees."""
    folder = FOLDER / name
    folder.mkdir(parents=True, exist_ok=True)
    for made in (FOLDER, folder):
        os.chown(made, 0, user.pw_gid)
        made.chmod(0o750)
    return folder


def _readable(folder: Path) -> None:
    """Let others read, whatever the umask was when the package was installed."""
    for path in (folder, *folder.rglob("*")):
        if not path.is_symlink():
            path.chmod(0o755 if path.stat().st_mode & 0o100 else 0o644)


def _fingerprint(folders: Sequence[Path]) -> str:
    """Of the names and bytes of all files in some folders."""
    digest = blake2b(digest_size=8)
    for folder in folders:
        for path in sorted(folder.rglob("*")):
            if path.is_file():
                digest.update(os.fsencode(path.relative_to(folder.parent)) + b"\0")
                digest.update(path.read_bytes())
    return digest.hexdigest()
