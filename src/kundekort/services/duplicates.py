"""Walking through cards that may be one person, and remembering which are not. Merges nothing."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Final

from kundekort.services import customers
from kundekort.services.accounts import Actor, Role
from kundekort.services.refusals import MergeInvalid
from kundekort.store import duplicates
from kundekort.store.duplicates import By
from kundekort.store.models import NotDuplicates

SHOWN: Final = 20
"""Cards of one group that are shown; a thousand people with the address of their club are not one person."""


@dataclass(frozen=True, slots=True)
class Group:
    """Cards that have something in common: the numbers of all, and the first of them as canonical text."""

    ids: tuple[int, ...]
    cards: tuple[Mapping[str, str | int], ...]


@dataclass(frozen=True, slots=True)
class Candidates:
    """Some groups of all that there are."""

    total: int
    groups: tuple[Group, ...]


def candidates(*, by: By, offset: int, limit: int, dismissed: bool = False, actor: Actor) -> Candidates:
    """Groups of cards that may be one person; with `dismissed` those that somebody has said are not."""
    actor.require(Role.IMPORTER)
    found = duplicates.groups(by, dismissed=dismissed, offset=offset, limit=limit)
    cards = customers.cards([i for ids in found.ids for i in ids[:SHOWN]])
    return Candidates(
        total=found.total,
        groups=tuple(Group(ids=ids, cards=tuple(cards[i] for i in ids[:SHOWN] if i in cards)) for ids in found.ids),
    )


def dismiss(ids: Collection[int], *, actor: Actor) -> None:
    """Remember that these cards are different people. Raises MergeInvalid for fewer than two."""
    actor.require(Role.IMPORTER)
    if len(set(ids)) < 2:
        raise MergeInvalid
    NotDuplicates.objects.create(customers=sorted(set(ids)), created_by=actor.user, actor_name=actor.name)


def reconsider(ids: Collection[int], *, actor: Actor) -> None:
    """Forget every decision that these cards are different people."""
    actor.require(Role.IMPORTER)
    NotDuplicates.objects.filter(customers__contains=sorted(set(ids))).delete()
