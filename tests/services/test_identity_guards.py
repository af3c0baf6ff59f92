"""Rows of other cards, asked of a real register: one finding, and one answer that mends them all."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from kundekort.cli import sample
from kundekort.engine.decisions import Action, Decision
from kundekort.services import confirming, imports, planning
from kundekort.services.accounts import Actor
from kundekort.services.refusals import RowsHaveFindings
from kundekort.store.models import Customer, Import

pytestmark = pytest.mark.django_db(transaction=True)
FIELDS = ("pk", "first_name", "last_name", "email", "mobile", "date_of_birth", "city")


def test_it_gives_rows_whose_numbers_have_slipped_back_to_their_cards(
    load: Callable[..., Import], upload: Callable[..., Import], bob: Actor
) -> None:
    load(sample.customers(120, seed=5).write_csv(separator=";"))
    there = Customer.objects.exclude(email="").exclude(mobile="").exclude(first_name="").order_by("pk")
    people = list(there.values_list(*FIELDS)[:30])
    slipped = [*(one[0] for one in people[1:]), people[0][0]]
    lines = [f"{n};{f};{la};{e};{m};{b or ''};Bodø" for n, (_, f, la, e, m, b, _) in zip(slipped, people, strict=True)]
    imp = upload("CustomerID;FirstName;LastName;Email;Mobile;DateOfBirth;City\n" + "\n".join(lines))
    assert [(f.code, f.count, f.blocks) for f in imports.facts(imp).findings] == [("other_card", 30, True)]
    with pytest.raises(RowsHaveFindings):
        confirming.confirm(imp.pk, digest=imp.digest, actor=bob)
    planning.decide(imp.pk, Decision(Action.MATCH, code="other_card"), actor=bob)
    imp.refresh_from_db()
    assert [(f.code, f.open) for f in imports.facts(imp).findings] == [("other_card", 0)]
    confirming.confirm(imp.pk, digest=imp.digest, actor=bob)
    after = list(Customer.objects.filter(pk__in=slipped).order_by("pk").values_list(*FIELDS))
    assert after == [(*one[:-1], "Bodø") for one in people]


def test_it_finds_new_customers_that_have_a_card_by_each_key(
    load: Callable[..., Import], upload: Callable[..., Import]
) -> None:
    load(
        "CustomerID;FirstName;LastName;Email;Mobile;DateOfBirth;ExternalID;Gender\n"
        "0;Kari;Nordmann;kari@example.no;91234500;1980-01-02;X1;2\n"
    )
    imp = upload(
        "CustomerID;FirstName;LastName;Email;Mobile;DateOfBirth;Gender\n"
        "0;Kari;Lie;KARI@example.no;;;2\n0;kari;nordmann;;;1980-01-02;2\n0;;Moe;;91234500;;2\n0;Ola;Dal;;;1980-01-02;1\n"
    )
    assert [(f.code, f.count, f.blocks) for f in imports.facts(imp).findings] == [("already_card", 3, False)]
