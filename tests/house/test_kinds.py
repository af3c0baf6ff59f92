"""Every table that has something to say of each kind of field says it of every kind it must."""

from __future__ import annotations

import re
from collections.abc import Mapping, Set
from importlib import import_module
from pathlib import Path

import pytest

import kundekort
from kundekort.bulk import segment_query, statements
from kundekort.engine.schema import Kind
from kundekort.engine.segments import check as segments
from kundekort.engine.segments.condition import Operator
from kundekort.engine.values import kinds
from kundekort.services import fields, lists
from kundekort.store.fields import SCHEMA
from kundekort.store.models import Customer
from kundekort.web import segment_builder
from kundekort.web.forms import customer_filter
from kundekort.wording import columns
from kundekort.wording import lists as explanations
from kundekort.wording import values as words
from tests.engine.values.test_canonical import PRECISELY

SOURCE = Path(kundekort.__file__).parent
EVERY = frozenset(Kind)
ASKED = EVERY - {Kind.VERSION}
"""The kinds that segments ask about."""
CUSTOM = frozenset(fields.KINDS)
"""The kinds of fields that a venue makes itself."""
STORED = EVERY - {Kind.NUMBER, Kind.CHOICE}
"""The kinds of fields that have a column of their own in the database."""
NEVER_EMPTY = {Kind.ID, Kind.GENDER}

TABLES: dict[str, tuple[Mapping[Kind, object], Set[Kind]]] = {
    "engine/values/kinds.py KINDS": (kinds.KINDS, EVERY),
    "engine/segments/check.py _FAMILIES": (segments._FAMILIES, ASKED),
    "bulk/statements.py _TO_TEXT": (statements._TO_TEXT, EVERY),
    "bulk/statements.py _FROM_TEXT": (statements._FROM_TEXT, EVERY),
    "bulk/segment_query.py _EMPTY": (segment_query._EMPTY, ASKED & STORED - NEVER_EMPTY),
    "services/lists.py _COLUMNS": (lists._COLUMNS, EVERY),
    "services/lists.py _EXAMPLES": (lists._EXAMPLES, CUSTOM),
    "web/segment_builder.py INPUTS": (segment_builder.INPUTS, ASKED),
    "web/forms/customer_filter.py INPUTS": (customer_filter.INPUTS, ASKED - {Kind.ID}),
    "wording/lists.py KINDS": (explanations.KINDS, EVERY),
    "wording/values.py VALUES": (words.VALUES, EVERY),
}
COLUMNS: Mapping[Kind, str] = {
    Kind.ID: "BigAutoField",
    Kind.TEXT: "TextField",
    Kind.NOTE: "TextField",
    Kind.ZIP: "TextField",
    Kind.COUNTRY: "TextField",
    Kind.EMAIL: "TextField",
    Kind.PHONE: "TextField",
    Kind.GENDER: "SmallIntegerField",
    Kind.DATE: "DateField",
    Kind.LANGUAGE: "TextField",
    Kind.YES_NO: "BooleanField",
    Kind.TAGS: "ArrayField",
    Kind.VERSION: "IntegerField",
}
"""In what column the statements expect a field of a kind."""


@pytest.mark.parametrize("name", TABLES)
def test_it_says_something_of_every_kind(name: str) -> None:
    table, covered = TABLES[name]
    assert set(table) == covered


def test_it_holds_every_table_of_kinds_complete() -> None:
    assert {name for path in SOURCE.rglob("*.py") for name in tables(path)} == set(TABLES)


def tables(path: Path) -> list[str]:
    """The tables of a module that have kinds as their keys."""
    found = re.findall(r"^(\w+)(?:: [^\n]+)? = \{\n(.*?)^\}", path.read_text(), re.MULTILINE | re.DOTALL)
    module = path.relative_to(SOURCE).as_posix()
    return [f"{module} {name}" for name, entries in found if re.search(r"^    Kind\.\w+: ", entries, re.MULTILINE)]


def test_it_gives_every_kind_a_file_of_its_own() -> None:
    files = set(re.findall(r"Kind\.\w+: (\w+)\.RULES", (SOURCE / "engine/values/kinds.py").read_text()))
    assert len(files) == len(EVERY)
    told = {name: import_module(f"kundekort.engine.values.{name}").__doc__ or "" for name in files}
    assert [name for name, doc in told.items() if "Accepted: " not in doc or "Canonical: " not in doc] == []


def test_it_tests_what_every_kind_accepts() -> None:
    assert set(PRECISELY) == EVERY


def test_it_names_every_kind_of_own_field() -> None:
    assert set(columns.KINDS) == CUSTOM


def test_it_asks_the_families_all_they_can_be_asked() -> None:
    assert set(segments.OPERATORS) == set(segments.Family)
    emptied = {kind for kind, family in segments._FAMILIES.items() if Operator.EMPTY in segments.OPERATORS[family]}
    assert emptied == ASKED - NEVER_EMPTY


def test_it_has_an_input_for_every_kind_that_segments_ask_about() -> None:
    made = partials("segments/inputs")
    assert {*segment_builder.INPUTS.values(), *segment_builder._OPERATOR_INPUTS.values()} <= made


def test_it_shows_and_takes_every_kind_on_a_card_by_a_partial_of_its_own() -> None:
    on_card = {str(kind) for kind in EVERY - {Kind.ID, Kind.VERSION}}
    assert partials("values") == on_card
    assert partials("inputs") == on_card


def partials(folder: str) -> set[str]:
    return {path.stem for path in (SOURCE / "web/templates/kundekort" / folder).glob("*.html")}


def test_it_stores_each_kind_in_the_column_that_the_statements_expect() -> None:
    assert set(COLUMNS) == STORED
    found = {f.key: type(Customer._meta.get_field(f.key)).__name__ for f in SCHEMA}
    assert found == {f.key: COLUMNS[f.kind] for f in SCHEMA}
