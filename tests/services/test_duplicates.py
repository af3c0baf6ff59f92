"""Cards that may be one person: found, paged through, and told apart."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from kundekort.services import duplicates, editing
from kundekort.services.accounts import Actor
from kundekort.services.refusals import MergeInvalid
from kundekort.store.duplicates import By
from kundekort.store.models import Customer, Import

Upload = Callable[..., Import]


def test_it_finds_cards_that_may_be_one_person(three: list[int], bob: Actor) -> None:
    a, b, c = three
    editing.edit(a, version=1, values={"mobile": "91 23 45 67"}, actor=bob)
    editing.edit(b, version=1, values={"mobile": "+47 912 34 567"}, actor=bob)
    found = {
        by: [group.ids for group in duplicates.candidates(by=by, offset=0, limit=9, actor=bob).groups] for by in By
    }
    assert found == {By.EMAIL: [(b, c)], By.MOBILE: [(a, b)], By.NAME_BIRTH: [(a, c)]}
    (group,) = duplicates.candidates(by=By.MOBILE, offset=0, limit=9, actor=bob).groups
    assert [card["mobile"] for card in group.cards] == ["+4791234567"] * 2


def test_it_pages_through_candidates(load: Upload, bob: Actor) -> None:
    rows = "".join(f"0;N{n};0;{n // 3}@example.no\n" for n in range(12))
    load("CustomerID;FirstName;Gender;Email\n" + rows)
    ids = list(Customer.objects.order_by("pk").values_list("pk", flat=True))
    page = duplicates.candidates(by=By.EMAIL, offset=1, limit=2, actor=bob)
    assert (page.total, [g.ids for g in page.groups]) == (4, [tuple(ids[3:6]), tuple(ids[6:9])])


def test_it_remembers_who_is_not_the_same_person(three: list[int], bob: Actor) -> None:
    def shown(*, dismissed: bool = False) -> list[tuple[int, ...]]:
        found = duplicates.candidates(by=By.EMAIL, offset=0, limit=9, dismissed=dismissed, actor=bob)
        return [group.ids for group in found.groups]

    a, b, c = three
    duplicates.dismiss([c, b], actor=bob)
    assert (shown(), shown(dismissed=True)) == ([], [(b, c)])
    editing.edit(a, version=1, values={"email": "ase@example.no"}, actor=bob)
    assert shown() == [(a, b, c)]
    duplicates.dismiss(three, actor=bob)
    assert shown() == []
    duplicates.reconsider([b, c], actor=bob)
    assert shown() == [(a, b, c)]
    with pytest.raises(MergeInvalid):
        duplicates.dismiss([a, a], actor=bob)
