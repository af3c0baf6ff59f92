"""The commands `backup` and `restore`: everything in one file, and back from it into an empty place."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import IO, TYPE_CHECKING, Annotated, BinaryIO

import typer

from kundekort import version
from kundekort.cli import setup
from kundekort.cli.actor import actor
from kundekort.cli.failures import report_failures
from kundekort.cli.language import _
from kundekort.cli.output import STANDARD
from kundekort.cli.refusals import CommandRefused

if TYPE_CHECKING:
    from kundekort.store.archive import Archive, Manifest


def backup(
    file: Annotated[
        Path, typer.Argument(metavar="FILE", show_default=False, help=_("The file to make; - for standard output."))
    ],
) -> None:
    """Write everything into one file: customers, history, users, uploaded files, and the secret key."""
    with report_failures():
        setup.refuse_nothing()
        with _new(file) as target:
            setup.setup_django(migrated=False)
            from kundekort.cli import show
            from kundekort.services import backup

            with show.progress(shown=True) as report:
                manifest = backup.write(target, report=report)
        backup.record(manifest, actor=actor())
        words = _("Backed up: %(customers)s customers and %(files)s files.")
        _tell(words, manifest)


def restore(
    file: Annotated[
        Path, typer.Argument(metavar="FILE", show_default=False, help=_("A file that “kundekort backup” has made."))
    ],
) -> None:
    """Restore a backup into an empty place."""
    with report_failures(), _opened(file) as archive:
        setup.setup_django(migrated=False)
        from kundekort.cli import show
        from kundekort.services import restore

        with show.progress(shown=True) as report:
            restore.restore(archive, report=report)
        setup.migrate(verbosity=0)
        restore.record(archive.manifest, actor=actor())
        words = _("Restored: %(customers)s customers and %(files)s files, as they were on %(when)s.")
        _tell(words, archive.manifest)
        print(_("Whoever was anonymised after that day is back: anonymise them again."), file=sys.stderr)
        if restore.is_other_key(archive):
            words = _("KUNDEKORT_SECRET_KEY is not the key of the backup, so everybody has to log in again.")
            print(words, file=sys.stderr)


def _tell(words: str, manifest: Manifest) -> None:
    """Say what is in a backup on standard error."""
    from datetime import datetime

    from kundekort import wording
    from kundekort.store.archive import FILES

    files = sum(member.name.startswith(FILES) for member in manifest.members)
    counts = {"customers": wording.Count(manifest.facts.customers), "files": wording.Count(files)}
    when = datetime.fromisoformat(manifest.facts.created_at).astimezone().strftime("%Y-%m-%d %H:%M")
    print(words % {**counts, "when": when}, file=sys.stderr)


@contextmanager
def _new(path: Path) -> Iterator[BinaryIO]:
    """A file that gets its name once it is whole, or standard output. Raises CommandRefused, also for a full disk."""
    if path == STANDARD:
        if sys.stdout.isatty():
            raise CommandRefused("output_is_terminal")
        yield sys.stdout.buffer
        return
    if path.exists() or path.is_symlink():
        raise CommandRefused("file_exists", path=str(path))
    try:
        part, place = _begun(path)
    except OSError as error:
        raise CommandRefused("file_unwritable", path=str(path), why=error.strerror) from error
    try:
        target = _Target(part, place, path)
        yield target  # type: ignore[misc]  # of a BinaryIO it has what a backup writes by
        target.finish()
    finally:
        with suppress(OSError):  # of bytes that nobody wants any more
            part.close()
        if place.parent == path.parent:
            place.unlink(missing_ok=True)


def _begun(path: Path) -> tuple[IO[bytes], Path]:
    """A file in the folder of a path, and where it is: if possible without a name, so that a kill leaves nothing."""
    with suppress(OSError, AttributeError):  # not on every disk, nor every system
        number = os.open(path.parent, os.O_TMPFILE | os.O_RDWR, 0o600)
        return os.fdopen(number, "w+b"), Path(f"/proc/self/fd/{number}")
    file = NamedTemporaryFile(dir=path.parent, prefix=f".{path.name}-", delete=False)  # noqa: SIM115 - it is linked
    return file, Path(file.name)


class _Target:
    """A file that is being written, of which whatever goes wrong is told as such."""

    def __init__(self, file: IO[bytes], place: Path, path: Path) -> None:
        self._file, self._place, self._path = file, place, path

    def write(self, block: bytes) -> int:
        """Write bytes. Raises CommandRefused."""
        try:
            return self._file.write(block)
        except OSError as error:
            raise CommandRefused("file_unwritable", path=str(self._path), why=error.strerror) from error

    def finish(self) -> None:
        """Have it on the disk under its own name, which nobody else may have taken meanwhile. Raises CommandRefused."""
        try:
            self._file.flush()
            os.fsync(self._file.fileno())
            _name(self._place, self._path)
        except FileExistsError as error:
            raise CommandRefused("file_exists", path=str(self._path)) from error
        except OSError as error:
            raise CommandRefused("file_unwritable", path=str(self._path), why=error.strerror) from error


def _name(made: Path, path: Path) -> None:
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        try:
            os.link(made, path, src_dir_fd=folder, follow_symlinks=True)  # never in place of another
        except OSError as error:
            if isinstance(error, FileExistsError) or made.parent != path.parent:
                raise
            made.rename(path)  # on a disk that knows no links
        os.fsync(folder)
    finally:
        os.close(folder)


@contextmanager
def _opened(path: Path) -> Iterator[Archive]:
    """A backup that was found whole. Raises CommandRefused."""
    from kundekort.store import archive

    if path.is_dir():
        raise CommandRefused("file_is_folder", path=str(path))
    try:
        file = path.open("rb")
    except FileNotFoundError as error:
        raise CommandRefused("file_missing", path=str(path)) from error
    except OSError as error:
        raise CommandRefused("file_unreadable", path=str(path), why=error.strerror) from error
    with file:
        if sys.stderr.isatty():
            print(_("Checking the backup …"), file=sys.stderr)
        try:
            found = archive.open_archive(file, path)
        except archive.ArchiveDamaged as error:
            raise CommandRefused("backup_damaged", path=str(path)) from error
        except archive.ArchiveNewer as error:
            raise CommandRefused("backup_newer", made_by=str(error), version=version()) from error
        except OSError as error:
            raise CommandRefused("file_unreadable", path=str(path), why=error.strerror) from error
        yield found
