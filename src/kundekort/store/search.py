"""Finding customers by the words people type. The index and the query share one expression, so they fit each other."""

from __future__ import annotations

import re
from typing import Final, LiteralString

from django.db.models import BooleanField, Q, QuerySet
from django.db.models.expressions import RawSQL

from kundekort.store.models import Customer

VECTOR: Final[LiteralString] = (
    "to_tsvector('simple', translate(id || ' ' || first_name || ' ' || last_name || ' ' || company || ' ' || email || "
    "' ' || city || ' ' || mobile || ' ' || right(mobile, 8) || ' ' || phone || ' ' || right(phone, 8) || ' ' || "
    "external_id, '@._-+/', '      '))"
)
"""All that a search looks at, cut at the characters that stand inside addresses and numbers."""

LETTERS: Final[LiteralString] = (
    "lower(' ' || id || ' ' || first_name || ' ' || last_name || ' ' || company || ' ' || email || ' ' || city || "
    "' ' || mobile || ' ' || right(mobile, 8) || ' ' || phone || ' ' || right(phone, 8) || ' ' || external_id)"
)
"""The same, uncut."""

PLAIN: Final = re.compile(r"[0-9]+|[A-Za-zÀ-ÖØ-öø-ÿ]+")
"""Words that nothing cuts in two."""
NUMBER: Final = re.compile(r"\+?[\d\s]+")


def matching(text: str) -> QuerySet[Customer]:
    """The customers in which each word of the text begins some word; all customers for an empty text."""
    condition, values = where(text)
    return Customer.objects.filter(Q(RawSQL(condition, values, output_field=BooleanField())))  # noqa: S611 - SQL of `where`


def where(text: str) -> tuple[LiteralString, list[str]]:
    """The same as a condition in SQL with a placeholder for each of its values."""
    words = _words(text)
    if not words:
        return ("FALSE" if text.strip() else "TRUE"), []
    return f"{VECTOR} @@ to_tsquery('simple', %s)", [" & ".join(f"'{word}':*" for word in words)]


def hint(text: str) -> tuple[LiteralString, list[str]] | None:
    """A condition that costs a fifth of `where` and holds wherever that does: the words begin somewhere in the card.

    None where that is not certain: the database may cut words of other letters elsewhere than we do.
    """
    words = _words(text)
    if not words or not all(PLAIN.fullmatch(word) for word in words):
        return None
    return " AND ".join([f"{LETTERS} ~ lower(%s)"] * len(words)), [_beginning(word) for word in words]


def _beginning(word: str) -> str:
    """A regular expression for where the database lets a word begin.

    A number begins in the midst of letters or a word in the midst of digits (1e5kari), and after ~ anything anywhere.
    """
    if not word[0].isascii():
        return word
    return f"[^{'0-9' if word[0].isdigit() else 'a-z'}]{word}|~"


def _words(text: str) -> list[str]:
    text = text.strip()[:200]
    if NUMBER.fullmatch(text):  # phone numbers are written with spaces anywhere
        text = re.sub(r"\s", "", text)
    return re.findall(r"\w+", text)
