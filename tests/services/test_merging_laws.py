"""Laws of the register's history, over cards and merges of every kind."""

from __future__ import annotations

import itertools

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kundekort.services import customers, editing, history, merging
from kundekort.services.accounts import Actor
from kundekort.store.models import Customer
from tests.taking_back import take_back

VALUES = {
    "first_name": ["Åse", "Aase", "a\tb\\n"],
    "last_name": ["", "Berg"],
    "zip_code": ["", "0150", "5003"],
    "city": ["", "Oslo", "Bergen"],
    "email": ["", "ase@example.no", "ASE@example.no", "b@example.no"],
    "gender": ["0", "1", "2"],
    "date_of_birth": ["", "1990-01-02"],
    "email_consent": ["", "0", "1"],
    "tags": ["", "a|b", "b|c"],
    "internal_note": ["", "en\nto", "=1+1"],
}
NUMBERS = itertools.count()
CARDS = st.lists(st.fixed_dictionaries({k: st.sampled_from(v) for k, v in VALUES.items()}), min_size=2, max_size=4)


def rows(ids: list[int]) -> list[dict[str, object]]:
    found = Customer.objects.filter(pk__in=ids).order_by("pk").values()
    return [{k: v for k, v in row.items() if k not in ("version", "changed_at")} for row in found]


@pytest.mark.django_db
@settings(max_examples=15, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(cards=CARDS, choices=st.dictionaries(st.sampled_from(list(VALUES)), st.integers(0, 1)), edit=st.booleans())
def test_it_undoes_every_merge_and_can_tell_every_former_value(
    bob: Actor, cards: list[dict[str, str]], choices: dict[str, int], edit: bool
) -> None:
    ids = [editing.create(card | {"external_id": f"X{next(NUMBERS)}"}, actor=bob) for card in cards]
    made = {i: customers.card(i, actor=bob) for i in ids}
    before = rows(ids)
    chosen: dict[str, int | str] = {key: ids[n] for key, n in choices.items()}
    done = merging.merge(master=ids[0], others=ids[1:], versions=dict.fromkeys(ids, 1), values=chosen, actor=bob)
    for key, number in chosen.items():
        assert customers.card(ids[0], actor=bob)[key].casefold() == made[number][key].casefold()
    if edit:  # what the merge did not change, nor was edited to something else, is in nobody's way
        editing.edit(ids[0], version=2, values={"company": "Teatret"}, actor=bob)
        editing.edit(ids[0], version=3, values={"company": ""}, actor=bob)
    take_back(done, actor=bob)
    assert rows(ids) == before
    for number in ids:
        card = dict(customers.card(number, actor=bob))
        assert card["version"] == 3 + 2 * (edit and number == ids[0])
        former = {key: cell.old for key, cell in history.since(number, version=1).items() if key in card}
        assert card | former | {"version": 1, "id": number} == made[number]
