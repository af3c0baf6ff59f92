"""The languages that Kundekort speaks, on its pages and on the command line. Known before anything else is loaded."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final

NAMES: Final[Mapping[str, str]] = {"nb": "Norsk", "en": "English", "sv": "Svenska", "da": "Dansk"}
"""By code, each by its own name, in the order in which they are offered."""

_NORWEGIAN: Final = ("no", "nn")


def spoken(tag: str) -> str | None:
    """The code of the language that a tag or locale is about, as sv-SE, da_DK.UTF-8 or sv:en; None for any other.

    Any kind of Norwegian is nb.
    """
    code = re.split(r"[^a-z]", tag.lower(), maxsplit=1)[0]
    return "nb" if code in _NORWEGIAN else code if code in NAMES else None
