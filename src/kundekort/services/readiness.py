"""Whether this process can work just now: what it needs is asked, each for a moment, and nothing is changed.

Asked by machines every few seconds, perhaps by strangers: one look at a time, whose answer holds for a second.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Mapping
from typing import Final

from django.db import connection

from kundekort.services import installation
from kundekort.store import storage

OK: Final = "ok"
FAILED: Final = "failed"
SLOW: Final = "timeout"
SECONDS: Final = 3
"""How long all that is looked at may take together."""
HOLDS_SECONDS: Final = 1
"""How long an answer holds."""

_looking = threading.Lock()
_last: tuple[float, Mapping[str, str]] = (float("-inf"), {})


def current() -> Mapping[str, str]:
    """What each thing is: `ok`, `failed` or `timeout`, by its name.

    While somebody looks, others are told what was found last, so that no more than one thread waits for a database
    that does not answer.
    """
    global _last
    when, found = _last
    if time.monotonic() - when < HOLDS_SECONDS:
        return found
    if not _looking.acquire(blocking=not found):
        return found
    try:
        if time.monotonic() - _last[0] >= HOLDS_SECONDS:  # nobody has looked while one waited
            _last = (time.monotonic(), look())
        return _last[1]
    finally:
        _looking.release()


def look() -> dict[str, str]:
    """Look at everything at the same time, for SECONDS at most."""
    found = dict.fromkeys(_CHECKS, SLOW)

    def ask(name: str, check: Callable[[], bool]) -> None:
        try:
            found[name] = OK if check() else FAILED
        except Exception:  # whatever it is, it is not well; `kundekort doctor` says why
            found[name] = FAILED
        finally:
            connection.close()  # that of this thread

    threads = [threading.Thread(target=ask, args=each, daemon=True) for each in _CHECKS.items()]
    until = time.monotonic() + SECONDS
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(max(0.0, until - time.monotonic()))
    return dict(found)


def _database() -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    return True


def _storage() -> bool:
    """Whether the storage gives what was put there when it first met the database."""
    with storage.current().read(installation.MARK) as file:
        return bool(file.read(1))


_CHECKS: Final[Mapping[str, Callable[[], bool]]] = {
    "database": _database,
    "migrations": installation.is_migrated,
    "storage": _storage,
}
