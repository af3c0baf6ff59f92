"""How long the main job takes, on an empty register:

    KUNDEKORT_DATA=/tmp/bench .venv/bin/python bench/imports.py [ROWS]

Loads ROWS invented customers (1,000,000 unless told), then plans and applies an edited list of them all (one in ten
with another e-mail address, one in twenty with another street), looks at pages of its preview and decides about some
of its cells. Then previews an
untouched list without and with versions, looks at what was confirmed, from the plan and without it, and takes both
imports back, the last one first.
"""

from __future__ import annotations

import io
import os
import resource
import sys
import time

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "kundekort.config.settings")
django.setup()

import polars as pl

from kundekort.cli import sample, setup
from kundekort.engine.decisions import Action, Decision
from kundekort.services import confirming, customer_list, customers, fields, imports, planning, preview, record, undoing
from kundekort.services.accounts import Actor
from kundekort.store import packages
from kundekort.store.models import Customer, Import
from kundekort.store.pages import Filter

BENCH = Actor.system("bench")


def tell(what: str, since: float) -> None:
    """One line of the table."""
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    print(f"{what:52} {time.perf_counter() - since:8.2f} s   peak {peak:5,} MB", flush=True)


def run(name: str, frame: pl.DataFrame) -> Import:
    """Plan and apply a list of customers."""
    data = frame.write_csv(separator=";").encode()
    began = time.perf_counter()
    imp = planned(imports.receive(io.BytesIO(data), filename=f"{name}.csv", actor=BENCH))
    tell(f"{name}: preview of {imp.totals.rows:,} rows, {len(data) / 1e6:.0f} MB", began)
    for box in ("all", "changes", "changed"):
        began = time.perf_counter()
        page = preview.page(imp, Filter(box=box), offset=imp.totals.rows // 25, limit=100)
        tell(f"{name}: a page of {page.total:,} rows ({box})", began)
    decide(imp, name)
    began = time.perf_counter()
    imp = confirming.apply(imp.pk, digest=imp.digest, actor=BENCH)
    tell(f"{name}: {imp.totals.new:,} new, {imp.totals.changed:,} changed, written", began)
    return imp


def decide(imp: Import, name: str) -> None:
    """Decide about a cell, a row, and two hundred rows all over the file, and take all of it back."""
    rows = imp.totals.rows
    decisions = {
        "one cell set": Decision(Action.SET, "Moss", field="city", rows=(rows // 2,)),
        "one row left out": Decision(Action.LEAVE_OUT, rows=(rows // 3,)),
        "200 cells set": Decision(Action.SET, "Moss", field="city", rows=tuple(range(0, rows, rows // 200))),
    }
    for what, decision in decisions.items():
        began = time.perf_counter()
        planning.decide(imp.pk, decision, actor=BENCH)
        tell(f"{name}: {what}, planned again", began)
    for number in range(1, len(decisions) + 1):
        planning.withdraw(imp.pk, number, actor=BENCH)
    imp.refresh_from_db()
    for finding in imp.facts.findings:  # one in twenty moves to the same street
        planning.decide(imp.pk, Decision(Action.ACCEPT, field=finding.field, code=finding.code), actor=BENCH)
    imp.refresh_from_db()


def planned(imp: Import) -> Import:
    """An import with its plan."""
    planning.plan(imp.pk, ask=False)
    imp.refresh_from_db()
    return imp


def three_way(rounds: int = 3) -> None:
    """What the column of versions costs where no card has moved."""
    lists = {"without versions": exported().drop("Version"), "with versions": exported()}
    for _ in range(rounds):
        for name, frame in lists.items():
            data = frame.write_csv(separator=";").encode()
            began = time.perf_counter()
            imp = planned(imports.receive(io.BytesIO(data), filename="untouched.csv", actor=BENCH))
            tell(f"untouched, {name}: preview of {imp.totals.unchanged:,} rows", began)
            imports.cancel(imp.pk, actor=BENCH)


def look_back(imp: Import, name: str) -> None:
    """Pages of an import as it was confirmed."""
    last = Customer.objects.latest("pk").pk
    looks = {
        "a page, for the first time": Filter(box="changes"),
        "a page": Filter(box="changes"),
        "a deep page": Filter(),
        "a customer by number": Filter(search=str(last)),
        "the row of a card": Filter(card=last),
    }
    for what, wanted in looks.items():
        began = time.perf_counter()
        offset = imp.totals.rows * 9 // 10 if what == "a deep page" else 0
        page = record.page(imp, wanted, offset=offset, limit=100)
        tell(f"{name}: {what}, of {page.total:,} rows", began)


def take_back(imp: Import, name: str) -> None:
    """Plan and apply the taking back of an import."""
    assert imp.revision is not None
    began = time.perf_counter()
    print(f"{'':52} {undoing.outlook(imp.revision.pk, actor=BENCH)}")
    tell(f"{name}: what taking it back would do", began)
    began = time.perf_counter()
    back = undoing.start(imp.revision.pk, actor=BENCH, then=lambda number: None)
    back = planned(back)
    tell(f"{name}: preview of taking back {back.totals.rows:,} cards", began)
    began = time.perf_counter()
    confirming.apply(back.pk, digest=back.digest, actor=BENCH)
    tell(f"{name}: {back.totals.removed:,} removed, {back.totals.changed:,} restored, written", began)


def exported() -> pl.DataFrame:
    """All customers as an untouched export has them."""
    schema = fields.schema()
    cards = pl.concat(customer_list.stream(actor=BENCH))
    return cards.select(pl.col(f.key).alias(f.header) for f in schema)


def edited() -> pl.DataFrame:
    """All customers as an export has them, with some cells changed."""
    place = pl.int_range(pl.len())
    return exported().with_columns(
        pl.when((place % 10 == 0) & (pl.col("Email") != ""))
        .then(pl.lit("ny.") + pl.col("Email"))
        .otherwise(pl.col("Email"))
        .alias("Email"),
        pl.when(place % 20 == 0).then(pl.lit("Ny gate 1")).otherwise(pl.col("Address")).alias("Address"),
    )


if __name__ == "__main__":
    setup.migrate(verbosity=0)
    assert not customers.count(), "The register is not empty: name an empty folder in KUNDEKORT_DATA."
    new = run("new", sample.customers(int(sys.argv[1]) if sys.argv[1:] else 1_000_000, seed=1))
    three_way()
    changed = run("edited", edited())
    look_back(new, "new, as confirmed")
    packages.remove(new.pk)
    look_back(new, "new, from the log")
    take_back(changed, "edited")
    take_back(new, "new")
