"""Registers to measure on, each a data folder with an embedded PostgreSQL of its own, made once and kept.

Two others stand beside the one that Kundekort uses, which is made of one of them again before a step that writes:
every run begins with the same bytes.
"""

from __future__ import annotations

import os
import shutil
from hashlib import sha256
from pathlib import Path
from typing import Final

import psycopg
from bench.clock import ROOT, run

from kundekort import embedded

FOLDER: Final = Path(os.environ.get("BENCH_FOLDER") or ROOT / ".bench")
"""Where registers and files are kept."""
EMPTY: Final = "base_empty"
FULL: Final = "base_full"
_MADE_BY: Final = (
    "src/kundekort/store/migrations/*.py",
    "src/kundekort/cli/sample*.py",
    "bench/steps/files.py",
    "bench/steps/large.py",
)
"""What a register is made anew for when it has changed."""


class Register:
    """A data folder with so many customers, and the files that go with them; its server runs as long as we do."""

    def __init__(self, rows: int, *, name: str = "") -> None:
        self.rows, self.data = rows, FOLDER / (name or str(rows))
        self.address = embedded.start(self.data)

    def file(self, name: str) -> Path:
        """One of `bench.steps.files`."""
        return self.data / "files" / f"{name}.csv"

    def make(self) -> None:
        """Make what is not there yet, or was made of another state of the code."""
        mark, wanted = self.data / "made", _fingerprint()
        if mark.exists() and mark.read_text() == wanted:
            return
        mark.unlink(missing_ok=True)
        (self.data / "files").mkdir(exist_ok=True)
        for name in (EMPTY, FULL):
            self._execute(f"DROP DATABASE IF EXISTS {name}")
        self._execute("DROP DATABASE IF EXISTS postgres WITH (FORCE)", "CREATE DATABASE postgres TEMPLATE template0")
        for kept in ("imports", "exports", "storage-id"):
            _remove(self.data / kept)
        self._fill(str(self.data / "files"))
        _remove(self.data / "imports")
        with psycopg.connect(self.address, autocommit=True) as conn:
            conn.execute("VACUUM (ANALYZE)")
        self._keep(FULL)
        mark.write_text(wanted)

    def _fill(self, folder: str) -> None:
        run("files:new", data=self.data, folder=folder, rows=self.rows)
        self._keep(EMPTY)
        shown = run("imports:preview", data=self.data, file=str(self.file("new")), keep=True)
        run("imports:confirm", data=self.data, number=shown.told["import"])
        run("files:exported", data=self.data, folder=folder)

    def restore(self, base: str) -> None:
        """Have the register as it was, EMPTY or FULL."""
        self._execute("DROP DATABASE IF EXISTS postgres WITH (FORCE)", _copy("postgres", base), "CHECKPOINT")
        for kept in ("imports", "exports"):
            _remove(self.data / kept)

    def _keep(self, base: str) -> None:
        self._execute(_copy(base, "postgres"))

    def _execute(self, *statements: str) -> None:
        with psycopg.connect(self.address.replace("/postgres?", "/template1?"), autocommit=True) as conn:
            for statement in statements:
                conn.execute(statement)


class Large(Register):
    """A register that is made by SQL, with short files alone."""

    def __init__(self, rows: int) -> None:
        super().__init__(rows, name=f"large-{rows}")

    def _fill(self, folder: str) -> None:
        run("large:fill", data=self.data, rows=self.rows)
        run("large:files", data=self.data, folder=folder, rows=self.rows)

    def _keep(self, base: str) -> None:
        """No copy: what is written to it are previews, which do not change it."""


def address() -> str:
    """The address of the database of the data folder that this process is about."""
    return embedded.start(Path(os.environ["KUNDEKORT_DATA"]))


def _copy(name: str, source: str) -> str:
    return f"CREATE DATABASE {name} TEMPLATE {source} STRATEGY file_copy"


def _fingerprint() -> str:
    whole = sha256()
    for pattern in _MADE_BY:
        for path in sorted(ROOT.glob(pattern)):
            whole.update(path.read_bytes())
    return whole.hexdigest()


def _remove(path: Path) -> None:
    if path.is_dir():
        shutil.rmtree(path)
    else:
        path.unlink(missing_ok=True)
