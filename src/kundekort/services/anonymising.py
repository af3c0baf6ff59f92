"""Taking away for good what is known of customers: out of the register, out of its history, out of every kept file.

The number of a card stays, and that it was anonymised, by whom and when. Nothing brings the rest back. What is left on
the disk after that goes by `services.clearing`.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import chain
from pathlib import PurePath
from typing import Final

import polars as pl
from django.db import transaction
from django.db.models import Q, QuerySet, TextField
from django.db.models.functions import Cast, Now
from procrastinate.contrib.django import app
from psycopg import Connection

from kundekort.bulk import anonymisation as bulk
from kundekort.bulk.apply import RegisterMoved
from kundekort.engine import plan as plans
from kundekort.engine.decisions import Action, Decision, Decisions
from kundekort.engine.facts import Facts
from kundekort.engine.finding import Finding
from kundekort.engine.frames import Status
from kundekort.engine.segments.condition import Condition, Group
from kundekort.engine.traces import FIELDS, Traces
from kundekort.services import audit, customers, fields, imports, mappings, revisions, traces, writers
from kundekort.services.accounts import Actor, Role
from kundekort.services.database import psycopg_connection
from kundekort.services.progress import Report, no_progress
from kundekort.services.refusals import CardAnonymised, NotFound
from kundekort.services.register import DatabaseRegister
from kundekort.store import packages
from kundekort.store.models import (
    Anonymisation,
    Export,
    Import,
    PeopleSketch,
    RemovedCard,
    RetentionHold,
    Revision,
    SourceFile,
)
from kundekort.store.selection import Selection

INLINE_BYTES: Final = 20 * 2**20
"""Bytes of kept files up to which they are searched while the person waits; it takes about a second."""
INLINE_CUSTOMERS: Final = 100
"""Customers up to whom they are anonymised while the person waits."""
ANONYMISED: Final = "anonymised"
"""The notice of an import that was cancelled because somebody in its file was anonymised."""
GONE: Final = "…"
"""What stands in place of words that named somebody."""
WAITING: Final = (*imports.WAITING, Import.State.CONFIRMING)


@dataclass(frozen=True, slots=True)
class Outlook:
    """What anonymising a customer would take away.

    `merged` are the cards that were merged into this one, `changes` the values in the history of all of them; `imports`
    have files that are kept and have them in it, of which `waiting` would be cancelled (None: there is too much to
    search just for a look); `exports` are lists that are kept; `others` are cards with the same e-mail or mobile.
    """

    merged: tuple[int, ...]
    changes: int
    imports: int | None
    waiting: int | None
    exports: int
    others: tuple[int, ...]


def outlook(customer_id: int, *, actor: Actor) -> Outlook:
    """What anonymising a customer would take away now. Raises NotFound, CardMerged, CardAnonymised."""
    actor.require(Role.ADMINISTRATOR)
    _refuse([customer_id])
    with transaction.atomic():
        conn = psycopg_connection()
        merged, people = _with_merged(conn, [customer_id])
        changes, _ = bulk.touched(conn, people)
        found: dict[int, bool] | None = None
        if traces.size() <= INLINE_BYTES:
            found = traces.imports_with(_traces(conn, people))
    held = [number for number, uploaded in (found or {}).items() if uploaded]
    waiting = None if found is None else Import.objects.filter(pk__in=held, state__in=WAITING).count()
    return Outlook(
        merged=tuple(merged),
        changes=changes,
        imports=None if found is None else len(found),
        waiting=waiting,
        exports=_kept_exports().count(),
        others=customers.alike(customer_id),
    )


def begin(ids: Collection[int], *, actor: Actor, by_rule: bool = False) -> Anonymisation:
    """Decide that customers are anonymised; `write` does it. `by_rule`: whoever is edited or held meanwhile is not.

    Raises NotFound, CardMerged, CardAnonymised.
    """
    actor.require(Role.ADMINISTRATOR)
    _refuse(ids)
    return Anonymisation.objects.create(
        created_by=actor.user, actor_name=actor.name, customers=sorted(set(ids)), by_rule=by_rule
    )


def anonymise(ids: Collection[int], *, actor: Actor, by_rule: bool = False) -> Anonymisation:
    """Anonymise customers: at once when they are few and little is kept, else by a job; a job clears the disk.

    Raises NotFound, CardMerged, CardAnonymised, RegisterBusy.
    """
    made = begin(ids, actor=actor, by_rule=by_rule)
    if len(made.customers) <= INLINE_CUSTOMERS and traces.size() <= INLINE_BYTES:
        try:
            return write(made.pk, actor=actor)
        except BaseException:
            Anonymisation.objects.filter(pk=made.pk, state=Anonymisation.State.WAITING).delete()
            raise
    app.configure_task("anonymise").defer(anonymisation_id=made.pk)
    return made


def write(number: int, *, actor: Actor | None = None, report: Report | None = None) -> Anonymisation:
    """Do what was decided, in one transaction, and have a job clear the disk; leave any other as it is.

    With a `report` others who write are waited for, however long; else raises RegisterBusy after a while.
    """
    while True:
        try:
            made = _write(number, actor=actor, report=report)
        except RegisterMoved:  # one of the cards was edited in the very moment
            continue
        if made.state == Anonymisation.State.CLEARING:  # at once, so that no page shows them any more
            for kept in made.imports:
                packages.remove(kept)
            for kept in made.exports:
                packages.remove_export(kept)
            Anonymisation.objects.filter(pk=number, finished_at=None).update(finished_at=Now())
        return made


def of_customer(customer_id: int, *, actor: Actor) -> Anonymisation:
    """The act by which a customer was anonymised. Raises NotFound."""
    actor.require(Role.READER)
    removed = RemovedCard.objects.filter(pk=customer_id, revision__kind=Revision.Kind.ANONYMISATION)
    found = removed.select_related("revision__anonymisation").first()
    if found is None:
        raise NotFound(id=customer_id)
    return found.revision.anonymisation


def get(number: int, *, actor: Actor) -> Anonymisation:
    """An act of anonymising by its number. Raises NotFound."""
    actor.require(Role.ADMINISTRATOR)
    found = Anonymisation.objects.filter(pk=number).first()
    if found is None:
        raise NotFound(id=number)
    return found


def fail(number: int, code: str) -> None:
    """Let nobody wait for an anonymisation whose job has failed, for a reason that is the code of a refusal."""
    waiting = Anonymisation.objects.filter(pk=number, state=Anonymisation.State.WAITING)
    waiting.update(state=Anonymisation.State.FAILED, notice=code, progress=None, finished_at=Now())


def _write(number: int, *, actor: Actor | None, report: Report | None) -> Anonymisation:
    made = Anonymisation.objects.select_related("created_by").get(pk=number)
    actor = actor or Actor(name=made.actor_name, role=None, user=made.created_by)
    user = made.created_by_id or 0
    waiting = None if report is None else (lambda: report("waiting", 0, 1))
    with revisions.register_transaction(alone=writers.ANONYMISATION, number=user, waiting=waiting) as conn:
        made.refresh_from_db()
        if made.state != Anonymisation.State.WAITING:
            return made
        ids = _still_meant(made)
        if not ids:
            Anonymisation.objects.filter(pk=number).update(
                state=Anonymisation.State.DONE, customers=[], progress=None, finished_at=Now()
            )
            made.refresh_from_db()
            return made
        _, people = _with_merged(conn, ids)
        known = _traces(conn, people)
        _, touched = bulk.touched(conn, people)
        held = traces.imports_with(known, between=lambda: conn.execute("SELECT 1"))  # a sign of life
        revision = _take_out(ids, actor=actor, report=report)
        bulk.forget(conn, people, revision=revision.pk)
        files = _forget_files(known, held, touched)
        exports = _forget_exports(known)
        mappings.forget_people(known, everybody=len(known.ids) > traces.MOST)
        RetentionHold.objects.filter(pk__in=ids).delete()
        audit.record_each(audit.Event.ANONYMISATION, actor=actor, params=[{"customer_id": number} for number in ids])
        row = conn.execute("SELECT pg_current_xact_id()::text::bigint").fetchone()
        assert row is not None
        Anonymisation.objects.filter(pk=number).update(
            customers=ids,
            state=Anonymisation.State.CLEARING,
            revision=revision,
            imports=files,
            exports=exports,
            transaction=row[0],
            progress=None,
        )
        app.configure_task("clear").defer(anonymisation_id=number)
    made.refresh_from_db()
    return made


def _still_meant(made: Anonymisation) -> list[int]:
    """The customers of an anonymisation who are to be found still: not those whom somebody else has taken out."""
    gone = RemovedCard.objects.filter(pk__in=made.customers, into=None).values_list("pk", flat=True)
    ids = {*dict(customers.versions(made.customers)), *gone} - customers.anonymised(made.customers)
    if made.by_rule:
        ids -= set(RetentionHold.objects.filter(pk__in=ids).values_list("pk", flat=True))
        ids -= customers.changed_since(made.created_at, among=ids)
    return sorted(ids)


def _refuse(ids: Collection[int]) -> None:
    """Raises NotFound, CardMerged, CardAnonymised for cards that cannot be anonymised; those taken back can be."""
    present, anonymised = dict(customers.versions(ids)), customers.anonymised(ids)
    removed = set(RemovedCard.objects.filter(pk__in=ids, into=None).values_list("pk", flat=True))
    for customer_id in ids:
        if customer_id in anonymised:
            raise CardAnonymised(id=customer_id)
    if missing := [i for i in ids if i not in present and i not in removed]:
        customers.refuse_missing(missing)


def _with_merged(conn: Connection, ids: Sequence[int]) -> tuple[list[int], pl.Series]:
    """The cards that were merged into some, and all of them together."""
    series = pl.Series("id", ids, dtype=pl.Int64)
    merged = bulk.absorbed(conn, series)
    return merged.to_list(), pl.concat([series, merged]).unique().sort()


def _traces(conn: Connection, people: pl.Series) -> Traces:
    many = people.len() > traces.MOST  # then nothing is searched, and everything counts as found
    ids = people.head(0) if many else people
    return Traces.of(people, bulk.known_values(conn, ids, FIELDS))


def _take_out(ids: Sequence[int], *, actor: Actor, report: Report | None) -> Revision:
    """The cards go out of the register, without a value in the log."""
    schema = fields.schema(retired=True)
    cards = DatabaseRegister().cards(schema["id"], pl.Series(ids, dtype=pl.Int64), ())
    plan = plans.concat([(plans.removal(cards, fields=()), Status.REMOVED)], fields=())
    kind = Revision.Kind.ANONYMISATION
    return revisions.write(plan, kind=kind, actor=actor, report=report or no_progress)


def _forget_files(known: Traces, held: Mapping[int, bool], touched: pl.DataFrame) -> list[int]:
    """Forget what rows of imports say of people; the numbers of those whose files are to be removed.

    An import that waits with a file that has them is cancelled; another whose plan alone has them is planned anew when
    the disk is cleared.
    """
    made = touched.filter("made")["revision"].to_list()
    PeopleSketch.objects.filter(source__revision__in=made).delete()
    uploaded = [number for number, in_source in held.items() if in_source]
    there = Q(pk__in=list(held)) | Q(revision__in=touched["revision"].to_list())
    found = list(Import.objects.filter(there & Q(state=Import.State.DONE) | Q(pk__in=uploaded)).order_by("pk"))
    for imp in found:
        state = {"state": Import.State.CANCELLED, "notice": ANONYMISED, "progress": None, "finished_at": Now()}
        ended = state if imp.state in WAITING else {}
        Import.objects.filter(pk=imp.pk).update(**ended, **_without_people(imp, known))
    _forget_words(known, but=[imp.pk for imp in found])
    return [imp.pk for imp in found]


def _forget_words(known: Traces, *, but: Collection[int]) -> None:
    """Forget what is kept of imports besides their files where it names people; it outlives the files."""
    everybody = len(known.ids) > traces.MOST
    for number, name in SourceFile.objects.values_list("pk", "name"):
        if known.in_document(name):
            SourceFile.objects.filter(pk=number).update(name=f"{GONE}{number}{PurePath(name).suffix}")
    texts = {name: Cast(name, TextField()) for name in ("facts", "decisions", "question", "recipe")}
    rows = Import.objects.annotate(**{f"{name}_text": text for name, text in texts.items()})
    for number, filename, *said in rows.values_list("pk", "filename", *(f"{name}_text" for name in texts)):
        if known.in_document(filename):
            Import.objects.filter(pk=number).update(filename=GONE + PurePath(filename).suffix)
        if number not in but and (everybody or known.in_document(" ".join(filter(None, said)))):
            imp = Import.objects.get(pk=number)
            if imp.state not in WAITING:
                Import.objects.filter(pk=number).update(**_without_people(imp, known))


def _without_people(imp: Import, known: Traces) -> dict[str, object]:
    """What is kept of an import whose file has gone, without words of the file."""
    facts, recipe = imp.facts, imp.recipe
    if facts is not None:
        facts = Facts(
            samples=tuple(() for _ in facts.samples),
            blank_rows=facts.blank_rows,
            hidden_rows=facts.hidden_rows,
            emptied=facts.emptied,
            changes=facts.changes,
            problems=facts.problems,
            newer=facts.newer,
            conflicts=facts.conflicts,
            conflict_rows=facts.conflict_rows,
            findings=tuple(map(_without_words, facts.findings)),
            columns=tuple(replace(column, value="") for column in facts.columns),
        )
    if recipe is not None and known.in_document(" ".join(c.header for c in recipe.columns)):
        recipe = replace(recipe, columns=tuple(replace(column, header="") for column in recipe.columns))
    waits = imp.state in WAITING
    steps = () if waits else tuple(map(_without_value, imp.decisions.steps))
    decisions = Decisions() if waits else replace(imp.decisions, steps=steps)
    return {"facts": None if waits else facts, "recipe": recipe, "decisions": decisions, "question": None}


def _without_words(finding: Finding) -> Finding:
    """A finding with its numbers alone."""
    return replace(finding, params={k: "" if isinstance(v, str) else v for k, v in finding.params.items()})


def _without_value(step: Decision) -> Decision:
    value = "" if step.action is Action.SET else step.value
    return replace(step, value=value, text=None if step.text is None else "")


def _forget_exports(known: Traces) -> list[int]:
    """Give up lists that are being written; the numbers of those whose files are to be removed."""
    Export.objects.filter(state=Export.State.WAITING).update(
        state=Export.State.CANCELLED, progress=None, finished_at=Now()
    )
    for export in Export.objects.exclude(selection=Selection()):
        asked = export.selection
        whole, parts = str(asked.to_json()), [asked.search or "", *_values(asked.rules)]
        if len(known.ids) > traces.MOST or known.in_query(whole) or any(map(known.in_part, parts)):
            Export.objects.filter(pk=export.pk).update(selection=Selection(search=GONE))
    numbers = list(_kept_exports().values_list("pk", flat=True))
    _kept_exports().update(size=None)
    return numbers


def _values(condition: Condition | None) -> Iterator[str]:
    """What rules look for in the fields by which people are known."""
    if isinstance(condition, Group):
        yield from chain.from_iterable(map(_values, condition.parts))
    elif condition is not None and condition.field in FIELDS:
        yield from condition.values


def _kept_exports() -> QuerySet[Export]:
    return Export.objects.filter(size__isnull=False)
