"""A plan from afar, and the row that is looked for in it."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from kundekort.engine.frames import Status
from kundekort.services import preview
from kundekort.store.bands import MOST, Band
from kundekort.store.models import Customer, Import
from kundekort.store.pages import Filter, Place

HEADER = "CustomerID;FirstName;Gender\n"


@pytest.fixture
def imp(load: Callable[..., Import], upload: Callable[..., Import]) -> Import:
    """A thousand rows: the first ten change, 500 and 900 are wrong, the last twenty are new."""
    load(HEADER + "".join(f"0;Kari{n};2\n" for n in range(980)))
    ids = list(Customer.objects.order_by("pk").values_list("pk", flat=True))
    names = {n: f"Ola{n}" for n in range(10)}
    genders = {500: "7", 900: "8"}
    old = "".join(f"{i};{names.get(n, f'Kari{n}')};{genders.get(n, '2')}\n" for n, i in enumerate(ids))
    return upload(HEADER + old + "".join(f"0;Ny{n};1\n" for n in range(20)))


def test_it_tells_a_whole_file_in_a_few_bands(imp: Import) -> None:
    bands = preview.bands(imp)
    assert [(band.grave, band.common) for band in bands] == [
        (None, Status.CHANGED),
        (Status.ERROR, None),
        (Status.ERROR, None),
        (None, Status.NEW),
    ]
    assert (bands[0].first, bands[-1].last) == (0, 999)
    assert bands[1].first <= 500 <= bands[1].last
    assert all(band.last - band.first < 1000 * 3 / MOST + 20 for band in bands)


def test_it_tells_a_small_file_row_by_row(upload: Callable[..., Import]) -> None:
    assert preview.bands(upload(HEADER + "0;Kari;2\n0;Ola;7\n")) == [
        Band(first=0, last=0, grave=None, common=Status.NEW),
        Band(first=1, last=1, grave=Status.ERROR, common=None),
    ]


def page(imp: Import, wanted: Filter, place: Place) -> tuple[int, int | None, int | None]:
    """Where the page begins, where the row is found, and its number in the file."""
    found = preview.page(imp, wanted, offset=0, limit=100, place=place)
    row = None if found.found is None else found.rows[found.found - found.offset].number
    return found.offset, found.found, row


def test_it_finds_the_page_of_a_row_of_the_file(imp: Import) -> None:
    assert page(imp, Filter(), Place(at=450)) == (400, 450, 450)
    assert page(imp, Filter(box="new"), Place(at=450)) == (0, 0, 980)
    assert page(imp, Filter(box="changed"), Place(at=450)) == (0, 9, 9)
    assert page(imp, Filter(box="removed"), Place(at=450)) == (0, None, None)


def test_it_finds_the_next_row_with_an_error_and_begins_anew_after_the_last(imp: Import) -> None:
    assert page(imp, Filter(), Place(after=0)) == (500, 500, 500)
    assert page(imp, Filter(), Place(after=501)) == (900, 900, 900)
    assert page(imp, Filter(), Place(after=901)) == (500, 500, 500)
    assert page(imp, Filter(box="new"), Place(after=0)) == (0, None, None)


def test_it_puts_what_needs_a_decision_first_when_asked(imp: Import) -> None:
    found = preview.page(imp, Filter(box="changes", first=True), offset=0, limit=4)
    assert [row.number for row in found.rows] == [500, 900, 0, 1]
