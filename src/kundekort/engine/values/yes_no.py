"""Yes or no: '1' and '0'; nothing means that nobody has asked.

Accepted: the numbers, and the words and letters that lists and spreadsheets have for them.
Canonical: the number.
"""

from __future__ import annotations

from typing import Final

from kundekort.engine.values.column import Outcome
from kundekort.engine.values.rules import KindRules, one_by_one
from kundekort.engine.values.vocabulary import Vocabulary

WORDS: Final = Vocabulary.of_words(
    {
        "1": "ja, j, yes, y, true, t, sann, sant, sand, x, på, on, ok, jatakk, ja takk, ja tak, ja tack, samtykker, "
        "samtycker",
        "0": "nei, nej, n, no, false, usann, usant, falsk, falskt, av, off, nei takk, nej tak, nej tack",
    }
)


def yes_no(value: str) -> Outcome:
    """'1' or '0', or yes_no_unknown."""
    return WORDS.outcome(value, unknown="yes_no_unknown")


RULES: Final = KindRules(read=one_by_one(yes_no))
