from __future__ import annotations

import pytest

from kundekort.web.query import MOST, flag, number


@pytest.mark.parametrize(("text", "found"), [("0", 0), ("007", 7), ("12", 12), ("9" * 18, MOST)])
def test_it_reads_a_number_in_plain_digits(text: str, found: int) -> None:
    assert number(text) == found


@pytest.mark.parametrize("text", [None, "", " 1", "-1", "+1", "1.0", "1_0", "²", "١", "x", "9" * 19, "9" * 5_000])
def test_it_takes_nothing_else_for_a_number(text: str | None) -> None:
    assert number(text) is None


def test_it_keeps_a_number_within_its_bounds() -> None:
    assert [number(text, least=1, most=5) for text in ("0", "1", "5", "6")] == [None, 1, 5, None]


def test_it_takes_only_a_1_for_yes() -> None:
    assert [flag(text) for text in ("1", "0", "", None, "true", "11")] == [True, False, False, False, False, False]
