"""How often the database is asked on the way from an upload to the first rows of its preview."""

from __future__ import annotations

from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from tests.web.conftest import HEADER, latest, send

MOST = {"upload": 46, "preview": 14, "rows": 12}
"""At each step, transactions counted too; the upload with the page of the preview to which it leads."""


def asked(client: Client, rows: int) -> dict[str, int]:
    """How many statements each step takes for a file of new customers."""
    counts = {}
    people = "".join(f"0;Kari{n};Nordmann{n};kari{n}@example.com;2\n" for n in range(rows))
    with CaptureQueriesContext(connection) as queries:
        send(client, HEADER + people)
    counts["upload"] = len(queries)
    for step, address in (("preview", ""), ("rows", "rows/?box=changes")):
        with CaptureQueriesContext(connection) as queries:
            client.get(f"/imports/{latest().pk}/{address}")
        counts[step] = len(queries)
    return counts


def test_it_asks_no_more_than_it_has_to_and_no_more_for_more_rows(as_bob: Client) -> None:
    few, many = asked(as_bob, 2), asked(as_bob, 500)
    assert {step: count for step, count in few.items() if count > MOST[step]} == {}
    assert {step: count for step, count in many.items() if count > few[step]} == {}
