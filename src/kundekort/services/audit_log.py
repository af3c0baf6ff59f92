"""Reading the audit log: page by page, the newest first, and all of it as a file. Nothing here can change it.

A page begins where the one before it ended, so that the millionth entry is found as quickly as the first.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, Final

import polars as pl
from django.contrib.auth.models import User
from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.translation import get_language, override

from kundekort import wording
from kundekort.engine.writing import csv
from kundekort.services import audit, fields, identities
from kundekort.services.accounts import Actor, Role
from kundekort.services.audit import Event
from kundekort.services.import_list import EARLIEST, LATEST, midnight
from kundekort.store.models import AuditEntry

GROUPS: Final[Mapping[str, tuple[Event, ...]]] = {
    "doors": (
        Event.LOGIN,
        Event.LOGIN_FAILURE,
        Event.LOGIN_THROTTLED,
        Event.TOKEN_REFUSAL,
        Event.LOGOUT,
        Event.DENIAL,
        Event.SESSION_END,
        Event.PASSWORD_CHANGE,
        Event.PASSWORD_RESET,
        Event.SECOND_FACTOR_ADDITION,
        Event.SECOND_FACTOR_REMOVAL,
    ),
    "people": (
        Event.USER_CREATION,
        Event.USER_CHANGE,
        Event.EMAIL_CHANGE,
        Event.ROLE_CHANGE,
        Event.USER_LOCK,
        Event.USER_UNLOCK,
        Event.TOKEN_CREATION,
        Event.TOKEN_REVOCATION,
    ),
    "imports": (Event.CONFIRMATION, Event.SOURCE_CONFIRMATION, Event.WITHDRAWAL, Event.UNDO),
    "lists": (Event.EXPORT, Event.EXPORT_DOWNLOAD, Event.DISCLOSURE, Event.ANONYMISATION, Event.AUDIT_EXPORT),
    "settings": (
        Event.SETTING_CHANGE,
        Event.FIELD_CHANGE,
        Event.FIELD_ORDER,
        Event.LAYOUT_CHANGE,
        Event.WEBHOOK_CHANGE,
        Event.SOURCE_CHANGE,
    ),
    "server": (Event.BACKUP, Event.RESTORE),
}
"""The events by what they are about, in the order in which a filter offers them."""
SERVER: Final = "server"
"""Who did something, where it was a command on the server."""
NOBODY: Final = "nobody"
"""Who did something, where nobody was logged in."""
_AT_THE_DOOR: Final = (Event.LOGIN_FAILURE, Event.LOGIN_THROTTLED)
"""What no command on the server does, wherever it came from."""
BLOCK: Final = 10_000
"""Entries that are read at once for a file."""


@dataclass(frozen=True, slots=True)
class AuditFilter:
    """Which entries to show; what is empty asks for nothing.

    `who` is the number of a user, SERVER or NOBODY; `since` and `until` are local days, both included.
    """

    who: str = ""
    event: Event | None = None
    since: date | None = None
    until: date | None = None


@dataclass(frozen=True, slots=True)
class Entry:
    """One thing that somebody did or tried: `name` is what they were called then, `who` as they are told from others.

    Both are '' for who was not logged in; `user` is None for them, and for commands on the server. `address` is '' for
    the server's own.
    """

    id: int
    when: datetime
    user: int | None
    name: str
    who: str
    address: str
    event: str
    params: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class AuditPage:
    """Some entries, the newest first, and whether there are `newer` and `older` ones that the filter shows."""

    entries: tuple[Entry, ...]
    newer: bool
    older: bool


def page(
    wanted: AuditFilter, *, limit: int, before: int | None = None, after: int | None = None, actor: Actor
) -> AuditPage:
    """At most `limit` of the entries that a filter shows: the newest, or those next `before` or `after` an entry."""
    actor.require(Role.ADMINISTRATOR)
    found = _matching(wanted)
    if after is not None:
        rows = list(_beyond(found, after, older=False).order_by("created_at", "pk")[: limit + 1])
        older, newer = True, len(rows) > limit
        rows = rows[:limit][::-1]
    else:
        rows = list((found if before is None else _beyond(found, before, older=True))[: limit + 1])
        older, newer = len(rows) > limit, before is not None
        rows = rows[:limit]
    return AuditPage(tuple(_told(rows)), newer=newer, older=older)


def people(*, actor: Actor) -> list[tuple[str, str]]:
    """Everybody whom a filter can ask for: the key and the name of each user, by name."""
    actor.require(Role.ADMINISTRATOR)
    with identities.once():
        found = [(str(pk), identities.current(pk)) for pk in User.objects.values_list("pk", flat=True)]
    return sorted(found, key=lambda person: (person[1].casefold(), person[0]))


def export(wanted: AuditFilter, *, actor: Actor) -> Iterator[bytes]:
    """The entries that a filter shows as a CSV file that no spreadsheet damages, the newest first; itself an entry.

    Its words are in the active language, the codes are not.
    """
    actor.require(Role.ADMINISTRATOR)
    audit.record(Event.AUDIT_EXPORT, actor=actor)
    headers = tuple(map(str, wording.AUDIT_COLUMNS.values()))
    return csv.write(_frames(wanted, get_language()), headers=headers, form=csv.SPREADSHEET)


def _frames(wanted: AuditFilter, language: str | None) -> Iterator[pl.DataFrame]:
    """The entries as frames of text, whatever language is active when they are asked for."""
    columns = dict.fromkeys(wording.AUDIT_COLUMNS, pl.String)
    for block in _blocks(wanted):
        with override(language), wording.schema(lambda: fields.schema(retired=True)):
            frame = pl.DataFrame([_cells(entry) for entry in block], schema=columns, orient="row")
        yield frame


def _cells(entry: Entry) -> tuple[str, ...]:
    """An entry as the row of a file, in the order of `wording.AUDIT_COLUMNS`."""
    return (
        entry.when.isoformat(sep=" ", timespec="seconds"),
        entry.who,
        str(entry.user or ""),
        entry.address,
        wording.audit_event(entry.event, entry.params),
        entry.event,
        json.dumps(entry.params, ensure_ascii=False),
    )


def entries(wanted: AuditFilter, *, limit: int | None = None, actor: Actor) -> Iterator[Entry]:
    """The entries that a filter shows one by one, the newest first."""
    actor.require(Role.ADMINISTRATOR)
    count = 0
    for block in _blocks(wanted):
        for entry in block:
            if limit is not None and count >= limit:
                return
            count += 1
            yield entry


def _blocks(wanted: AuditFilter) -> Iterator[list[Entry]]:
    before: int | None = None
    while True:
        found = _matching(wanted)
        with transaction.atomic():
            rows = list((found if before is None else _beyond(found, before, older=True))[:BLOCK])
        if rows:
            yield _told(rows)
        if len(rows) < BLOCK:
            return
        before = rows[-1].pk


def _matching(wanted: AuditFilter) -> QuerySet[AuditEntry]:
    """The entries that a filter shows, the newest first."""
    found = AuditEntry.objects.order_by("-created_at", "-pk")
    if wanted.who == SERVER:
        found = found.filter(user=None, address="").exclude(event__in=_AT_THE_DOOR)
    elif wanted.who == NOBODY:
        found = found.filter(Q(event__in=_AT_THE_DOOR) | ~Q(address=""), user=None)
    elif wanted.who:
        found = found.filter(user=int(wanted.who))
    if wanted.event:
        found = found.filter(event=wanted.event)
    if wanted.since:
        found = found.filter(created_at__gte=midnight(max(wanted.since, EARLIEST)))
    if wanted.until:
        found = found.filter(created_at__lt=midnight(min(wanted.until, LATEST) + timedelta(days=1)))
    return found


def _beyond(found: QuerySet[AuditEntry], entry_id: int, *, older: bool) -> QuerySet[AuditEntry]:
    """Those of the entries that are older or newer than one; all where there is no such entry."""
    when = AuditEntry.objects.filter(pk=entry_id).values_list("created_at", flat=True).first()
    if when is None:
        return found
    if older:
        return found.filter(created_at__lte=when).filter(Q(created_at__lt=when) | Q(pk__lt=entry_id))
    return found.filter(created_at__gte=when).filter(Q(created_at__gt=when) | Q(pk__gt=entry_id))


def _told(rows: list[AuditEntry]) -> list[Entry]:
    with identities.once():
        return [
            Entry(
                id=row.pk,
                when=timezone.localtime(row.created_at),
                user=row.user,
                name=row.actor_name,
                who=identities.shown(row.actor_name, row.user),
                address=row.address,
                event=row.event,
                params=row.params,
            )
            for row in rows
        ]
