"""Cells that hold what programs make of values, also of new customers, of whom no stored value shows what it was."""

from __future__ import annotations

import csv
import io

import pytest

from kundekort.engine.plan import Plan
from kundekort.store.fields import SCHEMA
from tests.engine.memory import EMPTY, MemoryRegister, plan, whole


def planned(number: int, values: dict[str, str], **stored: str) -> Plan:
    """The plan of a file of one row about a card."""
    out = io.StringIO()
    given = {"first_name": "Kari", "gender": "0"} | values
    writer = csv.writer(out, delimiter=";")
    writer.writerow(["CustomerID", *(SCHEMA[key].header for key in given)])
    writer.writerow([number, *given.values()])
    card = EMPTY | {"first_name": "Kari", "gender": "0"} | stored
    return plan(out.getvalue(), MemoryRegister({1: card}, {1: 1}, last=1))


def problems(made: Plan) -> list[tuple[str, str]]:
    return made.problems.select("field", "code").rows()


@pytest.mark.parametrize(
    ("field", "value", "code"),
    [
        ("last_name", "NULL", "no_value"),
        ("last_name", "None", "no_value"),
        ("company", "\\N", "no_value"),
        ("city", "nan", "no_value"),
        ("internal_note", "NULL", "no_value"),
        ("tags", "(null)", "no_value"),
        ("date_of_birth", "1899-12-30", "no_value"),
        ("date_of_birth", "01.01.1900", "no_value"),
        ("external_id", "12345.0", "damaged"),
        ("external_id", "12345,00", "damaged"),
        ("external_id", "1E+11", "damaged"),
        ("zip_code", "150.0", "damaged"),
        ("last_name", "O&#39;Brien", "encoded"),
        ("city", "Troms&oslash;", "encoded"),
        ("last_name", "=?utf-8?Q?Bj=C3=B8rn?=", "encoded"),
        ("internal_note", "=?iso-8859-1?B?QmrDuHJu?=", "encoded"),
        ("last_name", "Bj%C3%B8rn", "encoded"),
        ("address", "Storgata%2012", "encoded"),
        ("last_name", "Bj\\u00f8rn", "encoded"),
        ("city", "Troms\\xf8", "encoded"),
        ("last_name", "BjÃ¸rn", "encoded"),
        ("address", "Ã…sgata 2", "encoded"),
        ("last_name", "Bj√∏rn", "encoded"),
        ("last_name", "Bj├©rn", "encoded"),
        ("city", "Troms\ufffd", "encoded"),
    ],
)
def test_it_refuses_them_for_a_new_customer(field: str, value: str, code: str) -> None:
    assert problems(planned(0, {field: value})) == [(field, code)]


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("last_name", "Null"),
        ("last_name", "Nan"),
        ("company", "Null Object AS"),
        ("internal_note", "None"),
        ("internal_note", "se &nbsp; i kilden, 100%20"),
        ("internal_note", "https://no.wikipedia.org/wiki/Bj%C3%B8rn"),
        ("company", "R&D; Tom & Co"),
        ("company", "50% AS"),
        ("address2", "12.0"),
        ("external_id", "A-12.0.1"),
        ("last_name", "JOÃO"),
        ("last_name", "Ångström"),
        ("date_of_birth", "1901-01-01"),
    ],
)
def test_it_takes_what_people_write(field: str, value: str) -> None:
    assert problems(planned(0, {field: value})) == []


@pytest.mark.parametrize(
    ("field", "old", "value", "code"),
    [
        ("external_id", "", "12345.0", "number_rounded"),
        ("external_id", "77", "12345.0", "number_rounded"),
        ("external_id", "", "1E+11", "number_rounded"),
        ("internal_note", "", "\\N", "null_word"),
        ("city", "Oslo", "=?utf-8?Q?Oslo?=", "entities"),
        ("last_name", "Bjørn", "Bj%C3%B8rn", "entities"),
        ("last_name", "Bjørn", "Bj\\u00f8rn", "entities"),
    ],
)
def test_it_asks_about_them_where_a_card_has_another_value(field: str, old: str, value: str, code: str) -> None:
    made = planned(1, {field: value}, **{field: old})
    assert [(f.code, f.field, f.blocks) for f in made.findings] == [(code, field, True)]


@pytest.mark.parametrize(
    ("stored", "given"),
    [
        ({"zip_code": "111 22", "country": "SE"}, {"zip_code": "11122", "country": "SE"}),
        ({"zip_code": "11122", "country": "SE"}, {"zip_code": "111 22"}),
        ({"zip_code": "1234AB", "country": "NL"}, {"zip_code": "1234 ab", "country": "Nederland"}),
        ({"zip_code": "LV-1010", "country": "LV"}, {"zip_code": "1010"}),
        ({"tags": "Oslo, sentrum"}, {"tags": "Oslo, sentrum"}),
        ({"tags": "Presse|VIP"}, {"tags": "VIP;Presse"}),
        ({"tags": "Presse|VIP"}, {"tags": "['VIP', 'Presse']"}),
    ],
)
def test_it_changes_nothing_for_another_way_of_writing(stored: dict[str, str], given: dict[str, str]) -> None:
    made = planned(1, given | {"city": "Voss"}, **stored)
    assert (made.totals.errors, made.totals.cells_changed) == (0, 1)
    (row,) = whole(made).rows(named=True)
    assert {key: row[key] for key in given} == {key: stored[key] for key in given}


@pytest.mark.parametrize("country", ["", "US"])
def test_it_changes_postal_codes_where_no_such_form_is_known(country: str) -> None:
    assert planned(1, {"zip_code": "11122"}, zip_code="111 22", country=country).changes["zip_code"] == 1
