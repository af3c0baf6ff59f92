"""The package of an import on storage: the uploaded file and its plan; and the files of exports. The only module that
knows where they are.

A package is a folder named by the import's number: `source` is the file as it came, `mended/` rows of it that came
back mended, `plans/<digest>/` a plan's parts. What can be made again at any time stands beside them: `numbers.parquet`,
the numbers of the cards that the rows of an import in the register are about, and `log/`, its plan as the log tells it.
A folder or a file appears whole or not at all.
"""

from __future__ import annotations

import hashlib
import mmap
import os
import shutil
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from math import inf
from pathlib import Path
from typing import IO, BinaryIO, NamedTuple

from django.conf import settings

BLOCK = 2**20
UNFINISHED = "new-"
"""How the names of plans and exports begin that are not whole yet."""


class TooLarge(Exception):
    """A file has more bytes than may be kept."""


class Source(NamedTuple):
    """An uploaded file that is kept: its size in bytes, and its SHA-256 in hexadecimal digits."""

    size: int
    sha256: str


def keep_source(import_id: int, stream: BinaryIO, *, limit: int) -> Source:
    """Keep an uploaded file. Raises TooLarge, keeping nothing, when it exceeds the limit (bytes)."""
    remove(import_id)  # of one that had this number before the database was restored from a backup
    folder = _folder(import_id)
    folder.mkdir(parents=True)
    size, whole = 0, hashlib.sha256()
    with (folder / "source").open("wb") as target:
        while block := stream.read(BLOCK):
            size += len(block)
            if size > limit:
                break
            target.write(block)
            whole.update(block)
        _sync(target)
    if size > limit:
        remove(import_id)
        raise TooLarge
    return Source(size, whole.hexdigest())


@contextmanager
def source(import_id: int) -> Iterator[bytes | mmap.mmap]:
    """The bytes of the uploaded file, mapped rather than read. Raises FileNotFoundError when it is gone."""
    with (_folder(import_id) / "source").open("rb") as file:
        if os.fstat(file.fileno()).st_size == 0:
            yield b""
            return
        # Not closed here: the traceback of a refusal still looks into it, and the last to do so frees it.
        yield mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)


@contextmanager
def new_plan(import_id: int) -> Iterator[Path]:
    """A folder for the parts of a new plan; it goes away again unless `keep_plan` takes it."""
    plans = _folder(import_id) / "plans"
    plans.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=plans, prefix=UNFINISHED, ignore_cleanup_errors=True) as folder:
        yield Path(folder)


def keep_plan(import_id: int, digest: str, folder: Path) -> None:
    """Keep the plan in a folder of `new_plan` under its digest."""
    plans = _folder(import_id) / "plans"
    if not (plans / digest).exists():
        _sync_parts(folder.iterdir())
        folder.rename(plans / digest)


def forget_other_plans(import_id: int, digest: str) -> None:
    """Forget all plans of an import but one. The last one is needed until the database knows the next."""
    for other in _plans(import_id):
        if other.name != digest and not other.name.startswith(UNFINISHED):
            shutil.rmtree(other, ignore_errors=True)


def plan_folder(import_id: int, digest: str) -> Path:
    """The folder with the parts of a kept plan."""
    return _folder(import_id) / "plans" / digest


def cells_folder(import_id: int, name: str) -> Path:
    """The folder with the rows of the file as they were read in the way that has this name; there may be none."""
    return _folder(import_id) / "cells" / name


def forget_drafts(import_id: int, digest: str) -> None:
    """Forget what a plan can be made again from: it is not going to be."""
    for folder in (_folder(import_id) / "cells", plan_folder(import_id, digest) / "draft"):
        shutil.rmtree(folder, ignore_errors=True)


def numbers_file(import_id: int) -> Path:
    """The file with the numbers of the cards that the rows of a kept plan are about."""
    return _folder(import_id) / "numbers.parquet"


@contextmanager
def new_numbers(import_id: int) -> Iterator[Path]:
    """Where to write the numbers; they are kept in the end, in place of any others. One at a time for each import."""
    target = numbers_file(import_id)
    unfinished = target.with_suffix(".new")
    yield unfinished
    _sync_parts([unfinished])
    unfinished.replace(target)


def log_plan_folder(import_id: int) -> Path:
    """The folder with the parts of the plan that was made of the log."""
    return _folder(import_id) / "log"


@contextmanager
def new_log_plan(import_id: int) -> Iterator[Path]:
    """A folder for the parts of a plan made of the log; it is kept in the end. One at a time for each import."""
    target = log_plan_folder(import_id)
    unfinished = target.with_name("log.new")
    shutil.rmtree(unfinished, ignore_errors=True)  # of an attempt that was killed
    unfinished.mkdir(parents=True)
    yield unfinished
    _sync_parts(unfinished.iterdir())
    unfinished.rename(target)


def keep_mended(import_id: int, content: bytes) -> str:
    """Keep rows of an import that were mended elsewhere, whole or not at all; a name that no other content has."""
    name = hashlib.sha256(content).hexdigest()
    path = mended_file(import_id, name)
    path.parent.mkdir(exist_ok=True)
    with tempfile.NamedTemporaryFile(dir=path.parent, prefix=UNFINISHED, delete=False) as part:
        part.write(content)
        _sync(part)
    Path(part.name).rename(path)
    return name


def mended_file(import_id: int, name: str) -> Path:
    """The file of the rows of an import that were mended elsewhere and came back, by the name `keep_mended` gave it."""
    return _folder(import_id) / "mended" / f"{name}.parquet"


def remove(import_id: int) -> None:
    """Forget the package of an import."""
    shutil.rmtree(_folder(import_id), ignore_errors=True)


def keep_export(export_id: int, pieces: Iterable[bytes]) -> int:
    """Keep the file of an export, whole or not at all; its size in bytes."""
    target = _export(export_id)
    # A name of its own, for a process that was taken for dead may go on writing the same list.
    with tempfile.NamedTemporaryFile(dir=target.parent, prefix=UNFINISHED, delete=False) as file:
        unfinished = Path(file.name)
        try:
            file.writelines(pieces)
            size = file.tell()
            _sync(file)
            unfinished.rename(target)
        except BaseException:
            unfinished.unlink(missing_ok=True)
            raise
    return size


def export_file(export_id: int) -> BinaryIO:
    """The file of an export for reading. Raises FileNotFoundError when it is gone."""
    return _export(export_id).open("rb")


def remove_export(export_id: int) -> None:
    """Forget the file of an export."""
    _export(export_id).unlink(missing_ok=True)


def imports() -> list[int]:
    """The numbers of the imports that have a package."""
    return [int(folder.name) for folder in _private("imports").iterdir() if folder.name.isdecimal()]


def exports() -> list[int]:
    """The numbers of the exports that have a file."""
    return [int(file.name) for file in _private("exports").iterdir() if file.name.isdecimal()]


def remove_stale(import_id: int, *, before: float) -> None:
    """Forget the package of an import unless somebody has written to it since a time (seconds since 1970)."""
    if _last_written(_folder(import_id)) < before:
        remove(import_id)


def remove_stale_plans(import_id: int, digest: str, *, before: float) -> None:
    """Forget all plans of an import but one, and whatever is unfinished, to which nobody has written since a time."""
    others = [plan for plan in _plans(import_id) if plan.name != digest]
    for other in (*others, *_folder(import_id).glob("*.new")):
        if _last_written(other) < before:
            _remove(other)


def remove_stale_export(export_id: int, *, before: float) -> None:
    """Forget the file of an export unless it was written since a time."""
    if _last_written(_export(export_id)) < before:
        remove_export(export_id)


def remove_unfinished_exports(*, before: float) -> None:
    """Forget files of exports that were begun and not written to since a time."""
    for file in _private("exports").glob(UNFINISHED + "*"):
        if _last_written(file) < before:
            file.unlink(missing_ok=True)


def _remove(path: Path) -> None:
    if path.is_dir():
        shutil.rmtree(path, ignore_errors=True)
    else:
        path.unlink(missing_ok=True)


def _plans(import_id: int) -> list[Path]:
    folder = _folder(import_id) / "plans"
    return list(folder.iterdir()) if folder.exists() else []


def _last_written(path: Path) -> float:
    """When something was last written to a file, or to anything in a folder; later than all times where it is gone."""
    try:
        return max(part.stat().st_mtime for part in (path, *path.rglob("*")))
    except FileNotFoundError:
        return inf


def _export(export_id: int) -> Path:
    return _private("exports") / str(export_id)


def _folder(import_id: int) -> Path:
    return _private("imports") / str(import_id)


def _private(name: str) -> Path:
    """A folder of the data folder that nobody else on the machine can look into."""
    folder = Path(settings.DATA) / name
    folder.mkdir(mode=0o700, exist_ok=True)
    return folder


def _sync(file: IO[bytes]) -> None:
    """Have the bytes on the disk before the database says that they are there."""
    file.flush()
    os.fsync(file.fileno())


def _sync_parts(parts: Iterable[Path]) -> None:
    """The same for files that others have written; what stands in folders among them can be made again."""
    for part in (part for part in parts if part.is_file()):
        with part.open("rb") as file:
            os.fsync(file.fileno())
