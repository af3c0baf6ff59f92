"""Answers about columns that are used again: the last ones for the same headers, and named ones when chosen."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import chain

from django.db.models.functions import Now

from kundekort.engine.header_mapping import HeaderMapping, fingerprint
from kundekort.engine.mapping import header_test, match_headers, spread
from kundekort.engine.recipe import Answers, Column, Origin
from kundekort.engine.traces import Traces
from kundekort.engine.values.text import line
from kundekort.services import fields, identities
from kundekort.services.accounts import Actor, Role
from kundekort.services.refusals import NotFound
from kundekort.store.models import ColumnMapping

LONGEST_NAME = 100


@dataclass(frozen=True, slots=True)
class SavedMapping:
    """A mapping that was kept under a name: whose, and since when."""

    number: int
    name: str
    by: str
    when: datetime


def recall(columns: Sequence[Column], answers: Answers) -> Answers:
    """The answers with what was said last time of a file with the same headers, if anything was."""
    row = ColumnMapping.objects.filter(name="", fingerprint=fingerprint([c.header for c in columns])).first()
    return answers if row is None else _answers(row, columns, answers)


def list_named(*, actor: Actor) -> list[SavedMapping]:
    """The mappings with a name, by name."""
    actor.require(Role.IMPORTER)
    rows = ColumnMapping.objects.exclude(name="").order_by("name")
    return [SavedMapping(row.pk, row.name, identities.author(row), row.changed_at) for row in rows]


def answers_of(number: int, headers: Sequence[str], answers: Answers, *, actor: Actor) -> Answers:
    """The answers that a named mapping gives for a file with these headers. Raises NotFound."""
    actor.require(Role.IMPORTER)
    row = ColumnMapping.objects.exclude(name="").filter(pk=number).first()
    if row is None:
        raise NotFound(id=number)
    return _answers(row, match_headers(headers, fields.schema()), answers)


def remember(headers: Sequence[str], answers: Answers, *, actor: Actor, name: str = "") -> None:
    """Keep what was said for the next file with these headers; with a name also for whoever chooses it then.

    By which two columns would become one field, nothing can be imported: that is not kept.
    """
    actor.require(Role.IMPORTER)
    said = spread([Column(header=h, field=f) for h, f in zip(headers, answers.columns or (), strict=True)])
    taken = [column.field for column in said if column.field is not None]
    if len(set(taken)) < len(taken):
        return
    mapping, mark = HeaderMapping.of(headers, answers), fingerprint(headers)
    kept = {"mapping": mapping, "created_by": actor.user, "actor_name": actor.name, "changed_at": Now()}
    ColumnMapping.objects.update_or_create(name="", fingerprint=mark, defaults=kept)
    if shown := line(name)[:LONGEST_NAME]:
        ColumnMapping.objects.update_or_create(name=shown, defaults=kept | {"fingerprint": mark})


def forget(headers: Sequence[str], *, actor: Actor) -> None:
    """Forget what was said last time of files with these headers; named mappings stay."""
    actor.require(Role.IMPORTER)
    ColumnMapping.objects.filter(name="", fingerprint=fingerprint(headers)).delete()


def forget_people(known: Traces, *, everybody: bool) -> None:
    """Delete what would go on telling of people whose row of a file was taken for its headers.

    `everybody`: too many to look for; then what was said of files of whose headers none names a field goes.
    """
    named = header_test(fields.schema())
    for row in ColumnMapping.objects.all():
        mapping: HeaderMapping = row.mapping
        headers = [header.header for header in mapping.headers]
        if everybody:
            found = not row.name and not any(map(named, headers))
        else:
            said = " ".join([row.name, *chain.from_iterable(header.words or () for header in mapping.headers)])
            found = known.in_headers([h for h in headers if not named(h)]) or known.in_document(said)
        if found:
            row.delete()


def delete(number: int, *, actor: Actor) -> None:
    """Delete a named mapping; imports that were made with it stay as they are."""
    actor.require(Role.IMPORTER)
    ColumnMapping.objects.exclude(name="").filter(pk=number).delete()


def _answers(row: ColumnMapping, columns: Sequence[Column], answers: Answers) -> Answers:
    when, user = row.changed_at.isoformat(), row.created_by_id or 0
    origin = Origin(by=identities.author(row), when=when, name=row.name, user=user)
    mapping: HeaderMapping = row.mapping
    return mapping.answers(columns, answers, schema=fields.schema(), origin=origin)
