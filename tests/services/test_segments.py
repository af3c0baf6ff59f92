"""Segments as people use them: saved, mended, counted, and who may."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, timedelta
from typing import Any

import pytest
from django.db.models import F
from psycopg.sql import SQL, Identifier

from kundekort import wording
from kundekort.bulk import statements
from kundekort.bulk.segment_query import Moment, where
from kundekort.engine.schema import Kind
from kundekort.engine.segments.check import BESIDE
from kundekort.engine.segments.condition import REASONS, Operator
from kundekort.services import accounts, fields, segments
from kundekort.services.accounts import Actor, Role
from kundekort.services.database import psycopg_connection
from kundekort.services.fields import Definition
from kundekort.services.refusals import Forbidden, NotFound, SegmentInvalid
from kundekort.store.models import Customer, Export, Import, Segment

Upload = Callable[..., Import]
HEADER = "CustomerID;FirstName;Email;Mobile;City;Country;Gender;DateOfBirth;EmailConsent;Tags\n"
PEOPLE = HEADER + (
    "0;Åse;ase@example.com;91 23 45 67;Oslo;Norge;2;1990-05-17;ja;VIP|Presse\n"
    "0;Per;ASE@example.com;;OSLO;NO;1;;nei;VIP\n"
    "0;Liv;;;Bergen;SE;2;1985-05-02;;\n"
    "0;Ola;ola@example.com;;;;1;2001-12-24;ja;Presse\n"
)


def rule(field: str, operator: str, *values: Any) -> dict[str, Any]:
    return {"field": field, "operator": operator, "values": list(values)}


@pytest.fixture
def names(load: Upload, bob: Actor) -> Callable[[Any], list[str]]:
    """Who is meant by a JSON condition, among Åse, Per, Liv and Ola."""
    load(PEOPLE)

    def names(data: Any) -> list[str]:
        page = segments.page(segments.parse(data), offset=0, limit=10, actor=bob)
        assert page.total == len(page.rows)
        return [str(row["first_name"]) for row in page.rows]

    return names


def test_it_finds_whom_people_mean(names: Callable[[Any], list[str]]) -> None:
    assert names({"all": []}) == ["Åse", "Per", "Liv", "Ola"]
    assert names({"any": []}) == []
    assert names(rule("mobile", "is", "91 23 45 67")) == ["Åse"]
    assert names(rule("city", "is", "oslo")) == ["Åse", "Per"]
    assert names(rule("country", "is", "Norge")) == ["Åse", "Per"]
    assert names(rule("email_shared", "is", True)) == ["Åse", "Per"]
    assert names(rule("email", "empty")) == ["Liv"]
    assert names(rule("email_consent", "is_not", "nei")) == ["Åse", "Liv", "Ola"]
    assert names({"all": [rule("date_of_birth", "birthday_in_month", 5), rule("gender", "is", "kvinne")]}) == [
        "Åse",
        "Liv",
    ]
    assert names({"not": [rule("tags", "has_any", "VIP"), rule("city", "empty")]}) == ["Liv"]
    assert names({"any": [rule("tags", "has_all", "VIP", "Presse"), {"not": [rule("email", "not_empty")]}]}) == [
        "Åse",
        "Liv",
    ]
    assert names(rule("city", "contains", "' OR ''='")) == []


def test_it_knows_which_import_made_and_changed_a_card(
    names: Callable[[Any], list[str]], load: Upload, upload: Upload
) -> None:
    first = Import.objects.get()
    number = Customer.objects.get(first_name="Liv").pk
    second = load(f"CustomerID;FirstName;City;Gender\n{number};Liv;Voss;2\n0;Eva;Moss;2\n")
    waiting = upload(f"CustomerID;City\n{number};Ås\n")
    assert names(rule("created_by_import", "is", first.pk)) == ["Åse", "Per", "Liv", "Ola"]
    assert names(rule("created_by_import", "is", second.pk)) == ["Eva"]
    assert names(rule("changed_by_import", "is", second.pk)) == ["Liv"]
    assert names(rule("changed_by_import", "one_of", first.pk, waiting.pk, 10**18)) == []
    assert names({"not": [rule("created_by_import", "one_of", first.pk, second.pk)]}) == []


def test_it_counts_days_where_the_venue_is(names: Callable[[Any], list[str]]) -> None:
    Customer.objects.filter(first_name="Per").update(created_at=F("created_at") - timedelta(days=31))
    assert names(rule("created_at", "in_last_days", 30)) == ["Åse", "Liv", "Ola"]
    Customer.objects.filter(first_name="Liv").update(created_at="2024-06-30T23:30:00+02:00")
    Customer.objects.filter(first_name="Ola").update(created_at="2024-06-30T22:30:00+00:00")
    assert names(rule("created_at", "is", "30.06.2024")) == ["Liv"]
    assert names(rule("created_at", "is", "2024-07-01")) == ["Ola"]


def test_it_finds_shared_addresses_from_the_index(names: Callable[[Any], list[str]]) -> None:
    del names
    condition = segments.parse(rule("email_shared", "is", "1"))
    meant = where(condition, subjects=segments.subjects(), moment=Moment(date(2026, 1, 1), UTC))
    conn = psycopg_connection()
    for way in ("seqscan", "bitmapscan"):  # a table of few rows is scanned whatever indexes it has
        conn.execute(SQL("SET LOCAL {} = off").format(Identifier(f"enable_{way}")))
    plan = conn.execute(SQL("EXPLAIN {}").format(statements.count_customers(meant.text)), meant.values).fetchall()
    assert "Index Only Scan using customer_email" in str(plan)


def test_it_keeps_rules_under_a_name(names: Callable[[Any], list[str]], bob: Actor) -> None:
    del names
    made = segments.save(
        "  Oslo\n", condition=segments.parse(rule("country", "is", "Norge")), description=" Nær ", actor=bob
    )
    assert (made.name, made.description, made.who, made.faults) == ("Oslo", "Nær", bob.name, ())
    assert Segment.objects.get().condition == {"all": [rule("country", "is", "NO")]}
    assert segments.get("Oslo", actor=bob) == segments.get(made.id, actor=bob) == made
    twin = segments.copy(made.id, name="Oslo 2", actor=bob)
    assert (twin.condition, twin.description) == (made.condition, made.description)
    changed = segments.save("Bergen", condition=segments.parse({"any": []}), former=twin.id, actor=bob)
    assert (changed.id, segments.count(changed.condition, actor=bob)) == (twin.id, 0)
    assert [saved.name for saved in segments.list_all(actor=bob)] == ["Bergen", "Oslo"]
    segments.delete(made.id, actor=bob)
    for gone in (made.id, "Oslo"):
        with pytest.raises(NotFound):
            segments.get(gone, actor=bob)


def test_it_keeps_names_apart(bob: Actor) -> None:
    empty = segments.parse({"all": []})
    first = segments.save("A", condition=empty, actor=bob)
    second = segments.save("B", condition=empty, actor=bob)
    for refused, name in (
        (lambda name: segments.save(name, condition=empty, actor=bob), "A"),
        (lambda name: segments.save(name, condition=empty, former=second.id, actor=bob), "A"),
        (lambda name: segments.copy(first.id, name=name, actor=bob), "B"),
        (lambda name: segments.save(name, condition=empty, actor=bob), " \x00 "),
        (lambda name: segments.save(name, condition=empty, actor=bob), "A" * 101),
    ):
        with pytest.raises(SegmentInvalid) as refusal:
            refused(name)
        assert refusal.value.params["reason"] in ("name_taken", "name_missing")
    assert Segment.objects.count() == 2


def test_it_lets_exports_outlive_their_segment(bob: Actor) -> None:
    made = segments.save("A", condition=segments.parse({"all": []}), actor=bob)
    export = Export.objects.create(actor_name="x", form="csv", segment_id=made.id)
    segments.delete(made.id, actor=bob)
    export.refresh_from_db()
    assert export.segment_id is None


def test_it_keeps_a_segment_whose_field_was_retired_but_does_not_count_it(
    names: Callable[[Any], list[str]], alice: Actor, bob: Actor
) -> None:
    key = fields.create(Definition(header="Nivå", kind=Kind.CHOICE, choices=["Gull"]), actor=alice).key
    data = {"any": [rule("city", "is", "Oslo"), {"all": [rule(key, "is", "gull")]}]}
    assert names(data) == ["Åse", "Per"]
    made = segments.save("Gull", condition=segments.parse(data), actor=bob)
    fields.retire(key, actor=alice)
    dead = segments.get("Gull", actor=bob)
    assert dead.condition == made.condition
    assert [(fault.path, fault.reason) for fault in dead.faults] == [((1, 0), "field_retired")]
    for ask in (segments.count, lambda condition, actor: segments.frames("Gull", fields=[], actor=actor)):
        with pytest.raises(SegmentInvalid) as refused:
            ask(dead.condition, actor=bob)
        assert refused.value.params["path"] == (1, 0)
        with wording.in_english():
            words = wording.refusal(refused.value.code, refused.value.params)
        assert "Rule 2.1: The field" in words
        assert "is no longer in use" in words
    assert segments.copy(made.id, name="Kopi", actor=bob).faults == dead.faults
    fields.retire(key, retired=False, actor=alice)
    assert segments.get("Gull", actor=bob).faults == ()


def test_it_gives_a_segment_as_frames_for_export(names: Callable[[Any], list[str]], bob: Actor) -> None:
    del names
    condition = segments.parse(rule("tags", "has", "VIP"))
    segments.save("VIP", condition=condition, actor=bob)
    columns = [fields.schema()[key] for key in ("first_name", "country", "date_of_birth")]
    for which in (condition, "VIP"):
        rows = [row for frame in segments.frames(which, fields=columns, actor=bob) for row in frame.iter_rows()]
        assert [row[1:] for row in rows] == [(1, "Åse", "NO", "1990-05-17"), (1, "Per", "NO", "")]


def test_it_lets_readers_look_and_importers_keep(alice: Actor, bob: Actor, charlie: Actor) -> None:
    reader = accounts.actor_of(accounts.create_user(username="rita", password="theatre-doors", role=Role.READER))
    condition = segments.parse({"all": []})
    made = segments.save("A", condition=condition, actor=bob)
    assert segments.count(condition, actor=reader) == 0
    assert segments.get("A", actor=reader) == made
    for forbidden in (
        lambda: segments.save("B", condition=condition, actor=reader),
        lambda: segments.copy(made.id, name="B", actor=reader),
        lambda: segments.delete(made.id, actor=reader),
        lambda: segments.frames("A", fields=[], actor=reader),
        lambda: segments.count(condition, actor=charlie),
        lambda: segments.page(condition, offset=0, limit=1, actor=charlie),
        lambda: segments.list_all(actor=charlie),
    ):
        with pytest.raises(Forbidden):
            forbidden()


def test_it_has_words_for_every_fault_question_and_subject() -> None:
    assert set(wording.FAULTS) == set(REASONS) | {"name_missing", "name_taken"}
    assert set(wording.OPERATORS) == {operator.value for operator in Operator}
    assert set(wording.SUBJECTS) == {subject.key for subject in BESIDE}
    params = {"field": "country", "operator": "is", "value": "Narnia", "code": "country_unknown"}
    with wording.in_english():
        told = wording.segment_fault("value_invalid", (0,), params)
    assert told == "Rule 1: “Narnia” cannot stand in Country: not a country. Write it in another way."
