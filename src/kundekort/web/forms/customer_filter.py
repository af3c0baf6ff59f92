"""Which customers a person wants to see: one question for each field that was chosen. It may not ask the register."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from kundekort import wording
from kundekort.engine.schema import Field, Kind
from kundekort.engine.segments.check import Family, Subject
from kundekort.engine.segments.condition import Condition, Group, Operator, Quantifier, Rule
from kundekort.web.forms.text import written

EMPTY: Final = "-"
"""The answer that means cards without a value."""
GIVEN: Final = "+"
"""The answer that means cards with one, whatever it is."""

INPUTS: Final[Mapping[Kind, str]] = {
    **dict.fromkeys((Kind.TEXT, Kind.NOTE, Kind.EMAIL, Kind.ZIP, Kind.TAGS), "text"),
    **dict.fromkeys((Kind.COUNTRY, Kind.LANGUAGE, Kind.GENDER, Kind.YES_NO, Kind.CHOICE, Kind.PHONE), "choice"),
    Kind.NUMBER: "number",
    Kind.DATE: "date",
}
"""How the question about each kind is answered; those without an answer are what the search is for."""
_TEXTS: Final = {Kind.ZIP: Operator.STARTS_WITH, Kind.TAGS: Operator.HAS}
"""What is asked of texts that need not contain the answer just anywhere."""
_CODES: Final = {Kind.GENDER: ("2", "1", "0"), Kind.YES_NO: ("1", "0")}


@dataclass(frozen=True, slots=True)
class Question:
    """One field that is asked about, with what was answered: `value`, and `until` for the end of a range."""

    subject: Subject
    value: str
    until: str

    @property
    def key(self) -> str:
        """The field it is about."""
        return self.subject.key

    @property
    def input(self) -> str:
        """How it is answered."""
        return INPUTS[self.subject.field.kind]

    @property
    def codes(self) -> tuple[str, ...]:
        """The answers to choose from, where their names follow from the field."""
        return _CODES.get(self.subject.field.kind, tuple(self.subject.field.choices))

    @property
    def names(self) -> Mapping[str, str]:
        """The answers to choose from, where there are many, by their names."""
        kind = self.subject.field.kind
        return wording.countries() if kind is Kind.COUNTRY else wording.languages() if kind is Kind.LANGUAGE else {}

    @property
    def may_be_empty(self) -> bool:
        """Whether there are cards without a value."""
        return Operator.EMPTY in self.subject.operators

    def condition(self) -> Condition | None:
        """What the answers mean; None while nobody has answered."""
        kind = self.subject.field.kind
        if self.input in ("date", "number"):
            return self._range()
        if not self.value:
            return None
        if self.value == EMPTY and self.may_be_empty:
            return Rule(self.key, Operator.EMPTY)
        if self.value == GIVEN and self.may_be_empty:
            return Rule(self.key, Operator.NOT_EMPTY)
        usual = Operator.IS if self.input == "choice" else Operator.CONTAINS
        return Rule(self.key, _TEXTS.get(kind, usual), (self.value,))

    def _range(self) -> Condition | None:
        """From the one to the other, both of them too; cards without a value are in no range."""
        if self.value and self.until:
            return Rule(self.key, Operator.BETWEEN, (self.value, self.until))
        if not self.value and not self.until:
            return None
        dates = self.input == "date"
        least, most = (Operator.BEFORE, Operator.AFTER) if dates else (Operator.LESS_THAN, Operator.MORE_THAN)
        outside = Rule(self.key, least, (self.value,)) if self.value else Rule(self.key, most, (self.until,))
        none = Group(Quantifier.NONE, (outside,))
        if self.subject.family is Family.MOMENT:
            return none
        return Group(Quantifier.ALL, (Rule(self.key, Operator.NOT_EMPTY), none))


class CustomerFilter:
    """The questions that an address asks: those that stand in it, and the one that was `add`ed last."""

    def __init__(self, data: Mapping[str, str], *, subjects: Mapping[str, Subject]) -> None:
        self.subjects = {key: subject for key, subject in subjects.items() if _can_be_asked(subject)}
        self.questions = tuple(self._questions(data))

    @property
    def others(self) -> list[str]:
        """The fields that can be asked about besides."""
        asked = {question.key for question in self.questions}
        return [key for key in self.subjects if key not in asked]

    def conditions(self) -> list[Condition]:
        """What the answers mean, one by one."""
        return [found for question in self.questions if (found := question.condition()) is not None]

    def query(self) -> dict[str, str]:
        """The questions as an address says them."""
        said = {f"f-{question.key}": question.value for question in self.questions}
        return said | {f"u-{question.key}": question.until for question in self.questions if question.until}

    def _questions(self, data: Mapping[str, str]) -> Iterator[Question]:
        for key, subject in self.subjects.items():
            if f"f-{key}" in data or data.get("add") == key:
                value, until = (written(data.get(f"{letter}-{key}", "")).strip() for letter in "fu")
                yield Question(subject, value, until)


def _can_be_asked(subject: Subject) -> bool:
    return subject.field.kind in INPUTS and subject.family not in (Family.IMPORT, Family.FACT)


def has_column(field: Field) -> bool:
    """Whether a field can be a column of the list: all but what only exports need."""
    return field.kind is not Kind.VERSION
