"""Rows that cannot be imported, as a file that is mended elsewhere and continues the same import."""

from __future__ import annotations

import io
from zipfile import ZipFile

import pytest

from kundekort.engine.decisions import Action, Decision
from kundekort.services import confirming, imports, mended_rows, planning
from kundekort.services.accounts import Actor
from kundekort.services.lists import FileFormat
from kundekort.services.refusals import RowsUnknown
from kundekort.store.models import Customer

pytestmark = pytest.mark.django_db(transaction=True)

LIST = "CustomerID;LastName;Gender;Email\n0;Ås;1;aas@example.com\n0;Berg;nobody;berg@example\n0;Dal;nobody\n0;Elv;2;\n"


@pytest.mark.parametrize("form", [FileFormat.CSV, FileFormat.PLAIN, FileFormat.XLSX])
def test_it_continues_an_import_with_its_mended_rows(alice: Actor, form: FileFormat) -> None:
    imp = planning.plan(imports.receive(io.BytesIO(LIST.encode()), filename="list.csv", actor=alice).pk)
    assert imp.totals.errors == 2
    file = b"".join(mended_rows.stream(imp.pk, form=form, actor=alice))
    if form is FileFormat.XLSX:
        file = _mended_workbook(file)
    else:
        text = file.decode("utf-8-sig")
        assert [line.split(";")[1] for line in text.splitlines()] == ["LastName", "Berg", "Dal"]
        file = text.replace("nobody", "2").replace("berg@example", "berg@example.com").encode()
    name, rows = mended_rows.receive(imp.pk, io.BytesIO(file), actor=alice)
    planning.decide(imp.pk, Decision(Action.MEND, name, count=rows), actor=alice)
    imp.refresh_from_db()
    assert (rows, imp.totals.rows, imp.totals.new, imp.totals.errors) == (2, 4, 4, 0)
    confirming.confirm(imp.pk, digest=imp.digest, actor=alice)
    assert list(Customer.objects.order_by("pk").values_list("last_name", "gender", "email")) == [
        ("Ås", 1, "aas@example.com"),
        ("Berg", 2, "berg@example.com"),
        ("Dal", 2, ""),
        ("Elv", 2, ""),
    ]


def test_what_was_mended_first_stays_mended_when_the_rest_comes_later(alice: Actor) -> None:
    imp = planning.plan(imports.receive(io.BytesIO(LIST.encode()), filename="list.csv", actor=alice).pk)
    for wrong, right, errors in (("nobody;berg@example", "2;berg@example.com", 1), ("nobody", "1", 0)):
        text = b"".join(mended_rows.stream(imp.pk, form=FileFormat.CSV, actor=alice)).decode("utf-8-sig")
        file = io.BytesIO(text.replace(wrong, right, 1).encode())
        name, rows = mended_rows.receive(imp.pk, file, actor=alice)
        planning.decide(imp.pk, Decision(Action.MEND, name, count=rows), actor=alice)
        imp.refresh_from_db()
        assert imp.totals.errors == errors
    assert [step.count for step in imp.decisions.steps] == [2, 1]
    planning.withdraw(imp.pk, imp.decisions.steps[0].number, actor=alice)
    imp.refresh_from_db()
    assert (imp.totals.errors, imp.totals.new) == (1, 3)


def test_it_knows_columns_of_one_name_apart(alice: Actor) -> None:
    header, row = "CustomerID;Telefon;Gender;Telefon;;Problem\n", "0;22334455;{};91234567;Ås;7: twice\n"
    imp = imports.receive(io.BytesIO((header + row.format("nobody")).encode()), filename="list.csv", actor=alice)
    planning.plan(imp.pk)
    columns = {0: "id", 1: "phone", 2: "gender", 3: "mobile", 4: "last_name"}
    planning.choose(imp.pk, columns=columns, words={2: {}}, actor=alice)
    imp.refresh_from_db()
    assert imp.totals.errors == 1
    text = b"".join(mended_rows.stream(imp.pk, form=FileFormat.CSV, actor=alice)).decode("utf-8-sig")
    mended = text.replace("nobody", "2").replace("Ås", "Dal").encode()
    name, rows = mended_rows.receive(imp.pk, io.BytesIO(mended), actor=alice)
    planning.decide(imp.pk, Decision(Action.MEND, name, count=rows), actor=alice)
    imp.refresh_from_db()
    confirming.confirm(imp.pk, digest=imp.digest, actor=alice)
    customer = Customer.objects.get()
    assert (customer.last_name, customer.phone, customer.mobile) == ("Dal", "+4722334455", "+4791234567")


def test_it_refuses_a_file_of_other_rows(alice: Actor) -> None:
    imp = planning.plan(imports.receive(io.BytesIO(LIST.encode()), filename="list.csv", actor=alice).pk)
    with pytest.raises(RowsUnknown):
        mended_rows.receive(imp.pk, io.BytesIO(LIST.encode()), actor=alice)
    with pytest.raises(RowsUnknown):
        mended_rows.receive(imp.pk, io.BytesIO(b"LastName;Problem\nBerg;99: far away\n"), actor=alice)


def _mended_workbook(file: bytes) -> bytes:
    """The workbook with other texts in its cells."""
    target = io.BytesIO()
    with ZipFile(io.BytesIO(file)) as old, ZipFile(target, "w") as new:
        for part in old.namelist():
            content = old.read(part)
            if part.startswith("xl/worksheets"):
                content = content.replace(b">nobody<", b">2<").replace(b">berg@example<", b">berg@example.com<")
            new.writestr(part, content)
    return target.getvalue()
