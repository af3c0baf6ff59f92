"""What a server may lack for a while that comes back: no fault of the program, and worth asking again."""

from __future__ import annotations

import errno
from typing import Final

from kundekort.services import database
from kundekort.store.storage import StorageUnreachable

RETRY_AFTER: Final = 10
"""Seconds after which it is worth asking again."""


def lacking(error: BaseException | None) -> str:
    """What there was not: memory, files, room on the disk, or the database; '' where the error is a bug."""
    if isinstance(error, MemoryError):
        return "memory"
    if isinstance(error, StorageUnreachable):
        return "files"
    if isinstance(error, OSError) and error.errno in (errno.ENOSPC, errno.EDQUOT):
        return "room"
    return "database" if database.is_unreachable(error) else ""
