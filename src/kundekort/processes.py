"""What the kernel knows of processes: which work in a folder, and how to end with a parent.

Linux tells all of it below `/proc`; elsewhere only whether a number is taken is known.
This module may know nothing of what the processes are for.
"""

from __future__ import annotations

import ctypes
import os
import signal
from contextlib import suppress
from pathlib import Path
from typing import Final

_PROC: Final = Path("/proc")
_PR_SET_PDEATHSIG: Final = 1


def seen(number: int) -> bool:
    """Whether there is a process of that number; also one that has ended and whose parent has not noticed yet."""
    return (_PROC / str(number)).exists()


def works_in(number: int, folder: Path, *, name: str) -> bool:
    """Whether a process of that number and name is alive and works in a folder; where that is not told, it may."""
    if not seen(os.getpid()):
        return _taken(number)
    process = _PROC / str(number)
    try:
        if (process / "comm").read_text().strip() != name:
            return False
        return os.path.samefile(process / "cwd", folder)
    except PermissionError:  # of another user's processes root is not told everything in a container
        with suppress(OSError):
            return (process / "stat").read_text().rpartition(")")[2].split()[0] not in ("Z", "X")
        return False
    except OSError:  # gone, or dead and not yet noticed by its parent
        return False


def residents(folder: Path, *, name: str) -> list[int]:
    """The living processes of a name that work in a folder, as far as one is told."""
    found = []
    for process in _PROC.glob("[0-9]*"):
        with suppress(OSError):  # processes come and go while one looks
            if (process / "comm").read_text().strip() == name and os.path.samefile(process / "cwd", folder):
                found.append(int(process.name))
    return found


def end_with_parent(parent: int, how: signal.Signals) -> None:
    """Have Linux send the calling process a signal when the thread that forked it ends, however it does.

    `parent` is the number of the process that did; if it has ended already, so does this one.
    """
    with suppress(AttributeError):  # elsewhere there is no such call
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, how)
        if os.getppid() != parent:
            os.kill(os.getpid(), how)


def _taken(number: int) -> bool:
    try:
        os.kill(number, 0)
    except PermissionError:
        return True
    except ProcessLookupError:
        return False
    return True
