"""On what was measured: the machine, the versions, and the commit."""

from __future__ import annotations

import os
import platform
import subprocess
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import Any, Final

from bench.clock import ROOT

from kundekort import embedded

PACKAGES: Final = ("django", "polars", "pyarrow", "psycopg")


def about() -> dict[str, Any]:
    """What stands above the figures."""
    memory = next(int(line.split()[1]) for line in Path("/proc/meminfo").read_text().splitlines() if "MemTotal" in line)
    processor = next((line for line in Path("/proc/cpuinfo").read_text().splitlines() if "model name" in line), ": ?")
    return {
        "commit": _git("rev-parse", "--short", "HEAD") + ("+" if _git("status", "--porcelain", "-uno") else ""),
        "date": datetime.now(UTC).date().isoformat(),
        "machine": {
            "processor": processor.partition(": ")[2],
            "cores": len(os.sched_getaffinity(0)),
            "memory_gb": round(memory / 2**20),
            "system": platform.release(),
            "python": platform.python_version(),
            "postgresql": embedded.VERSION,
            **{name: version(name) for name in PACKAGES},
        },
    }


def _git(*arguments: str) -> str:
    return subprocess.run(["git", *arguments], cwd=ROOT, capture_output=True, text=True, check=False).stdout.strip()  # noqa: S603, S607 - as installed
