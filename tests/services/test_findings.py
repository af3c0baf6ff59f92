"""What is found in files beside the register of the database, and how far an administrator lets it go."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.utils.translation import override

from kundekort.services import imports, preview, settings
from kundekort.services.accounts import Actor
from kundekort.services.refusals import SettingInvalid
from kundekort.store.models import Customer, Import
from kundekort.wording import confirmation

Upload = Callable[..., Import]


def _ids() -> list[int]:
    return list(Customer.objects.order_by("pk").values_list("pk", flat=True))


def _found(imp: Import) -> list[tuple[str, str | None, int]]:
    return [(f.code, f.field, f.count) for f in imports.facts(imp).findings]


def test_it_counts_a_file_against_the_whole_register(load: Upload, upload: Upload, alice: Actor) -> None:
    load("CustomerID;FirstName;Gender\n" + "".join(f"0;Kari {n};0\n" for n in range(60)))
    same = "CustomerID;FirstName\n" + "".join(f"{number};Ola\n" for number in _ids()[:50])
    imp = upload(same)
    assert _found(imp) == [("alike", "first_name", 50)]
    (column,) = imports.facts(imp).columns
    assert (column.changed, column.alike, column.value, column.register) == (50, 50, "Ola", 60)
    settings.change(actor=alice, changed_percent=100, alike_percent=90)
    assert _found(upload(same)) == []
    with pytest.raises(SettingInvalid):
        settings.change(actor=alice, emptied_percent=101)


def test_it_tells_consent_that_was_withdrawn_from_a_no(load: Upload, upload: Upload) -> None:
    load("CustomerID;FirstName;Gender;EmailConsent\n0;Kari;0;1\n0;Ola;0;0\n0;Per;0;\n")
    kari, ola, per = _ids()
    load(f"CustomerID;EmailConsent\n{kari};0\n")
    imp = upload(f"CustomerID;EmailConsent\n{kari};1\n{ola};1\n{per};1\n")
    assert _found(imp) == [("consent_given", "email_consent", 1), ("consent_from_no", "email_consent", 1)]
    assert [finding.blocks for finding in imports.facts(imp).findings] == [True, False]
    summary = preview.summary(imp)
    assert summary.consents == 3
    with override("en"):
        words = confirmation(summary.totals, undoes=False, consents=summary.consents)
    assert words == "Confirm: change 3 customers, and change 3 consents"
