"""Finding customers by the words people type. The index and the query share one expression, so they fit each other."""

from __future__ import annotations

import re
from typing import Final

from django.db.models import BooleanField, Q, QuerySet
from django.db.models.expressions import RawSQL

from kundekort.store.models import Customer

VECTOR: Final = (
    "to_tsvector('simple', translate(id || ' ' || first_name || ' ' || last_name || ' ' || company || ' ' || email || "
    "' ' || city || ' ' || mobile || ' ' || right(mobile, 8) || ' ' || phone || ' ' || right(phone, 8) || ' ' || "
    "external_id, '@._-+/', '      '))"
)
"""All that a search looks at, cut at the characters that stand inside addresses and numbers."""

NUMBER: Final = re.compile(r"\+?[\d\s]+")


def matching(text: str) -> QuerySet[Customer]:
    """The customers in which each word of the text begins some word; all customers for an empty text."""
    words = _words(text)
    if not words:
        return Customer.objects.all() if not text.strip() else Customer.objects.none()
    query = " & ".join(f"'{word}':*" for word in words)
    begins = RawSQL(f"{VECTOR} @@ to_tsquery('simple', %s)", [query], output_field=BooleanField())  # noqa: S611 - our own
    return Customer.objects.filter(Q(begins))


def _words(text: str) -> list[str]:
    text = text.strip()[:200]
    if NUMBER.fullmatch(text):  # phone numbers are written with spaces anywhere
        text = re.sub(r"\s", "", text)
    return re.findall(r"\w+", text)
