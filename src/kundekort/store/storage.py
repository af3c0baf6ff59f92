"""Where files are kept for every host: in the data folder, or in an S3-compatible object store.

A host works on files in a folder of its own. Those of the data folder are kept by standing there. An object store keeps
them under the same names, and what stands on a host is then only a copy, which may go at any time.
This module may know nothing of what the files are.
"""

from __future__ import annotations

import errno
import hashlib
import os
import re
import shutil
import tempfile
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import timedelta
from functools import cache
from pathlib import Path
from typing import IO, TYPE_CHECKING, BinaryIO, Final, NamedTuple

from django.conf import settings

if TYPE_CHECKING:
    from obstore.store import S3Store

BLOCK: Final = 2**20
"""Bytes that are copied at a time."""
UNFINISHED: Final = "new-"
"""How the names of files and folders begin that are not whole yet."""
AT_ONCE: Final = 8
"""Objects that are sent or fetched at the same time."""
RETRY_SECONDS: Final = 10
"""How long an object store that does not answer is asked again before it counts as unreachable."""


class StorageUnreachable(OSError):
    """The object store does not answer, or not as it should; `strerror` says why."""


class StoredFile(NamedTuple):
    """A file that is kept: its name (`/` between folders), bytes, and when it was written (seconds since 1970)."""

    name: str
    size: int
    written: float


@dataclass(frozen=True, slots=True)
class Folder:
    """The data folder of the one host that there is: what stands in it is kept."""

    root: Path

    @property
    def shared(self) -> bool:
        """Whether other hosts reach what is kept."""
        return False

    @property
    def address(self) -> str:
        """What people call it."""
        return str(self.root)

    def begin(self, mark: str) -> None:
        """Begin to work with files that bear a mark."""

    def keep(self, name: str) -> None:
        """Keep for every host the file of that name on this one, or the files of that folder. StorageUnreachable."""

    def have_file(self, name: str) -> None:
        """Have a file on this host if it is kept. StorageUnreachable."""

    def have_folder(self, name: str, *, is_whole: Callable[[Path], bool]) -> None:
        """Have the files of a folder on this host if they are kept and whole. StorageUnreachable."""

    def remove(self, name: str) -> None:
        """Forget a file, or a folder and everything in it, whether it is there or not. StorageUnreachable."""
        remove_path(self.root / name)

    def files(self, folder: str) -> Iterator[StoredFile]:
        """Everything below a folder. StorageUnreachable."""
        for path in (self.root / folder).rglob("*"):
            with suppress(FileNotFoundError):  # taken away meanwhile
                if path.is_file():
                    about = path.stat()
                    yield StoredFile(path.relative_to(self.root).as_posix(), about.st_size, about.st_mtime)

    @contextmanager
    def read(self, name: str) -> Iterator[BinaryIO]:
        """A file that is kept, for reading. Raises FileNotFoundError, StorageUnreachable."""
        with (self.root / name).open("rb") as file:
            yield file

    def write(self, name: str, stream: BinaryIO) -> None:
        """Keep the bytes of a stream under a name, whole or not at all. StorageUnreachable."""
        target = self.root / name
        make_private(target.parent)
        with tempfile.NamedTemporaryFile(dir=target.parent, prefix=UNFINISHED, delete=False) as part:
            shutil.copyfileobj(stream, part, BLOCK)
        Path(part.name).rename(target)


@dataclass(frozen=True, slots=True)
class ObjectStore:
    """An object store that every host reaches, with copies of what this host has had to do with below `root`."""

    root: Path
    address: str
    store: S3Store

    @property
    def shared(self) -> bool:
        """Whether other hosts reach what is kept."""
        return True

    def begin(self, mark: str) -> None:
        """Begin to work with files that bear a mark: copies of others, which had the same names, are not theirs."""
        file = self.root / "of"
        if not file.exists() or file.read_text() != mark:
            remove_path(self.root)
            make_private(self.root)
            with tempfile.NamedTemporaryFile("w", dir=self.root, prefix=UNFINISHED, delete=False) as part:
                part.write(mark)
            Path(part.name).rename(file)

    def keep(self, name: str) -> None:
        """Keep for every host the file of that name on this one, or the files of that folder. StorageUnreachable."""
        path = self.root / name
        kept = {file.name: file.size for file in self.files(name)} if path.is_dir() else {}
        parts = [part for part in path.iterdir() if part.is_file()] if path.is_dir() else [path]
        self._in_parallel((self._put, part) for part in parts if kept.get(self._name(part), -1) != part.stat().st_size)

    def have_file(self, name: str) -> None:
        """Have a file on this host if it is kept. StorageUnreachable."""
        target = self.root / name
        if _used(target, target):
            return
        make_private(target.parent)
        with tempfile.TemporaryDirectory(dir=target.parent, prefix=UNFINISHED, ignore_cleanup_errors=True) as made:
            part = Path(made) / target.name
            with suppress(FileNotFoundError):  # nobody keeps it
                self._download(name, part)
                part.rename(target)

    def have_folder(self, name: str, *, is_whole: Callable[[Path], bool]) -> None:
        """Have the files of a folder on this host if they are kept and whole. StorageUnreachable."""
        target = self.root / name
        if _used(target, target.parent):
            return
        names = [file.name for file in self.files(name)]
        if not names:
            return
        make_private(target.parent)
        with tempfile.TemporaryDirectory(dir=target.parent, prefix=UNFINISHED, ignore_cleanup_errors=True) as made:
            folder = Path(made)
            with suppress(FileNotFoundError):  # taken away meanwhile
                self._in_parallel((self._download, part, folder / Path(part).name) for part in names)
            if is_whole(folder):
                with suppress(OSError):  # another process was first
                    folder.rename(target)

    def remove(self, name: str) -> None:
        """Forget a file, or a folder and everything in it, whether it is there or not. StorageUnreachable."""
        remove_path(self.root / name)
        with self._reached():
            self.store.delete([name, *(file.name for file in self.files(name))])

    def files(self, folder: str) -> Iterator[StoredFile]:
        """Everything below a folder. StorageUnreachable."""
        with self._reached():
            for objects in self.store.list(prefix=folder):
                yield from (StoredFile(o["path"], o["size"], o["last_modified"].timestamp()) for o in objects)

    @contextmanager
    def read(self, name: str) -> Iterator[BinaryIO]:
        """A file that is kept, for reading. Raises FileNotFoundError, StorageUnreachable."""
        with tempfile.TemporaryFile() as file:
            self._get(name, file)
            file.seek(0)
            yield file

    def write(self, name: str, stream: BinaryIO) -> None:
        """Keep the bytes of a stream under a name, whole or not at all. StorageUnreachable."""
        with self._reached():
            self.store.put(name, stream)

    def _name(self, path: Path) -> str:
        return path.relative_to(self.root).as_posix()

    def _put(self, path: Path) -> None:
        with self._reached():
            self.store.put(self._name(path), path)

    def _download(self, name: str, path: Path) -> None:
        with path.open("wb") as file:
            self._get(name, file)

    def _get(self, name: str, file: IO[bytes]) -> None:
        with self._reached():
            for block in self.store.get(name).stream(min_chunk_size=BLOCK):
                file.write(block)

    @contextmanager
    def _reached(self) -> Iterator[None]:
        """A block in which the store says no in ways that others know. Raises FileNotFoundError, StorageUnreachable."""
        from obstore.exceptions import BaseError

        try:
            yield
        except (BaseError, FileNotFoundError) as error:
            if isinstance(error, FileNotFoundError) and "NoSuchBucket" not in str(error):
                raise
            raise StorageUnreachable(errno.EIO, _reason(str(error)), self.address) from error

    @staticmethod
    def _in_parallel(work: Iterable[tuple[Callable[..., None], *tuple[object, ...]]]) -> None:
        """Do several things at once, and all of them before the first that failed is told."""
        with ThreadPoolExecutor(AT_ONCE) as threads:
            for running in [threads.submit(what, *how) for what, *how in work]:
                running.result()


Storage = Folder | ObjectStore


def current() -> Storage:
    """The storage that the settings name. Raises ValueError where they name none."""
    return _open(settings.KUNDEKORT_STORAGE, Path(settings.DATA))


@cache
def _open(url: str, data: Path) -> Storage:
    if not url:
        return Folder(data)
    scheme, _, place = url.partition("://")
    bucket, _, prefix = place.partition("/")
    if scheme != "s3" or not bucket:
        raise ValueError(f"KUNDEKORT_STORAGE={url} is no address of an object store, such as s3://bucket/prefix.")
    from obstore.store import S3Store

    endpoint = os.environ.get("AWS_ENDPOINT_URL_S3") or os.environ.get("AWS_ENDPOINT_URL") or ""
    store = S3Store(
        bucket,
        prefix=prefix.strip("/") or None,
        client_options={"allow_http": endpoint.startswith("http://"), "connect_timeout": "5s", "timeout": "60s"},
        retry_config={"max_retries": 5, "retry_timeout": timedelta(seconds=RETRY_SECONDS)},
    )
    copies = data / "cache" / hashlib.sha256(url.encode()).hexdigest()[:16]
    return ObjectStore(copies, url, store)


def _used(path: Path, mark: Path) -> bool:
    """Whether something is there; if so, `mark` tells when it was last asked for, by the time it was written."""
    if not path.exists():
        return False
    with suppress(FileNotFoundError):  # taken away meanwhile
        os.utime(mark)
    return True


def make_private(folder: Path) -> None:
    """Have a folder, and those above it, that nobody else on this machine can look into; those there are stay so."""
    for level in (*reversed(folder.parents), folder):
        if not level.exists():
            level.mkdir(mode=0o700, exist_ok=True)


def remove_path(path: Path) -> None:
    """Remove a file, or a folder and everything in it, from this host; nothing where there is none."""
    if path.is_dir():
        shutil.rmtree(path, ignore_errors=True)
    else:
        path.unlink(missing_ok=True)


def _reason(said: str) -> str:
    """What an object store says itself, without what it was asked and how often."""
    message = re.search("<Message>(.*?)</Message>", said)
    return message[1] if message else said.partition("\n")[0].rpartition(" - ")[2].strip()
