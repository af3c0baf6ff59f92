"""Full names are split and words are translated before a row is checked."""

from __future__ import annotations

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kundekort.engine import full_name, interpretation, pipeline
from kundekort.engine.facts import QuestionKind, WordCount
from kundekort.engine.mapping import FULL_NAME, match_headers
from kundekort.engine.plan import Plan
from kundekort.engine.reading.table import Limits
from kundekort.engine.recipe import Answers
from kundekort.store.fields import SCHEMA
from tests.engine.memory import EMPTY, MemoryRegister, task, whole

SPLITS = {
    "Kari Nordmann": ("Kari", "Nordmann"),
    " Kari  Anne\u00a0Nordmann ": ("Kari Anne", "Nordmann"),
    "Nordmann, Kari Anne": ("Kari Anne", "Nordmann"),
    "Kari von der Lippe": ("Kari", "von der Lippe"),
    "Anne de la Cour Hansen": ("Anne", "de la Cour Hansen"),
    "Kari og Ola Nordmann": ("Kari og Ola", "Nordmann"),
    "Ola Nordmann jr.": ("Ola", "Nordmann jr."),
    "Ola Nordmann, MD": ("Ola", "Nordmann, MD"),
    "Conan O'Brien": ("Conan", "O'Brien"),
    "Da Silva": ("Da", "Silva"),
    "Teater Ibsen": ("Teater", "Ibsen"),
    "Kari": ("Kari", None),
    "": ("", ""),
}
COMPANIES = """
Peppes Pizza AS, Oslo kommune, Hansen & Sønn, Det Norske Teatret, Stiftelsen Kirkens Bymisjon, Björk AB, 7-Eleven,
Müller GmbH, Fana Idrettslag, Bergen Filharmoniske Orkester, Company & Co., Ågot Eiendom ANS
"""


@pytest.mark.parametrize(("text", "parts"), SPLITS.items())
def test_it_splits_a_full_name(text: str, parts: tuple[str | None, str | None]) -> None:
    assert full_name.split(pl.Series([text])).row(0) == (*parts, None)


@pytest.mark.parametrize("text", [text.strip() for text in COMPANIES.split(",")])
def test_it_keeps_a_company_whole(text: str) -> None:
    assert full_name.split(pl.Series([text])).row(0) == (None, None, text)


@given(st.lists(st.text(alphabet="AÅb -'.,æ\u00a0\n")))
def test_it_loses_no_letter_of_a_name(texts: list[str]) -> None:
    for text, parts in zip(texts, full_name.split(pl.Series(texts, dtype=pl.String)).iter_rows(), strict=True):
        said = "".join(part or "" for part in parts)
        assert sorted(c for c in said if c.isalnum()) == sorted(c for c in text if c.isalnum())


def understood(text: str, answers: Answers, *, ask: bool = True) -> interpretation.Interpretation:
    return interpretation.understand(text.encode(), answers=answers, schema=SCHEMA, limits=Limits(), ask=ask)


def planned(file: interpretation.Interpretation, register: MemoryRegister) -> Plan:
    assert file.question is None
    made = pipeline.plan(file.source, task(file.recipe, register))
    assert isinstance(made, Plan)
    return made


def test_it_suggests_to_split_a_column_of_names_and_says_nothing_of_what_is_not_there() -> None:
    assert match_headers(["CustomerID", "Navn", "Name"], SCHEMA)[1].suggestion == FULL_NAME
    assert [c.suggestion for c in match_headers(["Navn", "Etternavn"], SCHEMA)] == [None, None]
    stored = [{"first_name": "Kari", "last_name": "Berg", "company": "Berg AS"}, {"company": "Lie", "last_name": "Ås"}]
    register = MemoryRegister({n: EMPTY | card for n, card in enumerate(stored, 1)}, {1: 1, 2: 1})
    text = "CustomerID;Navn;Gender\n1;Kari Lie;0\n2;Lie AS;0\n0;Fana Teater;0\n0;Ola Nordmann;0\n"
    made = planned(understood(text, Answers(columns=("id", FULL_NAME, "gender"))), register)
    assert made.problems.is_empty()
    rows = whole(made).select("first_name", "last_name", "company").rows()
    assert rows == [("Kari", "Lie", "Berg AS"), ("", "Ås", "Lie AS"), ("", "", "Fana Teater"), ("Ola", "Nordmann", "")]
    assert made.changes | {"gender": 0} == {"first_name": 0, "last_name": 1, "company": 1, "gender": 0}
    with_company = understood("Navn;Firma\nLie AS;Lie AS\n", Answers(columns=(FULL_NAME, "company")), ask=False)
    assert with_company.question is not None  # by the number, which the file has not
    assert with_company.question.code == "no_key_column"


def test_it_asks_about_words_once_and_reads_them_as_told() -> None:
    text = "CustomerID;FirstName;Kjønn;Status\n0;A;Herr;Unsub\n0;B;Herr;unsub\n0;C;2;Ja\n0;D;Xx;Sub\n"
    columns = ("id", "first_name", "gender", "email_consent")
    first = understood(text, Answers(columns=columns))
    assert first.question is not None
    assert first.question.kind is QuestionKind.COLUMNS
    assert first.words == (WordCount(2, "Xx", 1), WordCount(3, "Unsub", 2), WordCount(3, "Sub", 1))
    told = understood(text, Answers(columns=columns, words={2: {}, 3: {"Unsub": "0", "Sub": "1"}}))
    made = planned(told, MemoryRegister())
    assert made.problems.select("_line", "code").rows() == [(5, "gender_unknown")]
    assert made.values.collect()["email_consent"].to_list() == ["0", "0", "1", "1"]
    assert understood(text, Answers(columns=columns), ask=False).question is None
