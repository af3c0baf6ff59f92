"""What imports are known by: their file or what they take back, and whose they are. Reads, never writes.

The paths of `ABOUT` are to be selected with the imports, so that a list of them asks the database once.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from django.core.exceptions import ObjectDoesNotExist

from kundekort.store.models import Import, Revision

OF_UNDONE: Final = ("source", "undoes__source")
"""The relations that `name` looks at of a revision which an import takes back."""
ABOUT: Final = tuple(f"undoes__{path}" for path in OF_UNDONE)
"""Those of an import."""


@dataclass(frozen=True, slots=True)
class ImportName:
    """The name of the file; with `undone`, that of the import which is taken back in the end, '' where it is none.

    `undone` are the kinds of revision on the way there: of the one that is taken back, and where that was an undo,
    of the one that it took back itself.
    """

    filename: str
    undone: tuple[str, ...] = ()


def name(imp: Import) -> ImportName:
    """What an import is known by."""
    revisions = tuple(_taken_back(imp))
    if not revisions:
        return ImportName(imp.filename)
    last = revisions[-1]
    filename = _filename(last) if last.kind == Revision.Kind.IMPORT else ""
    return ImportName(filename, undone=tuple(revision.kind for revision in revisions))


def one_person(imp: Import) -> bool:
    """Whether nobody else than who uploaded an import has confirmed it."""
    if not imp.confirmer_name:
        return True
    users = {imp.created_by_id, imp.confirmed_by_id}
    return len(users) == 1 and (users != {None} or imp.confirmer_name == imp.actor_name)


def _taken_back(imp: Import) -> Iterator[Revision]:
    """The revision that an import takes back, and what that one took back; not further, as `ABOUT` goes."""
    if imp.undoes is None:
        return
    yield imp.undoes
    if imp.undoes.undoes is not None:
        yield imp.undoes.undoes


def _filename(revision: Revision) -> str:
    try:
        return revision.source.filename
    except ObjectDoesNotExist:
        return ""
