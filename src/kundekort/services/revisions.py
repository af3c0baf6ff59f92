"""The one writer of the register: every change of a card, from whatever door, is a revision made here.

Knows no rule about values: what to write is a `Plan`, made by a pure function before.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
from contextlib import ExitStack, contextmanager

from psycopg import Connection

from kundekort import telemetry
from kundekort.bulk import indexes
from kundekort.bulk.apply import apply
from kundekort.engine.plan import Plan
from kundekort.services import fields, search_upkeep, webhook_queue, writers
from kundekort.services.accounts import Actor
from kundekort.services.database import psycopg_connection, short_lock_transaction
from kundekort.services.progress import Report, no_progress
from kundekort.services.refusals import RegisterBusy
from kundekort.store.models import Revision


@contextmanager
def register_transaction(
    *, alone: str = "", number: int = 0, waiting: Callable[[], None] | None = None
) -> Iterator[Connection]:
    """A transaction in which a plan can be made and written.

    `alone`: beside no other of its kind; what for, and the number of what, as a `writers.Writer` says. `waiting`:
    called again and again while others have the register, however long. Without it raises RegisterBusy after a while.
    When the transaction cannot be, or fails, nothing was written.
    """
    with ExitStack() as stack:
        conn: Connection | None = None
        with telemetry.span("register.wait"):
            while conn is None:
                try:
                    conn = _begun(stack, alone=alone, number=number)
                except RegisterBusy:
                    if waiting is None:
                        raise
                    waiting()
        if waiting is not None:  # whoever has single cards has them for a moment
            conn.execute("SET LOCAL lock_timeout TO DEFAULT")
        yield conn


def _begun(stack: ExitStack, *, alone: str, number: int) -> Connection:
    """The beginning of the transaction, which goes on until the stack is closed. Raises RegisterBusy."""
    with ExitStack() as beginning:
        conn = beginning.enter_context(short_lock_transaction())
        if alone:
            writers.lock(conn, alone, number)
        stack.enter_context(beginning.pop_all())
        return conn


def write(
    plan: Plan, *, kind: Revision.Kind, actor: Actor, undoes: Revision | None = None, report: Report = no_progress
) -> Revision:
    """Carry out a plan inside the caller's transaction, as a revision of which every cell is in the log.

    Raises RegisterMoved when a cell is no longer as the plan saw it; then the transaction has to be rolled back.
    """
    totals = plan.totals
    revision = Revision.objects.create(
        kind=kind,
        created_by=actor.user,
        actor_name=actor.name,
        created=totals.new,
        changed=totals.changed + totals.removed + totals.restored,
        undoes=undoes,
    )
    webhook_queue.wake()
    conn = psycopg_connection()
    schema = fields.schema(retired=True)
    aside = indexes.set_aside(conn, new=totals.new)
    cards = 0 if aside else totals.cards_written
    with (
        telemetry.span("register.write", kundekort__revision=revision.pk, kundekort__cards=totals.cards_written),
        search_upkeep.second_session(conn, cards=cards, waiting=lambda: report("indexing", 0, 1)),
    ):
        apply(conn, plan, revision=revision.pk, schema=schema, progress=report, aside=aside)
    return revision


def in_effect(revisions: Collection[int]) -> set[int]:
    """Those of the revisions that are not taken back, or are again in effect since that was taken back too."""
    found, first = set(revisions), {revision: revision for revision in revisions}
    while first:  # step by step up the chains, all of them at once
        steps = Revision.objects.filter(undoes__in=list(first)).values_list("pk", "undoes_id")
        first = {revision: first[undone] for revision, undone in steps}
        found ^= set(first.values())
    return found
