"""What one person alone may not do: an import that reaches far is confirmed by somebody else than whose it is.

Whose it is: who uploaded it, or began to take something back, and whoever said what its columns or cells are. A command
on the server is nobody in particular, so that it cannot be the second person.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from kundekort.engine.decisions import Action
from kundekort.services import fields, imports
from kundekort.services import settings as choices
from kundekort.services.accounts import Actor
from kundekort.services.refusals import SecondPersonNeeded
from kundekort.services.settings import Settings
from kundekort.store.models import Import

CONTENT = frozenset({Action.SET, Action.MATCH, Action.MEND})
"""Decisions by which somebody puts something into an import; others choose from what its file says."""


class Why(StrEnum):
    """In what way an import reaches far."""

    CARDS = "cards"
    EMPTIED = "emptied"
    CONSENTS = "consents"


@dataclass(frozen=True, slots=True)
class Reason:
    """Why an import needs a second person: how many cards, cells or consents, and how many one person alone may."""

    why: Why
    count: int
    limit: int


def reasons(imp: Import, current: Settings | None = None) -> tuple[Reason, ...]:
    """Why a planned import needs a second person; none where it does not. `current` are the choices, if known."""
    current = current or choices.current()
    if not current.four_eyes or imp.totals is None or not imp.totals.changes_register:
        return ()
    facts = imports.facts(imp)
    changed = sum(facts.changes.get(f.key, 0) for f in fields.schema(retired=True) if f.consent)
    found = [
        Reason(Why.CARDS, imp.totals.cards_written, current.four_eyes_cards),
        Reason(Why.EMPTIED, facts.emptied_cells, current.four_eyes_emptied),
    ]
    if current.four_eyes_consents:
        found.append(Reason(Why.CONSENTS, max(facts.consents, changed), 0))
    return tuple(reason for reason in found if reason.count > reason.limit)


def is_own(imp: Import, actor: Actor) -> bool:
    """Whether somebody is no second person for an import."""
    origin = imp.answers.origin  # what its columns mean was said of an earlier file
    return actor.user is None or actor.user.pk in {imp.created_by_id, *imp.authors, *([origin.user] if origin else [])}


def refuse_own(imp: Import, *, actor: Actor) -> None:
    """Raises SecondPersonNeeded where an import has to be confirmed by somebody else."""
    if is_own(imp, actor) and (found := reasons(imp)):
        raise SecondPersonNeeded(reasons=[(reason.why.value, reason.count, reason.limit) for reason in found])


def authors(imp: Import, actor: Actor) -> list[int]:
    """All who have put something into an import, with somebody who does so now."""
    return sorted({*imp.authors, *([actor.user.pk] if actor.user else [])})
