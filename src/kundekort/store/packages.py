"""The package of an import on storage: the uploaded file and its plan; and the files of exports. The only module that
knows where they are.

A package is a folder named by the import's number: `source` is the file as it came, `mended/` rows of it that came
back mended, `plans/<digest>/` a plan's parts. What can be made again at any time stands beside them on the host that
made it: `numbers.parquet`, the numbers of the cards that the rows of an import in the register are about, `log/`, its
plan as the log tells it, and what a plan is made again from. A folder or a file appears whole or not at all.
"""

from __future__ import annotations

import hashlib
import logging
import mmap
import os
import re
import shutil
import tempfile
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from math import inf
from pathlib import Path
from typing import IO, BinaryIO, Final, NamedTuple

from kundekort.store import plans, search_text, storage
from kundekort.store.storage import BLOCK, UNFINISHED, StorageUnreachable, StoredFile

logger = logging.getLogger(__name__)

KEPT: Final = re.compile(
    r"imports/(?P<import>\d+)/(source|mended/[0-9a-f]{64}\.parquet|plans/(?P<plan>[0-9a-f]{64})/\w[\w-]*\.parquet)"
    r"|exports/(?P<export>\d+)"
)
"""The names of the files that are kept for every host."""
_AT_ONCE: Final = 8
"""Files that are brought to the disk at the same time."""


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
    storage.current().keep(f"imports/{import_id}/source")
    return Source(size, whole.hexdigest())


@contextmanager
def source(import_id: int) -> Iterator[bytes | mmap.mmap]:
    """The bytes of the uploaded file, mapped rather than read. Raises FileNotFoundError when it is gone."""
    storage.current().have_file(f"imports/{import_id}/source")
    with (_folder(import_id) / "source").open("rb") as file:
        if os.fstat(file.fileno()).st_size == 0:
            yield b""
            return
        # Not closed here: the traceback of a refusal still looks into it, and the last to do so frees it.
        yield mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)


@contextmanager
def new_plan(import_id: int) -> Iterator[Path]:
    """A folder for the parts of a new plan; it goes away again unless `keep_plan` takes it."""
    kept = _folder(import_id) / "plans"
    kept.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=kept, prefix=UNFINISHED, ignore_cleanup_errors=True) as folder:
        yield Path(folder)


def keep_plan(import_id: int, digest: str, folder: Path) -> None:
    """Keep the plan in a folder of `new_plan` under its digest."""
    kept = _folder(import_id) / "plans"
    if not (kept / digest).exists():
        _sync_parts(folder.iterdir())
        folder.rename(kept / digest)
    storage.current().keep(f"imports/{import_id}/plans/{digest}")


def forget_other_plans(import_id: int, digest: str) -> None:
    """Forget all plans of an import but one. The last one is needed until the database knows the next."""
    others = {folder.name for folder in (_folder(import_id) / "plans").glob("*")}
    with suppress(StorageUnreachable):  # what it keeps is removed when it is next gone through
        names = (KEPT.fullmatch(file.name) for file in storage.current().files(f"imports/{import_id}/plans"))
        others |= {name["plan"] for name in names if name}
    for other in others - {digest}:
        if not other.startswith(UNFINISHED):
            remove_plan(import_id, other)


def remove_plan(import_id: int, digest: str) -> None:
    """Forget a plan of an import."""
    _forget(f"imports/{import_id}/plans/{digest}")


def plan_folder(import_id: int, digest: str) -> Path:
    """The folder with the parts of a kept plan; it is not there where nothing is kept under that name."""
    if digest:
        name = f"imports/{import_id}/plans/{digest}"
        storage.current().have_folder(name, is_whole=lambda folder: _is_whole(folder, digest))
    return _folder(import_id) / "plans" / digest


def checked_plan_folder(import_id: int, digest: str) -> Path:
    """The folder of a kept plan whose bytes are those that its name promises. Raises FileNotFoundError for none.

    A copy that is damaged on this host is fetched anew where others keep it.
    """
    folder = plan_folder(import_id, digest)
    if _is_whole(folder, digest):
        return folder
    if storage.current().shared:
        storage.remove_path(folder)
        if (folder := plan_folder(import_id, digest)).exists():  # it comes whole or not at all
            return folder
    raise FileNotFoundError(folder)


def _is_whole(folder: Path, digest: str) -> bool:
    """Whether a folder has the plan of that digest."""
    return folder.exists() and plans.digest(folder) == digest


def cells_folder(import_id: int, name: str) -> Path:
    """The folder with the rows of the file as they were read in the way that has this name; there may be none."""
    return _folder(import_id) / "cells" / name


def forget_drafts(import_id: int, digest: str) -> None:
    """Forget what a plan can be made again from: it is not going to be."""
    plan = _folder(import_id) / "plans" / digest
    for folder in (_folder(import_id) / "cells", plan / plans.DRAFT, plan / search_text.FOLDER):
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
    path = _folder(import_id) / "mended" / f"{name}.parquet"
    path.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.NamedTemporaryFile(dir=path.parent, prefix=UNFINISHED, delete=False) as part:
        part.write(content)
        _sync(part)
    Path(part.name).rename(path)
    storage.current().keep(f"imports/{import_id}/mended/{path.name}")
    return name


def mended_file(import_id: int, name: str) -> Path:
    """The file of the rows of an import that were mended elsewhere and came back, by the name `keep_mended` gave it."""
    storage.current().have_file(f"imports/{import_id}/mended/{name}.parquet")
    return _folder(import_id) / "mended" / f"{name}.parquet"


def mended_names(import_id: int) -> list[str]:
    """The names of all files of rows of an import that came back mended."""
    names = (KEPT.fullmatch(file.name) for file in storage.current().files(f"imports/{import_id}/mended"))
    return sorted(Path(name[0]).stem for name in names if name)


def remove(import_id: int) -> None:
    """Forget the package of an import."""
    _forget(f"imports/{import_id}")


def erase(import_id: int) -> None:
    """Remove the package of an import here and wherever it is kept. Raises StorageUnreachable."""
    storage.current().remove(f"imports/{import_id}")


def erase_export(export_id: int) -> None:
    """Remove the file of an export here and wherever it is kept. Raises StorageUnreachable."""
    storage.current().remove(f"exports/{export_id}")


def forget_copy(import_id: int) -> None:
    """Forget on this host the package of an import that is kept nowhere any more."""
    storage.remove_path(_folder(import_id))


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
            storage.current().keep(f"exports/{export_id}")
        except BaseException:
            unfinished.unlink(missing_ok=True)
            raise
    return size


def export_file(export_id: int) -> BinaryIO:
    """The file of an export for reading. Raises FileNotFoundError when it is gone."""
    storage.current().have_file(f"exports/{export_id}")
    return _export(export_id).open("rb")


def remove_export(export_id: int) -> None:
    """Forget the file of an export."""
    _forget(f"exports/{export_id}")


class Contents(NamedTuple):
    """When what is kept was last written to (seconds since 1970): exports; imports, whole and each of their plans."""

    exports: Mapping[int, float]
    imports: Mapping[int, float]
    plans: Mapping[tuple[int, str], float]


def kept_files() -> Iterator[StoredFile]:
    """Every file that is kept for every host, on each of them under the same name."""
    return (file for file, _ in _kept())


def contents() -> Contents:
    """What is kept, by its numbers."""
    exports: dict[int, float] = {}
    imports: dict[int, float] = defaultdict(float)
    plans: dict[tuple[int, str], float] = defaultdict(float)
    for file, name in _kept():
        if name["export"]:
            exports[int(name["export"])] = file.written
            continue
        number = int(name["import"])
        imports[number] = max(imports[number], file.written)
        if name["plan"]:
            plans[number, name["plan"]] = max(plans[number, name["plan"]], file.written)
    return Contents(exports, imports, plans)


def _kept() -> Iterator[tuple[StoredFile, re.Match[str]]]:
    """The files that are kept, with what their names say."""
    for folder in ("imports", "exports"):
        for file in storage.current().files(folder):
            if name := KEPT.fullmatch(file.name):
                yield file, name


def remove_unfinished(*, before: float) -> None:
    """Forget on this host what was begun and not written to since a time, and packages without a file."""
    unfinished = UNFINISHED + "*"
    exports, imports = _private("exports"), _private("imports")
    patterns = (f"*/{unfinished}", "*/*.new", f"*/plans/{unfinished}", f"*/mended/{unfinished}")
    found = [*exports.glob(unfinished), *(path for pattern in patterns for path in imports.glob(pattern))]
    found += [folder for folder in imports.iterdir() if not any(path.is_file() for path in folder.rglob("*"))]
    for path in found:
        if _last_written(path) < before:
            storage.remove_path(path)


def remove_copies(*, before: float) -> None:
    """Forget on this host what others keep too, and what was made here only, unless it was asked for since a time."""
    if not storage.current().shared:
        return
    for folder in (_private("imports"), _private("exports")):
        for path in folder.iterdir():
            if _last_written(path) < before:
                storage.remove_path(path)


def _forget(name: str) -> None:
    """Forget a file or a folder. What a storage out of reach keeps is removed when it is next gone through."""
    try:
        storage.current().remove(name)
    except StorageUnreachable as error:
        logger.warning("%s of %s will be removed later: %s", name, error.filename, error.strerror)


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
    """A folder on this host that nobody else on the machine can look into."""
    folder = storage.current().root / name
    storage.make_private(folder)
    return folder


def _sync(file: IO[bytes]) -> None:
    """Have the bytes on the disk before the database says that they are there."""
    file.flush()
    os.fsync(file.fileno())


def _sync_parts(parts: Iterable[Path]) -> None:
    """The same for files that others have written; what stands in folders among them can be made again."""
    with ThreadPoolExecutor(_AT_ONCE) as pool:  # the disk takes them together in hardly more time than one
        list(pool.map(_sync_part, (part for part in parts if part.is_file())))


def _sync_part(part: Path) -> None:
    with part.open("rb") as file:
        os.fsync(file.fileno())
