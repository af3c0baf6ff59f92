"""How long files are kept: lists of customers for days, uploads and plans for months, and what nobody knows for a day.

Nothing here writes customers, or removes what tells of them: the history of an import stays without its files.
"""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator, Mapping
from datetime import timedelta
from itertools import islice
from typing import Final, TypeVar

from django.conf import settings
from django.db import connection
from django.db.models import Model, Q
from django.utils import timezone

from kundekort.services import exports
from kundekort.store import packages
from kundekort.store.models import Export, Import

Key = TypeVar("Key")

UNTOUCHED: Final = 24 * 60 * 60
"""Seconds after which a file that nobody knows belongs to nobody who is still at work on it."""
GONE: Final = (Import.State.CANCELLED, Import.State.REFUSED)
"""The states of imports whose packages are forgotten."""
EXPORT_KEPT: Final = Q(state=Export.State.WAITING) | Q(state=Export.State.DONE, size__isnull=False)
"""The exports that may have a file."""
AT_A_TIME: Final = 1_000
"""Files whose imports and exports are asked for at a time."""


def remove_old() -> None:
    """Remove files that have been kept for long enough, and what killed processes have left.

    Of the latter nothing is touched that anybody has written to for the last day.
    """
    exports.remove_old()
    before = time.time() - UNTOUCHED
    kept = packages.contents()
    for number in _old_enough(_unknown(kept.exports, Export, EXPORT_KEPT), kept.exports, before):
        packages.remove_export(number)
    for number in _old_enough(_unknown(kept.imports, Import, ~Q(state__in=GONE)), kept.imports, before):
        packages.remove(number)
    _remove_done(kept)
    _remove_other_plans(kept, before)


def remove_leftovers() -> None:
    """Remove what stands on this host only: what was begun and not ended, and copies that nobody has asked for."""
    before = time.time() - UNTOUCHED
    packages.remove_unfinished(before=before)
    packages.remove_copies(before=before)


def _remove_done(kept: packages.Contents) -> None:
    """Remove the packages of imports that have been in the register for long, and of the others their drafts."""
    old = timezone.now() - timedelta(days=settings.KUNDEKORT_KEEP_FILES)
    for some in _chunks(kept.imports):
        done = Import.objects.filter(pk__in=some, state=Import.State.DONE)
        for number, digest, finished in done.values_list("pk", "digest", "finished_at"):
            if finished is not None and finished < old:
                packages.remove(number)
            else:
                packages.forget_drafts(number, digest)


def _remove_other_plans(kept: packages.Contents, before: float) -> None:
    """Remove the plans that their imports have forgotten."""
    for some in _chunks(kept.plans):
        digests = dict(Import.objects.filter(pk__in={number for number, _ in some}).values_list("pk", "digest"))
        others = [(number, digest) for number, digest in some if digests.get(number, digest) != digest]
        for number, digest in _old_enough(others, kept.plans, before):
            packages.remove_plan(number, digest)


def _old_enough(keys: Iterable[Key], written: Mapping[Key, float], before: float) -> list[Key]:
    return [key for key in keys if written[key] < before]


def _unknown(numbers: Iterable[int], model: type[Import | Export], known: Q) -> list[int]:
    """Those of the numbers that are none of the known ones.

    A number that this database has not given out yet may be that of another one, which is to be restored here.
    """
    last = _last_number(model)
    unknown: list[int] = []
    for some in _chunks(number for number in numbers if number <= last):
        unknown += set(some) - set(model.objects.filter(known, pk__in=some).values_list("pk", flat=True))
    return unknown


def _last_number(model: type[Model]) -> int:
    """The highest number that a table has ever given out."""
    with connection.cursor() as cursor:
        table = model._meta.db_table
        cursor.execute("SELECT pg_sequence_last_value(pg_get_serial_sequence(%s, 'id')::regclass)", [table])
        return int(cursor.fetchone()[0] or 0)


def _chunks(keys: Iterable[Key]) -> Iterator[list[Key]]:
    rest = iter(keys)
    while some := list(islice(rest, AT_A_TIME)):
        yield some
