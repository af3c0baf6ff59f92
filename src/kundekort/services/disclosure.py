"""All there is about a person, for the person: the card, its history, consents and their sources, files, in one zip.

Reads; only that it was taken out is written, to the audit log.
"""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Final

import polars as pl
from django.db import transaction
from django.utils import timezone

from kundekort import wording
from kundekort.bulk import anonymisation as bulk
from kundekort.engine.schema import Schema
from kundekort.engine.traces import FIELDS, Traces
from kundekort.engine.writing import csv
from kundekort.services import audit, customers, fields, history, traces
from kundekort.services.accounts import Actor, Role
from kundekort.services.database import psycopg_connection
from kundekort.services.history import Entry
from kundekort.services.refusals import CardRemoved
from kundekort.store.models import Export, Import
from kundekort.wording.disclosure import (
    DISCLOSURE_ACTS,
    DISCLOSURE_DOORS,
    DISCLOSURE_FILES,
    DISCLOSURE_HEADERS,
    about_disclosure,
    colleague,
)
from kundekort.wording.values import yes_no

_HISTORY: Final = ("when", "customer", "act", "field", "old", "new", "door", "import", "file", "by", "undone")
_CONSENTS: Final = ("field", "new", "when", "door", "import", "file", "by", "customer", "undone")
_IMPORTS: Final = ("import", "file", "uploaded", "imported", "kept")


@dataclass(frozen=True, slots=True)
class Step:
    """One value that was written: what `history.csv` says of it, canonical texts and codes."""

    when: datetime
    customer: int
    act: str
    field: str
    old: str
    new: str
    door: str
    import_id: int | None
    file: str
    by: int
    undone: bool


@dataclass(frozen=True, slots=True)
class Source:
    """An import in which somebody was: `kept`, whether the file that is kept has them.

    `file` is its name, '' where they were found by what others may share with them: then it may name one of those.
    """

    imp: Import
    file: str
    kept: bool


@dataclass(frozen=True, slots=True)
class PersonalData:
    """All there is: `card` is None for one that was taken back; `numbers` are the cards of this person, this one first.

    `imports` are those in which they were.
    """

    customer_id: int
    numbers: tuple[int, ...]
    card: Mapping[str, str] | None
    steps: tuple[Step, ...]
    imports: tuple[Source, ...]


def tell(customer_id: int, *, actor: Actor) -> dict[str, Any]:
    """All there is about a person for programs. Raises NotFound, CardMerged, CardAnonymised."""
    found = collect(customer_id, actor=actor)
    told = _told(found, fields.schema(retired=True), timezone.localtime())
    audit.record(audit.Event.DISCLOSURE, actor=actor, customer_id=customer_id)
    return told


def write(customer_id: int, *, actor: Actor) -> tuple[str, bytes]:
    """The name of a zip in the active language, and its bytes. Raises NotFound, CardMerged, CardAnonymised."""
    found = collect(customer_id, actor=actor)
    now = timezone.localtime()
    schema = fields.schema(retired=True)
    folder = f"{DISCLOSURE_FILES['folder']}-{customer_id}"
    files = {
        "about": ("txt", _about(found, now)),
        "card": ("csv", _table(("field", "value"), _card(found, schema))),
        "history": ("csv", _table(_HISTORY, [_line(step, _HISTORY) for step in found.steps])),
        "consents": ("csv", _table(_CONSENTS, [_line(s, _CONSENTS) for s in _consents(found, schema)])),
        "imports": ("csv", _table(_IMPORTS, list(_imports(found)))),
        "all": ("json", (json.dumps(_told(found, schema, now), ensure_ascii=False, indent=2) + "\n").encode()),
    }
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as package:
        for name, (extension, content) in files.items():
            package.writestr(f"{folder}/{DISCLOSURE_FILES[name]}.{extension}", content)
    audit.record(audit.Event.DISCLOSURE, actor=actor, customer_id=customer_id)
    return f"{folder}-{now.date().isoformat()}.zip", target.getvalue()


@transaction.atomic
def collect(customer_id: int, *, actor: Actor) -> PersonalData:
    """All there is about a person. Raises NotFound, CardMerged, CardAnonymised."""
    actor.require(Role.ADMINISTRATOR)
    card = None
    with suppress(CardRemoved):
        card = {key: str(text) for key, text in customers.card(customer_id, actor=actor).items()}
    conn = psycopg_connection()
    own = pl.Series("id", [customer_id], dtype=pl.Int64)
    people = pl.concat([own, bulk.absorbed(conn, own)])
    entries = [(number, entry) for number in people for entry in history.of_customer(number, actor=actor)]
    entries.sort(key=lambda pair: (pair[1].when, pair[1].revision))
    colleagues: dict[str, int] = {}
    initial = {number: _initial(entries, number, card if number == customer_id else None) for number in people}
    steps = [
        step
        for number, entry in entries
        for step in _steps(
            number,
            entry if set(entry.merged) <= set(people) else replace(entry, cells=()),  # what somebody else brought
            initial[number],
            colleagues.setdefault(entry.who, 1 + len(colleagues)),
        )
    ]
    known = Traces.of(people, _known(customer_id, card or {}, steps))
    held = traces.imports_with(known)
    named = {entry.import_id for _, entry in entries if entry.import_id is not None}
    imports = Import.objects.filter(pk__in={*held, *named}, undoes=None).order_by("pk")
    return PersonalData(
        customer_id=customer_id,
        numbers=tuple(people),
        card=card,
        steps=tuple(steps),
        imports=tuple(
            Source(
                imp,
                file=imp.filename if imp.pk in named or traces.is_about(imp, known.ids) else "",
                kept=imp.pk in held,
            )
            for imp in imports
        ),
    )


def _known(customer_id: int, card: Mapping[str, str], steps: Sequence[Step]) -> pl.DataFrame:
    """What the person is known by: not by what stood on the card only while somebody else was merged into it."""
    rows = [(customer_id, key, text) for key, text in card.items()]
    rows += [(step.customer, step.field, text) for step in steps for text in (step.old, step.new)]
    types = {"customer_id": pl.Int64, "field": pl.String, "value": pl.String}
    frame = pl.DataFrame(rows, schema=types, orient="row").unique()
    return frame.filter(pl.col("field").is_in(FIELDS), pl.col("value") != "")


def _initial(entries: Sequence[tuple[int, Entry]], number: int, card: Mapping[str, str] | None) -> dict[str, str]:
    """What a card began with: what stood in each field before it first changed, or stands there still."""
    values = {key: text for key, text in (card or {}).items() if key not in ("id", "version")}
    for _, entry in reversed([pair for pair in entries if pair[0] == number]):
        values |= {cell.field: cell.old for cell in entry.cells}
    return {key: text for key, text in values.items() if text}


def _steps(number: int, entry: Entry, initial: Mapping[str, str], by: int) -> Iterator[Step]:
    act = "removed" if entry.removed else "restored" if entry.restored else "changed"
    cells = [(cell.field, cell.old, cell.new) for cell in entry.cells]
    if entry.created:
        act, cells = "created", [(key, "", text) for key, text in initial.items()]
    elif entry.merged or entry.into is not None:
        act = "merged"
    for field, old, new in cells or [("", "", "")]:
        yield Step(
            when=entry.when,
            customer=number,
            act=act,
            field=field,
            old=old,
            new=new,
            door=entry.kind,
            import_id=entry.import_id,
            file=_file(entry),
            by=by,
            undone=entry.undone,
        )


def _file(entry: Entry) -> str:
    name = entry.import_name
    return wording.import_title(name.filename, undone=name.undone) if name else ""


def _card(found: PersonalData, schema: Schema) -> list[tuple[str, ...]]:
    card = found.card or {}
    rows: list[tuple[str, ...]] = [(wording.field("id"), str(found.customer_id))]
    rows += [(wording.field(f.key), wording.value(f.key, card.get(f.key, ""))) for f in schema.values]
    return rows


def _consents(found: PersonalData, schema: Schema) -> list[Step]:
    keys = {f.key for f in schema.values if f.consent}
    return [step for step in found.steps if step.field in keys]


def _line(step: Step, columns: Sequence[str]) -> tuple[str, ...]:
    cells = {
        "when": _moment(step.when),
        "customer": str(step.customer),
        "act": str(DISCLOSURE_ACTS[step.act]),
        "field": wording.field(step.field) if step.field else "",
        "old": wording.value(step.field, step.old),
        "new": wording.value(step.field, step.new),
        "door": str(DISCLOSURE_DOORS[step.door]),
        "import": str(step.import_id or ""),
        "file": step.file,
        "by": colleague(step.by),
        "undone": yes_no("1" if step.undone else "0"),
    }
    return tuple(cells[column] for column in columns)


def _imports(found: PersonalData) -> Iterator[tuple[str, ...]]:
    for source in found.imports:
        imp = source.imp
        yield (
            str(imp.pk),
            source.file,
            _moment(imp.created_at),
            _moment(imp.finished_at) if imp.state == Import.State.DONE and imp.finished_at else "",
            yes_no("1" if source.kept else "0"),
        )


def _table(columns: Sequence[str], rows: Sequence[tuple[str, ...]]) -> bytes:
    frame = pl.DataFrame(rows, schema=dict.fromkeys(columns, pl.String), orient="row")
    headers = [str(DISCLOSURE_HEADERS[column]) for column in columns]
    return b"".join(csv.write([frame], headers=headers, form=csv.SPREADSHEET))


def _told(found: PersonalData, schema: Schema, now: datetime) -> dict[str, Any]:
    """The same for programs: field keys, canonical texts and codes."""
    consents = {f.key for f in schema.values if f.consent}
    steps = [
        {
            "when": step.when.isoformat(timespec="seconds"),
            "customer": step.customer,
            "act": step.act,
            "field": step.field,
            "old": step.old,
            "new": step.new,
            "door": step.door,
            "import": step.import_id,
            "file": step.file,
            "by": step.by,
            "undone": step.undone,
        }
        for step in found.steps
    ]
    imports: list[dict[str, Any]] = [
        {
            "import": source.imp.pk,
            "file": source.file,
            "uploaded": source.imp.created_at.isoformat(),
            "state": source.imp.state,
            "kept": source.kept,
        }
        for source in found.imports
    ]
    return {
        "customer": found.customer_id,
        "cards": list(found.numbers),
        "when": now.isoformat(timespec="seconds"),
        "card": None
        if found.card is None
        else {f.key: found.card[f.key] for f in schema.values if f.key in found.card},
        "history": steps,
        "consents": [step for step in steps if step["field"] in consents],
        "imports": imports,
    }


def _about(found: PersonalData, now: datetime) -> bytes:
    exports = Export.objects.filter(state=Export.State.DONE).count()
    text = about_disclosure(number=found.customer_id, when=_moment(now), exports=exports)
    return text.replace("\n", "\r\n").encode("utf-8-sig")


def _moment(when: datetime) -> str:
    return timezone.localtime(when).strftime("%Y-%m-%d %H:%M")
