"""The language of the command line's own words, taken from the environment before anything else is loaded.

The help texts are made while this package is imported, so the catalogue is read without Django and its settings.
"""

from __future__ import annotations

import gettext
import os
from importlib.resources import files
from typing import Final

from kundekort.languages import spoken

VARIABLES: Final = ("LANGUAGE", "LC_ALL", "LC_MESSAGES", "LANG")
"""Where the language is looked for, the strongest first, as all programs do."""


def language() -> str:
    """The language that the environment asks for, where Kundekort speaks it, else `en`."""
    wish = next((value for name in VARIABLES if (value := os.environ.get(name))), "")
    return spoken(wish) or "en"


_catalogue = gettext.translation(
    "django", localedir=str(files("kundekort.web") / "locale"), languages=[language()], fallback=True
)


def _(words: str) -> str:
    """The words in the language of the command line."""
    return _catalogue.gettext(words)


def ngettext(singular: str, plural: str, count: int) -> str:
    """The words for so many things in the language of the command line."""
    return _catalogue.ngettext(singular, plural, count)


def pgettext(context: str, words: str) -> str:
    """The words as they are meant somewhere, in the language of the command line."""
    return _catalogue.pgettext(context, words)
