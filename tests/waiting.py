"""Waiting for a state, never for a time: a slow or busy machine makes a test slow, not red."""

from __future__ import annotations

import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Final, TypeVar

T = TypeVar("T")

PATIENCE: Final = 240
"""Seconds after which a state will not come any more: many times what the slowest machine needs."""


def until(state: Callable[[], T], *, otherwise: Callable[[], str] = lambda: "waited in vain") -> T:
    """Look again and again until there is something to see, and give it; fail with a reason when there never is."""
    end = time.monotonic() + PATIENCE
    while not (seen := state()):
        assert time.monotonic() < end, otherwise()
        time.sleep(0.05)
    return seen


def residents(folder: Path) -> list[Path]:
    """The processes that work in a folder, as a database server and its children do in that of its data."""
    found = []
    for process in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):  # processes come and go while one looks
            found += [process] if (process / "cwd").readlink() == folder else []
    return found


def alive(number: int) -> bool:
    """Whether a process is there and has not ended, seen or unseen by its parent."""
    with suppress(OSError):
        return Path(f"/proc/{number}/stat").read_text().rpartition(")")[2].split()[0] not in ("Z", "X")
    return False
