"""Export, import: nothing changes."""

from collections.abc import Callable
from pathlib import Path

import pytest

from kundekort.services.lists import FileFormat
from kundekort.store.models import Customer, Import
from tests.roundtrip.values import VALUES

PREPARED = sorted((Path(__file__).parent / "files").iterdir())


@pytest.mark.parametrize("form", FileFormat)
def test_it_changes_nothing(
    form: FileFormat, exported: Callable[[FileFormat], bytes], nothing_changes: Callable[..., None]
) -> None:
    nothing_changes(exported(form), filename=f"kunder.{form.extension}")


@pytest.mark.parametrize("file", PREPARED, ids=lambda file: file.name)
def test_it_changes_nothing_after_a_spreadsheet_has_saved_it(file: Path, nothing_changes: Callable[..., None]) -> None:
    """What LibreOffice made of exports; `make roundtrip` lets it do so anew, `prepare.py` keeps what it made."""
    nothing_changes(file.read_bytes(), filename=file.name)


def test_it_has_files_of_both_forms() -> None:
    assert {file.suffix for file in PREPARED} == {".csv", ".xlsx"}


@pytest.mark.parametrize("form", FileFormat)
def test_it_notices_the_one_cell_that_was_edited(
    form: FileFormat,
    exported: Callable[[FileFormat], bytes],
    upload: Callable[..., Import],
) -> None:
    data = exported(form)
    # As if the list said something else than it does: what the register says has changed, and nobody is known to have.
    Customer.objects.filter(pk=1003).update(city="Vadsø")
    totals = upload(data).totals
    assert (totals.unchanged, totals.changed, totals.cells_changed) == (len(VALUES) - 1, 1, 1)
