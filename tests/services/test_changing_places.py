"""Unique values that change places within one file: shown, written under the unique index, and taken back."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from kundekort.bulk import apply
from kundekort.services import confirming, editing
from kundekort.services.accounts import Actor
from kundekort.services.refusals import StalePlan
from kundekort.store.models import Customer, Import
from tests.taking_back import take_back

Load = Callable[..., Import]


@pytest.fixture
def ids(load: Load) -> list[int]:
    load("CustomerID;FirstName;Gender;ExternalID\n" + "".join(f"0;Åse{n};2;X{n}\n" for n in range(6)))
    return list(Customer.objects.order_by("pk").values_list("pk", flat=True))


def values() -> list[str]:
    return list(Customer.objects.order_by("pk").values_list("external_id", flat=True))


def file(ids: list[int], values: list[str]) -> str:
    return "CustomerID;ExternalID\n" + "".join(f"{i};{v}\n" for i, v in zip(ids, values, strict=True))


@pytest.mark.parametrize(
    "after",
    [
        pytest.param(["X1", "X0", "X2", "X3", "X4", "X5"], id="two change places"),
        pytest.param(["X1", "X2", "X3", "X0", "X4", "X5"], id="some go round"),
        pytest.param(["X1", "X2", "X3", "X4", "", "X5"], id="each gets the next one's"),
        pytest.param(["", "X0", "X1", "X2", "X4", "Y"], id="each gets the one before"),
    ],
)
@pytest.mark.parametrize("block", [2, apply.BLOCK])
def test_it_writes_them_and_takes_them_back(
    load: Load, ids: list[int], bob: Actor, after: list[str], block: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(apply, "BLOCK", block)
    imp = load(file(ids, after))
    assert values() == after
    assert imp.totals.errors == 0
    take_back(imp.revision, actor=bob)
    assert values() == [f"X{n}" for n in range(6)]


def test_it_gives_a_new_customer_what_another_gives_up(load: Load, ids: list[int]) -> None:
    load(f"CustomerID;FirstName;Gender;ExternalID\n0;Ny;0;X0\n{ids[0]};Åse0;2;\n")
    assert values() == ["", "X1", "X2", "X3", "X4", "X5", "X0"]


@pytest.mark.parametrize("last", ["X0", "", "Y"])
def test_it_asks_about_a_column_of_them_that_was_moved(upload: Load, ids: list[int], last: str) -> None:
    imp = upload(file(ids, ["X1", "X2", "X3", "X4", "X5", last]))
    count = 6 if last == "X0" else 5
    assert [(f.code, f.field, f.count, f.blocks) for f in imp.facts.findings if f.code == "column_moved"] == [
        ("column_moved", "external_id", count, True)
    ]


def test_it_writes_them_on_cards_that_were_edited_in_other_cells_since(
    upload: Load, ids: list[int], bob: Actor
) -> None:
    imp = upload(file(ids[:2], ["X1", "X0"]))
    editing.edit(ids[0], version=1, values={"first_name": "Ny"}, actor=bob)
    confirming.confirm(imp.pk, digest=imp.digest, actor=bob)
    assert values()[:2] == ["X1", "X0"]
    assert Customer.objects.get(pk=ids[0]).first_name == "Ny"


def test_it_writes_nothing_where_one_of_the_values_was_changed_since(upload: Load, ids: list[int], bob: Actor) -> None:
    imp = upload(file(ids[:2], ["X1", "X0"]))
    editing.edit(ids[1], version=1, values={"external_id": "Ny"}, actor=bob)
    with pytest.raises(StalePlan):
        confirming.confirm(imp.pk, digest=imp.digest, actor=bob)
    assert values()[:2] == ["X0", "Ny"]
