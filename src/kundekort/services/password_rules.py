"""What a password has to be, as NIST SP 800-63B says it: long, and none that others would guess. It never expires.

Any character is allowed, spaces too, and none is demanded. Passwords are compared as Unicode's normal form NFC, so that
an “é” is the same from every keyboard.
"""

from __future__ import annotations

import re
import unicodedata
from functools import cache
from typing import Final

from django.contrib.auth.models import User
from django.contrib.auth.password_validation import CommonPasswordValidator

from kundekort.services.refusals import PasswordCommon, PasswordPersonal, PasswordTooLong, PasswordTooShort

LEAST: Final = 12
MOST: Final = 128
_DIFFERENT: Final = 5
"""Characters that differ in a password of which nobody says that it is one key held down."""
_OWN: Final = 8
"""Characters that a password has besides what is known of its owner."""
_SHORTEST_NAME: Final = 3
_NAME: Final = "kundekort"


def normal(password: str) -> str:
    """A password as it is hashed and compared."""
    return unicodedata.normalize("NFC", password)


def check(password: str, user: User) -> None:
    """Raises the WeakPassword that says why a user may not have a password."""
    password = normal(password)
    if len(password) < LEAST:
        raise PasswordTooShort(least=LEAST)
    if len(password) > MOST:
        raise PasswordTooLong(most=MOST)
    if _is_common(password):
        raise PasswordCommon
    if _is_personal(password, user):
        raise PasswordPersonal


def _is_common(password: str) -> bool:
    """Whether lists of passwords hold it, or its word without the figures and signs around it."""
    lower = password.lower().strip()
    word = re.sub(r"^[\W\d_]+|[\W\d_]+$", "", lower)
    figures = re.sub(r"\D", "", lower)
    return len(set(lower)) < _DIFFERENT or not {lower, word or figures}.isdisjoint(_common()) or _is_run(lower)


def _is_run(text: str) -> bool:
    """Whether each character follows the one before it, as in 123456789012 or lkjihgfedcba."""
    steps = {
        (ord(after) - ord(before)) % 10 if after.isdigit() else ord(after) - ord(before)
        for before, after in zip(text, text[1:], strict=False)
    }
    return steps in ({1}, {9}, {-1})


def _is_personal(password: str, user: User) -> bool:
    """Whether little is left of it without the names and the address of its owner, and without the name of the site."""
    known = f"{user.get_username()} {user.first_name} {user.last_name} {user.email} {_NAME}".casefold()
    rest = password.casefold()
    for name in sorted(re.findall(r"\w+", known), key=len, reverse=True):
        if len(name) >= _SHORTEST_NAME:
            rest = rest.replace(name, "")
    return rest != password.casefold() and len(rest) < _OWN


@cache
def _common() -> frozenset[str]:
    return frozenset(CommonPasswordValidator().passwords)
