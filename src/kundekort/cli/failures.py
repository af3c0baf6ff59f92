"""Every way in which a command says no, as one sentence and an exit code; a traceback is always a bug.

Exit codes: 0 done · 1 no database or no memory · 2 cannot be done as asked · 3 rows have errors or need a decision
4 the register has moved
130 stopped by hand · 141 nobody reads the output any more.
"""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, Final

import typer

from kundekort.cli import setup
from kundekort.cli.language import _
from kundekort.cli.refusals import CommandRefused

EXIT_CODES: Final[Mapping[str, int]] = {
    "database_unreachable": 1,
    "database_not_ready": 1,
    "database_will_not_start": 1,
    "data_unusable": 1,
    "settings_wrong": 1,
    "out_of_memory": 1,
    "storage_foreign": 1,
    "storage_unreachable": 1,
    "storage_taken": 1,
    "restore_unfinished": 1,
    "not_cleared": 1,
    "failed": 1,
    "rows_have_errors": 3,
    "rows_have_conflicts": 3,
    "rows_have_findings": 3,
    "second_person_needed": 3,
    "register_moved": 4,
    "plan_mismatch": 4,
    "declined": 0,
    "taken_back": 0,
    "interrupted": 130,
}
"""By the code of a refusal; 2 for all others."""


_NO_ROOM: Final = ("failed to map segment", "cannot allocate memory", "failed to launch worker thread")
"""What loaders of libraries say that find no memory for them, and Arrow that finds none for a thread."""


parent_tells = False
"""Whether `child` says that the memory was not enough when this process is killed: words take some too."""


@dataclass(frozen=True, slots=True)
class Failure:
    """Why a command could not do what was asked: a stable code and what its sentence needs."""

    code: str
    params: Mapping[str, Any] = field(default_factory=dict)

    @property
    def exit_code(self) -> int:
        """What the shell is told."""
        return EXIT_CODES.get(self.code, 2)

    def sentence(self) -> str:
        """The words, in the active language."""
        from kundekort import wording

        setup.setup_translations()
        return " ".join(filter(None, (wording.refusal(self.code, self.params), way_on(self.code))))

    def in_english(self) -> str:
        """The words for programs."""
        from kundekort import wording

        setup.setup_translations()
        with wording.in_english():
            return wording.refusal(self.code, self.params)


def way_on(code: str) -> str:
    """The option that helps where a refusal or a warning has this code, as a sentence; '' for none."""
    if code == "rows_hidden":
        return _("Use --visible-only to leave them out.")
    if code == "sheets_similar":
        return _("Use --sheet to read one of them.")
    return _("Use --one-cell.") if code in ("one_cell", "rows_in_one_cell") else ""


def tell(failure: Failure) -> None:
    """Say no on standard error."""
    print(failure.sentence(), file=sys.stderr)


@contextmanager
def report_failures(report: Callable[[Failure], None] = tell) -> Iterator[None]:
    """Around a command: whatever expected stops it is told once and becomes its exit code."""
    try:
        try:
            yield
        finally:
            sys.stdout.flush()  # a full disk is noticed here rather than when nobody can tell of it any more
    except BrokenPipeError:
        _give_output_up()  # the reader has had enough, and nobody is left to tell
        raise typer.Exit(141) from None
    except (KeyboardInterrupt, Exception) as error:
        failure = _expected(error)
        if failure is None:
            raise
        if failure.code == "out_of_memory" and parent_tells:
            os.kill(os.getpid(), signal.SIGKILL)
        try:
            report(failure)
            sys.stdout.flush()
        except OSError:
            _give_output_up()
            if report is not tell:
                tell(failure)
        raise typer.Exit(failure.exit_code) from None


def lacks_memory(error: BaseException) -> bool:
    """Whether an exception says that there is no memory; some of what says so is no MemoryError."""
    if isinstance(error, (MemoryError, SystemError)):
        return True
    of_library = isinstance(error, ImportError) or type(error).__module__ == "pyarrow.lib"
    return of_library and any(words in str(error).lower() for words in _NO_ROOM)


def _give_output_up() -> None:
    """Have the interpreter's last flush of standard output go nowhere, so that it cannot fail either."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _expected(error: BaseException) -> Failure | None:
    """What an exception says no to; None for a bug."""
    if isinstance(error, KeyboardInterrupt):
        return Failure("interrupted")
    if lacks_memory(error):
        return Failure("out_of_memory")
    if isinstance(error, CommandRefused):
        return Failure(error.code, error.params)
    from kundekort.engine.errors import FileRefused
    from kundekort.services.refusals import Refusal
    from kundekort.store.storage import StorageUnreachable

    if isinstance(error, StorageUnreachable):
        return Failure("storage_unreachable", {"storage": error.filename, "why": error.strerror})
    if isinstance(error, (Refusal, FileRefused)):
        return Failure(error.code, error.params)
    if why := _database_away(error):
        return Failure("database_unreachable", {"why": why})
    if isinstance(error, OSError) and error.strerror:  # a disk that is full, a file that broke off
        where = f"{error.filename}: " if isinstance(error.filename, str) else ""
        return Failure("io_failed", {"why": where + error.strerror})
    return None


def _database_away(error: BaseException) -> str:
    """Why the database cannot be reached, if that is what an error says."""
    from django.apps import apps
    from django.db.utils import InterfaceError, OperationalError

    if not (apps.ready and apps.is_installed("kundekort.store")):  # nobody has asked a database
        return ""
    from kundekort.services.database import is_unreachable

    if not (isinstance(error, (OperationalError, InterfaceError)) or is_unreachable(error)):
        return ""
    return str(error.__cause__ or error).strip().partition("\n")[0].rstrip(".") or type(error).__name__
