"""Phone numbers as people read them: in groups, as the country of the number writes them. The value stays E.164."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Final

_NORWEGIAN_MOBILE: Final = re.compile(r"\+47([49]\d\d)(\d\d)(\d{3})")
"""Mobiles are said in threes in Norway; the tables of phonenumbers group them as if they were fixed lines."""
_NORWEGIAN_LINE: Final = re.compile(r"\+47((?!59)[235-7]\d)(\d\d)(\d\d)(\d\d)")
"""Those are said in twos, by these tables too, which so need not be loaded for either."""


@lru_cache(maxsize=10_000)
def phone(number: str) -> str:
    """A phone number in groups, as `+47 912 34 567`; a text that is no E.164 number stays as it is.

    The spaces are ordinary ones: what is copied from a page can be searched for and imported.
    """
    if near := _NORWEGIAN_MOBILE.fullmatch(number) or _NORWEGIAN_LINE.fullmatch(number):
        return "+47 " + " ".join(near.groups())
    if not number.startswith("+"):
        return number
    from phonenumbers import NumberParseException, PhoneNumberFormat, format_number, parse

    try:
        return format_number(parse(number), PhoneNumberFormat.INTERNATIONAL)
    except NumberParseException:
        return number
