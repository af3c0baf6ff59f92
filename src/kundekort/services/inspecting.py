"""Trying a file: what there is to say of it without the register, of which nothing is kept."""

from __future__ import annotations

from typing import IO, Final

from django.conf import settings
from django.utils import timezone

from kundekort.engine import inspection
from kundekort.engine.errors import FileRefused
from kundekort.engine.inspection import Inspection
from kundekort.engine.recipe import Answers, DialectOverrides
from kundekort.services import fields, imports
from kundekort.services.accounts import Actor, Role
from kundekort.services.refusals import CannotImport

LARGEST: Final = 20 * 2**20
"""Bytes of a file that somebody waits for; a larger one is for the command line."""


def inspect(file: IO[bytes], *, size: int, dialect: DialectOverrides, actor: Actor) -> Inspection:
    """What a file is by itself, read as `dialect` says, for importers.

    Raises CannotImport for one that is too large to wait for.
    """
    actor.require(Role.IMPORTER)
    limit = min(LARGEST, settings.KUNDEKORT_MAX_BYTES)
    if size > limit:
        raise CannotImport(FileRefused("file_too_large", size=size, limit=limit))
    return inspection.inspect(
        file.read(),
        answers=Answers(dialect=dialect),
        schema=fields.schema(),
        limits=imports.limits(),
        today=timezone.localdate(),
        country=settings.KUNDEKORT_COUNTRY,
    )
