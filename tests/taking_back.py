"""Taking a revision back as people do: an import that is planned, decided on and confirmed."""

from __future__ import annotations

from collections.abc import Sequence

from kundekort.engine.decisions import Choice
from kundekort.services import confirming, planning, undoing
from kundekort.services.accounts import Actor
from kundekort.store.models import Import, Revision


def take_back(revision: Revision | None, *, actor: Actor, choices: Sequence[Choice] = ()) -> Import:
    """The confirmed import that takes a revision back."""
    assert revision is not None
    imp = undoing.start(revision.pk, actor=actor)
    for choice in choices:
        planning.settle(imp.pk, choice, actor=actor)
    imp.refresh_from_db()
    assert imp.state == Import.State.PREVIEW
    return confirming.confirm(imp.pk, digest=imp.digest, actor=actor)
