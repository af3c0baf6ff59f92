"""Numbers: a sign, digits, and a decimal comma or point.

Accepted: no thousands separator, because 1.234 could be either. Canonical: a point, no needless zeros, no plus.
"""

from __future__ import annotations

import re
from typing import Final

from kundekort.engine.values.column import Outcome
from kundekort.engine.values.rules import KindRules, one_by_one

LONGEST: Final = 100
"""Characters of a number: far more than anybody counts, far fewer than the database can compare."""
_WRITTEN: Final = re.compile(r"([+\-\u2212]?)([0-9]*)(?:[.,]([0-9]+))?")


def number(value: str) -> Outcome:
    """Plain decimal text with a point and no needless zeros, or number_invalid; no thousands separator is guessed."""
    match = _WRITTEN.fullmatch(value)
    if match is None or not (match[2] or match[3]) or len(value) > LONGEST:
        return value, "number_invalid"
    whole, part = match[2].lstrip("0") or "0", (match[3] or "").rstrip("0")
    text = f"{whole}.{part}" if part else whole
    return (text if match[1] in ("", "+") or text == "0" else f"-{text}"), None


RULES: Final = KindRules(read=one_by_one(number))
