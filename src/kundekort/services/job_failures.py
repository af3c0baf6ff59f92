"""What a job cannot do: which errors pass, so that it is tried again, and how nobody waits for one that has failed."""

from __future__ import annotations

import errno
from typing import Final

from psycopg import Error, errors

from kundekort.engine.facts import Question, QuestionKind
from kundekort.services.confirming import UNCONFIRMED
from kundekort.services.database import cause_of, is_unreachable
from kundekort.services.refusals import DiskFull, Failed, RegisterBusy, StorageFailed
from kundekort.store import packages
from kundekort.store.models import Import

MOST_ATTEMPTS: Final = 20
"""Attempts after which a job has failed that was always stopped, or never had a database for long enough."""
FEW_ATTEMPTS: Final = 5
"""Attempts after which a job has failed for which the disk was full or something else was short that may come back."""


def most_attempts(error: BaseException) -> int:
    """How often a job is tried that ends with an error; one that will not pass by itself is not tried again."""
    if is_unreachable(error):
        return MOST_ATTEMPTS
    cause = cause_of(error)
    if isinstance(cause, (OSError, RegisterBusy, errors.QueryCanceled, errors.LockNotAvailable)):
        return FEW_ATTEMPTS
    # Class 53 is a server that is short of disk, memory or connections, 40 a transaction that met another.
    return FEW_ATTEMPTS if isinstance(cause, Error) and (cause.sqlstate or "").startswith(("53", "40")) else 0


def code(error: BaseException) -> str:
    """What people are told of an error: the code of a refusal."""
    cause = cause_of(error)
    full = isinstance(cause, errors.DiskFull) or getattr(cause, "errno", None) in (errno.ENOSPC, errno.EDQUOT)
    if full or (isinstance(cause, OSError) and f"os error {errno.ENOSPC}" in str(cause)):  # as Polars says it
        return DiskFull.code
    return StorageFailed.code if isinstance(cause, OSError) else Failed.code


def fail_import(import_id: int, code: str) -> None:
    """Let nobody wait for an import whose job has failed: it is as before, and can be tried again or given up.

    One that was to be planned keeps its file and all decisions, and waits for a person.
    """
    received = Import.objects.filter(pk=import_id, state=Import.State.RECEIVED)
    received.update(notice=code, progress=None)
    release(import_id, code)


def release(import_id: int, code: str) -> None:
    """Let nobody wait for an import that was confirmed and cannot be written: its preview is back."""
    confirmed = Import.objects.filter(pk=import_id, state=Import.State.CONFIRMING)
    confirmed.update(**UNCONFIRMED | {"state": Import.State.PREVIEW, "notice": code})


def refuse(import_id: int, code: str) -> None:
    """Let nobody wait for an import that was confirmed and of which nothing is left that could be written."""
    question = Question(QuestionKind.REFUSED, code)
    confirmed = Import.objects.filter(pk=import_id, state=Import.State.CONFIRMING)
    if confirmed.update(state=Import.State.REFUSED, question=question, progress=None):
        packages.remove(import_id)
