"""The version that a card had when a list was made: a whole number, which says whether the card has changed since.

Accepted: digits only, or nothing. Canonical: without leading zeros.
"""

from __future__ import annotations

from typing import Final

from kundekort.engine.values.identifiers import whole_numbers
from kundekort.engine.values.rules import KindRules

RULES: Final = KindRules(
    read=lambda text, context: whole_numbers(text, invalid="version_invalid", too_big="version_invalid")
)
