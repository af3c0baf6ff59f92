"""Have LibreOffice save the export anew and keep what it makes in `files`, for machines without it.

python -m pytest tests/roundtrip/prepare.py
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from kundekort.services.lists import FileFormat
from tests.roundtrip import calc

FILES = Path(__file__).parent / "files"


@pytest.mark.parametrize(
    ("name", "form", "locale", "is_workbook"),
    [
        ("xlsx-saved-as.xlsx", FileFormat.XLSX, "nb-NO", True),
        ("csv-saved-as-in-nb.xlsx", FileFormat.CSV, "nb-NO", True),
        *((f"csv-saved-in-{locale[:2]}.csv", FileFormat.CSV, locale, False) for locale in ("en-US", "nb-NO")),
    ],
)
def test_it_is_saved(
    name: str,
    form: FileFormat,
    locale: str,
    is_workbook: bool,
    exported: Callable[[FileFormat], bytes],
    nothing_changes: Callable[..., None],
) -> None:
    number, separator = calc.LOCALES[locale]
    target = calc.XLSX if is_workbook else calc.csv(separator, number)
    made = calc.saved(exported(form), ending=form.extension, target=target, number=number)
    nothing_changes(made, filename=name)
    (FILES / name).write_bytes(made)
