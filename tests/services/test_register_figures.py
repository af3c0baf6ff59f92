"""The figures of the home page: what is counted is what a segment finds, and what the log says was so before."""

from __future__ import annotations

import random
from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from django.utils import timezone

from kundekort.services import duplicates, register_figures, segments
from kundekort.services.accounts import Actor
from kundekort.services.refusals import Forbidden
from kundekort.services.register_figures import MEASURES
from kundekort.store.duplicates import By
from kundekort.store.models import Change, Customer, Import, Revision

pytestmark = pytest.mark.django_db

HEADER = "CustomerID;FirstName;LastName;Email;Mobile;Phone;Gender;EmailConsent;SmsConsent;DateOfBirth\n"
SEVEN = HEADER + (
    "0;Kari;Nordmann;kari@example.com;91234567;;2;1;1;1980-01-02\n"
    "0;Kari;Nordmann;KARI@example.com;;;2;1;0;1980-01-02\n"
    "0;Ola;Nordmann;;;22334455;1;;1;\n"
    "0;Per;Ås;;;;1;0;;\n"
    "0;Pål;Ås;;91234567;;1;;;\n"
    "0;Åse;Ås;ase@example.com;;;2;1;;\n"
    "0;Siv;Ås;ase@example.com;;;2;;;\n"
)


def test_it_counts_exactly_whom_the_segment_behind_a_figure_finds(load: Callable[..., Import], bob: Actor) -> None:
    load(SEVEN)
    Customer.objects.filter(first_name="Pål").update(email="pål hos teateret")  # no door lets that in
    found = register_figures.current(actor=bob)
    assert found is not None
    assert found.customers == 7
    assert found.measures == {key: segments.count(rules, actor=bob) for key, rules in MEASURES.items()}
    assert found.measures == {
        **{"email_missing": 2, "email_invalid": 1, "phone_missing": 4},
        **{"email_consent": 3, "sms_consent": 2},
    }


def test_it_counts_the_groups_that_one_walks_through(load: Callable[..., Import], bob: Actor) -> None:
    load(SEVEN)
    found = register_figures.current(actor=bob)
    assert found is not None
    walked = {by: duplicates.candidates(by=by, offset=0, limit=9, actor=bob) for by in By}
    assert {by: one.groups for by, one in found.alike.items()} == {by: one.total for by, one in walked.items()}
    assert {by: (one.groups, one.cards) for by, one in found.alike.items()} == {
        **{By.EMAIL: (2, 4), By.MOBILE: (1, 2), By.NAME_BIRTH: (1, 2)}
    }
    duplicates.dismiss(walked[By.MOBILE].groups[0].ids, actor=bob)
    found = register_figures.current(actor=bob)
    assert found is not None
    assert found.alike[By.MOBILE].groups == 0


@pytest.mark.parametrize("seed", range(3))
def test_it_tells_what_todays_customers_had_said_at_the_end_of_each_month(bob: Actor, seed: int) -> None:
    draw, now = random.Random(seed), timezone.now()
    log: dict[int, list[tuple[datetime, str, str]]] = {}
    for _ in range(40):
        born = now - timedelta(days=draw.randrange(1, 600))
        card = Customer.objects.create(first_name="x", created_at=born)
        value = draw.choice(["", "0", "1"])
        log[card.pk] = [(born, "", value)]
        for at in sorted(born + timedelta(days=draw.randrange(600)) for _ in range(draw.randrange(4))):
            new = draw.choice(["", "0", "1"])
            if at < now and new != value:
                revision = Revision.objects.create(created_at=at, kind=Revision.Kind.EDIT, actor_name="x")
                Change.objects.create(
                    revision=revision, customer=card, version=9, field="email_consent", old=value, new=new
                )
                log[card.pk].append((at, value, new))
                value = new
        card.email_consent = {"": None, "0": False, "1": True}[value]
        card.save()
    Customer.objects.filter(pk=max(log)).delete()  # who has gone is counted at no time
    del log[max(log)]
    found = register_figures.current(actor=bob)
    assert found is not None
    assert len(found.months) == 12
    moments = [timezone.make_aware(datetime.fromisoformat(f"{day}")) for day in (*found.months[1:],)]
    moments += [timezone.make_aware(datetime(now.year, now.month, 1)), now]

    def said_yes(entries: list[tuple[datetime, str, str]], moment: datetime) -> bool:
        return [new for at, _, new in entries if at < moment][-1:] == ["1"]

    assert found.consents["email_consent"] == tuple(
        sum(said_yes(entries, moment) for entries in log.values()) for moment in moments
    )
    assert set(found.consents["sms_consent"]) == {0}


def test_a_large_register_is_counted_by_a_job_alone(
    load: Callable[..., Import], bob: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(register_figures, "SMALL", 3)
    monkeypatch.setattr(register_figures, "LEAST_REST", 0.0)
    monkeypatch.setattr(register_figures, "REST", 0)
    load(SEVEN)
    assert register_figures.current(actor=bob) is None
    register_figures.refresh()
    first = register_figures.current(actor=bob)
    assert first is not None
    register_figures.refresh()  # nothing has happened
    assert register_figures.current(actor=bob) == first
    load(HEADER + "0;Ida;Ås;;;;2;;;\n")
    assert register_figures.current(actor=bob) == first
    register_figures.refresh()
    second = register_figures.current(actor=bob)
    assert second is not None
    assert (first.customers, second.customers) == (7, 8)


def test_a_log_that_is_long_is_read_by_a_job_alone(
    load: Callable[..., Import], bob: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(register_figures, "SMALL_LOG", 3)
    load(SEVEN)
    assert register_figures.current(actor=bob) is None


def test_the_job_rests_after_it_has_counted(load: Callable[..., Import], bob: Actor) -> None:
    load(SEVEN)
    register_figures.refresh()
    load(HEADER + "0;Ida;Ås;;;;2;;;\n")
    register_figures.refresh()
    kept = register_figures.kept()
    assert kept is not None
    assert kept.customers == 7


def test_it_tells_nobody_without_a_role(charlie: Actor) -> None:
    with pytest.raises(Forbidden):
        register_figures.current(actor=charlie)
