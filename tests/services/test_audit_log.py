"""The audit log is read page by page, narrowed, and taken out as a file."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable
from datetime import timedelta

import pytest
from django.db import connection
from django.utils import timezone, translation

from kundekort.engine.recipe import EmptyCells
from kundekort.engine.schema import Kind
from kundekort.services import audit, audit_log, confirming, exports, fields, layouts, settings, undoing
from kundekort.services.accounts import Actor
from kundekort.services.audit import Event
from kundekort.services.audit_log import NOBODY, SERVER, AuditFilter
from kundekort.services.fields import Definition
from kundekort.services.lists import FileFormat
from kundekort.services.refusals import Forbidden, NotWaiting, SettingInvalid
from kundekort.store.models import AuditEntry, Import
from kundekort.store.selection import Selection

ONE = "CustomerID;FirstName;Gender\n0;Kari;2\n"


def told(event: Event | None = None) -> list[tuple[str, str, dict[str, object]]]:
    found = AuditEntry.objects.order_by("pk")
    rows = found.filter(event=event) if event else found
    return list(rows.values_list("event", "actor_name", "params"))


def test_it_logs_who_confirmed_and_who_took_back(upload: Callable[..., Import], alice: Actor, bob: Actor) -> None:
    imp = upload(ONE)
    confirming.confirm(imp.pk, digest=imp.digest, actor=alice)
    imp.refresh_from_db()
    assert imp.revision
    back = undoing.start(imp.revision.pk, actor=bob)
    back = confirming.confirm(back.pk, digest=back.digest, actor=bob)
    assert told() == [
        ("confirmation", "Alice Ås", {"import_id": imp.pk, "uploader": "bob"}),
        ("undo", "bob", {"import_id": back.pk, "kind": "import", "undone": imp.pk}),
    ]


def test_it_logs_nothing_that_was_not_done(upload: Callable[..., Import], alice: Actor, bob: Actor) -> None:
    imp = upload(ONE)
    confirming.confirm(imp.pk, digest=imp.digest, actor=alice)
    with pytest.raises(Exception, match="already_applied"):
        confirming.confirm(imp.pk, digest=imp.digest, actor=alice)
    with pytest.raises(SettingInvalid):
        settings.change(actor=alice, preview_days=0)
    settings.change(actor=alice, preview_days=14)  # as it was
    assert [event for event, _, _ in told()] == ["confirmation"]


@pytest.mark.django_db(transaction=True)
def test_it_logs_a_confirmation_that_a_job_carries_out_once(
    upload: Callable[..., Import], bob: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    from kundekort.services import planning

    monkeypatch.setattr(planning, "INLINE_CARDS", 0)
    imp = upload(ONE)
    confirming.confirm(imp.pk, digest=imp.digest, actor=bob)
    confirming.take_back(imp.pk, actor=bob)
    with pytest.raises(NotWaiting):
        confirming.apply(imp.pk, digest=imp.digest)
    confirming.confirm(imp.pk, digest=imp.digest, actor=bob)
    confirming.apply(imp.pk, digest=imp.digest)
    assert [event for event, _, _ in told()] == ["confirmation", "withdrawal", "confirmation"]


def test_it_logs_lists_when_they_are_made_and_when_they_are_taken(load: Callable[..., Import], alice: Actor) -> None:
    load(ONE)
    export = exports.start(what=Selection(), form=FileFormat.CSV, actor=alice)
    exports.open_file(export.pk, actor=alice)[0].close()
    b"".join(exports.stream(what=Selection(), form=FileFormat.PLAIN, actor=alice))
    assert told(Event.EXPORT_DOWNLOAD) == [("export_download", "Alice Ås", {"export_id": export.pk, "rows": 1})]
    assert [params["rows"] for _, _, params in told(Event.EXPORT)] == [1, 1]


def test_it_logs_settings_fields_and_layouts(alice: Actor) -> None:
    settings.change(actor=alice, preview_days=9, allow_merge=True)
    field = fields.create(Definition("Seat", Kind.TEXT), actor=alice)
    fields.change(field.key, Definition("SeatRow", Kind.TEXT), actor=alice)
    fields.retire(field.key, actor=alice)
    fields.retire(field.key, retired=False, actor=alice)
    fields.arrange([field.key], actor=alice)
    columns = [("id", "CustomerID")]
    layouts.save("Kort", columns=columns, empty_cells=EmptyCells.KEEP, is_default=False, actor=alice)
    layouts.save("Kort", columns=columns, empty_cells=EmptyCells.KEEP, is_default=False, actor=alice, former="Kort")
    layouts.delete("Kort", actor=alice)
    key = field.key
    assert [(event, params) for event, _, params in told()] == [
        ("setting_change", {"key": "preview_days", "old": 14, "new": 9}),
        *(("field_change", {"key": key, "act": act}) for act in ("added", "changed", "retired", "restored")),
        ("field_order", {}),
        *(("layout_change", {"name": "Kort", "act": act}) for act in ("added", "changed", "deleted")),
    ]


@pytest.fixture
def many(alice: Actor, bob: Actor) -> list[int]:
    """Numbers of entries in the order in which they were made."""
    for number in range(7):
        audit.record(Event.CONFIRMATION, actor=bob, import_id=number, uploader="bob")
    audit.record(Event.LOGIN_FAILURE, actor=Actor(name="", role=None, address="192.0.2.1"), username="root")
    audit.record(Event.BACKUP, actor=Actor.system("root"), customers=3)
    return list(AuditEntry.objects.order_by("pk").values_list("pk", flat=True))


def test_it_is_read_page_by_page_forth_and_back(many: list[int], alice: Actor) -> None:
    first = audit_log.page(AuditFilter(), limit=4, actor=alice)
    second = audit_log.page(AuditFilter(), limit=4, before=first.entries[-1].id, actor=alice)
    last = audit_log.page(AuditFilter(), limit=4, before=second.entries[-1].id, actor=alice)
    assert [entry.id for page in (first, second, last) for entry in page.entries] == many[::-1]
    assert [(page.newer, page.older) for page in (first, second, last)] == [(False, True), (True, True), (True, False)]
    back = audit_log.page(AuditFilter(), limit=4, after=last.entries[0].id, actor=alice)
    assert back.entries == second.entries
    assert (back.newer, back.older) == (True, True)
    assert audit_log.page(AuditFilter(), limit=4, after=second.entries[0].id, actor=alice).newer is False
    assert audit_log.page(AuditFilter(), limit=99, before=10**12, actor=alice).entries[0].id == many[-1]


def test_it_is_narrowed_by_person_event_and_days(many: list[int], alice: Actor, bob: Actor) -> None:
    assert bob.user
    today = timezone.localdate()
    for wanted, found in (
        (AuditFilter(who=str(bob.user.pk)), many[:7]),
        (AuditFilter(who=NOBODY), [many[7]]),
        (AuditFilter(who=SERVER), [many[8]]),
        (AuditFilter(event=Event.BACKUP), [many[8]]),
        (AuditFilter(event=Event.LOGIN), []),
        (AuditFilter(since=today, until=today), many),
        (AuditFilter(until=today - timedelta(days=1)), []),
        (AuditFilter(since=today + timedelta(days=1)), []),
    ):
        assert [entry.id for entry in audit_log.page(wanted, limit=99, actor=alice).entries] == found[::-1]


def test_it_is_taken_out_whole_and_harmless(many: list[int], alice: Actor, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(audit_log, "BLOCK", 2)
    evil = Actor(name="", role=None, address="192.0.2.1")
    audit.record(Event.LOGIN_FAILURE, actor=evil, username='=HYPERLINK("x")')
    with translation.override("en"):
        pieces = audit_log.export(AuditFilter(event=Event.LOGIN_FAILURE), actor=alice)
    rows = list(csv.reader(io.StringIO(b"".join(pieces).decode("utf-8-sig")), delimiter=";"))
    assert rows[0][:2] == ["When", "Who"]
    assert [row[4] for row in rows[1:]] == ['Failed to log in as “=HYPERLINK("x")”', "Failed to log in as “root”"]
    assert all(not cell.startswith(("=", "+", "-", "@")) for row in rows for cell in row)
    assert AuditEntry.objects.latest("pk").event == "audit_export"
    assert len(list(audit_log.entries(AuditFilter(), actor=alice))) == len(many) + 2
    assert len(list(audit_log.entries(AuditFilter(), limit=3, actor=alice))) == 3


def test_it_is_for_administrators(bob: Actor) -> None:
    for read in (
        lambda: audit_log.page(AuditFilter(), limit=1, actor=bob),
        lambda: audit_log.people(actor=bob),
        lambda: audit_log.export(AuditFilter(), actor=bob),
        lambda: list(audit_log.entries(AuditFilter(), actor=bob)),
    ):
        with pytest.raises(Forbidden):
            read()


@pytest.mark.parametrize(
    ("wanted", "index"),
    [
        (AuditFilter(), "audit_when"),
        (AuditFilter(who="1"), "audit_user"),
        (AuditFilter(event=Event.BACKUP), "audit_event"),
    ],
)
def test_it_finds_a_page_by_an_index_that_is_in_its_order(wanted: AuditFilter, index: str, alice: Actor) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off; SET LOCAL enable_sort = off; SET LOCAL enable_bitmapscan = off")
    plan = audit_log._matching(wanted)[:50].explain()
    assert index in plan
    assert "Sort" not in plan


def test_it_tells_entries_in_words(many: list[int]) -> None:
    from kundekort import wording

    for event, params, words in (
        ("role_change", {"username": "bob", "old": "importer", "new": "reader"}, "bob til leser i stedet for importør"),
        ("setting_change", {"key": "allow_merge", "old": True, "new": False}, "Sammenslåing tillatt» fra ja til nei"),
        ("undo", {"import_id": 3, "kind": "edit", "undone": None}, "Angret en endring på et kort (import 3)"),
        ("undo", {"import_id": 3, "kind": "import", "undone": 2}, "Angret import 2 (import 3)"),
        ("export", {"export_id": 1, "rows": 12345}, "12\xa0345"),
        ("login", {"method": "passkey"}, "Logget inn (med passnøkkel)"),
        ("login", {"method": "password", "factor": "totp"}, "Logget inn (med passord og en kode fra en app)"),
        ("from_the_future", {}, "from_the_future"),
    ):
        assert words in wording.audit_event(event, params)


def test_a_failed_login_is_never_taken_for_a_command_on_the_server(alice: Actor) -> None:
    audit.record(Event.LOGIN_FAILURE, actor=Actor(name="", role=None), username="kari")
    audit.record(Event.BACKUP, actor=Actor.system("root"), customers=1)
    for who, events in (("server", ["backup"]), ("nobody", ["login_failure"])):
        page = audit_log.page(audit_log.AuditFilter(who=who), limit=10, actor=alice)
        assert [entry.event for entry in page.entries] == events
