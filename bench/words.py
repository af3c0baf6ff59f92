"""What is looked for, by the names it has in the table: pages of a preview, customers, segments."""

from __future__ import annotations

from typing import Any, Final

PAGES: Final[dict[str, tuple[dict[str, Any], float]]] = {
    "all rows, the first": ({}, 0),
    "all rows, in the middle": ({}, 0.5),
    "all rows, the last": ({}, 1),
    "what changes, in the middle": ({"box": "changes"}, 0.05),
    "new ones": ({"box": "new"}, 0.01),
    "one column": ({"column": "email"}, 0.02),
    "search: a common text": ({"search": "oslo"}, 0),
    "search: a rare text": ({"search": "x12.anne"}, 0),
    "search: no text of the file": ({"search": "qzxqzx"}, 0),
}
"""Filters of a preview, and how far down the page stands, as a share of all rows."""
WORDS: Final = ("", "hansen", "anne hansen", "oslo", "example", "qzxqzx", "a", "anne qzxqzx")
SEARCHES: Final = {
    f"{text or 'everybody'}, by {order}{', in the middle' if place else ''}": (text, order, place)
    for text in WORDS
    for order in ("id", "name", "city", "email")
    for place in (0.0, 0.5)
    if not (text and place)
}
"""Texts, orders, and how far down the list a page stands."""
SEGMENTS: Final[dict[str, list[tuple[Any, ...]]]] = {
    "city, consent and month of birthday": [
        ("city", "is", "oslo"),
        ("email_consent", "is", "ja"),
        ("date_of_birth", "birthday_in_month", 5),
    ],
    "e-mail shared with another card": [("email_shared", "is", True)],
    "shared e-mail in one city": [("email_shared", "is", True), ("city", "is", "oslo")],
    "has a tag": [("tags", "has", "Abonnent")],
    "created in the last 30 days": [("created_at", "in_last_days", 30)],
    "created by an import": [("created_by_import", "is", 1)],
    "no e-mail, but a mobile": [("email", "empty"), ("mobile", "not_empty")],
    "e-mail contains": [("email", "contains", "hansen")],
    "age 18 to 25 and SMS consent": [("date_of_birth", "age_between", 18, 25), ("sms_consent", "is", 1)],
    "one of three cities": [("city", "one_of", "Oslo", "Bergen", "Trondheim")],
    "one e-mail address": [("email", "is", "nobody@example.com")],
    "everybody": [],
}
