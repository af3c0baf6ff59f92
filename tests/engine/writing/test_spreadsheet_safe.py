import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kundekort.engine.values import text
from kundekort.engine.writing.spreadsheet_safe import at_risk, protect

SAFE = """0, 1, 5000, 12345678901, Ås, Mai, June, Storgata 12, Oslo, nb, NO, VIP|Abonnent, post@example.com, O'Hara
12 stk, Karl Johans gate 1, Å i Lofoten, 2. etasje, C/O Hansen, Sandvik, 'quoted, 12 gode venner"""

AT_RISK = """0150, 00, 123456789012, 12345678901234567890, +4791234567, =1+1, -5 %, -, @x, #N/A, #REF!, 1E5, 1.5, 1/2
12-05, 1990-04-03, TRUE, true, SANN, Usann, FALSKT, EPÄTOSI, 12 mai, mai 12, 12. des. 2020, 10:30, 10:30 PM, kr 100
100 kr, 50 %, (12), $12, 12 €, .5, ½, 1 000, Apr-20, fre 12. mai 2020, 12 toukokuuta, 12:00 em, 3. maí, 10.30"""


def values(words: str) -> pl.DataFrame:
    return pl.DataFrame({"v": words.replace("\n", ", ").split(", ")})


@pytest.mark.parametrize(("words", "risky"), [(SAFE, False), (AT_RISK, True)])
def test_it_tells_what_a_spreadsheet_would_damage(words: str, risky: bool) -> None:
    told = values(words).with_columns(at_risk(pl.col("v")).alias("risk"))
    assert told.filter(pl.col("risk") != risky)["v"].to_list() == []


def test_it_adds_a_tab_only_where_needed_and_leaves_null() -> None:
    frame = pl.DataFrame({"v": ["0150", "12", "", "=A1\nx", None]})
    assert frame.select(protect(pl.col("v")))["v"].to_list() == ["\t0150", "12", "", "\t=A1\nx", None]


@given(st.lists(st.text(), min_size=1, max_size=20))
def test_it_is_undone_by_the_trimming_of_the_import(texts: list[str]) -> None:
    canonical = text.clean(pl.Series("v", texts, dtype=pl.String))
    protected = canonical.to_frame().select(protect(pl.col("v"))).to_series()
    assert text.clean(protected).equals(canonical)


@given(st.from_regex(r"[0-9 .,:/%()-]{0,4}[0-9]([eE][+-])?[0-9 .,:/%()]{0,12}", fullmatch=True))
def test_it_leaves_bare_no_digits_but_plain_integers(cell: str) -> None:
    cell = cell.strip()
    risky = pl.DataFrame({"v": [cell]}).select(at_risk(pl.col("v"))).item()
    assert risky != (cell.isdecimal() and len(cell) <= 11 and str(int(cell)) == cell)
