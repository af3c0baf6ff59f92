"""What tests of whole processes share: an installation of their own."""

import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest


@pytest.fixture
def environment() -> Iterator[dict[str, str]]:
    """The environment of a fresh installation; its folder can be reached by the database's own user."""
    data = Path(tempfile.mkdtemp(prefix="kundekort-test-"))
    data.chmod(0o755)
    yield {name: os.environ[name] for name in ("PATH", "PYTHONPATH") if name in os.environ} | {
        "KUNDEKORT_DATA": str(data),
        "LANG": "C.UTF-8",
        "TERM": "xterm-256color",
        "COLUMNS": "120",
    }
    stopped = not (data / "postgres" / "postmaster.pid").exists()
    shutil.rmtree(data, ignore_errors=True)
    assert stopped, "the embedded PostgreSQL is stopped by whoever used it last"
