"""The one writer: plans that create, change, remove and restore, each undone by a plan of its own changes."""

from __future__ import annotations

from collections.abc import Callable

import polars as pl
import pytest

from kundekort.bulk import register
from kundekort.bulk.apply import RegisterMoved
from kundekort.engine import plan as plans
from kundekort.engine import undo
from kundekort.engine.frames import Status
from kundekort.engine.plan import Plan
from kundekort.services import editing, exports, fields, revisions
from kundekort.services.accounts import Actor
from kundekort.services.database import psycopg_connection
from kundekort.services.lists import FileFormat
from kundekort.services.register import DatabaseRegister
from kundekort.store.models import Customer, Import, RemovedCard, Revision
from kundekort.store.selection import Selection

BEFORE = "CustomerID;FirstName;Email;Gender;ExternalID\n0;Åse;a@example.no;2;X1\n0;Per;p@example.no;1;X2\n"


@pytest.fixture
def ids(load: Callable[..., Import]) -> list[int]:
    load(BEFORE)
    return list(Customer.objects.order_by("pk").values_list("pk", flat=True))


def changed(ids: list[int]) -> str:
    return f"CustomerID;FirstName;Email;Gender;ExternalID\n{ids[0]};Åse M;;2;X3\n0;Ny;n@example.no;0;X4\n"


def undoing(revision: Revision) -> Plan:
    changes = register.changes(psycopg_connection(), revision.pk)
    return undo.plan(changes, register=DatabaseRegister(), schema=fields.schema(retired=True))


def take_back(revision: Revision, actor: Actor) -> Revision:
    with revisions.register_transaction(alone=True):
        return revisions.write(undoing(revision), kind=Revision.Kind.UNDO, actor=actor, undoes=revision).revision


def rows() -> list[dict[str, object]]:
    kept = [f.name for f in Customer._meta.fields if f.name not in ("version", "changed_at")]
    return list(Customer.objects.order_by("pk").values(*kept))


def exported(actor: Actor) -> list[str]:
    lines = b"".join(exports.stream(what=Selection(), form=FileFormat.PLAIN, actor=actor)).decode().splitlines()
    return [line.rpartition(";")[0] for line in lines]  # without the version


def test_it_takes_an_import_back_whole_and_gives_it_again(
    ids: list[int], load: Callable[..., Import], alice: Actor
) -> None:
    before, list_before = rows(), exported(alice)
    imp = load(changed(ids))
    after = rows()
    new = Customer.objects.latest("pk").pk
    assert imp.revision is not None
    undone = take_back(imp.revision, alice)
    assert (rows(), exported(alice)) == (before, list_before)
    assert (undone.kind, undone.created, undone.changed, undone.undoes) == ("undo", 0, 2, imp.revision)
    assert list(RemovedCard.objects.values_list("pk", "into_id", "revision_id")) == [(new, None, undone.pk)]
    take_back(undone, alice)
    assert rows() == after, "the same numbers, values and day of making"
    assert not RemovedCard.objects.exists()


def test_it_never_gives_a_number_out_again(ids: list[int], load: Callable[..., Import], alice: Actor) -> None:
    imp = load(changed(ids))
    new = Customer.objects.latest("pk").pk
    assert imp.revision is not None
    take_back(imp.revision, alice)
    assert load(changed(ids)).revision is not None
    assert Customer.objects.latest("pk").pk > new


def test_it_leaves_what_was_edited_since(ids: list[int], load: Callable[..., Import], alice: Actor) -> None:
    imp = load(changed(ids))
    new = Customer.objects.latest("pk").pk
    editing.edit(ids[0], version=2, values={"first_name": "Aase"}, actor=alice)
    editing.edit(new, version=1, values={"city": "Oslo"}, actor=alice)
    assert imp.revision is not None
    conflicts = undoing(imp.revision).conflicts.select("_id", "field", "mine", "theirs").rows()
    assert conflicts == [(ids[0], "first_name", "Åse", "Aase"), (new, "id", "", str(new))]
    take_back(imp.revision, alice)
    card = Customer.objects.get(pk=ids[0])
    assert (card.first_name, card.email, card.external_id) == ("Aase", "a@example.no", "X1")
    assert Customer.objects.filter(pk=new).exists()


def test_it_takes_an_edit_back(ids: list[int], alice: Actor) -> None:
    before = rows()
    editing.edit(ids[1], version=1, values={"first_name": "Petter", "tags": "VIP"}, actor=alice)
    take_back(Revision.objects.latest("pk"), alice)
    assert rows() == before


def test_it_says_where_a_unique_value_has_gone(ids: list[int], load: Callable[..., Import], alice: Actor) -> None:
    imp = load(changed(ids))
    editing.edit(ids[1], version=1, values={"external_id": "X1"}, actor=alice)
    assert imp.revision is not None
    problems = undoing(imp.revision).problems
    assert problems.select("field", "code", "value", "params").rows() == [
        ("external_id", "value_taken", "X1", f'{{"id":{ids[1]}}}')
    ]


def test_it_lets_a_unique_value_pass_from_a_removed_card_to_another(ids: list[int], alice: Actor) -> None:
    schema = fields.schema()
    cards = DatabaseRegister().cards(schema["id"], pl.Series([ids[0]]), schema.values)
    heir = pl.DataFrame(
        [{"_id": ids[1], "_version": 1, "external_id": "X1", "old:external_id": "X2"}],
        schema_overrides={"_id": pl.Int64, "_version": pl.Int64},
    )
    plan = plans.concat(
        [(plans.removal(cards, fields=schema.values), Status.REMOVED), (heir, Status.CHANGED)], fields=schema.values
    )
    with revisions.register_transaction(alone=True):
        written = revisions.write(plan, kind=Revision.Kind.MERGE, actor=alice)
    assert Customer.objects.get().external_id == "X1"
    assert take_back(written.revision, alice)
    assert dict(Customer.objects.values_list("pk", "external_id")) == {ids[0]: "X1", ids[1]: "X2"}


@pytest.mark.parametrize("status", [Status.CHANGED, Status.REMOVED])
def test_it_writes_nothing_when_a_card_has_moved(ids: list[int], alice: Actor, status: Status) -> None:
    schema = fields.schema()
    cards = DatabaseRegister().cards(schema["id"], pl.Series(ids), schema.values)
    given = schema.values if status is Status.REMOVED else (schema["first_name"],)
    plan = plans.concat([(plans.removal(cards, fields=given), status)], fields=given)
    editing.edit(ids[1], version=1, values={"city": "Oslo"}, actor=alice)
    before, count = rows(), Revision.objects.count()
    with pytest.raises(RegisterMoved), revisions.register_transaction(alone=False):
        revisions.write(plan, kind=Revision.Kind.UNDO, actor=alice)
    assert (rows(), Revision.objects.count()) == (before, count)
