"""What others need for the same: django-import-export for the main job, and programs that compare two files.

They have an environment of their own, `.venv-bench` or BENCH_PEERS, which `make bench` makes.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from bench.clock import ROOT, Sample, run
from bench.figures import Figure
from bench.registers import FULL, Register

PYTHON: Final = Path(os.environ.get("BENCH_PEERS") or ROOT / ".venv-bench") / "bin" / "python"
FASTER: Final = {10_000: 60.0, 100_000: 130.0, 1_000_000: 130.0}
"""How many times faster than django-import-export we want to be, by the size of the file."""
LONGEST: Final = 100_000
"""Rows up to which others are measured unless a size is asked for by itself: a million takes them half an hour."""
DIFFS: Final = ("csv_diff", "datacompy", "daff")


def peers(register: Register, runs: int) -> Iterator[Figure]:
    """The same file, previewed and confirmed, or only compared, by others."""
    if not PYTHON.exists():
        sys.exit(f"{PYTHON} is missing; `make bench` makes it, or name another environment in BENCH_PEERS.")
    file, before = str(register.file("tenth")), str(register.file("unchanged"))
    rows = register.rows + max(1, register.rows // 50)
    job = Figure("peers", "preview and confirm", register.rows, rows, unit="faster", versus="django-import-export")
    job.bar = FASTER.get(register.rows)
    diffs = [
        Figure("peers", "preview, database and all", register.rows, rows, unit="faster", versus=name.replace("_", "-"))
        for name in DIFFS
    ]
    for _ in range(runs):
        register.restore(FULL)
        shown = run("imports:preview", data=register.data, file=file, keep=True)
        written = run("imports:confirm", data=register.data, number=shown.told["import"])
        job.add(Sample(shown.seconds + written.seconds, max(shown.peak, written.peak), {}))
        register.restore(FULL)
        theirs = {"address": register.address, "before": before, "file": file}
        job.add_floor(run("import_export:both", data=register.data, python=PYTHON, **theirs))
        for figure, name in zip(diffs, DIFFS, strict=True):
            figure.add(shown)
            figure.add_floor(run(f"diffs:{name}", data=register.data, python=PYTHON, before=before, file=file))
    yield job
    yield from diffs
