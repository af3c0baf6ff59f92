"""Whether people can go on reading while a million rows are imported:

    .venv/bin/python -m bench.readers [ROWS [READERS [SECONDS [PAUSE]]]]

An installation of its own with ROWS customers (1,000,000) and `kundekort serve` as it is. An edited list of them all is
uploaded, planned and confirmed by the site; beside it READERS people (50) look at lists, searches, cards, imports and
previews for SECONDS (60) at least, each with a pause of about PAUSE seconds (2) after every page. Tells how long their
pages took, by what was going on, and every answer that was an error.
"""

from __future__ import annotations

import re
import statistics
import sys
import threading
import time
from collections import defaultdict
from pathlib import Path
from random import Random
from typing import Final

import polars as pl
from tests.torture.client import Client, CutOff
from tests.torture.installation import PASSWORD, Installation
from tests.waiting import until

from kundekort.cli import sample

PAGES: Final = ("/customers/", "/customers/?search=Berg", "/customers/{card}/", "/imports/", "/imports/{import}/", "/")


def main() -> None:
    """Prepare, import, and have people read."""
    rows, readers, seconds, pause = [*map(int, sys.argv[1:]), *(1_000_000, 50, 60, 2)[len(sys.argv) - 1 :]]
    house = Installation()
    try:
        name = ["kari", "--role", "administrator", "--password-stdin"]
        house.run("createuser", *name, text=PASSWORD)
        every = sample.customers(rows)
        first = house.data / "first.csv"
        every.write_csv(first, separator=";")
        done = house.run("import", str(first), "--yes", "--accept-findings")
        print(done.decode().strip()[-200:])
        exported = house.data / "exported.csv"
        house.run("export", "-o", str(exported))
        house.serve()
        kari = Client(house.port)
        kari.log_in("kari")
        Reading(house, readers=readers, seconds=seconds, pause=pause).run(kari, edited(exported))
    finally:
        house.remove()


def edited(exported: Path) -> bytes:
    """The list with another city for one customer in ten."""
    rows = pl.read_csv(exported, separator=";", infer_schema=False)
    tenth = pl.int_range(pl.len()) % 10 == 0
    return (
        rows.with_columns(pl.when(tenth).then(pl.lit("Larvik")).otherwise("City").alias("City"))
        .write_csv(separator=";")
        .encode()
    )


class Reading:
    """People who read, and what they had to wait for."""

    def __init__(self, house: Installation, *, readers: int, seconds: int, pause: int) -> None:
        self._house, self._readers, self._seconds, self._pause = house, readers, seconds, pause
        self._phase, self._import, self._stop = "nothing", 1, threading.Event()
        self._times: dict[str, list[float]] = defaultdict(list)
        self._errors: list[str] = []

    def run(self, kari: Client, data: bytes) -> None:
        """Have a list imported while the others read, for as long as it takes, and tell."""
        threads = [threading.Thread(target=self._read, args=(n,)) for n in range(self._readers)]
        for thread in threads:
            thread.start()
        time.sleep(10)
        began = time.monotonic()
        self._phase = "planning"
        number = self._import = kari.upload(data)
        page = f"/imports/{number}/"
        until(lambda: 'name="digest"' in kari.get(page))
        print(f"planned after {time.monotonic() - began:.0f} s", flush=True)
        self._phase, began = "writing", time.monotonic()
        digest = re.search(r'name="digest" value="(\w+)"', kari.get(page))
        assert digest is not None
        kari.post(f"{page}confirm/", digest=digest[1])
        until(lambda: "successfully imported" in kari.get(page))
        print(f"written after {time.monotonic() - began:.0f} s", flush=True)
        self._phase = "nothing"
        while sum(len(times) for times in self._times.values()) and time.monotonic() < began + self._seconds:
            time.sleep(1)
        self._stop.set()
        for thread in threads:
            thread.join()
        self._tell()

    def _read(self, seed: int) -> None:
        chance = Random(seed)  # noqa: S311 - a bench, no secret
        reader = Client(self._house.port)
        reader.log_in("kari")
        while not self._stop.is_set():
            page = chance.choice(PAGES).replace("{import}", str(self._import))
            page = page.replace("{card}", str(chance.randrange(1, 5000)))
            phase, began = self._phase, time.perf_counter()
            try:
                reader.get(page)
            except (CutOff, AssertionError) as error:
                self._errors.append(f"{phase} {page}: {error!r} {error.__cause__!r}")
            self._times[phase].append(time.perf_counter() - began)
            self._stop.wait(self._pause * 2 * chance.random())

    def _tell(self) -> None:
        for phase, times in self._times.items():
            ranks = statistics.quantiles(times, n=100)
            print(
                f"{phase:10} {len(times):7,} pages  p50 {ranks[49] * 1000:6.0f} ms  p95 {ranks[94] * 1000:6.0f} ms"
                f"  p99 {ranks[98] * 1000:6.0f} ms  worst {max(times) * 1000:6.0f} ms"
            )
        print(f"errors: {len(self._errors)}", *self._errors[:5], sep="\n")


if __name__ == "__main__":
    main()
