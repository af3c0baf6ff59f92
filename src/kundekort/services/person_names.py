"""What users may be called: names that look to everybody as they are. Knows no database."""

from __future__ import annotations

import re
import unicodedata
from typing import Final

from kundekort.services.refusals import PersonInvalid

LONGEST: Final = 150
"""Characters of a user name, and of a full name."""
_USERNAME: Final = re.compile(r"[\w.@+-]+")
_UNSEEN: Final = re.compile(
    "[\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180f\u2800\u3164\ufe00-\ufe0f\uffa0\U000e0100-\U000e01ef]"
)
"""What counts as a letter or a mark and shows nothing."""
_SPACES: Final = dict.fromkeys(map(ord, "\u00a0\u202f\u2007"), " ")
"""What is an ordinary space to everybody who reads it."""


def checked_username(text: str) -> str:
    """The name by which somebody logs in, trimmed and as the login page writes it (NFKC). Raises PersonInvalid."""
    name = unicodedata.normalize("NFKC", text).strip()
    if not name:
        raise PersonInvalid(reason="username_missing")
    if len(name) > LONGEST:
        raise PersonInvalid(reason="username_too_long", limit=LONGEST)
    if not _USERNAME.fullmatch(name) or _UNSEEN.search(name):
        raise PersonInvalid(reason="username_characters")
    return name


def checked_full_name(text: str) -> str:
    """The name that others see, NFC, trimmed and with single spaces; '' for none. Raises PersonInvalid."""
    name = " ".join(
        part for part in unicodedata.normalize("NFC", text).translate(_SPACES).strip(" ").split(" ") if part
    )
    if len(name) > LONGEST:
        raise PersonInvalid(reason="full_name_too_long", limit=LONGEST)
    if not name.isprintable() or _UNSEEN.search(
        name
    ):  # line ends, control characters, and marks that turn a text round or are not seen
        raise PersonInvalid(reason="full_name_characters")
    return name


def parts(full_name: str) -> tuple[str, str]:
    """A full name as the two that are stored: up to the first space, and the rest."""
    first, _, last = full_name.partition(" ")
    return first, last
