import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kundekort.engine.values import text
from kundekort.engine.writing.spreadsheet_safe import at_risk

SAFE = """0, 1, 5000, 12345678901, Ås, Mai, June, Storgata 12, Oslo, nb, NO, VIP|Abonnent, post@example.com, O'Hara
12 stk, Karl Johans gate 1, Å i Lofoten, 2. etasje, C/O Hansen, Sandvik, 'quoted, 12 gode venner"""

AT_RISK = """0150, 00, 123456789012, 12345678901234567890, +4791234567, =1+1, -5 %, -, @x, #N/A, #REF!, 1E5, 1.5, 1/2
12-05, 1990-04-03, TRUE, true, SANN, Usann, FALSKT, EPÄTOSI, 12 mai, mai 12, 12. des. 2020, 10:30, 10:30 PM, kr 100
100 kr, 50 %, (12), $12, 12 €, .5, ½, 1 000, Apr-20, fre 12. mai 2020, 12 toukokuuta, 12:00 em, 3. maí, 10.30"""


def values(words: str) -> pl.Series:
    return pl.Series(words.replace("\n", ", ").split(", "))


@pytest.mark.parametrize(("words", "risky"), [(SAFE, False), (AT_RISK, True)])
def test_it_tells_what_a_spreadsheet_would_damage(words: str, risky: bool) -> None:
    told = at_risk(values(words))
    assert values(words).filter(told != risky).to_list() == []


@given(st.lists(st.sampled_from(values(f"{SAFE}\n{AT_RISK}").to_list()) | st.text(max_size=8), min_size=1, max_size=30))
def test_it_tells_the_same_of_a_value_whatever_stands_beside_it(texts: list[str]) -> None:
    alone = [at_risk(pl.Series([value])).item() for value in texts]
    assert at_risk(pl.Series(texts, dtype=pl.String)).to_list() == alone


@given(st.lists(st.text(), min_size=1, max_size=20))
def test_a_tab_before_it_is_undone_by_the_trimming_of_the_import(texts: list[str]) -> None:
    canonical = text.clean(pl.Series("v", texts, dtype=pl.String))
    assert text.clean("\t" + canonical).equals(canonical)


@given(st.from_regex(r"[0-9 .,:/%()-]{0,4}[0-9]([eE][+-])?[0-9 .,:/%()]{0,12}", fullmatch=True))
def test_it_leaves_bare_no_digits_but_plain_integers(cell: str) -> None:
    cell = cell.strip()
    risky = at_risk(pl.Series([cell])).item()
    assert risky != (cell.isdecimal() and len(cell) <= 11 and str(int(cell)) == cell)
