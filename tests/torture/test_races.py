"""Whoever writes the same cards at the same moment: no update is lost, and what somebody was told was written is."""

from __future__ import annotations

import json
import os
from collections import Counter
from collections.abc import Callable
from random import Random
from typing import Final

import polars as pl
import pytest
from django.db import connection

from kundekort.engine.frames import CARD
from kundekort.services import editing
from kundekort.services.accounts import Actor
from kundekort.services.database import psycopg_connection
from kundekort.store.models import Import, Revision
from tests.torture import replay
from tests.torture.births import births
from tests.torture.conftest import COUNTS
from tests.torture.people import FIELDS, Editor, Importer, Merger, Person, Undoer, together

pytestmark = pytest.mark.slow

RACES: Final = int(os.environ.get("TORTURE_RACES", "1"))
CARDS: Final = 30
"""Cards that all write at once: few, so that they get in each other's way."""
CAST: Final = ((Editor, 3, 24), (Importer, 2, 6), (Merger, 1, 6), (Undoer, 2, 8))
"""Who takes part: how many, and how often each does what they do."""


def unproven(person: Person, log: pl.DataFrame, kinds: pl.DataFrame) -> list[str]:
    """What somebody was told that the log does not tell exactly once, or that it tells although nobody was told."""
    own = log.join(kinds.filter(pl.col("kind") != "undo"), on="revision_id")
    faults = [
        f"{person.name} wrote {field}={value!r} on {number}"
        for number, field, value in person.written
        if own.filter(customer_id=number, field=field, new=value).height != 1
    ]
    mine = own.filter(pl.col("new").is_in(person.tokens), pl.col("field").is_in(FIELDS))
    if isinstance(person, Editor):
        told = {(number, field, value) for number, field, value in person.written}
        found = mine.filter(kind="edit").select("customer_id", "field", "new").rows()
        faults += [f"{person.name} was not told of {cell}" for cell in found if cell not in told]
    if isinstance(person, Importer):
        stray = mine.filter(pl.col("kind") == "import", ~pl.col("revision_id").is_in(person.revisions))
        faults += [f"{person.name} was not told of {stray.rows()}"] if stray.height else []
    faults += [f"{person.name} is without {n}" for n in person.revisions if kinds.filter(revision_id=n).height != 1]
    return faults


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("race", range(RACES))
def test_it_loses_no_update_whoever_writes_at_once(
    race: int, seed: str, bob: Actor, record_property: Callable[[str, object], None]
) -> None:
    chance = Random(f"{seed} {race}")
    for number in range(CARDS):
        editing.create({"first_name": f"Kunde {number}", "gender": str(number % 3)}, actor=bob)
    connection.commit()
    people = [
        kind(actor=bob, mark=f"{kind.__name__}-{number}", chance=Random(chance.random()), times=times)
        for kind, count, times in CAST
        for number in range(count)
    ]
    counts = together(people)
    log, cards = replay.log(psycopg_connection()), replay.cards(psycopg_connection())
    assert replay.faults(log, births(log, cards), cards) == []
    kinds = pl.DataFrame(
        list(Revision.objects.values_list("pk", "kind", "created", "changed")),
        schema=["revision_id", "kind", "created", "changed"],
        orient="row",
    )
    assert [fault for person in people for fault in unproven(person, log, kinds)] == []
    # What a revision says of itself is what the log says of it: no card too many, none too few.
    touched = log.group_by("revision_id").agg(
        pl.col("customer_id").filter((pl.col("field") == CARD) & (pl.col("old") == "")).n_unique().alias("came"),
        pl.col("customer_id").n_unique().alias("cards"),
    )
    of_edits = kinds.join(touched, on="revision_id").filter(pl.col("kind") != "undo")
    assert of_edits.filter(pl.col("created") + pl.col("changed") != pl.col("cards")).is_empty()
    assert not Import.objects.filter(state__in=[Import.State.CONFIRMING]).exists()
    record_property(COUNTS, json.dumps({"races": Counter({"all at once": 1}), "acts in races": counts}))
