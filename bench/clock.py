"""One step in a process of its own, timed there; and what the operating system says of that process's memory.

As a program it is the process: `python -m bench.clock MODULE:FUNCTION ARGUMENTS`, the module one of `bench.steps`, the
arguments a JSON object. Its last line is a JSON object too.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Mapping
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import Any, Final

ROOT: Final = Path(__file__).resolve().parent.parent
LIMITS: Final = {"KUNDEKORT_MAX_ROWS": "20000000", "KUNDEKORT_MAX_BYTES": str(8 * 2**30)}
"""What the settings allow, so that no size is refused."""


@dataclass(frozen=True, slots=True)
class Sample:
    """One run of a step: seconds of the clock, the most bytes its process has ever had, and what else it tells."""

    seconds: float
    peak: int
    told: dict[str, Any]


class Clock:
    """Runs while its with statement does; what a step prepares and tidies up stays outside."""

    def __init__(self) -> None:
        self.seconds, self.peak = 0.0, 0

    def __enter__(self) -> Clock:
        self._began = time.perf_counter()
        return self

    def __exit__(self, *_: object) -> None:
        self.seconds += time.perf_counter() - self._began
        self.peak = peak()


def peak() -> int:
    """The most memory that this process has had so far, in bytes."""
    lines = Path("/proc/self/status").read_text().splitlines()
    return next(int(line.split()[1]) * 1024 for line in lines if line.startswith("VmHWM:"))


def run(step: str, *, data: Path, python: Path | None = None, **arguments: Any) -> Sample:
    """Run a step with the register of a data folder, and say how it went. Ends the program where it fails."""
    command = [str(python or sys.executable), "-m", "bench.clock", step, json.dumps(arguments)]
    done = subprocess.run(  # noqa: S603 - ourselves
        command, cwd=ROOT, env=environment(data), stdout=subprocess.PIPE, text=True, check=False
    )
    if done.returncode:
        sys.exit(f"{step} {arguments} failed ({done.returncode}).\n{done.stdout}")
    told = json.loads(done.stdout.splitlines()[-1])
    return Sample(told.pop("seconds"), told.pop("peak"), told)


def environment(data: Path) -> dict[str, str]:
    """What the processes that are measured find around them."""
    # As installed: a program whose bytecode is nowhere kept is compiled at each start, a tenth of a second of it.
    left = (k for k in os.environ if not k.startswith("KUNDEKORT_") and k != "PYTHONDONTWRITEBYTECODE")
    others: Mapping[str, str] = {k: os.environ[k] for k in left}
    return {**others, **LIMITS, "KUNDEKORT_DATA": str(data), "LC_ALL": "C.UTF-8"}


def main() -> None:
    """Do one step and tell."""
    module, _, name = sys.argv[1].partition(":")
    clock = Clock()
    told = getattr(import_module(f"bench.steps.{module}"), name)(clock, **json.loads(sys.argv[2]))
    print(json.dumps({"seconds": clock.seconds, "peak": clock.peak, **(told or {})}))


if __name__ == "__main__":
    main()
