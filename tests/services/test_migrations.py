"""A database of an earlier version comes to this one with all that it holds."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from django.conf import settings
from django.contrib.auth.models import User
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from kundekort.engine.facts import Totals
from kundekort.store.models import Import, Revision

BEFORE = [("kundekort", "0007_rooms_and_names")]
TOTALS = Totals(rows=1, new=1, changed=0, unchanged=0, errors=0, left_out=0, cells_changed=0).to_json()
FACTS = {"samples": [["x"]], "sheets": [], "blank_rows": 0, "emptied": 0, "changes": {}, "problems": []}
ANSWERS = {
    "dialect": {"encoding": None, "separator": None, "header_row": None, "sheet": None},
    "policy": {"empty_cells": "overwrite", "key": "id", "date_order": None},
    "columns": None,
}


def migrate(to: list[tuple[str, str]]) -> MigrationExecutor:
    executor = MigrationExecutor(connection)
    executor.migrate(to)
    executor.loader.build_graph()
    return executor


@pytest.fixture
def _now(transactional_db: None) -> Iterator[None]:
    """Leave the database as all the other tests expect it."""
    yield
    migrate(MigrationExecutor(connection).loader.graph.leaf_nodes("kundekort"))


@pytest.mark.usefixtures("_now")
def test_it_brings_imports_of_an_earlier_version_along() -> None:
    apps = migrate(BEFORE).loader.project_state(BEFORE).apps
    imports, revisions = apps.get_model("kundekort", "Import"), apps.get_model("kundekort", "Revision")
    # The models of an old state know the old table of people; to their rows a number is enough.
    bob = User.objects.create_user("bob").pk
    same = {"actor_name": "bob", "created_by_id": bob, "filename": "a.csv", "size": 1, "answers": ANSWERS}
    same |= {"decisions": {"leave_out_errors": True}, "facts": FACTS, "totals": TOTALS}
    by_bob = revisions.objects.create(actor_name="bob", created_by_id=bob, kind="import", created=1)
    by_root = revisions.objects.create(actor_name="root", created_by_id=bob, kind="import", created=1)
    own, others = (
        imports.objects.create(**same, state="done", revision_id=revision.pk, digest="d").pk
        for revision in (by_bob, by_root)
    )
    waiting = imports.objects.create(**same, state="preview", digest="d").pk
    refused = imports.objects.create(**same | {"facts": None, "totals": None}, state="refused").pk
    package = Path(settings.DATA) / "imports" / str(waiting)
    package.mkdir(parents=True, exist_ok=True)

    migrate(MigrationExecutor(connection).loader.graph.leaf_nodes("kundekort"))
    people = Import.objects.order_by("pk").values_list("pk", "state", "confirmer_name", "confirmed_by")
    assert list(people) == [
        (own, "done", "bob", bob),
        (others, "done", "root", None),
        (waiting, "cancelled", "", None),
        (refused, "refused", "", None),
    ]
    done = Import.objects.get(pk=own)
    assert (done.decisions.leave_out_errors, done.decisions.choices, done.facts.newer) == (True, (), 0)
    assert Import.objects.get(pk=refused).facts is None
    assert Revision.objects.get(pk=by_root.pk).created_by is None, "it was somebody else's account"
    assert Revision.objects.get(pk=by_bob.pk).created_by_id == bob
    assert not package.exists()
    assert set(Import.objects.values_list("sha256", "sketch")) == {("", None)}, "of their files nothing is known"
