"""What comes of asking which encoding a text is in, and what those of single bytes are called.

`code_page` knows how well each of these fits; to ask it takes NumPy, and a text in UTF-8 is not asked about.
"""

from __future__ import annotations

from typing import Final, NamedTuple

CODECS: Final = {
    "windows-1252": "cp1252",
    "iso-8859-1": "iso8859_1",
    "iso-8859-15": "iso8859_15",
    "mac-roman": "mac_roman",
    "cp850": "cp850",
    "cp865": "cp865",
    "cp437": "cp437",
    "cp861": "cp861",
    "windows-1250": "cp1250",
    "windows-1257": "cp1257",
    "windows-1254": "cp1254",
    "windows-1251": "cp1251",
    "iso-8859-2": "iso8859_2",
    "iso-8859-13": "iso8859_13",
    "cp852": "cp852",
    "cp775": "cp775",
    "mac-iceland": "mac_iceland",
    "mac-centraleurope": "mac_latin2",
}
"""The encodings of single bytes by their names here, and what Python calls them; the likelier first."""


class Fit(NamedTuple):
    """The encoding that fits best; `others` read something else and may fit as well, so that a person must choose."""

    encoding: str
    others: tuple[str, ...] = ()
