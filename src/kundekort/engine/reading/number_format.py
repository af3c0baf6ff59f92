"""Numbers of a workbook as exact text: whole ones as digits, days and times in ISO, others as short as they are exact.

What a number means is said by its cell's number format alone. May not know cells or sheets.
"""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from decimal import Decimal, InvalidOperation
from enum import Enum
from typing import Final, NamedTuple


class Meaning(Enum):
    """What a number format makes of a number."""

    NUMBER = "number"
    DAYS = "days"
    DAYS_FROM_1904 = "days from 1904"
    ELAPSED = "elapsed"


class Shown(NamedTuple):
    """What a number means, and to how many digits a whole one is filled up with zeros in front (format `0000`)."""

    meaning: Meaning
    digits: int = 0


GENERAL: Final = Shown(Meaning.NUMBER)

_BUILT_IN_DATES: Final = frozenset(map(str, (*range(14, 23), *range(27, 37), 45, 47, *range(50, 59))))
_BUILT_IN_ELAPSED: Final = "46"
_NO_TOKENS: Final = re.compile(r'"[^"]*"|\\.|_.|\*.|\[(?![hms]+\])[^\]]*\]', re.IGNORECASE)
_ELAPSED: Final = re.compile(r"\[[hms]+\]", re.IGNORECASE)
_DATE: Final = re.compile(r"[dmyhs]|AM/PM|A/P", re.IGNORECASE)
_ZEROS: Final = re.compile(r"0{2,}")
_WHOLE: Final = re.compile(r"-?[0-9]+")
_LAST_DAY: Final = 2_958_466  # 10000-01-01
_1904: Final = 1462


def shown(number: str, code: str | None, *, from_1904: bool = False) -> Shown:
    """What cells of a number format mean: its number, and its code if the workbook declares one."""
    days = Shown(Meaning.DAYS_FROM_1904 if from_1904 else Meaning.DAYS)
    if code is None:
        if number == _BUILT_IN_ELAPSED:
            return Shown(Meaning.ELAPSED)
        return days if number in _BUILT_IN_DATES else GENERAL
    tokens = _NO_TOKENS.sub("", code.partition(";")[0])
    if _ELAPSED.search(tokens):
        return Shown(Meaning.ELAPSED)
    if tokens.lower() not in ("general", "standard") and _DATE.search(tokens):
        return days
    return Shown(Meaning.NUMBER, len(tokens) if _ZEROS.fullmatch(tokens) else 0)


def text(value: str, form: Shown = GENERAL) -> str:
    """The text of a number as its XML has it; what is no number stays as it is."""
    if form.meaning is not Meaning.NUMBER:
        return _time(value, form.meaning)
    if _WHOLE.fullmatch(value):
        return value.zfill(form.digits) if form.digits and value[0] != "-" else value
    try:
        plain = format(Decimal(repr(float(value))), "f")
    except (ValueError, InvalidOperation, OverflowError):
        return value
    if "." in plain:
        plain = plain.rstrip("0").rstrip(".")
    plain = "0" if plain == "-0" else plain
    return text(plain, form) if form.digits and _WHOLE.fullmatch(plain) else plain


def _time(value: str, meaning: Meaning) -> str:
    """Day, day and time, time of day, or hours, minutes and seconds that have gone by."""
    try:
        days = float(value)
    except ValueError:
        return value
    if not 0 <= days < _LAST_DAY:
        return text(value)
    seconds = round(days * 86_400)
    if meaning is Meaning.ELAPSED:
        return f"{seconds // 3600}:{seconds // 60 % 60:02}:{seconds % 60:02}"
    if days < 1:
        return str(timedelta(seconds=seconds)).rjust(8, "0") if seconds < 86_400 else "24:00:00"
    if meaning is Meaning.DAYS_FROM_1904:
        seconds += _1904 * 86_400
    elif seconds // 86_400 < 60:  # the spreadsheets' calendar has a 29 February 1900
        seconds += 86_400
    moment = datetime(1899, 12, 30) + timedelta(seconds=seconds)
    return moment.date().isoformat() if seconds % 86_400 == 0 else moment.isoformat(" ")
