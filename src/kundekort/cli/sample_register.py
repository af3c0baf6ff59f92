"""The register of the demonstration: invented customers as a venue has them after some years, some of them twice.

The same register each time, so that the example files fit it. This module may not touch files or the database.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Final

import polars as pl

from kundekort.cli.sample import HEADERS, customers

Person = Mapping[str, str]
"""A row of the register by header."""

_NEW_HOME: Final = ("Sommerstien 3", "5055", "Bergen")
TWICE: Final = 20
"""How many people stand twice in the register of the demonstration, for each way of being alike."""
_AGAIN: Final[Sequence[tuple[tuple[str, ...], Callable[[Person], Person]]]] = (
    # a telephone that begins every line with a capital; the address was not asked for
    (
        ("FirstName", "Email", "Mobile"),
        lambda p: {
            "Email": p["Email"].capitalize(),
            **dict.fromkeys(("Address", "Address2", "ZipCode", "City", "Mobile", "Phone", "DateOfBirth"), ""),
        },
    ),
    # ordered by a colleague, with a short name and the address at work
    (
        ("FirstName", "Email", "Mobile"),
        lambda p: {
            "FirstName": p["FirstName"][0] + ".",
            "Email": "arbeid." + p["Email"],
            "DateOfBirth": "",
            "Tags": "",
        },
    ),
    # a subscriber for years, who has moved since
    (
        ("FirstName", "DateOfBirth", "Email"),
        lambda p: {
            "Country": "NO",
            **dict(zip(("Address", "ZipCode", "City"), _NEW_HOME, strict=True)),
            **dict.fromkeys(("Email", "Mobile", "Phone"), ""),
            "Tags": "Abonnent",
        },
    ),
)
"""For each way of being alike the columns a person needs for it, and what is different on the second card."""


def register(count: int, *, seed: int = 1) -> pl.DataFrame:
    """So many customers as `customers` gives them, but the last of them are people who stand there a second time."""
    people = customers(count - TWICE * len(_AGAIN), seed=seed).to_dicts()
    again = [
        {**person, "ExternalID": "", "InternalNote": "", "EmailConsent": "0", **alike(person)}
        for start, (needed, alike) in enumerate(_AGAIN)
        for person in [p for p in people[start :: len(_AGAIN)] if all(p[header] for header in needed)][:TWICE]
    ]
    return pl.DataFrame(people + again, schema=list(HEADERS))


def exported(people: Sequence[Person]) -> list[int]:
    """The numbers of the customers on a list that was exported when the register was new: people, given all of them."""
    numbers = [n for n, person in enumerate(people, start=1) if n > 2400 and n % 12 == 2 and _reachable(person)]
    return numbers[:40]


def edited_since(people: Sequence[Person]) -> dict[int, dict[str, str]]:
    """What the box office has changed on cards of that list since: values by field, by the customer's number."""
    numbers = exported(people)
    moved = {n: dict(zip(("address", "zip_code", "city"), _NEW_HOME, strict=True)) for n in numbers[:4]}
    called = {n: {"mobile": f"+47 90 00 {10 + n % 90} {10 + n % 80}"} for n in numbers[4:10]}
    agreed = [n for n in numbers[10:] if people[n - 1]["EmailConsent"] == "1"]
    withdrawn = {n: {"email_consent": "0"} for n in agreed[:2]}
    return moved | called | withdrawn


def _reachable(person: Person) -> bool:
    return person["Country"] == "NO" and all(person[h] for h in ("FirstName", "Address", "Email", "Mobile"))
