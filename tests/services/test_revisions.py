"""The one writer: plans that create, change, remove and restore, in an order in which nothing is in the way."""

from __future__ import annotations

from collections.abc import Callable

import polars as pl
import pytest

from kundekort.bulk.apply import RegisterMoved
from kundekort.engine import plan as plans
from kundekort.engine.frames import Status
from kundekort.services import editing, fields, revisions
from kundekort.services.accounts import Actor
from kundekort.services.register import DatabaseRegister
from kundekort.store.models import Customer, Import, Revision
from tests.taking_back import take_back

BEFORE = "CustomerID;FirstName;Email;Gender;ExternalID\n0;Åse;a@example.no;2;X1\n0;Per;p@example.no;1;X2\n"


@pytest.fixture
def ids(load: Callable[..., Import]) -> list[int]:
    load(BEFORE)
    return list(Customer.objects.order_by("pk").values_list("pk", flat=True))


def rows() -> list[dict[str, object]]:
    kept = [f.name for f in Customer._meta.fields if f.name not in ("version", "changed_at")]
    return list(Customer.objects.order_by("pk").values(*kept))


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
        revision = revisions.write(plan, kind=Revision.Kind.MERGE, actor=alice)
    assert Customer.objects.get().external_id == "X1"
    take_back(revision, actor=alice)
    assert dict(Customer.objects.values_list("pk", "external_id")) == {ids[0]: "X1", ids[1]: "X2"}


@pytest.mark.parametrize("status", [Status.CHANGED, Status.REMOVED])
def test_it_writes_nothing_when_a_card_has_moved(ids: list[int], alice: Actor, status: Status) -> None:
    schema = fields.schema()
    cards = DatabaseRegister().cards(schema["id"], pl.Series(ids), schema.values)
    given = schema.values if status is Status.REMOVED else (schema["first_name"],)
    plan = plans.concat([(plans.removal(cards, fields=given), status)], fields=given)
    editing.edit(ids[1], version=1, values={"first_name": "Petter"}, actor=alice)
    before, count = rows(), Revision.objects.count()
    with pytest.raises(RegisterMoved), revisions.register_transaction(alone=False):
        revisions.write(plan, kind=Revision.Kind.UNDO, actor=alice)
    assert (rows(), Revision.objects.count()) == (before, count)
