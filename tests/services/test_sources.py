"""Watched sources: what is new becomes a preview, once, and confirms itself only where nobody need look at it."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from ipaddress import ip_network
from pathlib import Path
from typing import Any

import pytest
from django.core import mail
from django.utils import timezone

from kundekort.services import audit_log, people, planner, planning, settings, source_runs, sources
from kundekort.services.accounts import Actor
from kundekort.services.audit import Event
from kundekort.services.audit_log import AuditFilter
from kundekort.services.source_runs import Look
from kundekort.services.sources import Description
from kundekort.store import packages
from kundekort.store.models import Customer, Import, Source, SourceFile
from tests.incoming import HEADER, KARI, OLA, again, look, put

pytestmark = pytest.mark.django_db


@pytest.fixture
def folder(tmp_path: Path, settings: Any) -> Path:
    settings.KUNDEKORT_PRIVATE_NETWORKS = [ip_network("127.0.0.0/8")]
    made = tmp_path / "incoming"
    made.mkdir()
    settings.KUNDEKORT_SOURCE_FOLDERS = [made]
    return made


@pytest.fixture
def said(folder: Path, bob: Actor) -> Description:
    assert bob.user
    return Description("Billett", str(folder), "*.csv", owner=bob.user.pk, confirms=True, notify=[bob.user.pk])


@pytest.fixture
def source(said: Description, alice: Actor) -> Source:
    return sources.add(said, actor=alice)


def waits_for() -> list[str]:
    return list(SourceFile.objects.latest("pk").waits_for)


def test_a_file_becomes_customers_once_it_is_still(source: Source, folder: Path, alice: Actor) -> None:
    put(folder, "kunder.csv", KARI)
    assert look(source) == Look(left=1)
    assert not Import.objects.exists()
    assert source_runs.due() == []
    soon = again(source).look_at - timezone.now()
    assert soon <= source_runs.STILL
    assert look(source) == Look(imported=1)
    imp = Import.objects.get()
    assert (imp.state, imp.filename, imp.actor_name, imp.confirmer_name) == ("done", "kunder.csv", "bob", "bob")
    assert Customer.objects.get().first_name == "Kari"
    (told,) = audit_log.page(AuditFilter(event=Event.SOURCE_CONFIRMATION), limit=5, actor=alice).entries
    assert told.params == {"name": "Billett", "import_id": imp.pk}
    assert look(source) == Look()
    assert again(source).look_at > timezone.now() + timedelta(minutes=50)


def test_a_file_that_grows_is_left_until_it_is_still(source: Source, folder: Path) -> None:
    put(folder, "kunder.csv", KARI[:-5], minutes_old=3)
    look(source)
    put(folder, "kunder.csv", KARI, minutes_old=2)
    assert look(source) == Look(left=1)
    assert look(source) == Look(imported=1)
    assert Customer.objects.get().last_name == "Moe"
    put(folder, "annet.csv", OLA)
    assert source_runs.look(source.pk) == Look(), "it is not time"
    Source.objects.update(look_at=timezone.now())
    assert source_runs.look(source.pk) == Look(left=1)
    Source.objects.update(look_at=timezone.now())
    assert source_runs.look(source.pk) == Look(left=1), "it was seen only a moment ago"


def test_the_same_bytes_are_never_imported_twice(source: Source, folder: Path) -> None:
    put(folder, "a.csv", KARI, minutes_old=9)
    put(folder, "b.csv", KARI, minutes_old=8)
    look(source)
    assert look(source) == Look(imported=1)
    put(folder, "a.csv", KARI, minutes_old=1)  # written anew
    look(source)
    assert look(source) == Look()
    assert Import.objects.count() == 1
    put(folder, "a.csv", OLA)
    look(source)
    assert look(source) == Look(imported=1)
    states = SourceFile.objects.order_by("pk").values_list("name", "state")
    assert list(states) == [("a.csv", "imported"), ("b.csv", "known"), ("a.csv", "known"), ("a.csv", "imported")]


def test_files_come_in_the_order_in_which_they_were_written(source: Source, folder: Path) -> None:
    put(folder, "a.csv", OLA, minutes_old=1)
    put(folder, "b.csv", KARI, minutes_old=9)
    look(source)
    assert look(source) == Look(imported=2)
    assert list(Import.objects.order_by("pk").values_list("filename", flat=True)) == ["b.csv", "a.csv"]


def test_only_files_are_read_whose_names_fit_and_that_are_no_links(source: Source, folder: Path) -> None:
    secret = put(folder.parent, "secret.csv", OLA)
    (folder / "link.csv").symlink_to(secret)
    (folder / "sub.csv").mkdir()
    for name in ("kunder.txt", ".kunder.csv", "kunder.csv.part", "~kunder.csv~"):
        put(folder, name, OLA)
    put(folder, "KUNDER.CSV", KARI)
    look(source)
    assert look(source) == Look(imported=1)
    assert list(SourceFile.objects.values_list("name", flat=True)) == ["KUNDER.CSV"]


@pytest.mark.parametrize(
    ("text", "rule", "reasons"),
    [
        (KARI, {"confirms": False}, ["by_hand"]),
        (KARI, {"most_cards": 0}, ["too_many"]),
        (HEADER + "0;Kari;Moe;9\n", {}, ["errors"]),
        ("CustomerID;FirstName;Gender;EmailConsent\n0;Kari;2;1\n", {}, ["consents"]),
        ("CustomerID;FirstName;Gender;Rar kolonne\n0;Kari;2;x\n", {}, ["columns"]),
        ("", {}, ["failed"]),
    ],
)
def test_it_waits_for_a_person_where_one_has_to_look(
    said: Description, folder: Path, alice: Actor, text: str, rule: dict[str, Any], reasons: list[str]
) -> None:
    source = sources.add(replace(said, **rule), actor=alice)
    put(folder, "kunder.csv", text)
    look(source)
    look(source)
    assert Import.objects.get().state != Import.State.DONE
    assert not Customer.objects.exists()
    assert waits_for() == reasons


def test_consents_findings_and_conflicts_of_customers_wait(
    source: Source, folder: Path, load: Callable[..., Import]
) -> None:
    load("CustomerID;FirstName;LastName;Gender;EmailConsent\n" + "".join(f"0;Kari {n};Moe;2;1\n" for n in range(60)))
    ids = list(Customer.objects.order_by("pk").values_list("pk", flat=True))
    put(folder, "a.csv", f"CustomerID;Gender;EmailConsent\n{ids[0]};2;0\n")
    look(source)
    look(source)
    assert waits_for() == ["consents"]
    put(folder, "b.csv", "CustomerID;LastName;Gender\n" + "".join(f"{number};;2\n" for number in ids))
    look(source)
    look(source)
    assert waits_for() == ["findings", "earlier"]
    assert Import.objects.filter(state=Import.State.DONE).count() == 1


def test_a_later_file_does_not_overtake_one_that_waits(source: Source, folder: Path, bob: Actor) -> None:
    put(folder, "a.csv", HEADER + "0;Kari;Moe;9\n", minutes_old=9)
    put(folder, "b.csv", OLA, minutes_old=1)
    look(source)
    look(source)
    assert waits_for() == ["earlier"]
    assert Import.objects.filter(state=Import.State.PREVIEW).count() == 2


def test_two_persons_have_to_agree_where_that_is_the_rule(source: Source, folder: Path, alice: Actor) -> None:
    settings.change(actor=alice, four_eyes=True, four_eyes_cards=0)
    put(folder, "kunder.csv", KARI)
    look(source)
    look(source)
    assert waits_for() == ["second_person"]
    assert Import.objects.get().state == Import.State.PREVIEW


def test_whoever_is_named_is_told_by_mail_and_of_no_customer(
    said: Description, folder: Path, alice: Actor, bob: Actor, settings: Any
) -> None:
    settings.KUNDEKORT_MAIL = True
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    assert bob.user
    people.change(bob.user.pk, full_name="Bob", email="bob@example.no", role=bob.role, actor=alice)  # type: ignore[arg-type]
    source = sources.add(replace(said, confirms=False, site="https://kort.example/"), actor=alice)
    put(folder, "Kari Moe.csv", KARI)
    look(source)
    look(source)
    (letter,) = mail.outbox
    imp = Import.objects.get()
    assert letter.to == ["bob@example.no"]
    assert f"import {imp.pk}" in letter.subject
    assert f"https://kort.example/imports/{imp.pk}/" in letter.body
    assert "En person bekrefter importene fra denne kilden." in letter.body
    assert "Kari" not in letter.subject + letter.body
    look(source)
    assert len(mail.outbox) == 1
    folder.rename(folder.parent / "away")
    look(source)
    look(source)
    assert len(mail.outbox) == 2, "told once that it cannot be read"


def test_a_large_file_is_planned_by_a_job_and_decided_about_after_that(
    source: Source, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(planner, "INLINE_BYTES", 0)
    put(folder, "kunder.csv", KARI)
    look(source)
    look(source)
    imp = Import.objects.get()
    assert imp.state == Import.State.RECEIVED
    assert source_runs.due() == [source.pk]
    planning.plan(imp.pk)
    source_runs.look(source.pk)
    imp.refresh_from_db()
    assert imp.state == Import.State.DONE
    source_runs.look(source.pk)
    assert source_runs.due() == []


def test_what_cannot_be_confirmed_waits_for_a_person(
    source: Source, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(planner, "INLINE_BYTES", 0)
    put(folder, "kunder.csv", KARI)
    look(source)
    look(source)
    imp = planning.plan(Import.objects.get().pk)
    shutil.rmtree(packages.plan_folder(imp.pk, imp.digest))
    source_runs.look(source.pk)
    assert waits_for() == ["failed"]
    assert source_runs.due() == []


def test_an_owner_who_is_locked_stops_it(source: Source, folder: Path, alice: Actor, bob: Actor) -> None:
    assert bob.user
    put(folder, "kunder.csv", KARI)
    look(source)
    people.lock(bob.user.pk, actor=alice)
    assert look(source) == Look()
    assert (again(source).fault, again(source).fault_params) == ("source_unread", {"reason": "owner_locked"})
    people.unlock(bob.user.pk, actor=alice)
    assert look(source) == Look(imported=1)
    assert again(source).fault == ""


def test_it_is_paused_looked_at_now_and_forgotten(source: Source, folder: Path, alice: Actor) -> None:
    put(folder, "kunder.csv", KARI)
    sources.switch(source.pk, on=False, actor=alice)
    assert look(source) == Look()
    assert source_runs.due() == []
    assert source_runs.run(source.pk, actor=alice) == Look(left=1), "who says now means now"
    sources.switch(source.pk, on=True, actor=alice)
    sources.hurry(source.pk, actor=alice)
    assert look(source) == Look(imported=1)
    sources.remove(source.pk, actor=alice)
    assert not SourceFile.objects.exists()
    assert Import.objects.get().state == Import.State.DONE
    acts = [
        e.params["act"] for e in audit_log.page(AuditFilter(event=Event.SOURCE_CHANGE), limit=9, actor=alice).entries
    ]
    assert acts == ["deleted", "run", "resumed", "run", "paused", "added"]


def test_a_file_that_is_too_large_keeps_no_other_from_being_read(source: Source, folder: Path, settings: Any) -> None:
    settings.KUNDEKORT_MAX_BYTES = 60
    put(folder, "a.csv", KARI + "0;x;y;1\n" * 9, minutes_old=9)
    put(folder, "b.csv", OLA)
    look(source)
    look(source)
    assert Customer.objects.get().first_name == "Ola"
    assert again(source).fault_params["reason"] == "file_too_large"
    look(source)
    assert again(source).fault == ""
