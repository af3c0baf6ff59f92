"""Whether the database and the storage of files belong together: both bear one mark, made when they first met.

Without it a host with a folder of its own would miss the files of all others, and two databases in one storage would
give their imports the same numbers.
"""

from __future__ import annotations

import io
import os
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pkgutil import iter_modules
from typing import Any, Final

from django.apps import apps
from django.db import ProgrammingError, connection, transaction
from django.db.migrations.recorder import MigrationRecorder

from kundekort.services.refusals import StorageForeign, StorageTaken
from kundekort.store import storage
from kundekort.store.models import Setting
from kundekort.store.storage import Storage

MARK: Final = "storage-id"
"""The file of the storage that bears the mark."""
KEY: Final = "storage"
"""The row of the settings that bears it: the mark, and whether it is known to stand in the storage."""
_LOCK: Final = 0x73746F72  # "stor": whoever comes second waits and finds them met


def is_migrated() -> bool:
    """Whether the database knows every migration of this version by its name, so that none has to be loaded."""
    try:
        applied = set(MigrationRecorder.Migration.objects.values_list("app", "name"))
    except ProgrammingError:  # it is empty
        return False
    ours = {
        (app.label, module.name)
        for app in apps.get_app_configs()
        for module in iter_modules([os.path.join(app.path, "migrations")])
    }
    return ours <= applied


def check() -> None:
    """Have the database and the storage bear one mark.

    Raises StorageForeign where the database has files elsewhere, StorageTaken where the storage is another database's,
    and StorageUnreachable.
    """
    place = storage.current()
    known, mark = _known(), _mark(place)
    if not known.get("met") or known["id"] != mark:
        _begin(place)
        mark = _meet(place)
    place.begin(mark)


def adopt() -> None:
    """Have the database take the storage for its own, whatever either has had to do with before."""
    with _alone():
        Setting.objects.filter(key=KEY).delete()
        place = storage.current()
        Setting.objects.create(key=KEY, value={"id": _mark(place) or uuid.uuid4().hex, "met": False})
    _meet(place)


def _begin(place: Storage) -> None:
    """Give a database that has none a mark: that of the folder beside it, or a new one.

    It is kept before the storage gets it, so that whoever is killed between both leaves nothing that cannot go on.
    """
    with _alone():
        if _known():
            return
        mark = _mark(place)
        if mark and place.shared:
            raise StorageTaken(storage=place.address)
        Setting.objects.create(key=KEY, value={"id": mark or uuid.uuid4().hex, "met": False})


def _meet(place: Storage) -> str:
    """Have the storage bear the mark of the database, if it has not yet; the mark."""
    with _alone():
        known, mark = _known(), _mark(place)
        if not mark and not known["met"]:
            place.write(MARK, io.BytesIO(known["id"].encode()))
        elif mark != known["id"]:
            raise StorageTaken(storage=place.address) if mark else StorageForeign(storage=place.address)
        Setting.objects.filter(key=KEY).update(value=known | {"met": True})
    return str(known["id"])


def _known() -> dict[str, Any]:
    """What the database knows of its mark; nothing before it has one."""
    return Setting.objects.filter(key=KEY).values_list("value", flat=True).first() or {}


def _mark(place: Storage) -> str:
    """The mark of the storage, '' where it has none."""
    try:
        with place.read(MARK) as file:
            return file.read().decode().strip()
    except FileNotFoundError:
        return ""


@contextmanager
def _alone() -> Iterator[None]:
    """A transaction in which nobody else marks anything."""
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_LOCK])
        yield
