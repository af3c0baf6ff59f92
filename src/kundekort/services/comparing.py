"""Checked rows beside the cards of the register: for whole files and for the one row of an edited card alike.

Reads only. Cards that move from here on are noticed when the plan is applied.
"""

from __future__ import annotations

import polars as pl
from django.db import transaction

from kundekort.bulk import postgres
from kundekort.engine import diff, mapping
from kundekort.engine.check import Checked
from kundekort.engine.recipe import Match, Policy
from kundekort.engine.schema import Schema
from kundekort.services.database import psycopg_connection
from kundekort.services.progress import Report, unwatched


def compare(checked: Checked, *, policy: Policy, schema: Schema, report: Report = unwatched) -> diff.Difference:
    """What each row would change, with all problems that only the register can tell."""
    planned = diff.planned(checked.rows, schema)
    by = mapping.key_field(policy, schema)
    needed = diff.wanted(planned, policy, schema)

    def fetching(done: int, total: int) -> None:
        report("fetching", done, total)

    with transaction.atomic():
        conn = psycopg_connection()
        keys = diff.keys(checked.rows, by) if by else pl.Series("id", [], dtype=pl.Int64)
        snapshot = postgres.snapshot(conn, by=by or schema["id"], keys=keys, fields=needed, progress=fetching)
        unknown = keys.filter((keys > 0) & ~keys.is_in(snapshot["id"].implode())) if policy.match is Match.ID else None
        redirects = diff.NO_REDIRECTS if unknown is None else postgres.redirects(conn, unknown)
        taken = {
            f.key: postgres.snapshot(conn, by=f, keys=checked.rows[f.key], fields=[f], progress=fetching)
            for f in planned
            if f.unique
        }
    report("comparing", 0, 1)
    return diff.diff(checked, snapshot=snapshot, taken=taken, policy=policy, schema=schema, redirects=redirects)
