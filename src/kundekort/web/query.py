"""What an address or a form says in one word: a number, or yes. It refuses nothing; the page knows what a gap means."""

from __future__ import annotations

from typing import Final

MOST: Final = 10**18 - 1
"""The largest number of 18 digits: a column of the database holds it, and there is room to count on."""


def number(text: str | None, *, least: int = 0, most: int = MOST) -> int | None:
    """The whole number from `least` to `most` that a text says in plain digits; None for anything else."""
    if not text or not text.isascii() or not text.isdigit() or len(text) > len(str(most)):
        return None
    found = int(text)
    return found if least <= found <= most else None


def flag(text: str | None) -> bool:
    """Whether a text says yes, which pages write as 1."""
    return text == "1"
