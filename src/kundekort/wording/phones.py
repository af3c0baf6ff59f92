"""Phone numbers as people read them: in groups, as the country of the number writes them. The value stays E.164."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Final

_NORWEGIAN_MOBILE: Final = re.compile(r"\+47([49]\d\d)(\d\d)(\d{3})")
"""Mobiles are said in threes in Norway; the tables of phonenumbers group them as if they were fixed lines."""


@lru_cache(maxsize=10_000)
def phone(number: str) -> str:
    """A phone number in groups, as `+47 912 34 567`; a text that is no E.164 number stays as it is.

    The spaces are ordinary ones: what is copied from a page can be searched for and imported.
    """
    from phonenumbers import NumberParseException, PhoneNumberFormat, format_number, parse

    if mobile := _NORWEGIAN_MOBILE.fullmatch(number):
        return "+47 " + " ".join(mobile.groups())
    if not number.startswith("+"):
        return number
    try:
        return format_number(parse(number), PhoneNumberFormat.INTERNATIONAL)
    except NumberParseException:
        return number
