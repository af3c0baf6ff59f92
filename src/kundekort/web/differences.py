"""Which letters of a value are others than those of a value beside it, so that a typing error is seen at a glance."""

from __future__ import annotations

from difflib import SequenceMatcher
from typing import Final

from kundekort import wording
from kundekort.engine.schema import Kind

Pieces = tuple[tuple[str, bool], ...]
"""A value in pieces, each with whether it differs."""

COMPARED: Final = (Kind.TEXT, Kind.EMAIL, Kind.ZIP, Kind.PHONE, Kind.TAGS)
"""The kinds whose values have letters to compare; others are the same or not."""
LONGEST: Final = 200
ALIKE: Final = 0.5
"""The share of letters in common from which on the others are worth marking; else nothing is alike in any case."""


def pieces(text: str, other: str, *, kind: Kind, alike: float = ALIKE) -> Pieces:
    """A value as people see it, cut where it differs from the other; nothing where there is nothing to compare.

    `alike` is the share of letters in common, from 0 to 1, below which they are not worth comparing.
    """
    if kind not in COMPARED or not text or not other or text == other or len(text) + len(other) > 2 * LONGEST:
        return ()
    if kind is Kind.TAGS:
        return _between([(tag, tag not in other.split("|")) for tag in text.split("|")])
    if kind is Kind.PHONE:
        text, other = wording.phone(text), wording.phone(other)
    matcher = SequenceMatcher(None, other, text, autojunk=False)
    if matcher.ratio() < alike:
        return ()
    steps = [(text[start:end], step != "equal") for step, _, _, start, end in matcher.get_opcodes()]
    return tuple(step for step in steps if step[0])


def _between(tags: list[tuple[str, bool]]) -> Pieces:
    """Tags with what stands between them on the page."""
    dot = (" · ", False)
    return tuple(part for n, tag in enumerate(tags) for part in ((dot, tag) if n else (tag,)))
