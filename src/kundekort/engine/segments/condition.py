"""A segment's rules as a value with a JSON form: groups of rules, and rules that ask one thing of one subject.

What the rules mean for a register is checked in `check`; this module may not know any field.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, Final, TypeAlias, TypeGuard

DEEPEST: Final = 8
"""Groups that may stand inside each other."""
MOST_RULES: Final = 200
"""Rules of a whole segment."""
MOST_VALUES: Final = 10_000
"""Values of a whole segment."""
LONGEST_VALUE: Final = 1_000
"""Characters of a value."""

_UNSTORABLE: Final = re.compile("[\x00\ud800-\udfff]")
"""What JSON can say and no register can hold: NUL, and halves of characters."""

REASONS: Final = {
    "shape": "neither a group nor a rule: an unknown or missing key, or something of another type",
    "too_deep": "groups inside groups inside groups …; params: limit",
    "too_many_rules": "more rules than allowed; params: limit",
    "too_many_values": "more values than allowed; params: limit",
    "value_too_long": "a value with more characters than allowed; params: limit",
    "field_unknown": "no subject has this key; params: field",
    "field_retired": "the own field has been taken out of use; params: field",
    "operator_unknown": "there is no such operator; params: operator",
    "operator_unfit": "the operator does not fit the subject; params: field, operator",
    "values_missing": "the operator needs a value, or two; params: field, operator, expected",
    "values_needless": "more values than the operator takes; params: field, operator, expected",
    "changed_meanwhile": "somebody has changed the segment since it was opened; params: who",
    "value_invalid": "the value cannot be in the field; params: field, value, code (a problem code)",
    "number_out_of_range": "a number of days, months or years that makes no sense; params: field, value, least, most",
}
"""Everything that can be wrong with a condition, with one sentence for developers."""


class Operator(StrEnum):
    """What a rule asks of its subject; which fit which subject is said in `check`."""

    IS = "is"
    IS_NOT = "is_not"
    ONE_OF = "one_of"
    CONTAINS = "contains"
    STARTS_WITH = "starts_with"
    LESS_THAN = "less_than"
    MORE_THAN = "more_than"
    BEFORE = "before"
    AFTER = "after"
    BETWEEN = "between"
    IN_LAST_DAYS = "in_last_days"
    IN_NEXT_DAYS = "in_next_days"
    BIRTHDAY_IN_MONTH = "birthday_in_month"
    BIRTHDAY_WITHIN_DAYS = "birthday_within_days"
    AGE_BETWEEN = "age_between"
    HAS = "has"
    HAS_ANY = "has_any"
    HAS_ALL = "has_all"
    HAS_NONE = "has_none"
    EMPTY = "empty"
    NOT_EMPTY = "not_empty"


class Quantifier(StrEnum):
    """How many parts of a group must hold. A group without parts: ALL and NONE hold for everybody, ANY for nobody."""

    ALL = "all"
    ANY = "any"
    NONE = "not"


@dataclass(frozen=True, slots=True)
class Rule:
    """One question: does the subject named by `field` stand in this relation to the values?"""

    field: str
    operator: Operator
    values: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Group:
    """Rules and groups of which all, any or none must hold."""

    quantifier: Quantifier = Quantifier.ALL
    parts: tuple[Condition, ...] = ()


Condition: TypeAlias = Rule | Group


@dataclass(frozen=True, slots=True)
class RuleError:
    """What is wrong with one part: `path` are the positions from the root to it, from 0; `reason` one of REASONS."""

    path: tuple[int, ...]
    reason: str
    params: Mapping[str, Any] = field(default_factory=dict)


class MalformedCondition(ValueError):
    """JSON that is no condition; `fault` says where and why."""

    def __init__(self, fault: RuleError) -> None:
        super().__init__(fault.reason)
        self.fault = fault


def from_json(data: object) -> Group:
    """The condition that a JSON value describes; a lone rule is a group of one. Raises Misshapen."""
    condition = _condition(data, path=())
    _refuse_large(condition)
    return condition if isinstance(condition, Group) else Group(parts=(condition,))


def to_json(condition: Condition) -> dict[str, Any]:
    """The condition as a JSON object; `from_json` gives it back."""
    if isinstance(condition, Group):
        return {condition.quantifier.value: [to_json(part) for part in condition.parts]}
    rule: dict[str, Any] = {"field": condition.field, "operator": condition.operator.value}
    return rule | {"values": list(condition.values)} if condition.values else rule


def rules(condition: Condition) -> list[Rule]:
    """All rules of a condition, in their order."""
    if isinstance(condition, Rule):
        return [condition]
    return [rule for part in condition.parts for rule in rules(part)]


def _condition(data: object, *, path: tuple[int, ...]) -> Condition:
    if not isinstance(data, Mapping):
        raise MalformedCondition(RuleError(path, "shape"))
    if "field" in data:
        return _rule(data, path=path)
    quantifier = next((q for q in Quantifier if q in data), None)
    if quantifier is None or len(data) != 1 or not _is_list(parts := data[quantifier]):
        raise MalformedCondition(RuleError(path, "shape"))
    if len(path) >= DEEPEST:
        raise MalformedCondition(RuleError(path, "too_deep", {"limit": DEEPEST}))
    return Group(quantifier, tuple(_condition(part, path=(*path, n)) for n, part in enumerate(parts)))


def _rule(data: Mapping[str, object], *, path: tuple[int, ...]) -> Rule:
    key, operator, values = data["field"], data.get("operator"), data.get("values", [])
    if not (isinstance(key, str) and isinstance(operator, str) and _is_list(values)):
        raise MalformedCondition(RuleError(path, "shape"))
    if data.keys() - {"field", "operator", "values"}:
        raise MalformedCondition(RuleError(path, "shape"))
    known = next((o for o in Operator if o == operator), None)
    if known is None:
        raise MalformedCondition(RuleError(path, "operator_unknown", {"operator": operator}))
    return Rule(key, known, tuple(_value(value, path=path) for value in values))


def _value(value: object, *, path: tuple[int, ...]) -> str:
    """A value as text; numbers and truth values may stand in JSON as what they are."""
    if isinstance(value, bool):
        return str(int(value))
    if not isinstance(value, str | int | float):
        raise MalformedCondition(RuleError(path, "shape"))
    text = str(value)
    if len(text) > LONGEST_VALUE:
        raise MalformedCondition(RuleError(path, "value_too_long", {"limit": LONGEST_VALUE}))
    if _UNSTORABLE.search(text):
        raise MalformedCondition(RuleError(path, "shape"))
    return text


def _refuse_large(condition: Condition) -> None:
    found = rules(condition)
    if len(found) > MOST_RULES:
        raise MalformedCondition(RuleError((), "too_many_rules", {"limit": MOST_RULES}))
    if sum(len(rule.values) for rule in found) > MOST_VALUES:
        raise MalformedCondition(RuleError((), "too_many_values", {"limit": MOST_VALUES}))


def _is_list(data: object) -> TypeGuard[Sequence[object]]:
    return isinstance(data, Sequence) and not isinstance(data, str | bytes)
