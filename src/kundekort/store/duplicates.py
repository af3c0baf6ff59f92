"""Finding cards that may be one person: groups of cards with the same key, one statement over the whole register."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from django.db import connection


class By(StrEnum):
    """What two cards of one person may have in common."""

    EMAIL = "email"
    MOBILE = "mobile"
    NAME_BIRTH = "name_birth"


_KEYS: Final = {
    By.EMAIL: ("lower(email)", "email <> ''"),
    By.MOBILE: ("mobile", "mobile <> ''"),
    By.NAME_BIRTH: (
        "lower(last_name) || chr(10) || lower(first_name) || chr(10) || date_of_birth",
        "last_name <> '' AND first_name <> '' AND date_of_birth IS NOT NULL",
    ),
}
"""For each way the key and the cards that have one, as SQL."""

_GROUPS: Final = """
    WITH alike AS (
        SELECT array_agg(id ORDER BY id) AS ids FROM kundekort_customer
        WHERE {having} GROUP BY {key} HAVING count(*) > 1
    )
    SELECT ids, count(*) OVER () FROM alike
    WHERE EXISTS (SELECT FROM kundekort_notduplicates d WHERE d.customers @> alike.ids) = %s
    ORDER BY ids OFFSET %s LIMIT %s
"""


_COUNT: Final = """
    WITH alike AS (
        SELECT array_agg(id) AS ids, count(*) AS cards FROM kundekort_customer
        WHERE {having} GROUP BY {key} HAVING count(*) > 1
    )
    SELECT count(*), coalesce(sum(cards), 0) FROM alike
    WHERE NOT EXISTS (SELECT FROM kundekort_notduplicates d WHERE d.customers @> alike.ids)
"""


@dataclass(frozen=True, slots=True)
class Alike:
    """How many groups of alike cards there are, and how many cards stand in them."""

    groups: int
    cards: int


@dataclass(frozen=True, slots=True)
class Groups:
    """Some of the groups of alike cards: their numbers, lowest first."""

    total: int
    ids: tuple[tuple[int, ...], ...]


def groups(by: By, *, dismissed: bool, offset: int, limit: int) -> Groups:
    """Groups of two or more alike cards by their lowest number; with `dismissed` those said to be different people.

    A group counts as dismissed when one decision names all its cards: with one more card it is shown again.
    """
    key, having = _KEYS[by]
    with connection.cursor() as cursor:
        cursor.execute(_GROUPS.format(key=key, having=having), [dismissed, offset, limit])
        rows: Sequence[tuple[list[int], int]] = cursor.fetchall()
    return Groups(total=rows[0][1] if rows else 0, ids=tuple(tuple(ids) for ids, _ in rows))


def count(by: By) -> Alike:
    """How many groups of alike cards nobody has said to be different people."""
    key, having = _KEYS[by]
    with connection.cursor() as cursor:
        cursor.execute(_COUNT.format(key=key, having=having))
        groups, cards = cursor.fetchone()
    return Alike(groups=int(groups), cards=int(cards))
