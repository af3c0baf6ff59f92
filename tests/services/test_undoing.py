"""What was done is taken back by an import that is planned, shown and confirmed as any other."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from kundekort.engine.decisions import Choice, Whose
from kundekort.engine.schema import Kind
from kundekort.services import (
    confirming,
    customers,
    editing,
    exports,
    fields,
    history,
    imports,
    merging,
    planning,
    preview,
    undoing,
)
from kundekort.services.accounts import Actor
from kundekort.services.fields import Definition
from kundekort.services.lists import FileFormat
from kundekort.services.refusals import AlreadyUndone, Forbidden, NotFound, RowsHaveErrors, StalePlan
from kundekort.services.undoing import Outlook
from kundekort.store.models import Change, Customer, Import, RemovedCard, Revision
from kundekort.store.pages import Filter
from kundekort.store.selection import Selection
from tests.taking_back import take_back

Load = Callable[..., Import]

BEFORE = (
    "CustomerID;FirstName;Email;Gender;ExternalID;Tags;InternalNote\n"
    '0;Åse;a@example.no;2;X1;b|a;"to\nlinjer"\n0;Per;p@example.no;1;X2;;=1+1\n'
)


@pytest.fixture
def ids(load: Load) -> list[int]:
    load(BEFORE)
    return list(Customer.objects.order_by("pk").values_list("pk", flat=True))


def changed(ids: list[int]) -> str:
    return (
        "CustomerID;FirstName;Email;Gender;ExternalID;InternalNote\n"
        f"{ids[0]};Åse M;;2;X3;\n{ids[1]};Per;p@example.no;1;X2;=1+1\n0;Ny;n@example.no;0;X4;\n"
    )


def rows() -> list[dict[str, object]]:
    kept = [f.name for f in Customer._meta.fields if f.name not in ("version", "changed_at")]
    return list(Customer.objects.order_by("pk").values(*kept))


def exported(actor: Actor) -> list[str]:
    lines = b"".join(exports.stream(what=Selection(), form=FileFormat.PLAIN, actor=actor)).decode().splitlines()
    return [line.rpartition(";")[0] for line in lines]  # without the version


def conflicts(imp: Import) -> list[tuple[int | None, str, str, str, str]]:
    found = preview.page(imp, Filter(box="conflicts"), offset=0, limit=50).rows
    return [(row.id, c.field, c.mine, c.theirs, c.who) for row in found for c in row.conflicts]


def test_it_takes_an_import_back_whole_and_gives_it_again(ids: list[int], load: Load, alice: Actor) -> None:
    before, list_before = rows(), exported(alice)
    imp = load(changed(ids))
    after, new = rows(), Customer.objects.latest("pk").pk
    undone = take_back(imp.revision, actor=alice)
    assert (rows(), exported(alice)) == (before, list_before)
    revision = undone.revision
    assert revision is not None
    assert (revision.kind, revision.created, revision.changed, revision.undoes) == ("undo", 0, 2, imp.revision)
    assert list(RemovedCard.objects.values_list("pk", "into_id", "revision_id")) == [(new, None, revision.pk)]
    take_back(revision, actor=alice)
    assert rows() == after, "the same numbers, values and day of making"
    assert not RemovedCard.objects.exists()


def test_it_shows_what_it_would_do_as_any_preview(ids: list[int], load: Load, alice: Actor) -> None:
    load("CustomerID;FirstName;Gender\n0;Kari;0\n")
    imp = load(changed(ids), filename="liste.csv")
    assert imp.revision is not None
    back = undoing.start(imp.revision.pk, actor=alice)
    assert (back.state, back.filename, back.undoes, back.actor_name) == (
        "preview",
        "liste.csv",
        imp.revision,
        "Alice Ås",
    )
    assert (back.totals.rows, back.totals.changed, back.totals.removed, back.totals.cells_changed) == (2, 1, 1, 4)
    first, second = preview.page(back, Filter(), offset=0, limit=9).rows
    assert (first.id, first.status, first.old["email"], first.cells["email"]) == (ids[0], "changed", "", "a@example.no")
    assert (first.cells["internal_note"], first.cells["tags"]) == ("to\nlinjer", "a|b")
    assert (second.status, second.old["first_name"], second.cells["first_name"]) == ("removed", "Ny", "")
    assert preview.page(back, Filter(box="removed"), offset=0, limit=9).total == 1
    assert preview.page(back, Filter(box="changed", column="email"), offset=0, limit=9).total == 1
    assert preview.page(back, Filter(search="x1"), offset=0, limit=9).total == 1


def test_it_is_one_preview_however_often_it_is_asked_for(ids: list[int], load: Load, alice: Actor, bob: Actor) -> None:
    imp = load(changed(ids))
    assert imp.revision is not None
    first, second = (undoing.start(imp.revision.pk, actor=actor) for actor in (alice, bob))
    assert first.pk == second.pk
    imports.cancel(first.pk, actor=alice)
    assert take_back(imp.revision, actor=bob).pk != first.pk
    with pytest.raises(AlreadyUndone):
        undoing.start(imp.revision.pk, actor=bob)


def test_it_cannot_be_confirmed_once_another_has_taken_it_back(ids: list[int], load: Load, alice: Actor) -> None:
    imp = load(changed(ids))
    assert imp.revision is not None
    one = undoing.start(imp.revision.pk, actor=alice)
    other = Import.objects.create(actor_name="x", filename="", size=0, undoes=imp.revision)
    planning.plan(other.pk)
    other.refresh_from_db()
    confirming.confirm(one.pk, digest=one.digest, actor=alice)
    with pytest.raises(AlreadyUndone):
        confirming.confirm(other.pk, digest=other.digest, actor=alice)


def test_it_never_gives_a_number_out_again(ids: list[int], load: Load, alice: Actor) -> None:
    imp = load(changed(ids))
    new = Customer.objects.latest("pk").pk
    take_back(imp.revision, actor=alice)
    load(changed(ids))
    assert Customer.objects.latest("pk").pk > new


def test_it_leaves_what_was_edited_since_unless_chosen(ids: list[int], load: Load, alice: Actor, bob: Actor) -> None:
    imp = load(changed(ids))
    new = Customer.objects.latest("pk").pk
    editing.edit(ids[0], version=2, values={"first_name": "Aase", "email": "ny@example.no"}, actor=alice)
    editing.edit(new, version=1, values={"city": "Oslo"}, actor=alice)
    assert imp.revision is not None
    back = undoing.start(imp.revision.pk, actor=bob)
    assert conflicts(back) == [
        (ids[0], "first_name", "Åse", "Aase", "Alice Ås"),
        (ids[0], "email", "a@example.no", "ny@example.no", "Alice Ås"),
        (new, "id", "", str(new), "Alice Ås"),
    ]
    assert (back.totals.changed, back.totals.unchanged, back.totals.removed) == (1, 1, 0)
    planning.settle(back.pk, Choice(Whose.MINE, field="email", card=ids[0]), actor=bob)
    take_back(imp.revision, actor=bob)
    card = Customer.objects.get(pk=ids[0])
    assert (card.first_name, card.email, card.external_id) == ("Aase", "a@example.no", "X1")
    assert Customer.objects.filter(pk=new).exists()


def test_it_takes_back_all_that_was_edited_since_when_asked_to(ids: list[int], load: Load, alice: Actor) -> None:
    before = rows()
    imp = load(changed(ids))
    new = Customer.objects.latest("pk").pk
    editing.edit(ids[0], version=2, values={"first_name": "Aase"}, actor=alice)
    editing.edit(new, version=1, values={"city": "Oslo"}, actor=alice)
    undone = take_back(imp.revision, actor=alice, choices=[Choice(Whose.MINE)])
    assert rows() == before
    take_back(undone.revision, actor=alice)
    assert customers.card(ids[0], actor=alice)["first_name"] == "Aase"
    assert customers.card(new, actor=alice)["city"] == "Oslo"


def test_it_sees_no_conflict_in_what_was_put_back(ids: list[int], load: Load, alice: Actor) -> None:
    before = rows()
    imp = load(changed(ids))
    new = Customer.objects.latest("pk").pk
    for number, version in ((ids[0], 2), (new, 1)):
        editing.edit(number, version=version, values={"city": "Oslo"}, actor=alice)
        editing.edit(number, version=version + 1, values={"city": ""}, actor=alice)
    take_back(imp.revision, actor=alice)
    assert rows() == before


def test_it_names_the_cards_that_have_gone_since(ids: list[int], load: Load, alice: Actor) -> None:
    imp = load(changed(ids))
    new = Customer.objects.latest("pk").pk
    merging.merge(master=ids[1], others=[new], versions={ids[1]: 1, new: 1}, values={}, actor=alice)
    assert imp.revision is not None
    back = undoing.start(imp.revision.pk, actor=alice)
    assert [(p.code, p.params) for _, p in preview.problems(back, limit=9)] == [
        ("card_merged", {"id": new, "into": ids[1]})
    ]
    assert (back.totals.changed, back.totals.left_out, back.totals.errors) == (1, 1, 0)
    take_back(imp.revision, actor=alice)
    assert customers.card(ids[0], actor=alice)["first_name"] == "Åse"


def test_it_takes_an_edit_back(ids: list[int], alice: Actor) -> None:
    before = rows()
    editing.edit(ids[1], version=1, values={"first_name": "Petter", "tags": "VIP"}, actor=alice)
    take_back(Revision.objects.latest("pk"), actor=alice)
    assert rows() == before
    number = editing.create({"first_name": "Ny", "gender": "0"}, actor=alice)
    take_back(Revision.objects.latest("pk"), actor=alice)
    assert not Customer.objects.filter(pk=number).exists()


def test_it_takes_back_what_an_own_field_had_that_is_out_of_use(load: Load, alice: Actor) -> None:
    key = fields.create(Definition(header="Sal", kind=Kind.TEXT), actor=alice).key
    load("CustomerID;FirstName;Gender;Sal\n0;A;0;Store\n")
    number = Customer.objects.get().pk
    imp = load(f"CustomerID;Sal\n{number};Lille\n")
    fields.retire(key, actor=alice)
    take_back(imp.revision, actor=alice)
    assert Customer.objects.get().custom == {key: "Store"}


def test_it_says_where_a_unique_value_has_gone(ids: list[int], load: Load, alice: Actor) -> None:
    imp = load(changed(ids))
    editing.edit(ids[1], version=1, values={"external_id": "X1"}, actor=alice)
    assert imp.revision is not None
    back = undoing.start(imp.revision.pk, actor=alice)
    assert [(p.field, p.code, p.value, p.params) for _, p in preview.problems(back, limit=9)] == [
        ("external_id", "value_taken", "X1", {"id": ids[1]})
    ]
    with pytest.raises(RowsHaveErrors):
        confirming.confirm(back.pk, digest=back.digest, actor=alice)
    planning.leave_out_errors(back.pk, actor=alice, leave_out=True)
    take_back(imp.revision, actor=alice)
    assert customers.card(ids[0], actor=alice)["first_name"] == "Åse M"
    assert Customer.objects.count() == 2


def test_it_leaves_no_card_without_a_name(ids: list[int], load: Load, alice: Actor) -> None:
    imp = load(f"CustomerID;LastName\n{ids[0]};Berg\n")
    editing.edit(ids[0], version=2, values={"first_name": "", "email": ""}, actor=alice)
    assert imp.revision is not None
    back = undoing.start(imp.revision.pk, actor=alice)
    assert [p.code for _, p in preview.problems(back, limit=9)] == ["name_missing"]


def test_it_asks_again_when_a_created_card_is_edited_before_it_is_confirmed(
    ids: list[int], load: Load, alice: Actor
) -> None:
    imp = load(changed(ids))
    new = Customer.objects.latest("pk").pk
    assert imp.revision is not None
    back = undoing.start(imp.revision.pk, actor=alice)
    editing.edit(new, version=1, values={"city": "Oslo"}, actor=alice)
    before = (rows(), Change.objects.count())
    with pytest.raises(StalePlan):
        confirming.confirm(back.pk, digest=back.digest, actor=alice)
    assert (rows(), Change.objects.count()) == before
    back.refresh_from_db()
    assert [c[1] for c in conflicts(back)] == ["id"]


def test_it_tells_what_it_would_do_now(ids: list[int], load: Load, alice: Actor) -> None:
    imp = load(changed(ids))
    new = Customer.objects.latest("pk").pk
    assert imp.revision is not None
    number = imp.revision.pk
    assert undoing.outlook(number, actor=alice) == Outlook(restored=1, removed=1, edited=0, gone=0)
    editing.edit(ids[0], version=2, values={"city": "Oslo"}, actor=alice)
    assert undoing.outlook(number, actor=alice) == Outlook(restored=1, removed=1, edited=0, gone=0)
    editing.edit(ids[0], version=3, values={"first_name": "Aase"}, actor=alice)
    editing.edit(new, version=1, values={"city": "Oslo"}, actor=alice)
    assert undoing.outlook(number, actor=alice) == Outlook(restored=1, removed=0, edited=2, gone=0)
    merging.merge(master=ids[1], others=[new], versions={ids[1]: 1, new: 2}, values={}, actor=alice)
    assert undoing.outlook(number, actor=alice) == Outlook(restored=1, removed=0, edited=1, gone=1)


def test_it_knows_the_last_of_a_chain(ids: list[int], load: Load, alice: Actor) -> None:
    revision = load(changed(ids)).revision
    assert revision is not None
    assert undoing.last_of(revision) == (revision, True)
    undone = take_back(revision, actor=alice).revision
    assert undoing.last_of(revision) == (undone, False)
    again = take_back(undone, actor=alice).revision
    assert undoing.last_of(revision) == (again, True)
    assert history.of_customer(ids[0], actor=alice)[0].kind == "undo"


def test_it_is_for_those_who_may_import(ids: list[int], charlie: Actor) -> None:
    revision = Revision.objects.latest("pk")
    for action in (undoing.start, undoing.outlook):
        with pytest.raises(Forbidden):
            action(revision.pk, actor=charlie)


def test_it_takes_back_blocks_of_many_cards(load: Load, alice: Actor, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("kundekort.bulk.copy.BYTES", 4_000)
    monkeypatch.setattr("kundekort.bulk.register.stream_changes.__kwdefaults__", {"cards": 37})
    load("CustomerID;FirstName;Gender;City\n" + "".join(f"0;Navn {n};0;Oslo\n" for n in range(300)))
    cards = list(Customer.objects.order_by("pk").values_list("pk", "first_name"))
    before = rows()
    lines = "".join(f"{i};{name} \\t;{n % 3}\n" for n, (i, name) in enumerate(cards))
    imp = load("CustomerID;FirstName;Gender\n" + lines + "0;Ny;0\n" * 100)
    back = take_back(imp.revision, actor=alice)
    assert (back.totals.changed, back.totals.removed) == (300, 100)
    assert rows() == before


def test_it_refuses_what_there_is_not(alice: Actor) -> None:
    with pytest.raises(NotFound):
        undoing.start(10**6, actor=alice)


def test_it_does_not_write_a_card_into_which_none_goes_because_the_other_was_edited(bob: Actor, ids: list[int]) -> None:
    master, other = ids
    versions = dict.fromkeys(ids, 1)
    alone = {f.key: master for f in fields.schema().values}  # the master keeps all that it has
    merged = merging.merge(master=master, others=[other], versions=versions, values=alone, actor=bob)
    parted = take_back(merged, actor=bob).revision
    editing.edit(other, version=3, values={"city": "Oslo"}, actor=bob)
    again = take_back(parted, actor=bob)
    assert (again.state, again.revision) == (Import.State.DONE, None)
    assert customers.card(master, actor=bob)["version"] == 3


def test_it_tells_where_a_consent_comes_from_whatever_was_undone(load: Load, alice: Actor) -> None:
    load("CustomerID;FirstName;Gender;EmailConsent\n0;Kari;2;0\n", filename="first.csv")
    number = Customer.objects.get().pk
    second = load(f"CustomerID;EmailConsent\n{number};1\n", filename="second.csv")

    def source() -> tuple[str, str]:
        name = next(c for c in history.consents(number, actor=alice) if c.field == "email_consent")
        return name.value, name.import_name.filename if name.import_name else ""

    assert source() == ("1", "second.csv")
    undone = take_back(second.revision, actor=alice)
    assert source() == ("0", "first.csv")
    again = take_back(undone.revision, actor=alice)
    assert source() == ("1", "second.csv")
    acts = [(e.kind, e.undone, e.answered) for e in history.of_customer(number, actor=alice)]
    assert acts == [("undo", False, False), ("undo", True, True), ("import", False, True), ("import", False, False)]
    take_back(again.revision, actor=alice)
    assert source() == ("0", "first.csv")


def test_it_keeps_a_created_card_into_which_others_were_merged(ids: list[int], load: Load, alice: Actor) -> None:
    imp = load("CustomerID;FirstName;Email;Gender\n0;Per;p@example.no;1\n")
    new = Customer.objects.latest("pk").pk
    merging.merge(master=new, others=[ids[1]], versions={new: 1, ids[1]: 1}, values={}, actor=alice)
    merged = Revision.objects.latest("pk")
    assert imp.revision is not None
    back = undoing.start(imp.revision.pk, actor=alice)
    assert [(p.code, p.params) for _, p in preview.problems(back, limit=9)] == [("card_absorbed", {"id": new})]
    assert (back.totals.removed, back.totals.left_out) == (0, 1)
    assert undoing.outlook(imp.revision.pk, actor=alice).removed == 0
    imports.cancel(back.pk, actor=alice)
    take_back(merged, actor=alice)
    assert take_back(imp.revision, actor=alice).totals.removed == 1


def test_it_merges_again_as_a_whole_or_not_at_all(ids: list[int], alice: Actor) -> None:
    master, other = ids
    editing.edit(other, version=1, values={"city": "Oslo", "mobile": "91234567"}, actor=alice)
    merged = merging.merge(master=master, others=[other], versions={master: 1, other: 2}, values={}, actor=alice)
    assert customers.card(master, actor=alice)["city"] == "Oslo"
    undone = take_back(merged, actor=alice).revision
    editing.edit(other, version=4, values={"last_name": "Berg"}, actor=alice)
    assert undone is not None
    again = undoing.start(undone.pk, actor=alice)
    assert [(p.code, line) for line, p in preview.problems(again, limit=9)] == [("merge_incomplete", 1)]
    assert (again.totals.errors, again.totals.unchanged, again.totals.changes_register) == (1, 1, False)
    planning.settle(again.pk, Choice(Whose.MINE), actor=alice)
    again.refresh_from_db()
    confirming.confirm(again.pk, digest=again.digest, actor=alice)
    assert list(Customer.objects.values_list("pk", "city")) == [(master, "Oslo")]
