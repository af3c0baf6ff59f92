"""A register of customers with hurting values, and the question what an import of a file would change in it."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable

import pytest
from django.db import connection

from kundekort.services import exports, preview
from kundekort.services.accounts import Actor
from kundekort.services.lists import FileFormat
from kundekort.store.models import Customer, Import
from kundekort.store.selection import Selection
from tests.roundtrip.values import MARK, VALUES, customers

FIRST = 1001
"""The number of the first customer, always the same, because the prepared files name it."""

# Where there is no LibreOffice, files it has prepared stand in for it; `make roundtrip` demands the real one.
collect_ignore = [] if os.environ.get("DEMAND_LIBREOFFICE") or shutil.which("soffice") else ["test_libreoffice.py"]


@pytest.fixture
def register(load: Callable[..., Import]) -> None:
    """Customers with the hurting values, numbered from FIRST."""
    assert load(customers()).totals.new == len(VALUES)
    by = FIRST - min(Customer.objects.values_list("pk", flat=True))
    with connection.cursor() as cursor:
        cursor.execute("UPDATE kundekort_customer SET id = id + %s", [by + 1_000_000])  # beside all there are
        cursor.execute("UPDATE kundekort_customer SET id = id - 1000000")
        for name in ("last_name", "address", "city", "internal_note"):
            cursor.execute(f"UPDATE kundekort_customer SET {name} = replace({name}, %s, '')", [MARK])
        tags = "string_to_array(replace(array_to_string(tags, '|'), %s, ''), '|')"
        cursor.execute(f"UPDATE kundekort_customer SET tags = {tags}", [MARK])
        cursor.execute("UPDATE kundekort_change SET customer_id = customer_id + %s", [by])


@pytest.fixture
def exported(register: None, alice: Actor) -> Callable[[FileFormat], bytes]:
    """The whole register as a file of some form."""

    def exported(form: FileFormat) -> bytes:
        return b"".join(exports.stream(what=Selection(), form=form, actor=alice))

    return exported


@pytest.fixture
def nothing_changes(register: None, upload: Callable[..., Import]) -> Callable[..., None]:
    """Fails unless an import of the file reads every customer and would change nothing, without a warning."""

    def check(data: bytes, *, filename: str) -> None:
        imp = upload(data, filename=filename, ask=True)
        assert imp.state == Import.State.PREVIEW, (imp.state, imp.question, imp.recipe)
        count = len(VALUES)
        shown = preview.page(imp, preview.Filter(), offset=0, limit=3)
        assert (imp.totals.rows, imp.totals.unchanged) == (count, count), shown
        assert list(preview.warnings(imp)) == []

    return check
