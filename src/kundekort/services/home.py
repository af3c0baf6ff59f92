"""What waits for somebody: imports on their way and what each needs next, and lists and acts that are being made."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from typing import Final

from django.db.models import Q, QuerySet
from django.utils import timezone

from kundekort.services import four_eyes, import_list, imports, settings
from kundekort.services.accounts import Actor, Role
from kundekort.services.import_list import ImportLine
from kundekort.store.models import Anonymisation, Export, Import, Source, Webhook
from kundekort.store.sources import UNREADABLE
from kundekort.store.webhooks import FAILING

SHOWN: Final = 10
"""Imports that are shown; the others are counted."""
LOOKED_AT: Final = 50
"""Previews of others that are asked whether they need a second person."""
DAYS: Final = 7
"""Days for which it is told that something could not be done."""


class Step(StrEnum):
    """What an import needs next, the most urgent first."""

    SECOND_PERSON = "second_person"
    TRY_AGAIN = "try_again"
    COLUMNS = "columns"
    ERRORS = "errors"
    CONFLICTS = "conflicts"
    FINDINGS = "findings"
    CONFIRM = "confirm"
    NOTHING = "nothing"
    OTHER = "other"
    WORKING = "working"


@dataclass(frozen=True, slots=True)
class Task:
    """An import that waits: what it needs, and of how many rows or findings."""

    line: ImportLine
    step: Step
    count: int = 0


@dataclass(frozen=True, slots=True)
class Waiting:
    """What waits: some imports and how many `more`; what could not be done or is on its way besides; for administrators
    also the sources that cannot be read and the receivers that are not reached or were switched off for that."""

    tasks: tuple[Task, ...]
    more: int
    exports: tuple[Export, ...]
    anonymisations: tuple[Anonymisation, ...]
    sources: tuple[Source, ...]
    webhooks: tuple[Webhook, ...]

    @property
    def nothing(self) -> bool:
        """Whether there is nothing to do."""
        return not (self.tasks or self.exports or self.anonymisations or self.sources or self.webhooks)


def waiting(*, actor: Actor) -> Waiting:
    """What waits for an importer: what is theirs or nobody's, and what they can confirm as the second person."""
    actor.require(Role.IMPORTER)
    own = _unfinished().filter(_is_theirs(actor))
    tasks = [_task(line, actor) for line in import_list.lines(own[:SHOWN])]
    tasks += [task for task in _of_others(actor) if task.step is Step.SECOND_PERSON]
    tasks.sort(key=lambda task: list(Step).index(task.step))
    since = timezone.now() - timedelta(days=DAYS)
    unmade = Q(state=Export.State.WAITING) | Q(state=Export.State.FAILED, created_at__gte=since)
    leads = actor.role is Role.ADMINISTRATOR
    exports = Export.objects.filter(unmade, created_by=actor.user).select_related("segment").order_by("-pk")
    return Waiting(
        tasks=tuple(tasks),
        more=max(0, own.count() - SHOWN),
        exports=tuple(exports[:SHOWN]) if actor.user else (),
        anonymisations=_anonymisations() if leads else (),
        sources=tuple(Source.objects.filter(UNREADABLE).order_by("name")[:SHOWN]) if leads else (),
        webhooks=tuple(Webhook.objects.filter(FAILING).order_by("name")[:SHOWN]) if leads else (),
    )


def _unfinished() -> QuerySet[Import]:
    return Import.objects.filter(state__in=(*imports.WAITING, Import.State.CONFIRMING)).order_by("-touched_at", "-pk")


def _is_theirs(actor: Actor) -> Q:
    """Imports whose an actor is, and those of no user, as a command or a program sends them."""
    if actor.user is None:
        return Q(created_by=None)
    return Q(created_by=actor.user) | Q(created_by=None) | Q(authors__contains=[actor.user.pk])


def _of_others(actor: Actor) -> Sequence[Task]:
    """What others have ready, if some of it needs a second person."""
    if not settings.current().four_eyes:
        return ()
    previews = _unfinished().filter(state=Import.State.PREVIEW).exclude(_is_theirs(actor))
    return [_task(line, actor) for line in import_list.lines(previews[:LOOKED_AT])]


def _task(line: ImportLine, actor: Actor) -> Task:
    imp = line.imp
    match imp.state:
        case Import.State.RECEIVED if line.failed:
            return Task(line, Step.TRY_AGAIN)
        case Import.State.COLUMNS:
            return Task(line, Step.COLUMNS)
        case Import.State.PREVIEW if imp.totals is not None:
            return Task(line, *_needs(line, actor))
    return Task(line, Step.WORKING)


def _needs(line: ImportLine, actor: Actor) -> tuple[Step, int]:
    """What a preview needs before it can be confirmed, and of how many rows or findings."""
    imp = line.imp
    assert imp.totals is not None
    if line.for_other and not four_eyes.is_own(imp, actor):
        return Step.SECOND_PERSON, imp.totals.cards_written
    if imp.totals.errors:
        return Step.ERRORS, imp.totals.errors
    if imp.totals.conflicts:
        return Step.CONFLICTS, imp.totals.conflicts
    if unanswered := sum(finding.blocks for finding in imports.facts(imp).findings):
        return Step.FINDINGS, unanswered
    if line.for_other:
        return Step.OTHER, imp.totals.cards_written
    return (Step.CONFIRM if imp.totals.changes_register else Step.NOTHING), imp.totals.cards_written


def _anonymisations() -> tuple[Anonymisation, ...]:
    """Those that are being written, and those that could not be."""
    since = timezone.now() - timedelta(days=DAYS)
    unmade = Q(state=Anonymisation.State.WAITING) | Q(state=Anonymisation.State.FAILED, created_at__gte=since)
    return tuple(Anonymisation.objects.filter(unmade).defer("customers").order_by("-pk")[:SHOWN])
