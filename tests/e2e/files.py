"""Files of customers as people bring them."""

from __future__ import annotations

HEADER = "CustomerID;FirstName;LastName;Email;Mobile;ZipCode;City;Gender\n"


def line(number: int, **changed: str) -> str:
    """One row of a file; whatever is not given follows from the number."""
    values = {
        "id": "0",
        "first": f"Kari{number}",
        "last": "Nordmann",
        "email": f"kari{number}@example.com",
        "mobile": f"+4791{number:06}",
        "zip": "0150",
        "city": "Oslo",
        "gender": "2",
    } | changed
    return ";".join(values.values()) + "\n"


def register(count: int) -> str:
    """A file of new customers."""
    return HEADER + "".join(line(n) for n in range(count))


def edited(ids: list[int]) -> str:
    """The same customers with the mail of the first two and the name of the third changed, one new and two wrong."""
    changes: dict[int, dict[str, str]] = {
        0: {"email": "ny0@example.com"},
        1: {"email": "ny1@example.com", "city": "Bergen"},
        2: {"last": "Sæther"},
        3: {"gender": "7"},
        4: {"email": "ikke en adresse"},
    }
    rows = [line(n, **{"id": str(id)} | changes.get(n, {})) for n, id in enumerate(ids)]
    return HEADER + "".join(rows) + line(900, first="Åse", last="Nygård")
