"""Conditions as values: their JSON form, their limits, what can be asked of what, and canonical values."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kundekort.engine.schema import Field, Kind
from kundekort.engine.segments import check as segment_check
from kundekort.engine.segments import condition as segment
from kundekort.engine.segments import days as segment_days
from kundekort.engine.segments.condition import Group, MalformedCondition, Operator, Quantifier, Rule
from kundekort.store.fields import SCHEMA

CUSTOM_PREFIX = (
    Field(key="own_level", header="Level", kind=Kind.CHOICE, choices=("Gull", "Sølv"), custom=True),
    Field(key="own_points", header="Points", kind=Kind.NUMBER, custom=True),
    Field(key="own_until", header="Until", kind=Kind.DATE, custom=True),
)
REGISTER = replace(SCHEMA, fields=(*SCHEMA.fields, *CUSTOM_PREFIX))
TODAY = date(2026, 11, 23)


def rule(field: str, operator: str, *values: Any) -> dict[str, Any]:
    return {"field": field, "operator": operator, "values": list(values)}


def check(data: Any) -> tuple[Group, tuple[segment.RuleError, ...]]:
    return segment_check.canonical_condition(
        segment.from_json(data), schema=REGISTER, today=TODAY, retired=frozenset({"own_gone"})
    )


def conditions() -> st.SearchStrategy[segment.Condition]:
    rules = st.builds(
        Rule, st.sampled_from(["city", "nope"]), st.sampled_from(Operator), st.lists(st.text("aå 1")).map(tuple)
    )
    groups: st.SearchStrategy[segment.Condition] = st.recursive(
        rules,
        lambda parts: st.builds(Group, st.sampled_from(Quantifier), st.lists(parts, max_size=3).map(tuple)),
        max_leaves=8,
    )
    return groups


@given(conditions())
def test_it_is_the_same_after_a_way_through_json(condition: segment.Condition) -> None:
    root = condition if isinstance(condition, Group) else Group(parts=(condition,))
    assert segment.from_json(segment.to_json(condition)) == root


@given(conditions())
def test_it_leaves_a_canonical_condition_as_it_is(condition: segment.Condition) -> None:
    first, faults = check(segment.to_json(condition))
    assert check(segment.to_json(first)) == (first, faults)


@pytest.mark.parametrize(
    ("data", "path", "reason"),
    [
        ([], (), "shape"),
        ({}, (), "shape"),
        ({"all": [], "any": []}, (), "shape"),
        ({"all": "city"}, (), "shape"),
        ({"all": [{"none": []}]}, (0,), "shape"),
        ({"all": [rule("city", "is", "Oslo"), {"not": [None]}]}, (1, 0), "shape"),
        ({"field": "city", "operator": "is", "value": "Oslo"}, (), "shape"),
        ({"field": "city"}, (), "shape"),
        (rule("city", "is", ["Oslo"]), (), "shape"),
        (rule("city", "is", "a\x00b"), (), "shape"),
        (rule("city", "is", "\ud800"), (), "shape"),
        (rule("city", "is", "a" * 1001), (), "value_too_long"),
        ({"any": [rule("city", "resembles", "Oslo")]}, (0,), "operator_unknown"),
        ({"any": [rule("city", "empty")] * 201}, (), "too_many_rules"),
        ({"any": [rule("city", "one_of", *["a"] * 5001)] * 2}, (), "too_many_values"),
    ],
)
def test_it_refuses_json_that_is_no_condition(data: Any, path: tuple[int, ...], reason: str) -> None:
    with pytest.raises(MalformedCondition) as refused:
        segment.from_json(data)
    assert (refused.value.fault.path, refused.value.fault.reason) == (path, reason)
    assert reason in segment.REASONS


def test_it_refuses_groups_too_deep_inside_each_other() -> None:
    data: dict[str, Any] = rule("city", "empty")
    for _ in range(segment.DEEPEST):
        data = {"not": [data]}
    assert segment.from_json(data)
    with pytest.raises(MalformedCondition) as refused:
        segment.from_json({"all": [data]})
    assert refused.value.fault.reason == "too_deep"


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (rule("nope", "empty"), "field_unknown"),
        (rule("version", "is", 1), "field_unknown"),
        (rule("own_gone", "empty"), "field_retired"),
        (rule("gender", "empty"), "operator_unfit"),
        (rule("own_until", "birthday_in_month", 5), "operator_unfit"),
        (rule("tags", "is", "VIP"), "operator_unfit"),
        (rule("city", "is"), "values_missing"),
        (rule("city", "one_of", "", " "), "values_missing"),
        (rule("created_at", "between", "2020-01-01"), "values_missing"),
        (rule("city", "is", "Oslo", "Bergen"), "values_needless"),
        (rule("city", "empty", "Oslo"), "values_needless"),
        (rule("country", "is", "Narnia"), "value_invalid"),
        (rule("mobile", "is", "12"), "value_invalid"),
        (rule("date_of_birth", "before", "31.02.1990"), "value_invalid"),
        (rule("own_level", "one_of", "gull", "bronse"), "value_invalid"),
        (rule("own_points", "more_than", "many"), "value_invalid"),
        (rule("changed_by_import", "is", "last"), "value_invalid"),
        (rule("date_of_birth", "birthday_in_month", 13), "number_out_of_range"),
        (rule("date_of_birth", "age_between", -1, 5), "number_out_of_range"),
        (rule("created_at", "in_last_days", "1e3"), "number_out_of_range"),
    ],
)
def test_it_says_what_is_wrong_with_a_rule(data: Any, reason: str) -> None:
    condition, faults = check({"any": [{"all": []}, data]})
    assert [(fault.path, fault.reason) for fault in faults] == [((1,), reason)]
    assert reason in segment.REASONS
    assert condition == segment.from_json({"any": [{"all": []}, data]})


@pytest.mark.parametrize(
    ("data", "values"),
    [
        (rule("mobile", "is", "91 23 45 67"), ("+4791234567",)),
        (rule("mobile", "contains", "91 23"), ("9123",)),
        (rule("phone", "starts_with", "0047 22"), ("+4722",)),
        (rule("country", "one_of", "Norge", "NO", "Sverige"), ("NO", "SE")),
        (rule("language", "is", "svensk"), ("sv",)),
        (rule("gender", "is", "kvinne"), ("2",)),
        (rule("email_consent", "is", True), ("1",)),
        (rule("sms_consent", "is_not", "nei"), ("0",)),
        (rule("date_of_birth", "between", "31.12.1999", "1980-01-01"), ("1980-01-01", "1999-12-31")),
        (rule("date_of_birth", "after", "2100-01-01"), ("2100-01-01",)),
        (rule("own_points", "between", "10,50", "9"), ("9", "10.5")),
        (rule("own_level", "is", "GULL"), ("Gull",)),
        (rule("date_of_birth", "age_between", 67, "18"), ("18", "67")),
        (rule("id", "one_of", "007", 7, 12), ("7", "12")),
        (rule("city", "is", "  A\u030as "), ("Ås",)),
        (rule("email_shared", "is", "ja"), ("1",)),
        (rule("created_by_import", "is", 12), ("12",)),
    ],
)
def test_it_brings_values_to_the_form_that_cards_have(data: Any, values: tuple[str, ...]) -> None:
    condition, faults = check(data)
    assert faults == ()
    assert [r.values for r in segment.rules(condition)] == [values]


def test_it_can_ask_of_every_field_but_the_version() -> None:
    keys = {f.key for f in REGISTER} - {"version"}
    beside = {"created_at", "changed_at", "created_by_import", "changed_by_import", "email_shared"}
    assert set(segment_check.subjects(REGISTER)) == keys | beside


@given(st.dates(date(1990, 1, 1), date(2040, 12, 31)), st.dates(date(1900, 1, 1), date(1989, 12, 31)))
def test_it_counts_age_from_birthday_to_birthday(today: date, born: date) -> None:
    age = today.year - born.year - ((today.month, today.day) < (born.month, born.day))
    for asked in (age - 1, age, age + 1):
        years = (str(asked), str(asked))
        first, end = segment_days.span(Rule("b", Operator.AGE_BETWEEN, years), today=today)
        assert first is not None
        assert end is not None
        assert (first <= born < end) == (asked == age)


@given(st.dates(date(2019, 1, 1), date(2030, 1, 1)), st.integers(0, 365), st.dates(date(1900, 1, 1), date(2010, 1, 1)))
def test_it_finds_the_birthdays_of_the_next_days(today: date, days: int, born: date) -> None:
    def birthday(year: int) -> date:
        return date(year, 3, 1) if (born.month, born.day) == (2, 29) and year % 4 else born.replace(year=year)

    due = any(today <= birthday(today.year + n) <= today + timedelta(days) for n in (0, 1))
    found = segment_days.birthdays(Rule("b", Operator.BIRTHDAY_WITHIN_DAYS, (str(days),)), today=today)
    assert (born.month * 100 + born.day in found) == due
