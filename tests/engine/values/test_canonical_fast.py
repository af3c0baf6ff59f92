"""Law: the fast way accepts nothing that the careful way does not accept just so."""

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from phonenumbers import PhoneMetadata

from kundekort.engine.values import emails, phones

NUMBERS = st.from_regex(
    r"\A(?:\+|00)?(?:47|46|45|358|354|298|299|49|44|31|33|34|48|41|43|32|372|371|1)?[0-9 ()-]{4,14}\Z"
)


@pytest.mark.parametrize("country", ["NO", "SE", "DK", "FI", "IS"])
@given(numbers=st.lists(NUMBERS, min_size=1, max_size=20))
def test_it_reads_phones_fast_as_carefully(country: str, numbers: list[str]) -> None:
    numbers = [n for n in numbers if n.isascii()]
    reading = phones.read(pl.Series(numbers, dtype=pl.String), country=country)
    assert list(zip(reading.text, reading.code, strict=True)) == [phones.careful(n, country=country) for n in numbers]


def test_it_knows_common_numbers_as_phonenumbers_does() -> None:
    for country, (code, lengths) in phones.COMMON.items():
        plan = PhoneMetadata.metadata_for_region(country)
        assert plan is not None
        possible = {*plan.fixed_line.possible_length, *plan.mobile.possible_length}
        assert (plan.country_code, tuple(sorted(possible))) == (code, lengths), country


PARTS = st.text("aZ09.-+_'", max_size=8)


@given(st.lists(st.builds("{}@{}.{}".format, PARTS, PARTS, PARTS), min_size=1, max_size=20))
def test_it_reads_mail_addresses_fast_as_carefully(addresses: list[str]) -> None:
    reading = emails.read(pl.Series(addresses))
    assert list(zip(reading.text, reading.code, strict=True)) == [emails.careful(a) for a in addresses]
