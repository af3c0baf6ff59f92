"""People who work on the same few cards at once, each in a thread, and remember what they are told was written."""

from __future__ import annotations

import io
import threading
from collections import Counter
from random import Random
from typing import ClassVar, Final

from django.db import connection

from kundekort.engine.decisions import Choice, Whose
from kundekort.services import confirming, customers, editing, imports, merging, planning, undoing
from kundekort.services.accounts import Actor
from kundekort.services.refusals import (
    AlreadyApplied,
    AlreadyUndone,
    CardInvalid,
    CardMerged,
    CardMoved,
    CardRemoved,
    EditConflict,
    NotFound,
    NotWaiting,
    PlanMismatch,
    Refusal,
    RowsHaveConflicts,
    RowsHaveErrors,
    StalePlan,
)
from kundekort.store.fields import SCHEMA
from kundekort.store.models import Customer, Import, Revision

FIELDS: Final = ("city", "company", "internal_note", "external_id")
"""What everybody writes. The last one has to be unique."""
ATTEMPTS: Final = 20
"""Confirmations after which somebody gives an import up."""

Card = dict[str, str | int]


class Person(threading.Thread):
    """Somebody who does one thing after another until enough was done; `fault` is what went wrong."""

    allowed: ClassVar[tuple[type[Refusal], ...]] = ()
    """What this person may be refused with."""

    def __init__(self, *, actor: Actor, mark: str, chance: Random, times: int) -> None:
        super().__init__(name=mark, daemon=True)
        self.actor, self.mark, self.chance = actor, mark, chance
        self.written: list[tuple[int, str, str]] = []
        """Cells that this person was told to have written: card, field, value."""
        self.tokens: set[str] = set()
        """Values that this person wrote, or tried to."""
        self.revisions: list[int] = []
        self.counts: Counter[str] = Counter()
        self.fault: BaseException | None = None
        self._times = times

    def run(self) -> None:
        """Do it again and again."""
        try:
            for number in range(self._times):
                try:
                    self.act(f"{self.mark}-{number}")
                    self.counts[f"{type(self).__name__}: done"] += 1
                except self.allowed as refusal:
                    self.counts[f"{type(self).__name__}: {refusal.code}"] += 1
        except BaseException as fault:
            self.fault = fault
        finally:
            connection.close()

    def act(self, token: str) -> None:
        """Do it once, with a value that nobody else writes."""
        raise NotImplementedError

    def look(self, count: int) -> list[Card]:
        """Some cards as they are now. Raises NotFound, CardMerged, CardRemoved where one of them has just gone."""
        ids = list(Customer.objects.order_by("pk").values_list("pk", flat=True))
        return [dict(customers.card(i, actor=self.actor)) for i in self.chance.sample(ids, min(count, len(ids)))]


GONE: Final = (NotFound, CardMerged, CardRemoved)


class Editor(Person):
    """Edits a cell or two of a card, which was opened some time ago."""

    allowed = (*GONE, EditConflict, CardInvalid)
    _open: Card | None = None

    def act(self, token: str) -> None:
        card, self._open = self._open, self.look(1)[0]
        if card is None or self.chance.random() < 0.5:  # else an old window, whose card has moved meanwhile
            card = self._open
        number = int(card["id"])
        values = dict.fromkeys(self.chance.sample(FIELDS, self.chance.choice([1, 2])), token)
        self.tokens.add(token)
        done = editing.edit(number, version=int(card["version"]), values=values, actor=self.actor)
        self.written += [(number, cell.field, cell.new) for cell in done.changed_cells]
        assert {cell.field for cell in done.changed_cells} == set(values)


class Merger(Person):
    """Merges two cards into one."""

    allowed = (*GONE, CardMoved, CardInvalid)

    def act(self, token: str) -> None:
        master, other = self.look(2)
        versions = {int(card["id"]): int(card["version"]) for card in (master, other)}
        ids = list(versions)
        done = merging.merge(master=ids[0], others=ids[1:], versions=versions, values={}, actor=self.actor)
        self.revisions.append(done.pk)
        self.written.append((ids[0], "merged", str(ids[1])))


class Confirmer(Person):
    """Has an import, which is planned, decided on and confirmed, as often as it takes."""

    allowed = (*GONE, AlreadyUndone)

    def confirm(self, number: int) -> Import | None:
        """The import once it is done; None when it was given up."""
        for _ in range(ATTEMPTS):
            imp = Import.objects.get(pk=number)
            if imp.state != Import.State.PREVIEW:  # another one has it in hand
                return None
            try:
                return confirming.confirm(number, digest=imp.digest, actor=self.actor)
            except (StalePlan, PlanMismatch, RowsHaveConflicts, RowsHaveErrors) as refusal:
                self.counts[f"{type(self).__name__}: {refusal.code}"] += 1
                if isinstance(refusal, RowsHaveConflicts):
                    planning.settle(number, Choice(self.chance.choice(list(Whose))), actor=self.actor)
                if isinstance(refusal, RowsHaveErrors):  # the card has gone, or the value is taken
                    planning.leave_out_errors(number, actor=self.actor, leave_out=True)
        imports.cancel(number, actor=self.actor)
        self.counts[f"{type(self).__name__}: given up"] += 1
        return None


class Importer(Confirmer):
    """Imports a list with versions that was taken home some time ago, and some new customers."""

    _list: list[Card] | None = None

    def act(self, token: str) -> None:
        cards, self._list = self._list or self.look(6), self.look(6)
        keys = self.chance.sample(FIELDS[:-1], 2)
        columns = ("id", "version", "first_name", "gender", *keys)
        rows = [(str(c["id"]), str(c["version"]), str(c["first_name"]), str(c["gender"]), token, token) for c in cards]
        rows.append(("0", "", f"Ny {token}", "0", token, token))
        text = "\n".join(";".join(row) for row in ([SCHEMA[key].header for key in columns], *rows))
        self.tokens.add(token)
        imp = imports.receive(io.BytesIO(text.encode()), filename=f"{token}.csv", actor=self.actor)
        planning.plan_now_or_queue(imp.pk)
        done = self.confirm(imp.pk)
        if done is not None and done.revision is not None:
            self.revisions.append(done.revision.pk)


class Undoer(Confirmer):
    """Takes back whatever anybody has done, undoing too; two who take the same back have one import between them."""

    allowed = (*Confirmer.allowed, NotWaiting, AlreadyApplied)

    def act(self, token: str) -> None:
        open_ones = Revision.objects.filter(undone_by=None).order_by("-pk").values_list("pk", flat=True)[:30]
        imp = undoing.start(self.chance.choice(list(open_ones)), actor=self.actor)
        done = self.confirm(imp.pk)
        if done is not None and done.revision is not None:
            self.revisions.append(done.revision.pk)


def together(people: list[Person]) -> Counter[str]:
    """Let all begin at once and wait for the last; what they have come to. Raises the first fault."""
    for person in people:
        person.start()
    counts: Counter[str] = Counter()
    for person in people:
        person.join()
        counts += person.counts
    for person in people:
        if person.fault:
            raise AssertionError(person.name) from person.fault
    return counts
