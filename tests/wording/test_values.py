"""Values and rows in words, as pages and terminal say them."""

from __future__ import annotations

import pytest
from django.utils import translation

from kundekort import wording
from kundekort.engine.problem import Problem
from kundekort.engine.row import Row

HEADERS = {
    "id": "CustomerID",
    "first_name": "Fornavn",
    "email_consent": "Nyhetsbrev",
    "gender": "Kjønn",
    "mobile": "Mobil",
}


def row(status: str, *, old: dict[str, str] | None = None, problems: tuple[Problem, ...] = (), **cells: str) -> Row:
    return Row(number=0, line=2, status=status, id=7, cells=cells, old=old or {}, problems=problems, conflicts=())


@pytest.mark.parametrize(
    ("key", "text", "words"),
    [
        ("gender", "2", "Kvinne"),
        ("gender", "7", "7"),
        ("email_consent", "0", "Nei"),
        ("mobile", "+4791234567", "+47 912 34 567"),
        ("date_of_birth", "1990-12-31", "31.12.1990"),
        ("date_of_birth", "31.02.1990", "31.02.1990"),
        ("country", "NO", "Norge"),
        ("tags", "Presse|Sponsor", "Presse · Sponsor"),
        ("zip_code", "0150", "0150"),
        ("own_gone", "1", "1"),
        ("gender", "", ""),
    ],
)
def test_it_says_a_value_as_people_read_it(key: str, text: str, words: str) -> None:
    assert wording.value(key, text) == words


def test_it_says_a_change_in_words() -> None:
    [line] = wording.row_lines(row("changed", old={"email_consent": "1"}, email_consent="0"), HEADERS)
    assert (line.kind, line.label, line.old, line.new) == ("change", "Nyhetsbrev", "Ja", "Nei")


def test_it_says_what_is_wrong_by_the_header_of_the_file() -> None:
    problem = Problem(field="gender", code="gender_missing", value="", params={})
    [line] = wording.row_lines(row("error", problems=(problem,)), HEADERS | {"gender": "Sex"})
    assert line.text.startswith("Sex er tom.")


def test_it_says_the_values_of_a_new_card() -> None:
    with translation.override("en"):
        [line] = wording.row_lines(row("new", first_name="Kari", gender="2", mobile="+4791234567"), HEADERS)
    assert line.text == "Kjønn: Woman · Mobil: +47 912 34 567"


def test_it_names_a_customer_by_what_there_is() -> None:
    assert wording.customer_name(row("new", first_name="Kari", last_name="Ås", company="Huset")) == "Kari Ås"
    assert wording.customer_name(row("new", company="Huset", email="post@huset.no")) == "Huset"
    assert wording.customer_name(row("removed", old={"email": "a@b.no"})) == "a@b.no"
