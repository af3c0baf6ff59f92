"""The secret key that is kept in the data folder, readable by its owner only. It may know nothing of what it signs."""

from __future__ import annotations

import os
import secrets
from pathlib import Path
from typing import Final

from kundekort.unprivileged import locked

NAME: Final = "secret-key"
"""Its file in the data folder."""
SHORTEST: Final = 32
"""Characters of a key at least; of a shorter one the rest was not written."""


def read(data: Path) -> str:
    """The key of a data folder; '' where there is none, or its writing was interrupted."""
    try:
        key = (data / NAME).read_text().strip()
    except (FileNotFoundError, UnicodeDecodeError):
        return ""
    return key if len(key) >= SHORTEST else ""


def write(data: Path, key: str) -> None:
    """Keep a key, whole or not at all."""
    new = data / f"{NAME}.new"
    new.unlink(missing_ok=True)
    with os.fdopen(os.open(new, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        file.write(key)
        file.flush()
        os.fsync(file.fileno())
    new.replace(data / NAME)


def read_or_make(data: Path) -> str:
    """The key of a data folder, a new random one where there is none."""
    if key := read(data):
        return key
    with locked(data / f"{NAME}.lock"):
        if not (key := read(data)):
            key = secrets.token_urlsafe(50)
            write(data, key)
    return key
