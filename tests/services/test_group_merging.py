"""Many groups of duplicates become one revision by a rule: what was ticked, and nothing a rule may not decide."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from kundekort.services import editing, group_merging, history, settings
from kundekort.services.accounts import Actor
from kundekort.services.group_merging import Choice, Outcome, Reason, Rule
from kundekort.services.refusals import Forbidden, GroupsMoved, MergeInvalid, MergeOff
from kundekort.store.duplicates import By
from kundekort.store.models import Customer, Import, RemovedCard, Revision
from tests.services.test_merging import register
from tests.taking_back import take_back

FILE = (
    "CustomerID;FirstName;LastName;Email;City;Gender;Tags;EmailConsent;ExternalID;DateOfBirth\n"
    "0;Kari;Nordmann;kari@example.com;Oslo;2;a;1;;\n"
    "0;Kari;;KARI@example.com;Bergen;2;b;0;X7;\n"
    "0;Ola;Hansen;ola@example.com;;1;;;;1980-01-01\n"
    "0;Ola;Hansen;ola@example.com;Bodø;1;;;;\n"
    "0;Per;Dal;dal@example.com;;1;;;;\n"
    "0;Liv;Dal;dal@example.com;;2;;;;\n"
    "0;Jon;By;by@example.com;;1;;;;1950-01-01\n"
    "0;Jon;By;by@example.com;;1;;;;1980-01-01\n"
)
EMAIL = Choice(By.EMAIL)


@pytest.fixture
def ids(load: Callable[..., Import]) -> list[int]:
    load(FILE)
    return list(Customer.objects.order_by("pk").values_list("pk", flat=True))


def marks(outcome: Outcome) -> dict[int, str]:
    return {one.merge.id: one.mark for one in outcome.merged}


def test_it_says_what_a_rule_would_come_to_and_what_it_leaves_to_a_person(ids: list[int], bob: Actor) -> None:
    found = group_merging.outcome(EMAIL, actor=bob)
    assert [(one.merge.id, one.others) for one in found.merged] == [(ids[0], [ids[1]]), (ids[2], [ids[3]])]
    assert dict(found.merged[0].merge.changes) == {
        "email": ("kari@example.com", "KARI@example.com"),
        "city": ("Oslo", "Bergen"),
        "tags": ("a", "a|b"),
        "email_consent": ("1", "0"),
        "external_id": ("", "X7"),
    }
    assert [one.reason for one in found.left] == [Reason.NAMES, Reason.BORN]
    oldest = group_merging.outcome(Choice(By.EMAIL, rule=Rule.OLDEST, same_name=False), actor=bob)
    assert {"email", "city"}.isdisjoint(oldest.merged[0].merge.changes)
    assert [one.merge.id for one in oldest.merged] == [ids[0], ids[2], ids[4]]
    assert Revision.objects.count() == 1


def test_it_merges_what_was_ticked_in_one_revision_that_can_be_taken_back(ids: list[int], bob: Actor) -> None:
    before = register()
    done = group_merging.merge(EMAIL, marks=marks(group_merging.outcome(EMAIL, actor=bob)), actor=bob)
    kari, ola = Customer.objects.get(pk=ids[0]), Customer.objects.get(pk=ids[2])
    assert (kari.city, kari.last_name, kari.tags, kari.email_consent, kari.external_id) == (
        "Bergen",
        "Nordmann",
        ["a", "b"],
        False,
        "X7",
    )
    assert (ola.city, str(ola.date_of_birth), ola.version) == ("Bodø", "1980-01-01", 2)
    assert dict(RemovedCard.objects.values_list("pk", "into_id")) == {ids[1]: ids[0], ids[3]: ids[2]}
    assert (done.kind, done.changed) == ("merge", 4)
    take_back(done, actor=bob)
    assert register() == before


def test_a_consent_comes_from_where_the_card_in_its_own_group_got_it(load: Callable[..., Import], bob: Actor) -> None:
    head = "CustomerID;FirstName;LastName;Email;Gender;EmailConsent\n"
    load(head + "0;Kari;Lie;kari@example.no;2;\n0;Ola;Dal;ola@example.no;1;\n")
    sources = [load(f"{head}0;{row};1\n").pk for row in ("Ola;Dal;ola@example.no;1", "Kari;Lie;kari@example.no;2")]
    group_merging.merge(EMAIL, marks=marks(group_merging.outcome(EMAIL, actor=bob)), actor=bob)
    kari, ola = Customer.objects.order_by("pk").values_list("pk", flat=True)
    found = [[c.import_id for c in history.consents(n, actor=bob) if c.field == "email_consent"] for n in (ola, kari)]
    assert found == [[source] for source in sources]


def test_it_merges_nothing_when_one_of_the_cards_has_moved(ids: list[int], bob: Actor) -> None:
    shown = marks(group_merging.outcome(EMAIL, actor=bob))
    editing.edit(ids[3], version=1, values={"city": "Voss"}, actor=bob)
    with pytest.raises(GroupsMoved) as refused:
        group_merging.merge(EMAIL, marks=shown, actor=bob)
    assert refused.value.params == {"ids": [ids[2]]}
    assert Customer.objects.count() == len(ids)
    group_merging.merge(EMAIL, marks={ids[0]: shown[ids[0]]}, actor=bob)
    assert set(ids) - set(Customer.objects.values_list("pk", flat=True)) == {ids[1]}


def test_it_leaves_a_card_that_would_be_wrong_and_a_crowd_alone(load: Callable[..., Import], bob: Actor) -> None:
    load(
        "CustomerID;FirstName;Email;ZipCode;Country;Gender\n"
        "0;Eva;eva@example.com;1234;;2\n0;Eva;eva@example.com;;SE;2\n"
        + "0;K;klubb@example.com;;;0\n"
        * (group_merging.MOST_CARDS + 1)
    )
    left = group_merging.outcome(EMAIL, actor=bob).left
    assert [(one.reason, one.problem.code if one.problem else None) for one in left] == [
        (Reason.MANY, None),
        (Reason.PROBLEM, "zip_invalid"),
    ]


def test_it_refuses_what_nobody_may_merge(ids: list[int], alice: Actor, charlie: Actor) -> None:
    with pytest.raises(MergeInvalid):
        group_merging.merge(EMAIL, marks={}, actor=alice)
    with pytest.raises(Forbidden):
        group_merging.outcome(EMAIL, actor=charlie)
    settings.change(actor=alice, allow_merge=False)
    with pytest.raises(MergeOff):
        group_merging.merge(EMAIL, marks={ids[0]: "x"}, actor=alice)
