from __future__ import annotations

import stat
from collections.abc import Callable
from pathlib import Path

from django.conf import settings

from kundekort.services import imports, preview
from kundekort.services.accounts import Actor
from kundekort.store import packages
from kundekort.store.models import Import
from kundekort.store.pages import Filter


def test_it_keeps_files_where_nobody_else_can_look(upload: Callable[..., Import]) -> None:
    upload("CustomerID;FirstName;Gender\n0;A;1\n")
    assert stat.S_IMODE((Path(settings.DATA) / "imports").stat().st_mode) == 0o700


def test_it_forgets_the_plans_it_shows_no_more(upload: Callable[..., Import], bob: Actor) -> None:
    imp = upload("CustomerID;FirstName;Gender\n0;A;1\n0;B;7\n")
    folder = Path(settings.DATA) / "imports" / str(imp.pk)
    assert [path.name for path in (folder / "plans").iterdir()] == [imp.digest]
    imports.cancel(imp.pk, actor=bob)
    assert not folder.exists()


def test_it_keeps_a_plan_of_a_file_that_has_numbers_only(upload: Callable[..., Import]) -> None:
    upload("CustomerID;FirstName;Gender\n0;A;1\n")
    imp = upload("CustomerID\n77\n")
    assert imp.totals.errors == 1
    for search in ("", "x"):
        assert preview.page(imp, Filter(search=search), offset=0, limit=9).total == (not search)


def test_it_begins_with_nothing_of_one_that_had_its_number_before(upload: Callable[..., Import]) -> None:
    number = upload("CustomerID;FirstName;Gender\n0;Kari;2\n").pk + 1
    left = packages.numbers_file(number)
    left.parent.mkdir(parents=True, exist_ok=True)
    left.write_bytes(b"of another import")
    imp = upload("CustomerID;FirstName;Gender\n0;Ola;1\n")
    assert (imp.pk, left.exists()) == (number, False)
