"""How what is sent comes in: a file to disk as it arrives, no further than the limit; what nobody reads is let pass by.

The doors that people and programs send files to have this in common. It may not look at the content.
"""

from __future__ import annotations

from contextlib import suppress
from tempfile import TemporaryFile
from typing import IO, Final

from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.core.files.uploadhandler import FileUploadHandler, SkipFile
from django.http import HttpRequest, UnreadablePostError

from kundekort.engine.errors import FileRefused
from kundekort.services.refusals import CannotImport

OVERHEAD = 2**16
"""Bytes of a request beyond its file: the other fields of the form and the boundaries."""

PIECE: Final = 2**16
"""Bytes that are taken at once of what is not kept."""


def length(request: HttpRequest) -> int:
    """How many bytes a request says it brings; 0 where it does not say so, of which no more is read then."""
    try:
        return int(request.META.get("CONTENT_LENGTH") or 0)
    except ValueError:
        return 0


def discard(request: HttpRequest) -> None:
    """Take what nobody has read, no more of it than a file may have, and keep nothing."""
    left = length(request) if not too_large(length(request)) else 0
    with suppress(UnreadablePostError):
        while left > 0 and (taken := len(request.read(PIECE))):
            left -= taken


def too_large(content_length: int) -> bool:
    """Whether a request cannot but hold a file over the limit."""
    return content_length > settings.KUNDEKORT_MAX_BYTES + OVERHEAD


def uploaded(request: HttpRequest) -> UploadedFile[bytes] | None:
    """The file that was posted, None where none was chosen. Raises CannotImport for one over the limit."""
    size = length(request)
    if too_large(size):
        raise CannotImport(FileRefused("file_too_large", size=size, limit=settings.KUNDEKORT_MAX_BYTES))
    file = request.FILES.get("file")
    return file if isinstance(file, UploadedFile) else None


class LimitedUpload(FileUploadHandler):
    """Writes files to disk while they arrive; one over the limit is let pass by without being kept.

    They have no name there, so that nothing is left of one whose process was killed.
    """

    def handle_raw_input(
        self,
        input_data: IO[bytes],
        META: dict[str, str],  # noqa: N803 (Django's name)
        content_length: int,
        boundary: str,
        encoding: str | None = None,
    ) -> None:
        """Look at the size before the first byte is read."""
        self._too_large = too_large(content_length)

    def new_file(
        self,
        field_name: str,
        file_name: str,
        content_type: str,
        content_length: int | None,
        charset: str | None = None,
        content_type_extra: dict[str, bytes] | None = None,
    ) -> None:
        """Begin a file, or pass by one that is too large."""
        if self._too_large:
            raise SkipFile
        super().new_file(field_name, file_name, content_type, content_length, charset, content_type_extra)
        file = TemporaryFile(dir=settings.DATA)  # noqa: SIM115 - whoever takes the upload closes it
        self._file: UploadedFile[bytes] = UploadedFile(file, file_name, content_type)

    def receive_data_chunk(self, raw_data: bytes, start: int) -> None:
        """Write what has come."""
        self._file.write(raw_data)

    def file_complete(self, file_size: int) -> UploadedFile[bytes]:
        """The file, for reading."""
        self._file.seek(0)
        self._file.size = file_size
        return self._file
