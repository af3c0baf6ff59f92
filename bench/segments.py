"""How long typical segments take to count in a register of a million invented customers.

    KUNDEKORT_DATA=/tmp/segments .venv/bin/python bench/segments.py

The first run fills an empty data folder (about three minutes): four imports, two own fields, every fiftieth e-mail
address on two cards, cards created over five years. Later runs only count: five times each, the median is told.
"""

from __future__ import annotations

import io
import statistics
import sys
import time
from typing import Any, Final

import polars as pl

from kundekort.cli import setup

CUSTOMERS: Final = 1_000_000
RUNS: Final = 5


def rule(field: str, operator: str, *values: Any) -> dict[str, Any]:
    """A rule as JSON."""
    return {"field": field, "operator": operator, "values": list(values)}


SEGMENTS: Final[dict[str, list[dict[str, Any]]]] = {
    "city, consent and month of birthday": [
        rule("city", "is", "oslo"),
        rule("email_consent", "is", "ja"),
        rule("date_of_birth", "birthday_in_month", 5),
    ],
    "e-mail shared with another card": [rule("email_shared", "is", True)],
    "shared e-mail in one city": [rule("email_shared", "is", True), rule("city", "is", "oslo")],
    "has a tag": [rule("tags", "has", "Abonnent")],
    "created in the last 30 days": [rule("created_at", "in_last_days", 30)],
    "created by the import of 600,000": [rule("created_by_import", "is", 1)],
    "created by the import of 30,000": [rule("created_by_import", "is", 3)],
    "changed by the import of 100,000": [rule("changed_by_import", "is", 4)],
    "own choice": [rule("own_niva", "is", "gull")],
    "own number more than": [rule("own_poeng", "more_than", 900)],
    "no e-mail, but a mobile": [rule("email", "empty"), rule("mobile", "not_empty")],
    "e-mail contains": [rule("email", "contains", "hansen")],
    "age 18 to 25 and SMS consent": [rule("date_of_birth", "age_between", 18, 25), rule("sms_consent", "is", 1)],
    "one of three cities, not a tag": [
        rule("city", "one_of", "Oslo", "Bergen", "Trondheim"),
        {"not": [rule("tags", "has", "Presse")]},
    ],
    "one e-mail address": [rule("email", "is", "nobody@example.com")],
    "everybody": [],
}


def main() -> None:
    """Fill the register if it is empty, then count."""
    setup.setup_django()
    from kundekort.services import customers, segments
    from kundekort.services.accounts import Actor

    me = Actor.system("bench")
    if not customers.count():
        fill(me)
    if customers.count() != CUSTOMERS:
        sys.exit("This data folder holds another register. Name an empty one.")
    for name, rules in SEGMENTS.items():
        condition = segments.parse({"all": rules})
        times = []
        for _ in range(RUNS):
            begun = time.perf_counter()
            count = segments.count(condition, actor=me)
            times.append(time.perf_counter() - begun)
        begun = time.perf_counter()
        segments.page(condition, offset=0, limit=20, actor=me)
        page = time.perf_counter() - begun
        median = statistics.median(times)
        print(f"{name:36} {count:9,} {median * 1000:5.0f} ms   with first rows {page * 1000:5.0f} ms", flush=True)


def fill(me: Any) -> None:
    """The register, by ordinary imports."""
    from django.db import connection

    from kundekort.cli.sample import customers
    from kundekort.engine.schema import Kind
    from kundekort.services import fields

    fields.create(fields.Definition(header="Nivå", kind=Kind.CHOICE, choices=["Gull", "Sølv", "Bronse"]), actor=me)
    fields.create(fields.Definition(header="Poeng", kind=Kind.NUMBER), actor=me)
    n, email = pl.int_range(CUSTOMERS, eager=True), pl.col("Email")
    people = customers(CUSTOMERS).with_columns(
        pl.when(n % 50 == 7).then(email.shift(3).str.to_uppercase()).otherwise(email).alias("Email"),
        pl.when(n % 10 == 0)
        .then(pl.lit("Gull"))
        .when(n % 10 == 1)
        .then(pl.lit("Sølv"))
        .otherwise(pl.lit(""))
        .alias("Nivå"),
        pl.when(n % 3 == 0).then((n * 7919 % 1000).cast(pl.String)).otherwise(pl.lit("")).alias("Poeng"),
    )
    for first, last in ((0, 600_000), (600_000, 970_000), (970_000, CUSTOMERS)):
        load(people[first:last], me)
    with connection.cursor() as cursor:
        cursor.execute("SELECT id::text FROM kundekort_customer WHERE id % 10 = 3")
        ids = [row[0] for row in cursor.fetchall()]
        load(pl.DataFrame({"CustomerID": ids}).with_columns(City=pl.lit("Ås")), me)
        cursor.execute("UPDATE kundekort_customer SET created_at = now() - (1000000 - id) * interval '2.6 minutes'")
        cursor.execute("VACUUM FULL kundekort_customer")
        cursor.execute("VACUUM ANALYZE")


def load(people: pl.DataFrame, me: Any) -> None:
    """Import a file of customers; rows with errors are left out."""
    from kundekort.engine.decisions import Decisions
    from kundekort.services import confirming, imports, planning

    file = io.BytesIO(people.write_csv(separator=";").encode())
    imp = imports.receive(file, filename="bench.csv", actor=me, decisions=Decisions(leave_out_errors=True))
    imp = planning.plan(imp.pk, ask=False)
    confirming.apply(imp.pk, digest=imp.digest, actor=me)


if __name__ == "__main__":
    main()
