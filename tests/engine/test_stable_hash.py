"""The hash that is kept: what it is to the last bit, whatever library or machine works it out."""

from __future__ import annotations

import polars as pl
from hypothesis import given
from hypothesis import strategies as st

from kundekort.engine import stable_hash

texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=200)


def plainly(text: str) -> int:
    """The same number text by text, as the docstring describes it."""
    data = text.encode()
    made = len(data)
    padded = text.ljust(128, " ").encode()[:128]
    for start in range(0, 128, 8):
        made = (made ^ int.from_bytes(padded[start : start + 8], "little")) * 0x9E3779B97F4A7C15 % 2**64
        made ^= made >> 32
    made = made * 0xD6E8FEB86659FD93 % 2**64
    return (made ^ (made >> 32)) >> 1


@given(st.lists(st.none() | texts, min_size=1))
def test_it_is_what_its_description_says(given: list[str | None]) -> None:
    made = stable_hash.of(pl.Series(given, dtype=pl.String))
    assert made.dtype == pl.Int64
    assert made.to_list() == [None if text is None else plainly(text) for text in given]


def test_it_stays_what_it_was_when_the_first_sketches_were_kept() -> None:
    given = ["", "kari@example.no\x1fkari\x1fnordmann\x1f", "å" * 100]
    assert stable_hash.of(pl.Series(given)).to_list() == [3985695075803205764, 1316781197443003677, 6690117033911246324]


def test_it_spreads_texts_that_are_much_alike() -> None:
    made = stable_hash.of(pl.Series([f"kunde{n:07}@example.no" for n in range(100_000)]))
    assert made.n_unique() == 100_000
    tenths = (made // (2**63 // 10)).value_counts()["count"]
    assert (tenths.len(), tenths.min() > 9_500, tenths.max() < 10_500) == (10, True, True)  # type: ignore[operator]
