"""The container of old workbooks and of locked ones (OLE)."""

from __future__ import annotations

from typing import Final, NoReturn

from kundekort.engine.errors import FileRefused

OLE: Final = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_TAIL: Final = 1 << 20


def refuse_container(data: memoryview) -> NoReturn:
    """Say why it cannot be read."""
    if "EncryptedPackage".encode("utf-16-le") in bytes(data[:_TAIL]) + bytes(data[-_TAIL:]):
        raise FileRefused("file_encrypted")
    raise FileRefused("file_binary", kind="xls")
