"""The place in a list from which its next page begins, as a text that says nothing to others and cannot be made up."""

from __future__ import annotations

from typing import Any, Final

from django.core import signing

from kundekort.api.refusals import RequestRefused

_SALT: Final = "kundekort.api.cursor."
MOST: Final = 1000
"""Items of a page at most."""
USUAL: Final = 100
"""Items of a page, unless told how many."""


def encode(listing: str, place: Any) -> str:
    """The cursor of a place, which is a JSON value, in a list of that name."""
    return signing.dumps(place, salt=_SALT + listing, compress=True)


def decode(listing: str, cursor: str | None) -> Any:
    """The place of a cursor; None without one. Raises RequestRefused for what is no cursor of this list."""
    if not cursor:
        return None
    try:
        return signing.loads(cursor, salt=_SALT + listing)
    except (signing.BadSignature, ValueError) as error:
        raise RequestRefused("cursor_invalid", 422) from error
