"""Where the bytes of a command go: a file that appears whole or not at all, or standard output."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import Final

from kundekort.cli.refusals import CommandRefused

STANDARD: Final = Path("-")
"""The name of standard input and output."""


PRIVATE: Final = 0o600
"""Who may read a new file: whoever writes it, for it tells of people."""


def write(pieces: Iterable[bytes], target: Path) -> None:
    """Write the pieces; a file is made beside its place and then renamed. Raises CommandRefused where that fails."""
    if target == STANDARD:
        for piece in pieces:
            sys.stdout.buffer.write(piece)
        sys.stdout.buffer.flush()
        return
    try:
        if target.is_dir():
            raise CommandRefused("file_is_folder", path=str(target))
        if target.exists() and not target.is_file():  # a device or a pipe cannot be replaced
            with target.open("wb") as file:
                file.writelines(pieces)
            return
        _replace(pieces, target.resolve())
    except OSError as error:
        raise CommandRefused("file_unwritable", path=str(target), why=error.strerror) from error


def printable(text: str) -> str:
    """A text without what could steer a terminal."""
    return "".join(character for character in text if character.isprintable())


def _replace(pieces: Iterable[bytes], target: Path) -> None:
    file = NamedTemporaryFile(dir=target.parent, prefix=f".{target.name}-", delete=False)  # noqa: SIM115 - it is renamed, not removed
    try:
        with file:
            file.writelines(pieces)
            file.flush()
            os.fsync(file.fileno())
        mode = target.stat().st_mode & 0o777 if target.exists() else PRIVATE
        os.chmod(file.name, mode)
        os.replace(file.name, target)
    except BaseException:
        os.unlink(file.name)
        raise
