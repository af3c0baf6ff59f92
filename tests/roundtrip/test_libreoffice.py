"""Export, open and save in LibreOffice Calc, import: nothing changes. `make roundtrip` demands that this can run."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from kundekort.services import exports, imports, preview
from kundekort.services.accounts import Actor
from kundekort.services.lists import FileFormat
from kundekort.store.models import Import
from kundekort.store.selection import Selection
from tests.roundtrip import calc
from tests.roundtrip.values import VALUES

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


def test_it_changes_nothing_by_saving_an_old_workbook(exported: Exported, nothing_changes: NothingChanges) -> None:
    nothing_changes(calc.saved(exported(FileFormat.XLSX), ending="xlsx", target=calc.XLS), filename="kunder.xls")


def test_it_loses_only_a_vertical_tab_by_saving_an_opendocument(
    exported: Exported, upload: Callable[..., Import]
) -> None:
    imp = upload(calc.saved(exported(FileFormat.XLSX), ending="xlsx", target=calc.ODS), filename="kunder.ods")
    changed = [row for row in preview.page(imp, preview.Filter(), offset=0, limit=len(VALUES)).rows if row.old]
    assert [set(row.old.values()) for row in changed] == [{"a\x0bb", "095|a\x0bb"}]  # which no XML can write
    assert (imp.totals.errors, imp.totals.cells_changed) == (0, len(changed[0].old))


CARDS = (
    "CustomerID;FirstName;Gender;Country;ZipCode;ExternalID;Address2;InternalNote\n"
    "0;Åse;2;NO;5003;00071;1/2;17. mai\n0;Bjørn;1;SE;12345;88E5;2-3;Ringer før kl. 12\n"
    "0;Kåre;1;NO;5003;1234567890123456;10-12;50 % av kortet brukt\n"
)
"""What Calc makes something else of, beside what it leaves alone."""


@pytest.mark.parametrize("locale", calc.LOCALES)
def test_it_tells_of_every_cell_that_calc_has_damaged(
    locale: str, load: Callable[..., Import], upload: Callable[..., Import], alice: Actor
) -> None:
    load(CARDS)
    data = b"".join(exports.stream(what=Selection(), form=FileFormat.PLAIN, actor=alice))
    number, separator = calc.LOCALES[locale]
    again = calc.saved(data, ending="csv", target=calc.csv(separator, number), number=number)
    imp = upload(again)
    found = imports.facts(imp).findings
    assert {f.code for f in found} >= {"zeros_lost", "number_rounded"}
    assert sum(f.count for f in found) == imp.totals.cells_changed
    assert all(f.blocks for f in found)


def test_it_tells_of_every_letter_that_calc_has_lost(
    load: Callable[..., Import], upload: Callable[..., Import], alice: Actor
) -> None:
    load(CARDS)
    data = b"".join(exports.stream(what=Selection(), form=FileFormat.CSV, actor=alice))
    ascii_only = calc.csv(";", 1044, charset=11)
    imp = upload(calc.saved(data, ending="csv", target=ascii_only, number=1044))
    found = imports.facts(imp).findings
    assert {(f.code, f.field, f.count) for f in found} == {
        ("letters_lost", "first_name", 3),
        ("letters_lost", "internal_note", 1),
    }
    assert imp.totals.cells_changed == 4
