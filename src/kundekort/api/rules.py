"""The shape of rules that say which customers are meant: one tree of rules and groups, as docs/segments.md has it."""

from __future__ import annotations

import json
from typing import TypeAlias

from ninja import Field, Schema

from kundekort.api.refusals import RequestRefused
from kundekort.engine.segments.condition import MOST_RULES, MOST_VALUES, Group, Operator
from kundekort.services import segments


class Shape(Schema):
    """What has these members and no others."""

    model_config = {"extra": "forbid"}


class Rule(Shape):
    """One question about a card: a `field`, by its key, and what is asked of it."""

    field: str = Field(examples=["country"])
    operator: Operator
    values: list[str | int | float | bool] = Field(default_factory=list, max_length=MOST_VALUES)


class AllOf(Shape):
    """All of these hold; of none, that is everybody."""

    all: list[Condition] = Field(max_length=MOST_RULES)


class AnyOf(Shape):
    """One of these holds; of none, that is nobody."""

    any: list[Condition] = Field(max_length=MOST_RULES)


class NoneOf(Shape):
    """None of these holds."""

    not_: list[Condition] = Field(alias="not", max_length=MOST_RULES)


Condition: TypeAlias = Rule | AllOf | AnyOf | NoneOf
for _shape in (AllOf, AnyOf, NoneOf):
    _shape.model_rebuild()


def parse(condition: Condition) -> Group:
    """The rules for services. Raises SegmentInvalid."""
    return segments.parse(condition.model_dump(mode="json", by_alias=True, exclude_unset=True))


def parse_text(text: str | None) -> Group | None:
    """The rules of an address, which are a JSON text; None without any. Raises RequestRefused, SegmentInvalid."""
    if not text:
        return None
    try:
        return segments.parse(json.loads(text))
    except (ValueError, RecursionError) as error:
        fault = {"where": "query.rules", "code": "json_invalid", "message": "This is not JSON."}
        raise RequestRefused("request_invalid", 422, errors=[fault]) from error
