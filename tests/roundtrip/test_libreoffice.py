"""Export, open and save in LibreOffice Calc, import: nothing changes. `make roundtrip` demands that this can run."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from kundekort.engine.facts import Question, QuestionKind
from kundekort.services.lists import FileFormat
from kundekort.store.models import Import
from tests.roundtrip import calc

pytestmark = pytest.mark.slow

Exported = Callable[[FileFormat], bytes]
NothingChanges = Callable[..., None]


def test_it_changes_nothing_by_saving_a_workbook(exported: Exported, nothing_changes: NothingChanges) -> None:
    nothing_changes(calc.saved(exported(FileFormat.XLSX), ending="xlsx", target=calc.XLSX), filename="kunder.xlsx")


@pytest.mark.parametrize("locale", calc.LOCALES)
def test_it_changes_nothing_by_saving_csv(locale: str, exported: Exported, nothing_changes: NothingChanges) -> None:
    number, separator = calc.LOCALES[locale]
    again = calc.saved(exported(FileFormat.CSV), ending="csv", target=calc.csv(separator, number), number=number)
    nothing_changes(again, filename="kunder.csv")


@pytest.mark.parametrize("locale", calc.LOCALES)
def test_it_changes_nothing_by_saving_csv_as_a_workbook(
    locale: str, exported: Exported, nothing_changes: NothingChanges
) -> None:
    number, _ = calc.LOCALES[locale]
    again = calc.saved(exported(FileFormat.CSV), ending="csv", target=calc.XLSX, number=number)
    nothing_changes(again, filename="kunder.xlsx")


def test_it_shows_that_the_protection_is_needed(exported: Exported, upload: Callable[..., Import]) -> None:
    number, separator = calc.LOCALES["nb-NO"]
    again = calc.saved(exported(FileFormat.PLAIN), ending="csv", target=calc.csv(separator, number), number=number)
    assert upload(again).totals.unchanged == 0


def test_it_refuses_what_calc_saves_in_its_own_form(exported: Exported, upload: Callable[..., Import]) -> None:
    imp = upload(calc.saved(exported(FileFormat.XLSX), ending="xlsx", target=calc.ODS), filename="kunder.ods")
    assert (imp.state, imp.question) == (
        Import.State.REFUSED,
        Question(QuestionKind.REFUSED, "file_binary", {"kind": "ods"}),
    )
