"""Many groups of alike cards merged at once, by a rule: what that would come to, and then exactly what was ticked.

A rule decides only where cards do not contradict each other about who they are; every other group is left for a
person, and says why. All of it is one revision, which is taken back as any other.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

import polars as pl

from kundekort.engine import frames
from kundekort.engine import merge as merges
from kundekort.engine.merge import Merge
from kundekort.engine.problem import Problem
from kundekort.engine.schema import Schema
from kundekort.services import customers, fields, revisions, settings, writers
from kundekort.services.accounts import Actor, Role
from kundekort.services.refusals import GroupsMoved, MergeInvalid, MergeOff
from kundekort.services.register import DatabaseRegister
from kundekort.store import duplicates
from kundekort.store.duplicates import By
from kundekort.store.fields import ADDRESS
from kundekort.store.models import Customer, Revision

MOST_GROUPS: Final = 100
"""Groups that are looked at and merged at once: as many as a person can look through."""
MOST_CARDS: Final = 10
"""Cards of a group that a rule may merge; more have the address of a club or a school in common."""
NAMES: Final = ("first_name", "last_name")
BORN: Final = ("date_of_birth",)

Texts = Mapping[str, str]


class Rule(StrEnum):
    """Whose values win where cards differ; the oldest card stays in any case, and gaps are filled by the others."""

    NEWEST = "newest"
    OLDEST = "oldest"


class Reason(StrEnum):
    """Why a rule leaves a group alone."""

    NAMES = "names"
    BORN = "born"
    MANY = "many"
    PROBLEM = "problem"


@dataclass(frozen=True, slots=True)
class Choice:
    """Which groups, and by what rule: those alike `by` something, and with `same_name` only if their names agree."""

    by: By
    rule: Rule = Rule.NEWEST
    same_name: bool = True
    offset: int = 0


@dataclass(frozen=True, slots=True)
class GroupMerge:
    """One group as it would be merged: `cards` with the one that stays first, and a mark of all that was looked at."""

    merge: Merge
    cards: tuple[Mapping[str, str | int], ...]
    mark: str

    @property
    def others(self) -> list[int]:
        """The numbers of the cards that go into the first."""
        return [int(card["id"]) for card in self.cards[1:]]


@dataclass(frozen=True, slots=True)
class LeftGroup:
    """One group that the rule leaves alone, and why."""

    cards: tuple[Mapping[str, str | int], ...]
    reason: Reason
    problem: Problem | None = None


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a choice would come to among some of the `total` groups of alike cards."""

    total: int
    merged: tuple[GroupMerge, ...]
    left: tuple[LeftGroup, ...]

    @property
    def removed(self) -> int:
        """How many cards would go."""
        return sum(len(one.others) for one in self.merged)


def outcome(choice: Choice, *, actor: Actor) -> Outcome:
    """What merging by a rule would come to; nothing is written. Raises MergeOff."""
    actor.require(Role.IMPORTER)
    _refuse_switched_off()
    found = duplicates.groups(choice.by, dismissed=False, offset=choice.offset, limit=MOST_GROUPS)
    return _outcome(found.total, found.ids, choice, fields.schema(retired=True))


def merge(choice: Choice, *, marks: Mapping[int, str], actor: Actor) -> Revision:
    """Merge the groups that were ticked, by the number of the card that stays and the mark that was shown.

    Raises MergeOff, MergeInvalid for none, and GroupsMoved when one would not come to what was shown any more; then
    nothing was written.
    """
    actor.require(Role.IMPORTER)
    _refuse_switched_off()
    if not marks:
        raise MergeInvalid
    schema = fields.schema(retired=True)
    with revisions.register_transaction(alone=writers.MERGE, number=actor.user.pk if actor.user else 0):
        found = duplicates.groups(choice.by, dismissed=False, offset=choice.offset, limit=MOST_GROUPS)
        customers.lock([i for ids in found.ids if len(ids) <= MOST_CARDS for i in ids])
        present = {one.merge.id: one for one in _outcome(found.total, found.ids, choice, schema).merged}
        if moved := [i for i, mark in marks.items() if i not in present or present[i].mark != mark]:
            raise GroupsMoved(ids=moved)
        chosen = [present[i] for i in sorted(marks)]
        into = {other: one.merge.id for one in chosen for other in one.others}
        gone = DatabaseRegister().cards(schema["id"], pl.Series([*into], dtype=pl.Int64), schema.values).sort("id")
        gone = gone.with_columns(pl.col("id").replace_strict(into, return_dtype=pl.Int64).alias(frames.INTO))
        plan = merges.plan_several([one.merge for one in chosen], gone, schema=schema)
        return revisions.write(plan, kind=Revision.Kind.MERGE, actor=actor)


def _refuse_switched_off() -> None:
    if not settings.current().allow_merge:
        raise MergeOff


def _outcome(total: int, groups: Sequence[Sequence[int]], choice: Choice, schema: Schema) -> Outcome:
    ids = [i for group in groups for i in group[: MOST_CARDS + 1]]
    cards = customers.cards(ids, present=schema)
    changed_at = dict(Customer.objects.filter(pk__in=ids).values_list("pk", "changed_at"))
    merged: list[GroupMerge] = []
    left: list[LeftGroup] = []
    for group in groups:
        several = tuple(cards[i] for i in group[: MOST_CARDS + 1] if i in cards)
        texts = {int(card["id"]): {f.key: str(card[f.key]) for f in schema.values} for card in several}
        if reason := _reason([*texts.values()], choice):
            left.append(LeftGroup(several, reason))
            continue
        first = min(texts)
        order = (
            sorted(texts, key=lambda i: (changed_at[i], i), reverse=True) if choice.rule is Rule.NEWEST else [*texts]
        )
        wanted = merges.union([texts[i] for i in order], schema=schema, together=ADDRESS)
        one = Merge(first, int(cards[first]["version"]), texts[first], wanted)
        merged.append(GroupMerge(one, several, _mark(several, wanted)))
    wrong = _problems([one.merge for one in merged], schema)
    left += [LeftGroup(merged[n].cards, Reason.PROBLEM, problem) for n, problem in wrong.items()]
    return Outcome(total, tuple(one for n, one in enumerate(merged) if n not in wrong), tuple(left))


def _reason(cards: Sequence[Texts], choice: Choice) -> Reason | None:
    """Why the rule cannot merge cards; None if it can."""
    if len(cards) > MOST_CARDS:
        return Reason.MANY
    if choice.same_name and merges.contradict(cards, NAMES):
        return Reason.NAMES
    return Reason.BORN if merges.contradict(cards, BORN) else None


def _problems(several: Sequence[Merge], schema: Schema) -> dict[int, Problem]:
    """The first thing that would be wrong with a card that stays, by its place."""
    found = merges.problems(several, schema=schema).unique(frames.ROW, keep="first")
    return {row[frames.ROW]: Problem.from_row(row) for row in found.iter_rows(named=True)}


def _mark(cards: Collection[Mapping[str, str | int]], wanted: Texts) -> str:
    """What a person has looked at, in a few letters: the cards at their versions, and what becomes of them."""
    said = json.dumps([[[card["id"], card["version"]] for card in cards], sorted(wanted.items())])
    return hashlib.sha256(said.encode()).hexdigest()[:16]
