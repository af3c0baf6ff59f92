"""Sizes, dates and phone numbers are written one way, in the language of who reads them."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from django.utils import translation
from django.utils.formats import date_format, number_format
from django.utils.timezone import localtime
from phonenumbers import PhoneNumberFormat, format_number, parse

from kundekort import wording


@pytest.mark.parametrize(
    ("size", "nb", "en"),
    [
        (0, "0 kB", "0 kB"),
        (30, "0,1 kB", "0.1 kB"),
        (1434, "1,4 kB", "1.4 kB"),
        (23_400, "23 kB", "23 kB"),
        (1024**2 - 1, "1 MB", "1 MB"),
        (512 << 20, "512 MB", "512 MB"),
        (2 << 30, "2 GB", "2 GB"),
    ],
)
def test_it_writes_sizes_one_way(size: int, nb: str, en: str) -> None:
    assert wording.file_size(size).replace("\xa0", " ") == nb
    with wording.in_english():
        assert wording.file_size(size).replace("\xa0", " ") == en


@pytest.mark.parametrize(
    ("language", "shown"),
    [
        ("nb", "25.11.2026 03:38"),
        ("en", "25 Nov 2026, 03:38"),
        ("sv", "2026-11-25 03:38"),
        ("da", "25.11.2026 03:38"),
    ],
)
def test_it_writes_dates_as_the_language_does(language: str, shown: str) -> None:
    with translation.override(language):
        assert date_format(localtime(datetime(2026, 11, 25, 2, 38, tzinfo=UTC)), "SHORT_DATETIME_FORMAT") == shown


@pytest.mark.parametrize(
    ("language", "shown"),
    [("nb", "12\xa0345,6"), ("en", "12,345.6"), ("sv", "12\xa0345,6"), ("da", "12.345,6")],
)
def test_it_writes_numbers_as_the_language_does(language: str, shown: str) -> None:
    with translation.override(language):
        assert number_format(12345.6, 1) == shown


@pytest.mark.parametrize(
    ("number", "shown"),
    [
        ("+4791234567", "+47 912 34 567"),
        ("+4777601234", "+47 77 60 12 34"),
        ("+4780012345", "+47 800 12 345"),
        ("+46701234567", "+46 70 123 45 67"),
        ("+999123", "+999123"),
        ("ring Kari", "ring Kari"),
        ("", ""),
    ],
)
def test_it_groups_phone_numbers(number: str, shown: str) -> None:
    assert wording.phone(number) == shown


def test_it_groups_norwegian_lines_as_phonenumbers_does() -> None:
    for number in (f"+47{begin}123456" for begin in range(20, 80) if begin not in range(40, 50)):
        assert wording.phone(number) == format_number(parse(number), PhoneNumberFormat.INTERNATIONAL)
