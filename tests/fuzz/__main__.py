"""Bytes become rows and a plan, or a refusal for which there are words, whatever they are: coverage-guided, by atheris.

`make fuzz SECONDS=600`, or `python -m tests.fuzz FOLDER [-max_total_time=600 …]`: the folder keeps what was tried and
led to new places; a file that fails is written to the current folder. What libFuzzer knows may be given, too.
"""

from __future__ import annotations

import sys
import tempfile
from datetime import date
from pathlib import Path

import atheris

with atheris.instrument_imports(include=["kundekort"]):
    from kundekort.cli.setup import setup_translations
    from kundekort.engine import inspection
    from kundekort.engine.errors import FileRefused
    from kundekort.engine.reading import reader
    from kundekort.engine.reading.batches import Pace
    from kundekort.engine.recipe import Answers
    from kundekort.store.fields import SCHEMA
    from kundekort.wording import refusal

from tests.engine.reading import mutations
from tests.engine.reading.test_reader_fuzz import assert_no_line_is_lost

TEXTS = {
    "short.csv": "CustomerID;FirstName;Email\n1;Kari;kari@example.no\n".encode("utf-16"),
    "quoted.csv": b'CustomerID;Address;City;Tags;DateOfBirth\n1;"Gata 1; B";Oslo;a|b;03/04/90\n2;"Vei ""2""\nB";;;1\n',
    "lost.csv": b'CustomerID;FirstName;Address;City\n1;Kari;"Gata 1;Oslo\n2;Ola;Gata 2;Oslo\n3;Per;Gata 3";Oslo\n',
    "old.csv": "Kundenr,Fornavn,Mobil,Født\n1,Åse,912 34 567,31.12.1980\n".encode("cp865"),
}
BYTES = 1 << 16
"""Of a file that is tried."""
MEGABYTES = 4096
"""Of memory at most; atheris keeps some 100 kB for each file that it tries, the reader nothing."""
SECONDS = 20
"""For a file at most."""


def try_one(data: bytes) -> None:
    """What an import would do with the file, by the same pipeline, without a register; and the laws of its reader."""
    found = inspection.inspect(
        data, answers=Answers(), schema=SCHEMA, limits=mutations.LIMITS, today=date(2026, 11, 25), country="NO"
    )
    assert found.errors <= found.rows
    if found.question is not None and found.question.code:
        assert len(refusal(found.question.code, found.question.params)) > 20
    assert_no_line_is_lost(data, Pace())
    assert _rows(data, Pace(most=64, batch=200)) == _rows(data, Pace(short=sys.maxsize))


def _rows(data: bytes, pace: Pace) -> object:
    try:
        found = reader.read(data, known=lambda header: False, limits=mutations.LIMITS, pace=pace)
    except FileRefused as refused:
        return refused.code, refused.params
    return found.cells.rows(), found.problems.rows(), found.blank_rows


def main() -> None:
    """Try files until told to stop."""
    setup_translations()
    with tempfile.TemporaryDirectory() as seeds:
        for name, data in (mutations.files() | TEXTS).items():
            (Path(seeds) / name).write_bytes(data)
        limits = [f"-max_len={BYTES}", f"-rss_limit_mb={MEGABYTES}", f"-timeout={SECONDS}", "-verbosity=1"]
        atheris.Setup([sys.argv[0], *limits, *sys.argv[1:], seeds], try_one)
        atheris.Fuzz()


if __name__ == "__main__":
    main()
