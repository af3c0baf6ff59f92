"""A backup as one file: a tar with the database, the files, the secret key and a manifest. Knows no Django.

Members, in this order: `files/NAME` for each file of the storage, `secret-key`, `database/00000` and so on, the pieces
of one gzipped dump in SQL, `manifest.json`, and `sha256`, that of all bytes before its own header in hexadecimal
digits. So an archive can be written to a pipe, one that was cut short has no end, and one wrong bit is noticed.
"""

from __future__ import annotations

import hashlib
import io
import json
import re
import tarfile
import tempfile
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import IO, Any, BinaryIO, Final, Self

FORMAT: Final = 1
"""What a reader has to know of; it grows when older programs could not restore what is written."""
BLOCK: Final = 2**20
PIECE: Final = 8 * 2**20
"""Bytes of one piece of the dump: what is held in memory, for its size stands before it."""

KEY: Final = "secret-key"
FILES: Final = "files/"
DATABASE: Final = "database/"
_MANIFEST: Final = "manifest.json"
_SUM: Final = "sha256"
_SMALL: Final = 64 * 2**20
"""Bytes beyond which neither a key nor a manifest is one."""
_NAME: Final = re.compile(
    r"secret-key|manifest\.json|sha256|database/\d{5,}|files/(?:imports|exports)(?:/[A-Za-z0-9][A-Za-z0-9._-]*)+"
)
_UNREADABLE: Final = (tarfile.TarError, ValueError, EOFError, OverflowError, LookupError, TypeError, MemoryError)
"""What reading a damaged tar, or damaged JSON, may raise."""


class ArchiveDamaged(Exception):
    """An archive is not as it was written, was cut short, or never was one."""


class ArchiveNewer(Exception):
    """An archive was made by a version (its argument) that writes what this one cannot read."""


@dataclass(frozen=True, slots=True)
class Member:
    """A member of an archive: its name, its size in bytes, and its SHA-256 in hexadecimal digits."""

    name: str
    size: int
    sha256: str


@dataclass(frozen=True, slots=True)
class BackupFacts:
    """Of what an archive is a backup: versions of program and server, when (ISO 8601), migrations by app, cards."""

    kundekort: str
    postgresql: str
    created_at: str
    migrations: Mapping[str, list[str]]
    customers: int


@dataclass(frozen=True, slots=True)
class Manifest:
    """What is in an archive."""

    facts: BackupFacts
    members: tuple[Member, ...]
    format: int = FORMAT

    def to_json(self) -> dict[str, Any]:
        """The manifest as a JSON object."""
        return {"format": self.format, **asdict(self.facts), "members": [asdict(m) for m in self.members]}

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Self:
        """The manifest that `to_json` gave; a newer one may say more."""
        facts = BackupFacts(**{name: data[name] for name in BackupFacts.__dataclass_fields__})
        members = tuple(Member(m["name"], m["size"], m["sha256"]) for m in data["members"])
        return cls(facts, members, data["format"])


class ArchiveWriter:
    """Writes an archive from its beginning to its end; `finish` ends it."""

    def __init__(self, target: BinaryIO) -> None:
        self._target = _Sum(target)
        self._tar = tarfile.open(mode="w", fileobj=self._target, format=tarfile.PAX_FORMAT)  # type: ignore[call-overload]  # noqa: SIM115 - `finish` closes it
        self._members: list[Member] = []

    @property
    def size(self) -> int:
        """Bytes written so far."""
        return self._target.tell()

    def add(self, name: str, stream: IO[bytes], size: int) -> None:
        """Add a member of so many bytes. Raises OSError where the stream has fewer."""
        source = _Sum(stream)
        self._tar.addfile(_header(name, size), source)
        self._members.append(Member(name, size, source.hexdigest()))

    def add_database(self, pieces: Iterable[bytes]) -> None:
        """Add the dump, of pieces as they come."""
        waiting, number = bytearray(), 0
        for piece in pieces:
            waiting += piece
            while len(waiting) >= PIECE:
                self._add_bytes(f"{DATABASE}{number:05}", bytes(waiting[:PIECE]))
                del waiting[:PIECE]
                number += 1
        self._add_bytes(f"{DATABASE}{number:05}", bytes(waiting))

    def add_key(self, key: str) -> None:
        """Add the secret key."""
        self._add_bytes(KEY, key.encode())

    def finish(self, facts: BackupFacts) -> Manifest:
        """Write the end."""
        manifest = Manifest(facts, tuple(self._members))
        self._add_bytes(_MANIFEST, json.dumps(manifest.to_json(), indent=1).encode() + b"\n")
        self._add_bytes(_SUM, self._target.hexdigest().encode() + b"\n")
        self._tar.close()
        return manifest

    def _add_bytes(self, name: str, content: bytes) -> None:
        self.add(name, io.BytesIO(content), len(content))


class Archive:
    """An archive that was found whole; `sum` is the SHA-256 that it ends with."""

    def __init__(
        self, path: Path, tar: tarfile.TarFile, members: Mapping[str, tarfile.TarInfo], manifest: Manifest, digest: str
    ) -> None:
        self.path, self.manifest, self.sum = path, manifest, digest
        self._tar, self._members = tar, members

    @property
    def files(self) -> list[Member]:
        """The files of the storage, each with its name there after `FILES`."""
        return [member for member in self.manifest.members if member.name.startswith(FILES)]

    @contextmanager
    def read(self, member: Member) -> Iterator[BinaryIO]:
        """The bytes of a member. Raises ArchiveDamaged where they are not those any more that were checked."""
        with tempfile.SpooledTemporaryFile(PIECE) as copy:
            source = _Sum(self._open(member.name))
            while block := source.read(BLOCK):
                copy.write(block)
            if source.hexdigest() != member.sha256:
                raise ArchiveDamaged
            copy.seek(0)
            yield copy  # type: ignore[misc]

    def key(self) -> str:
        """The secret key."""
        return self._open(KEY).read().decode()

    def database(self) -> Iterator[bytes]:
        """The dump, piece by piece."""
        for member in self.manifest.members:
            if member.name.startswith(DATABASE):
                with self.read(member) as piece:
                    yield piece.read()

    def _open(self, name: str) -> IO[bytes]:
        found = self._tar.extractfile(self._members[name])
        assert found is not None, "all members are files"
        return found


def open_archive(file: BinaryIO, path: Path) -> Archive:
    """The archive in an open file of that name, all of which is read and found whole.

    Raises ArchiveDamaged where it is not, also where it never was an archive, ArchiveNewer, and OSError where it cannot
    be read.
    """
    try:
        tar = tarfile.open(fileobj=file, mode="r:")  # noqa: SIM115 - the file is somebody else's
        members = {member.name: member for member in tar}
        digest = _checked_sum(file, list(members.values())[-1])
        manifest = Manifest.from_json(json.loads(_content(tar, members[_MANIFEST])))
    except _UNREADABLE as error:
        raise ArchiveDamaged from error
    if manifest.format > FORMAT:
        raise ArchiveNewer(manifest.facts.kundekort)
    there = [(member.name, member.size) for member in tar if member.name not in (_MANIFEST, _SUM)]
    if there != [(member.name, member.size) for member in manifest.members]:
        raise ArchiveDamaged
    if len(there) + 2 != len(members) or not _are_ours(members):  # something stands there twice, or leads elsewhere
        raise ArchiveDamaged
    return Archive(path, tar, members, manifest, digest)


def _are_ours(members: Mapping[str, tarfile.TarInfo]) -> bool:
    """Whether all that is needed is there, and nothing but plain files where an archive has them."""
    known = all(_NAME.fullmatch(name) and member.isreg() for name, member in members.items())
    return known and {KEY, f"{DATABASE}00000"} <= members.keys()


def _content(tar: tarfile.TarFile, member: tarfile.TarInfo) -> bytes:
    if member.size > _SMALL:
        raise ArchiveDamaged
    found = tar.extractfile(member)
    return b"" if found is None else found.read()


def _checked_sum(file: BinaryIO, last: tarfile.TarInfo) -> str:
    """The SHA-256 of all that stands before the last member. Raises ArchiveDamaged unless that tells the same."""
    digest = hashlib.sha256()
    file.seek(0)
    while block := file.read(min(BLOCK, last.offset - file.tell())):
        digest.update(block)
    if file.read(2 * tarfile.RECORDSIZE) != _end(digest.hexdigest(), last.offset):
        raise ArchiveDamaged
    return digest.hexdigest()


def _end(digest: str, offset: int) -> bytes:
    """What an archive ends with after so many bytes with this sum."""
    written = io.BytesIO()
    with tarfile.open(mode="w", fileobj=written, format=tarfile.PAX_FORMAT) as tar:
        tar.offset = offset  # for it fills the last record up
        content = f"{digest}\n".encode()
        tar.addfile(_header(_SUM, len(content)), io.BytesIO(content))
    return written.getvalue()


def _header(name: str, size: int) -> tarfile.TarInfo:
    header = tarfile.TarInfo(name)
    header.size, header.mode = size, 0o600
    return header


class _Sum:
    """A stream that is read or written through, with its length and its SHA-256 so far."""

    def __init__(self, stream: IO[bytes]) -> None:
        self._stream, self._digest, self._length = stream, hashlib.sha256(), 0

    def read(self, size: int = -1) -> bytes:
        block = self._stream.read(size)
        self._note(block)
        return block

    def write(self, block: bytes) -> int:
        self._stream.write(block)
        self._note(block)
        return len(block)

    def tell(self) -> int:
        return self._length

    def hexdigest(self) -> str:
        return self._digest.hexdigest()

    def _note(self, block: bytes) -> None:
        self._digest.update(block)
        self._length += len(block)
