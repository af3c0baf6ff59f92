"""What guards have found, in words: who, when and how many as the reader writes them."""

from __future__ import annotations

import pytest
from django.utils.translation import override

from kundekort import wording
from kundekort.engine.finding import Finding

EARLIER = {"import": 7, "file": "august.csv", "who": "Kari Å", "when": "2026-11-25T02:38:00+00:00"}


@pytest.mark.parametrize(
    ("code", "count", "norwegian", "english"),
    [
        (
            "file_again",
            60_000,
            "De fleste av de 60 000 nye kundene ville bli opprettet en gang til: importert av Kari Å fra «august.csv», "
            "25.11.2026 03:38.",
            "Most of the 60,000 new customers would be created a second time: imported by Kari Å from “august.csv”, "
            "25 Nov 2026, 03:38.",
        ),
        (
            "file_again",
            1,
            "Den nye kunden ville bli opprettet en gang til: importert av Kari Å fra «august.csv», 25.11.2026 03:38.",
            "The new customer would be created a second time: imported by Kari Å from “august.csv”, "
            "25 Nov 2026, 03:38.",
        ),
        (
            "same_file",
            3,
            "Akkurat denne filen er importert før: av Kari Å som «august.csv», 25.11.2026 03:38.",
            "This very file has been imported before: by Kari Å as “august.csv”, 25 Nov 2026, 03:38.",
        ),
    ],
)
def test_it_says_who_imported_it_and_when(code: str, count: int, norwegian: str, english: str) -> None:
    one = Finding(code, None, count, count, EARLIER)
    assert wording.finding(one).replace("\xa0", " ") == norwegian
    with override("en"):
        assert wording.finding(one) == english


def test_it_shortens_the_name_of_a_file() -> None:
    words = wording.finding(Finding("same_file", None, 1, 1, EARLIER | {"file": "kunder" * 40}))
    assert "kunder" * 9 + "kunde…»" in words
