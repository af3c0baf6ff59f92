"""What is known of a customer goes for good: from the register, its history, every kept file and every byte."""

from __future__ import annotations

import shutil
import unicodedata
from collections.abc import Callable
from pathlib import Path

import pytest
from django.conf import settings
from django.db import connection

from kundekort.engine.recipe import Answers
from kundekort.engine.segments.condition import Group, Operator, Rule
from kundekort.services import (
    anonymising,
    backup,
    clearing,
    confirming,
    customers,
    editing,
    exports,
    history,
    mappings,
    merging,
    preview,
    record,
    traces,
    undoing,
    upkeep,
)
from kundekort.services.accounts import Actor
from kundekort.services.lists import FileFormat
from kundekort.services.refusals import (
    AnonymisationFinal,
    CardAnonymised,
    CardMerged,
    Forbidden,
    NotCleared,
    NotFound,
    NotWaiting,
)
from kundekort.store.models import (
    Anonymisation,
    AuditEntry,
    ColumnMapping,
    Customer,
    Export,
    Import,
    PeopleSketch,
    RemovedCard,
    Revision,
)
from kundekort.store.pages import Filter
from kundekort.store.selection import Selection
from tests.engine.reading.old_workbooks import book as old_book
from tests.engine.reading.old_workbooks import label
from tests.engine.reading.test_old_workbooks import cell, document, odf
from tests.engine.reading.test_tables_named_xls import page
from tests.services.bytes import in_database, in_files
from tests.services.workers import Workers
from tests.taking_back import take_back
from tests.waiting import until

Load = Callable[..., Import]
Upload = Load

PERSON = ("Zqwild", "Xkjensen", "zqwild@example.no", "99887766", "Hemmelig notat om zqwild")
FILE = (
    "CustomerID;FirstName;LastName;Email;Mobile;Gender;InternalNote\n"
    "0;Åse;Berg;ase@example.no;40000001;2;\n"
    "0;Zqwild;Xkjensen;zqwild@example.no;99887766;1;Hemmelig notat om zqwild\n"
    "0;Ola;Lie;ola@example.no;40000003;1;\n"
)

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("nothing_kept")]


@pytest.fixture
def ids(load: Load) -> list[int]:
    for folder in ("imports", "exports"):  # of other tests
        shutil.rmtree(Path(settings.DATA) / folder, ignore_errors=True)
    load(FILE)
    return list(Customer.objects.order_by("pk").values_list("pk", flat=True))


def gone() -> None:
    """No word of the person is in any table, nor in any byte of the data folder, once the disk is cleared."""
    assert not in_database(PERSON)
    for number in clearing.pending():
        clearing.clear(number, patience=60)
    assert not in_files(PERSON)


def test_it_leaves_no_word_of_a_person_anywhere(ids: list[int], load: Load, upload: Upload, alice: Actor) -> None:
    load(f"CustomerID;Email;Gender\n{ids[1]};other.zqwild@example.no;1\n{ids[0]};ny@example.no;2\n")
    waiting = upload(f"CustomerID;LastName;Gender\n{ids[1]};Xkjensen-Berg;1\n")
    kept = upload(f"CustomerID;LastName;Gender\n{ids[0]};Dahl;2\n")
    assert in_database(PERSON)
    assert in_files(PERSON)
    made = anonymising.anonymise([ids[1]], actor=alice)
    assert made.state == Anonymisation.State.CLEARING
    gone()
    made.refresh_from_db()
    assert made.state == Anonymisation.State.DONE
    assert made.notice == ""
    waiting.refresh_from_db()
    kept.refresh_from_db()
    assert (waiting.state, waiting.notice) == (Import.State.CANCELLED, anonymising.ANONYMISED)
    assert kept.state == Import.State.PREVIEW
    assert confirming.confirm(kept.pk, digest=kept.digest, actor=alice).state == Import.State.DONE
    assert Customer.objects.count() == 2
    assert not PeopleSketch.objects.exists()
    entry = AuditEntry.objects.get(event="anonymisation")
    assert (entry.params, entry.actor_name) == ({"customer_id": ids[1]}, "Alice Ås")


def test_it_leaves_no_word_in_a_backup(ids: list[int], alice: Actor, tmp_path: Path) -> None:
    anonymising.anonymise([ids[1]], actor=alice)
    gone()
    with (tmp_path / "backup").open("wb") as file:
        backup.write(file)
    assert in_files(("Berg",), tmp_path)
    assert not in_files(PERSON, tmp_path)


def test_it_takes_cards_with_it_that_were_merged_into_it(ids: list[int], load: Load, alice: Actor) -> None:
    load("CustomerID;FirstName;LastName;Email;Gender\n0;Zqwild;Xkjensen;zqwild@example.no;1\n")
    other = Customer.objects.latest("pk").pk
    found = merging.merge(master=ids[1], others=[other], versions={ids[1]: 1, other: 1}, values={}, actor=alice)
    with pytest.raises(CardMerged):
        anonymising.anonymise([other], actor=alice)
    outlook = anonymising.outlook(ids[1], actor=alice)
    assert (outlook.merged, outlook.imports, outlook.others) == ((other,), 2, ())
    anonymising.anonymise([ids[1]], actor=alice)
    gone()
    for number in (ids[1], other):
        with pytest.raises(CardAnonymised):
            customers.card(number, actor=alice)
    undone = undoing.start(found.pk, actor=alice)
    assert undone.totals.left_out == 2
    problems = {(p.code, p.params["id"]) for _, p in preview.problems(undone, limit=9)}
    assert problems == {("card_anonymised", ids[1]), ("card_anonymised", other)}


def test_nobody_has_their_number_ever_again(ids: list[int], upload: Upload, load: Load, alice: Actor) -> None:
    anonymising.anonymise([ids[1]], actor=alice)
    again = upload(f"CustomerID;FirstName;Gender\n{ids[1]};Ny;1\n{ids[0]};Åse M;2\n")
    assert [(p.field, p.code) for _, p in preview.problems(again, limit=9)] == [("id", "id_anonymised")]
    assert (again.totals.errors, again.totals.changed) == (1, 1)
    new = load("CustomerID;FirstName;LastName;Email;Gender\n0;Zqwild;Xkjensen;zqwild@example.no;1\n")
    assert new.totals.new == 1
    with pytest.raises(CardAnonymised):
        anonymising.anonymise([ids[1]], actor=alice)
    with pytest.raises(CardAnonymised):
        editing.edit(ids[1], version=1, values={"city": "Oslo"}, actor=alice)


def test_undo_leaves_them_out_and_takes_the_others_back(ids: list[int], load: Load, alice: Actor) -> None:
    first = Import.objects.get()
    changed = load(f"CustomerID;LastName;Gender\n{ids[0]};Dahl;2\n{ids[1]};Moe;1\n")
    made = anonymising.anonymise([ids[1]], actor=alice)
    undone = take_back(changed.revision, actor=alice)
    assert (undone.totals.changed, undone.totals.left_out) == (1, 1)
    assert customers.card(ids[0], actor=alice)["last_name"] == "Berg"
    undone = take_back(first.revision, actor=alice)
    assert (undone.totals.removed, undone.totals.left_out) == (2, 1)
    with pytest.raises(AnonymisationFinal):
        undoing.start(Anonymisation.objects.get(pk=made.pk).revision_id, actor=alice)


def test_an_undo_that_waits_is_planned_anew_without_them(ids: list[int], load: Load, alice: Actor) -> None:
    changed = load(f"CustomerID;LastName;Gender\n{ids[0]};Dahl;2\n{ids[1]};Moe;1\n")
    waiting = undoing.start(changed.revision.pk, actor=alice)
    assert waiting.totals.changed == 2
    anonymising.anonymise([ids[1]], actor=alice)
    gone()
    waiting.refresh_from_db()
    assert (waiting.state, waiting.totals.changed, waiting.totals.left_out) == (Import.State.PREVIEW, 1, 1)


def test_the_record_and_the_history_go_on_without_them(ids: list[int], load: Load, alice: Actor) -> None:
    first = Import.objects.get()
    changed = load(f"CustomerID;LastName;Gender\n{ids[0]};Dahl;2\n{ids[1]};Moe;1\n")
    made = anonymising.anonymise([ids[1]], actor=alice)
    gone()
    for imp, height in ((first, 3), (changed, 2)):
        imp.refresh_from_db()
        found = record.page(imp, Filter(), offset=0, limit=9)
        assert found.total == height
        assert not record.of(imp).whole
    entries = history.of_customer(ids[1], actor=alice)
    assert [(e.kind, e.who, e.removed, {c.new for c in e.cells}) for e in entries] == [
        ("anonymisation", "Alice Ås", True, set()),
        ("import", "bob", False, {""}),
        ("import", "bob", False, set()),
    ]
    assert anonymising.of_customer(ids[1], actor=alice) == made


def test_it_forgets_a_card_that_was_taken_back(ids: list[int], alice: Actor) -> None:
    take_back(Import.objects.get().revision, actor=alice)
    assert in_database(PERSON)
    anonymising.anonymise([ids[1]], actor=alice)
    gone()
    assert RemovedCard.objects.get(pk=ids[1]).revision.kind == Revision.Kind.ANONYMISATION
    assert RemovedCard.objects.get(pk=ids[0]).revision.kind == Revision.Kind.UNDO


def test_it_removes_lists_that_were_exported(ids: list[int], alice: Actor) -> None:
    made = exports.start(what=Selection(search="zqwild"), form=FileFormat.XLSX, actor=alice)
    anonymising.anonymise([ids[1]], actor=alice)
    gone()
    made.refresh_from_db()
    assert (made.size, made.selection.search) == (None, anonymising.GONE)


def test_it_finds_them_in_files_without_a_number(ids: list[int], upload: Upload, alice: Actor) -> None:
    texts = (
        "CustomerID;Kontakt;Gender\n0;Xkjensen, Zqwild;1\n",
        "Kontakt;FirstName\nzqwild@example.no;Kari\n",
        "FirstName;Fremmed\nKari;Ring 99 88 77 66\n",
    )
    found = [upload(text, ask=True) for text in texts]
    others = [upload("CustomerID;FirstName;LastName;Gender\n0;Zqwilda;Xkjensen;1\n")]
    anonymising.anonymise([ids[1]], actor=alice)
    assert {Import.objects.get(pk=imp.pk).state for imp in found} == {Import.State.CANCELLED}
    assert {Import.objects.get(pk=imp.pk).state for imp in others} == {Import.State.PREVIEW}


def test_it_finds_them_in_workbooks_of_every_kind(ids: list[int], upload: Upload, alice: Actor) -> None:
    def files(name: str) -> list[bytes]:
        cells = [label(0, 0, "FirstName"), label(0, 1, "Kontakt"), label(1, 0, "Kari"), label(1, 1, name)]
        web = page(f"<tr><td>Kari</td><td>{name}</td></tr>")
        return [old_book(*cells), document(odf(cell("Kari"), cell(name))), web]

    found = [upload(data, ask=True).pk for data in files("Zqwild Xkjensen")]
    others = [upload(data, ask=True) for data in files("Zqwilda Xkjensen")]
    anonymising.anonymise([ids[1]], actor=alice)
    assert set(Import.objects.filter(pk__in=found).values_list("state", flat=True)) == {Import.State.CANCELLED}
    assert {Import.objects.get(pk=imp.pk).state for imp in others} == {imp.state for imp in others}


@pytest.fixture
def kare(load: Load) -> int:
    load("CustomerID;FirstName;LastName;Email;Mobile;Gender\n0;Kåre;Blåskjell;kare.blaaskjell@ex.no;91112233;1\n")
    return Customer.objects.latest("pk").pk


def test_it_finds_them_however_they_are_typed(kare: int, upload: Upload, alice: Actor) -> None:
    apart = unicodedata.normalize("NFD", "Kåre Blåskjell")
    named = upload("CustomerID;FirstName;Gender\n0;Per;1\n", filename=f"{apart}.csv")
    texts = [
        apart,
        "911\u201112\u2011233",
        "911\u200912\u202f233",
        "911\u221212\u2013233",
        "K\u00adåre Blås\u200bkjell",
    ]
    found = [upload(f"FirstName;Fremmed\nKari;{text}\n", ask=True) for text in texts]
    anonymising.anonymise([kare], actor=alice)
    assert [Import.objects.get(pk=imp.pk).state for imp in found] == [Import.State.CANCELLED] * len(found)
    assert Import.objects.get(pk=named.pk).filename == f"{anonymising.GONE}.csv"


def test_it_forgets_by_which_parts_they_were_looked_for(kare: int, alice: Actor) -> None:
    rule = Group(parts=(Rule(field="email", operator=Operator.STARTS_WITH, values=("kare.bl",)),))
    asked = [Selection(search=text) for text in ("Blåsk", "kare.blaaskj", "9111223", "911 12 2", "+47 911")]
    asked.append(Selection(rules=rule))
    others = [Selection(search=text) for text in ("Oslo", "9999", "bl")]
    found, kept = (
        [exports.start(what=what, form=FileFormat.XLSX, actor=alice).pk for what in selections]
        for selections in (asked, others)
    )
    anonymising.anonymise([kare], actor=alice)
    assert {Export.objects.get(pk=n).selection for n in found} == {Selection(search=anonymising.GONE)}
    assert [Export.objects.get(pk=n).selection for n in kept] == others


@pytest.mark.parametrize("most", [2_000, 0])
def test_it_forgets_columns_that_were_a_person(
    kare: int, alice: Actor, bob: Actor, monkeypatch: pytest.MonkeyPatch, most: int
) -> None:
    monkeypatch.setattr(traces, "MOST", most)
    headers = (
        ["Kåre", "Blåskjell", "kåre.blaaskjell@ex.no"],
        ["Oslo", "kare.blaaskjell@ex.no"],
        ["+47 911 12 233", "Sirkus"],
        ["Fornavn", "Etternavn", "Sirkus"],
    )
    for row in headers:
        mappings.remember(row, Answers(columns=(None,) * len(row)), actor=bob)
    anonymising.anonymise([kare], actor=alice)
    assert [m.mapping.headers[0].header for m in ColumnMapping.objects.all()] == ["fornavn"]


def test_only_administrators_may(ids: list[int], alice: Actor, bob: Actor) -> None:
    for act in (anonymising.outlook, lambda number, actor: anonymising.anonymise([number], actor=actor)):
        with pytest.raises(Forbidden):
            act(ids[1], actor=bob)
        with pytest.raises(NotFound):
            act(99_999, actor=alice)
    assert not Anonymisation.objects.exists()


def test_what_no_job_is_queued_for_is_done_still(ids: list[int], alice: Actor) -> None:
    from procrastinate.contrib.django.models import ProcrastinateJob

    made = anonymising.begin([ids[1]], actor=alice)
    upkeep.queue_forgotten()
    assert ProcrastinateJob.objects.filter(task_name="anonymise", args__anonymisation_id=made.pk).count() == 1
    anonymising.write(made.pk)
    assert AuditEntry.objects.get(event="anonymisation").actor_name == "Alice Ås"
    gone()


def test_it_waits_for_who_sees_the_register_as_it_was(ids: list[int], alice: Actor) -> None:
    other = connection.copy()
    with other.cursor() as cursor:
        cursor.execute("BEGIN ISOLATION LEVEL REPEATABLE READ")
        cursor.execute("SELECT count(*) FROM kundekort_customer")
        made = anonymising.anonymise([ids[1]], actor=alice)
        with pytest.raises(NotCleared) as refused:
            clearing.clear(made.pk)
        assert refused.value.params == {"reason": "reading"}
        made.refresh_from_db()
        assert (made.state, made.notice) == (Anonymisation.State.CLEARING, "reading")
        cursor.execute("COMMIT")
    other.close()
    gone()
    made.refresh_from_db()
    assert (made.state, made.notice) == (Anonymisation.State.DONE, "")


def test_an_import_that_waits_to_be_written_is_cancelled(ids: list[int], upload: Upload, alice: Actor) -> None:
    imp = upload(f"CustomerID;LastName;Gender\n{ids[0]};Dahl;2\n{ids[1]};Moe;1\n")
    Import.objects.filter(pk=imp.pk).update(state=Import.State.CONFIRMING, confirmer_name="bob")
    anonymising.anonymise([ids[1]], actor=alice)
    with pytest.raises(NotWaiting):
        confirming.apply(imp.pk, digest=imp.digest)
    gone()
    assert Import.objects.get(pk=imp.pk).state == Import.State.CANCELLED
    assert Customer.objects.get(pk=ids[0]).last_name == "Berg"


def test_of_several_each_is_in_the_audit_log(ids: list[int], alice: Actor) -> None:
    anonymising.anonymise(ids, actor=alice)
    entries = AuditEntry.objects.filter(event="anonymisation").order_by("pk")
    assert [entry.params for entry in entries] == [{"customer_id": number} for number in ids]
    assert Revision.objects.filter(kind=Revision.Kind.ANONYMISATION).count() == 1
    assert not Customer.objects.exists()


def test_of_very_many_every_kept_file_goes(
    ids: list[int], upload: Upload, alice: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(traces, "MOST", 1)
    other = upload("CustomerID;FirstName;Gender\n0;Ny;1\n")
    made = anonymising.anonymise(ids[:2], actor=alice)
    gone()
    assert Import.objects.get(pk=other.pk).state == Import.State.CANCELLED
    assert set(Anonymisation.objects.get(pk=made.pk).imports) == set(Import.objects.values_list("pk", flat=True))


def test_whoever_was_edited_since_they_were_proposed_stays(ids: list[int], alice: Actor) -> None:
    made = anonymising.begin(ids[:2], actor=alice, by_rule=True)
    editing.edit(ids[0], version=1, values={"city": "Oslo"}, actor=alice)
    assert anonymising.write(made.pk).customers == [ids[1]]
    nobody = anonymising.begin([ids[0]], actor=alice, by_rule=True)
    editing.edit(ids[0], version=2, values={"city": "Voss"}, actor=alice)
    assert anonymising.write(nobody.pk).state == Anonymisation.State.DONE
    assert Customer.objects.count() == 2


def test_a_worker_does_what_takes_long_and_clears_the_disk(
    no_jobs: None, ids: list[int], alice: Actor, worker: Workers, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(anonymising, "INLINE_CUSTOMERS", 0)
    made = anonymising.anonymise([ids[1]], actor=alice)
    assert made.state == Anonymisation.State.WAITING
    assert in_database(PERSON)
    worker()
    until(lambda: Anonymisation.objects.get(pk=made.pk).state == Anonymisation.State.DONE)
    worker.end()
    assert not in_database(PERSON)
    assert not in_files(PERSON)


def test_it_leaves_no_word_on_a_card_they_were_once_merged_into(ids: list[int], alice: Actor) -> None:
    others = Customer.objects.get(pk=ids[0])
    made = merging.merge(
        master=ids[0], others=[ids[1]], versions={ids[0]: 1, ids[1]: 1}, values={"email": ids[1]}, actor=alice
    )
    take_back(made, actor=alice)
    anonymising.anonymise([ids[1]], actor=alice)
    gone()
    card = Customer.objects.get(pk=ids[0])
    assert (card.email, card.first_name) == (others.email, others.first_name)
    assert history.of_customer(ids[0], actor=alice)
