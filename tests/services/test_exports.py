"""Lists of customers: who may take them, what is in them, what is kept and logged."""

from __future__ import annotations

import csv
import io
import os
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from django.utils import timezone

from kundekort.engine.reading import reader
from kundekort.engine.reading.table import Table
from kundekort.engine.recipe import Dialect, DialectOverrides, EmptyCells
from kundekort.engine.schema import Kind
from kundekort.engine.segments.condition import from_json
from kundekort.services import exports, fields, layouts, segments
from kundekort.services.accounts import Actor
from kundekort.services.lists import FileFormat
from kundekort.services.refusals import ExportNotWaiting, Forbidden, NotFound, TooManyForWorkbook
from kundekort.store.models import Customer, Export, Import
from kundekort.store.selection import Selection

THREE = "CustomerID;FirstName;LastName;City;Gender\n0;Kari;Vik;Oslo;2\n0;Ola;Dal;Bergen;1\n0;Siv;Berg;Oslo;2\n"
EVERYBODY = Selection()


@pytest.fixture(autouse=True)
def three(load: Callable[..., Import]) -> None:
    load(THREE)


def content(export: Export, actor: Actor) -> bytes:
    with exports.open_file(export.pk, actor=actor)[0] as file:
        return file.read()


def table(export: Export, actor: Actor) -> Table:
    return reader.read(content(export, actor), known=lambda header: header == "CustomerID")


def first_names(export: Export, actor: Actor) -> list[str]:
    found = table(export, actor)
    return found.cells[f"c{found.headers.index('FirstName')}"].to_list()


@pytest.mark.parametrize("form", FileFormat)
def test_it_writes_every_field_and_the_version(form: FileFormat, alice: Actor) -> None:
    export = exports.start(what=EVERYBODY, form=form, actor=alice)
    assert (export.state, export.rows, export.actor_name) == (Export.State.DONE, 3, "Alice Ås")
    found = table(export, alice)
    assert found.headers == tuple(f.header for f in fields.schema())
    assert found.cells[f"c{len(found.headers) - 1}"].to_list() == ["1", "1", "1"]
    assert first_names(export, alice) == ["Kari", "Ola", "Siv"]


@pytest.mark.parametrize("form", FileFormat)
def test_it_gives_the_customers_of_a_segment_and_of_a_search(form: FileFormat, bob: Actor) -> None:
    oslo = from_json({"all": [{"field": "city", "operator": "is", "values": ["oslo"]}]})
    segments.save("I Oslo", condition=oslo, actor=bob)
    assert first_names(exports.start(what=Selection(segment="I Oslo"), form=form, actor=bob), bob) == ["Kari", "Siv"]
    assert first_names(exports.start(what=Selection(search="dal"), form=form, actor=bob), bob) == ["Ola"]


def test_it_gives_all_customers_to_administrators_only(bob: Actor, alice: Actor, charlie: Actor) -> None:
    for what in (EVERYBODY, Selection(search=" ")):
        with pytest.raises(Forbidden):
            exports.start(what=what, form=FileFormat.CSV, actor=bob)
        with pytest.raises(Forbidden):
            exports.stream(what=what, form=FileFormat.CSV, actor=bob)
    with pytest.raises(Forbidden):
        exports.start(what=Selection(search="kari"), form=FileFormat.CSV, actor=charlie)
    taken = exports.start(what=EVERYBODY, form=FileFormat.CSV, actor=alice)
    with pytest.raises(Forbidden):
        exports.open_file(taken.pk, actor=bob)
    assert [e.pk for e in exports.recent(actor=bob)] == [taken.pk]


def test_it_follows_a_layout(alice: Actor) -> None:
    columns = [("last_name", "Surname"), ("id", "Number"), ("first_name", "FirstName")]
    layouts.save("Short", columns=columns, empty_cells=EmptyCells.KEEP, is_default=False, actor=alice)
    export = exports.start(what=EVERYBODY, form=FileFormat.XLSX, layout="Short", actor=alice)
    found = reader.read(content(export, alice), known=lambda header: True)
    assert found.headers == ("Surname", "Number", "FirstName", "Version")
    assert found.cells["c0"].to_list() == ["Vik", "Dal", "Berg"]
    with pytest.raises(NotFound):
        exports.start(what=EVERYBODY, form=FileFormat.XLSX, layout="Nowhere", actor=alice)


def test_it_explains_each_column_in_the_language_of_the_person(alice: Actor) -> None:
    export = exports.start(what=EVERYBODY, form=FileFormat.XLSX, language="nb", actor=alice)
    data = content(export, alice)
    about = reader.read(data, known=lambda header: True, overrides=DialectOverrides(sheet="Forklaring"))
    assert about.sheets == ("Kunder", "Forklaring")
    assert about.cells.height == len(fields.schema().fields)
    explained = {row[0]: row[1:] for row in about.cells.drop("_row", "_line").rows()}
    assert explained["Gender"] == ("Kjønn", "0 ingen, 1 mann, 2 kvinne. Må fylles ut.")
    assert explained["Company"] == ("Firma", "Tekst. Høyst 200 tegn.")


def test_it_logs_what_is_taken_straight_and_keeps_no_file(alice: Actor) -> None:
    pieces = exports.stream(what=Selection(search="kari"), form=FileFormat.PLAIN, actor=alice)
    assert b"Kari" in b"".join(pieces)
    (logged,) = exports.recent(actor=alice)
    assert (logged.actor_name, logged.rows, logged.size, logged.selection.search) == ("Alice Ås", 1, None, "kari")
    with pytest.raises(NotFound):
        exports.open_file(logged.pk, actor=alice)


def test_it_gives_up_a_list_that_nobody_waits_for(alice: Actor, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(exports, "INLINE_CUSTOMERS", 2)
    waiting = exports.start(what=EVERYBODY, form=FileFormat.CSV, actor=alice)
    assert waiting.state == Export.State.WAITING
    assert exports.cancel(waiting.pk, actor=alice).state == Export.State.CANCELLED
    assert exports.make(waiting.pk).state == Export.State.CANCELLED
    with pytest.raises(ExportNotWaiting):
        exports.cancel(waiting.pk, actor=alice)


def test_it_leaves_no_file_when_it_is_cancelled_while_it_is_written(
    alice: Actor, monkeypatch: pytest.MonkeyPatch, settings: object
) -> None:
    monkeypatch.setattr(exports, "INLINE_CUSTOMERS", 2)
    waiting = exports.start(what=EVERYBODY, form=FileFormat.CSV, actor=alice)

    def report(phase: str, done: int, total: int) -> None:
        if done:  # the list has the connection to itself by now
            return
        Export.objects.filter(pk=waiting.pk).update(state=Export.State.CANCELLED)

    assert exports.make(waiting.pk, report=report).state == Export.State.CANCELLED
    folder = settings.DATA / "exports"  # type: ignore[attr-defined]
    assert not [name for name in os.listdir(folder) if name.startswith(str(waiting.pk))]


def test_it_writes_what_the_cards_hold_whatever_that_is(alice: Actor, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("kundekort.bulk.copy.BYTES", 100)
    points = fields.create(fields.Definition(header="Poeng", kind=Kind.NUMBER), actor=alice).key
    texts = ['say "hi"', "a;b", "two\nlines", "\r", "\t", "=1+1", "'quoted", "12345678901234567890", "😀", "\\N", "\\."]
    for text in texts:
        Customer.objects.create(first_name=text, internal_note=text * 2, tags=["VIP", text], custom={points: "-1.5"})
    data = b"".join(exports.stream(what=EVERYBODY, form=FileFormat.PLAIN, actor=alice)).decode("utf-8-sig")
    read = list(csv.DictReader(io.StringIO(data, newline=""), delimiter=";"))[3:]
    assert [row["FirstName"] for row in read] == texts
    assert [row["InternalNote"] for row in read] == [text * 2 for text in texts]
    assert [row["Tags"] for row in read] == [f"VIP|{text}" for text in texts]
    assert {row["Poeng"] for row in read} == {"-1.5"}


def test_it_lets_go_of_the_database_when_nobody_takes_the_rest(alice: Actor, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("kundekort.bulk.copy.BYTES", 1)
    pieces = exports.stream(what=EVERYBODY, form=FileFormat.CSV, actor=alice)
    assert b"Kari" in [next(pieces), next(pieces)][1]
    pieces.close()  # type: ignore[attr-defined]
    assert Customer.objects.count() == 3


def test_it_refuses_more_customers_than_a_workbook_holds(alice: Actor, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("kundekort.engine.writing.xlsx.MOST_ROWS", 2)
    with pytest.raises(TooManyForWorkbook) as refused:
        exports.start(what=EVERYBODY, form=FileFormat.XLSX, actor=alice)
    assert refused.value.params == {"count": 3, "limit": 2}
    assert exports.start(what=EVERYBODY, form=FileFormat.CSV, actor=alice).state == Export.State.DONE


def test_it_lets_nobody_wait_when_a_workbook_grows_too_large(alice: Actor, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("kundekort.engine.writing.xlsx.MOST_BYTES", 1000)
    with pytest.raises(TooManyForWorkbook):
        exports.start(what=EVERYBODY, form=FileFormat.XLSX, actor=alice)
    assert exports.recent(actor=alice)[0].state == Export.State.FAILED


def test_it_names_files_by_segment_and_day(bob: Actor) -> None:
    segments.save("Oslo øst / VIP", condition=from_json({"all": []}), actor=bob)
    names = []
    for form, language in (("xlsx", "nb"), ("csv", "nb"), ("plain", "nb"), ("csv", "en")):
        what = Selection(segment="Oslo øst / VIP")
        export = exports.start(what=what, form=FileFormat(form), language=language, actor=bob)
        export.created_at = datetime(2026, 3, 1, 23, 30, tzinfo=UTC)  # when the next day has begun in Oslo
        names.append(exports.filename(export))
    assert names == [
        "kunder-oslo-øst-vip-2026-03-02.xlsx",
        "kunder-oslo-øst-vip-2026-03-02.csv",
        "kunder-oslo-øst-vip-2026-03-02-for-programmer.csv",
        "customers-oslo-øst-vip-2026-03-02.csv",
    ]


def test_it_removes_files_after_some_days(alice: Actor) -> None:
    old, new = (exports.start(what=EVERYBODY, form=FileFormat.CSV, actor=alice) for _ in range(2))
    Export.objects.filter(pk=old.pk).update(created_at=timezone.now() - timedelta(days=exports.KEPT_DAYS + 1))
    exports.remove_old()
    with pytest.raises(NotFound):
        exports.open_file(old.pk, actor=alice)
    assert table(new, alice).cells.height == 3
    assert Export.objects.count() == 2


def test_it_plans_a_workbook_like_any_file(upload: Callable[..., Import], alice: Actor) -> None:
    export = exports.start(what=EVERYBODY, form=FileFormat.XLSX, actor=alice)
    data = content(export, alice)
    Customer.objects.filter(first_name="Kari").update(last_name="Vig")
    imp = upload(data, filename="kunder.xlsx")
    assert imp.state == Import.State.PREVIEW
    assert {k: getattr(imp.totals, k) for k in ("rows", "changed", "unchanged", "errors")} == {
        "rows": 3,
        "changed": 1,
        "unchanged": 2,
        "errors": 0,
    }
    assert imp.facts.sheets == ("Customers", "About")
    assert imp.recipe.dialect == Dialect(encoding="xlsx", separator="", header_row=1, sheet="Customers")
