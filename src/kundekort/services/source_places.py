"""Where files are read from: a folder of this machine, a server by SFTP, an address by HTTPS. Nothing is written there.

Every place lists what it has and gives the bytes of one file, within a time and up to a size. SFTP goes by fsspec, to
the address that was looked at and to no server but the one whose key is known.
"""

from __future__ import annotations

import base64
import fnmatch
import io
import os
import socket
import stat
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Any, BinaryIO, Final, Protocol
from urllib.parse import SplitResult, unquote, urlsplit

import fsspec
import paramiko
from django.conf import settings
from fsspec.implementations.sftp import SFTPFileSystem

from kundekort.services import http_client
from kundekort.services.refusals import NotReached, SourceInvalid, SourceUnread

MOST_FILES: Final = 10_000
"""Files that a place may list at most."""
CONNECT: Final = 20
"""Seconds until a server has to have answered, and for each single thing it is asked."""
SECONDS: Final = 900
"""Seconds in which a place has to be listed, or a file to be read."""
PIECE: Final = 2**18
SCHEMES: Final = ("file", "sftp", "https", "http")
PARTIAL: Final = (".part", ".partial", ".filepart", ".tmp", ".crdownload", ".swp", "~")
"""How names of files end that are still being written."""


@dataclass(frozen=True, slots=True)
class Address:
    """What has to be known of a source to read it."""

    url: str
    pattern: str = "*"
    username: str = ""
    secret: str = ""
    host_key: str = ""


@dataclass(frozen=True, slots=True)
class Found:
    """A file that is there: `mark` changes when the file does; it is '' where that is known only by reading it."""

    name: str
    mark: str
    size: int | None
    modified: float = 0.0


class Place(Protocol):
    """Somewhere that has files."""

    def files(self) -> list[Found]:
        """The files whose names fit, the oldest first. Raises SourceUnread, NotReached."""

    def read(self, found: Found, target: BinaryIO, *, known: str) -> str | None:
        """Write a file into a target and give its mark; None where it is still the one of a `known` mark.

        Raises SourceUnread, NotReached.
        """


@contextmanager
def opened(address: Address) -> Iterator[Place]:
    """The place of an address, for the length of a with statement. Raises SourceUnread, NotReached."""
    parts = parsed(address.url)
    if parts.scheme == "file":
        yield _Folder(address, unquote(parts.path))
    elif parts.scheme == "sftp":
        with _connected(address, parts) as place:
            yield place
    else:
        yield _Web(address)


def parsed(url: str) -> SplitResult:
    """The parts of an address from which files could be read. Raises SourceInvalid, NotReached."""
    try:
        parts = urlsplit(f"file://{url}" if url.startswith("/") else url)
        port = parts.port
    except ValueError as error:
        raise SourceInvalid(reason="url_unknown") from error
    if parts.scheme not in SCHEMES:
        raise SourceInvalid(reason="url_unknown")
    if parts.scheme == "file":
        if parts.netloc not in ("", "localhost") or not allowed(unquote(parts.path)):
            raise SourceInvalid(reason="url_folder", folders=list(map(str, settings.KUNDEKORT_SOURCE_FOLDERS)))
    elif parts.scheme != "sftp":
        http_client.parsed(url)
    elif not parts.hostname or "@" in parts.netloc or parts.query or parts.fragment or port == 0:
        raise SourceInvalid(reason="url_unknown")
    return parts


def allowed(path: str) -> bool:
    """Whether a folder is one from which files may be read, or lies in one, whatever links lead there."""
    if not path.startswith("/") or "\0" in path:
        return False
    real = Path(path).resolve()
    return any(real.is_relative_to(Path(root).resolve()) for root in settings.KUNDEKORT_SOURCE_FOLDERS)


def host_key(host: str, port: int, text: str) -> paramiko.hostkeys.HostKeyEntry:
    """The key of a server as `ssh-keyscan` or a file of known hosts tells it. Raises SourceInvalid."""
    lines = [line.split() for line in text.splitlines() if line.strip() and not line.startswith("#")]
    words = lines[0] if len(lines) == 1 else []
    start = next((place for place, word in enumerate(words) if word.startswith(("ssh-", "ecdsa-"))), None)
    if start is None or len(words) < start + 2:
        raise SourceInvalid(reason="host_key_missing")
    named = host if port == 22 else f"[{host}]:{port}"
    try:
        entry = paramiko.hostkeys.HostKeyEntry.from_line(f"{named} {words[start]} {words[start + 1]}")
    except (paramiko.SSHException, paramiko.hostkeys.InvalidHostKey, ValueError) as error:
        raise SourceInvalid(reason="host_key_missing") from error
    if entry is None or entry.key is None:
        raise SourceInvalid(reason="host_key_missing")
    return entry


def _fits(name: str, pattern: str) -> bool:
    return (
        not name.startswith(".")
        and not name.lower().endswith(PARTIAL)
        and any(fnmatch.fnmatch(name.lower(), one.strip().lower()) for one in pattern.split(","))
    )


def _sorted(found: list[Found]) -> list[Found]:
    if len(found) > MOST_FILES:
        raise SourceUnread(reason="too_many_files", limit=MOST_FILES)
    return sorted(found, key=lambda file: (file.modified, file.name))


class _Folder:
    """A folder of this machine."""

    def __init__(self, address: Address, path: str) -> None:
        self._address, self._path = address, path
        self._files = fsspec.filesystem("file")

    def files(self) -> list[Found]:
        """The files in it that are no links."""
        try:
            listed = self._files.ls(self._path, detail=True)
        except OSError as error:
            raise SourceUnread(reason=_reason(error)) from error
        return _sorted(
            [
                Found(name, f"{one['size']} {one['mtime']}", one["size"], one["mtime"])
                for one in listed
                if one["type"] == "file" and not one["islink"] and _fits(name := Path(one["name"]).name, self._pattern)
            ]
        )

    @property
    def _pattern(self) -> str:
        return self._address.pattern

    def read(self, found: Found, target: BinaryIO, *, known: str) -> str | None:
        """Its bytes, unless it has become something else than a file meanwhile."""
        path = str(Path(self._path, found.name))
        try:
            number = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
            with os.fdopen(number, "rb") as file:
                if not stat.S_ISREG(os.fstat(number).st_mode) or not allowed(path):
                    raise SourceUnread(reason="gone")
                _copy(file, target)
                now = os.fstat(number)
        except OSError as error:
            raise SourceUnread(reason=_reason(error)) from error
        if f"{now.st_size} {now.st_mtime}" != found.mark:
            raise SourceUnread(reason="changing")
        return found.mark


class _Web:
    """One file behind an address."""

    def __init__(self, address: Address) -> None:
        self._address = address

    def files(self) -> list[Found]:
        """The one file there is."""
        name = PurePosixPath(unquote(urlsplit(self._address.url).path)).name
        return [Found(name or "file", "", None)]

    def read(self, found: Found, target: BinaryIO, *, known: str) -> str | None:
        """Its bytes, if the server does not say that they are the same as last time."""
        headers = {"Accept": "*/*", **self._login()}
        if known:
            headers["If-None-Match"] = known
        url, limit = self._address.url, settings.KUNDEKORT_MAX_BYTES
        try:
            answer = http_client.ask("GET", url, headers=headers, seconds=SECONDS, limit=limit, sink=target)
        except NotReached as refusal:
            if refusal.params["reason"] == "too_large":
                raise SourceUnread(reason="file_too_large", limit=limit) from refusal
            raise
        if answer.status == 304 and known:
            return None
        if answer.status != 200:
            reason = "login" if answer.status in (401, 403) else "status"
            raise SourceUnread(reason=reason, status=answer.status)
        if "content-length" not in answer.headers and answer.headers.get("transfer-encoding") != "chunked":
            raise SourceUnread(reason="no_length")
        return answer.headers.get("etag", "")

    def _login(self) -> dict[str, str]:
        address = self._address
        if address.username:
            basic = base64.b64encode(f"{address.username}:{address.secret}".encode()).decode()
            return {"Authorization": f"Basic {basic}"}
        return {"Authorization": f"Bearer {address.secret}"} if address.secret else {}


class _Pinned(SFTPFileSystem):  # type: ignore[misc]
    """fsspec's way to SFTP, with a connection that was made here: its own would trust any server."""

    cachable = False

    def _connect(self) -> None:
        self.client = self.ssh_kwargs["client"]
        self.ftp = self.ssh_kwargs["ftp"]


class _Sftp:
    """A folder of a server."""

    def __init__(self, address: Address, path: str, files: _Pinned) -> None:
        self._address, self._path, self._files = address, path, files

    def files(self) -> list[Found]:
        """The files in it that are no links."""
        try:
            listed = self._files.ls(self._path, detail=True)
        except (OSError, EOFError, paramiko.SSHException) as error:
            raise SourceUnread(reason=_reason(error)) from error
        return _sorted(
            [
                Found(name, _mark(one), one["size"], one["mtime"].timestamp())
                for one in listed
                if one["type"] == "file" and _fits(name := PurePosixPath(one["name"]).name, self._address.pattern)
            ]
        )

    def read(self, found: Found, target: BinaryIO, *, known: str) -> str | None:
        """Its bytes."""
        path = f"{self._path.rstrip('/')}/{found.name}"
        try:
            with self._files.open(path, "rb") as file:
                file.prefetch(found.size)
                _copy(file, target)
            now = _mark(self._files.info(path))
        except (OSError, EOFError, paramiko.SSHException) as error:
            raise SourceUnread(reason=_reason(error)) from error
        if now != found.mark:
            raise SourceUnread(reason="changing")
        return now


def _mark(info: dict[str, Any]) -> str:
    return f"{info['size']} {info['mtime'].timestamp()}"


@contextmanager
def _connected(address: Address, parts: SplitResult) -> Iterator[_Sftp]:
    """A folder of a server whose key is the one that is known."""
    assert parts.hostname is not None
    host, port = parts.hostname, parts.port or 22
    entry = host_key(host, port, address.host_key)
    addresses = http_client.resolved(host, port)
    client = paramiko.SSHClient()
    assert entry.key is not None
    client.get_host_keys().add(entry.hostnames[0], entry.key.get_name(), entry.key)
    client.set_missing_host_key_policy(paramiko.RejectPolicy())
    over = threading.Timer(SECONDS, client.close)
    over.daemon = True
    over.start()
    sock: socket.socket | None = None
    try:
        try:
            sock = socket.create_connection((addresses[0], port), CONNECT)
            client.connect(
                host,
                port=port,
                username=address.username,
                **_key(address.secret),
                sock=sock,
                timeout=CONNECT,
                banner_timeout=CONNECT,
                auth_timeout=CONNECT,
                channel_timeout=CONNECT,
                allow_agent=False,
                look_for_keys=False,
            )
            ftp = client.open_sftp()
            ftp.get_channel().settimeout(CONNECT)
        except paramiko.BadHostKeyException as error:
            raise SourceUnread(reason="host_key", fingerprint=error.key.fingerprint) from error
        except paramiko.AuthenticationException as error:
            raise SourceUnread(reason="login") from error
        except TimeoutError as error:
            raise NotReached(reason="timeout") from error
        except (OSError, EOFError, paramiko.SSHException) as error:
            known = "not found in known_hosts" in str(error)
            raise SourceUnread(reason="host_key" if known else "no_sftp", fingerprint="") from error
        files = _Pinned(host, client=client, ftp=ftp)
        yield _Sftp(address, unquote(parts.path) or ".", files)
    finally:
        over.cancel()
        with suppress(Exception):
            client.close()
        if sock is not None:
            sock.close()


def _key(secret: str) -> dict[str, Any]:
    """A private key, or else a password. Raises SourceUnread for a key that cannot be read."""
    if "PRIVATE KEY-----" not in secret:
        return {"password": secret}
    for kind in (paramiko.Ed25519Key, paramiko.ECDSAKey, paramiko.RSAKey):
        with suppress(paramiko.SSHException, ValueError):
            return {"pkey": kind.from_private_key(io.StringIO(secret.strip() + "\n"))}
    raise SourceUnread(reason="private_key")


def _copy(file: Any, target: BinaryIO) -> None:
    """The bytes of a file into a target. Raises SourceUnread where they are too many, or come too slowly."""
    left, end = settings.KUNDEKORT_MAX_BYTES, time.monotonic() + SECONDS
    while piece := file.read(PIECE):
        left -= len(piece)
        if left < 0:
            raise SourceUnread(reason="file_too_large", limit=settings.KUNDEKORT_MAX_BYTES)
        if time.monotonic() > end:
            raise NotReached(reason="timeout")
        target.write(piece)


def _reason(error: BaseException) -> str:
    """Why a file or a folder could not be read, as a reason of `SourceUnread`."""
    if isinstance(error, FileNotFoundError):
        return "gone"
    if isinstance(error, (PermissionError, NotADirectoryError)):
        return "forbidden"
    return "broken_off"
