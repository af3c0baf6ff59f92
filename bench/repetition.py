"""How well files are known that were imported before, how often others are taken for them, and what it costs:

    .venv/bin/python -m bench.repetition [ROWS]

On invented customers and an empty register. First 100 lists that share nobody, each beside each; then 60,000 people
beside lists with a known share of them, in another order; then what a sketch costs beside the plan of ROWS new rows
(1,000,000 unless told), without a database, in seconds of computing.
"""

from __future__ import annotations

import sys
import tempfile
import time
from itertools import permutations
from pathlib import Path

import polars as pl
from tests.engine.memory import MemoryRegister, plan, task

from kundekort.cli import sample
from kundekort.engine import interpretation, pipeline
from kundekort.engine.guards import repetition
from kundekort.engine.guards.repetition import Sketch
from kundekort.engine.plan import Plan
from kundekort.engine.reading.table import Limits
from kundekort.engine.recipe import Answers
from kundekort.store import plans
from kundekort.store.fields import SCHEMA


def people(count: int, *, seed: int) -> pl.DataFrame:
    """Invented customers without the number of another system, which nobody has twice."""
    return sample.customers(count, seed=seed).drop("ExternalID")


def csv(frame: pl.DataFrame) -> bytes:
    """A list as it is uploaded."""
    return frame.write_csv(separator=";").encode()


def sketch(frame: pl.DataFrame) -> Sketch:
    """The sketch of a list whose customers are all new."""
    return repetition.sketch(plan(csv(frame), MemoryRegister()))


def alarms() -> None:
    """Lists of people who have nothing to do with each other."""
    lists = [sketch(people(40 + 13 * n, seed=1000 + n)) for n in range(100)]
    shares = [repetition.share(one, other) for one, other in permutations(lists, 2)]
    taken = sum(share >= repetition.MOST for share in shares)
    print(f"{len(shares):,} pairs of other lists: {taken} taken for the same, at most {max(shares):.1%} in common")


def bounds(count: int = 60_000) -> None:
    """Lists of whom a part was there before."""
    whole, others = people(count, seed=1), people(count, seed=2)
    told = sketch(whole)
    for percent in (0, 10, 25, 40, 45, 48, 52, 55, 60, 75, 95, 100):
        kept = count * percent // 100
        old = pl.concat([whole.head(kept), others.head(count - kept)]).sample(fraction=1, shuffle=True, seed=percent)
        print(f"{percent:3} % of {count:,} were there before: told {repetition.share(told, sketch(old)):.1%}")
    for part in (30_000, 10_000, 5_000, 3_000, 1_000, 100):
        print(f"an excerpt of {part:,} of {count:,}: told {repetition.share(sketch(whole.head(part)), told):.1%}")


def cost(rows: int) -> None:
    """What a sketch takes beside its plan, and a comparison with a thousand others."""
    data = csv(people(rows, seed=1))
    with tempfile.TemporaryDirectory() as folder:
        began = time.process_time()
        file = interpretation.understand(data, answers=Answers(), schema=SCHEMA, limits=Limits(), ask=False)
        work = task(file.recipe, MemoryRegister())
        made = pipeline.plan(file.source, work, rows=plans.rows(Path(folder)))
        assert isinstance(made, Plan)
        planned = time.process_time()
        told = repetition.sketch(made)
        sketched = time.process_time()
    kept = told.to_bytes()
    for _ in range(1_000):
        repetition.share(told, Sketch.from_bytes(told.people, kept))
    compared = time.process_time() - sketched
    print(f"{rows:,} new rows: plan {planned - began:.1f} s, sketch {sketched - planned:.2f} s ({len(kept):,} bytes)")
    print(f"beside 1,000 other sketches: {compared:.2f} s")


if __name__ == "__main__":
    alarms()
    bounds()
    cost(int(sys.argv[1]) if sys.argv[1:] else 1_000_000)
