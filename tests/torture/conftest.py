"""How much torture: `TORTURE_KILLS`, `_RACES`, `_EXAMPLES`; of which chance: `TORTURE_SEED`, which failures tell."""

from __future__ import annotations

import json
import logging
import os
from collections import Counter, defaultdict
from collections.abc import Iterator
from pathlib import Path
from random import SystemRandom

import pytest

from tests.torture import files
from tests.torture.installation import PASSWORD, Installation

logger = logging.getLogger(__name__)

SEED = os.environ.get("TORTURE_SEED") or str(SystemRandom().randrange(10**9))
COUNTS = "torture"
"""The property of a test's report that holds its counts."""


@pytest.fixture
def seed() -> str:
    """Where all chance comes from; pytest shows it when a test fails."""
    logger.warning("TORTURE_SEED=%s", SEED)
    return SEED


@pytest.fixture(scope="session")
def template() -> Iterator[Path]:
    """The data folder of an installation that has stopped, with customers and a person."""
    made = Installation()
    path = made.data / "beginnings.csv"
    path.write_bytes(files.as_file(files.beginnings()))
    made.run("import", str(path), "--yes")
    made.run("createuser", "kari", "--role", "administrator", "--password-stdin", text=PASSWORD + "\n")
    yield made.data
    made.remove()


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Tell what all the tests together have come to."""
    sums: defaultdict[str, Counter[str]] = defaultdict(Counter)
    for report in terminalreporter.getreports("passed") + terminalreporter.getreports("failed"):
        for name, value in getattr(report, "user_properties", ()):
            if name == COUNTS:
                for table, counts in json.loads(value).items():
                    sums[table].update(counts)
    for table, counts in sums.items():
        terminalreporter.write_sep("-", f"{table}: {sum(counts.values())}")
        for name, count in counts.most_common():
            terminalreporter.write_line(f"{count:7} {name}")
