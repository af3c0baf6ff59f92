"""Others go on editing between a preview, or an export, and the confirm: what disturbs and what does not."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from kundekort.engine.decisions import Choice, Whose
from kundekort.engine.recipe import EmptyCells, Policy
from kundekort.services import confirming, customers, editing, exports, history, imports, planning, preview, record
from kundekort.services.accounts import Actor
from kundekort.services.lists import FileFormat
from kundekort.services.refusals import RowsHaveConflicts, StalePlan
from kundekort.store import packages
from kundekort.store.models import Change, Customer, Import, Revision
from kundekort.store.pages import Filter
from kundekort.store.selection import Selection

Upload = Callable[..., Import]


@pytest.fixture
def ids(load: Upload) -> list[int]:
    load("CustomerID;FirstName;City;Email;Gender\n0;Åse;;ase@example.no;2\n0;Per;Oslo;per@example.no;1\n")
    return list(Customer.objects.order_by("pk").values_list("pk", flat=True))


def cells(imp: Import) -> list[tuple[int | None, str, str, str, str, str]]:
    found = preview.page(imp, Filter(box="conflicts"), offset=0, limit=50).rows
    return [(row.id, c.field, c.base, c.mine, c.theirs, c.who) for row in found for c in row.conflicts]


def refused(imp: Import, actor: Actor) -> Import:
    """The import after its confirm was refused because what was shown has moved; nothing was written."""
    before = (list(Customer.objects.order_by("pk").values()), Change.objects.count(), Revision.objects.count())
    with pytest.raises(StalePlan):
        confirming.confirm(imp.pk, digest=imp.digest, actor=actor)
    assert (list(Customer.objects.order_by("pk").values()), Change.objects.count(), Revision.objects.count()) == before
    imp.refresh_from_db()
    assert (imp.state, imp.notice) == (Import.State.PREVIEW, "register_moved")
    return imp


def test_it_goes_through_when_only_other_cells_were_edited(
    upload: Upload, ids: list[int], alice: Actor, bob: Actor
) -> None:
    file = f"CustomerID;FirstName;City;Email\n{ids[0]};Åse;;ny@example.no\n{ids[1]};Per;Oslo;per2@example.no\n"
    imp = upload(file)
    editing.edit(ids[0], version=1, values={"city": "Bergen", "gender": "1"}, actor=alice)
    editing.edit(ids[0], version=2, values={"city": "Voss"}, actor=alice)
    done = confirming.confirm(imp.pk, digest=imp.digest, actor=bob)
    card = customers.card(ids[0], actor=bob)
    assert (card["city"], card["gender"], card["email"], card["version"]) == ("Voss", "1", "ny@example.no", 4)
    assert customers.card(ids[1], actor=bob)["email"] == "per2@example.no"
    assert done.revision is not None
    changes = done.revision.changes.order_by("customer_id").values_list("customer_id", "version", "field")
    assert list(changes) == [(ids[0], 4, "email"), (ids[1], 2, "email")]


def test_it_records_a_choice_that_was_made_and_knows_none_from_the_log(
    upload: Upload, ids: list[int], alice: Actor, bob: Actor
) -> None:
    imp = upload(f"CustomerID;City;Email\n{ids[0]};Oslo;ny@example.no\n{ids[1]};Voss;per@example.no\n")
    editing.edit(ids[1], version=1, values={"city": "Bergen"}, actor=alice)
    imp = refused(imp, bob)
    planning.settle(imp.pk, Choice(Whose.THEIRS), actor=bob)
    imp.refresh_from_db()
    done = confirming.confirm(imp.pk, digest=imp.digest, actor=bob)
    assert record.of(done).summary.conflict_rows == 1
    [row] = record.page(done, Filter(box="conflicts"), offset=0, limit=9).rows
    assert (row.id, row.status) == (ids[1], "unchanged")
    packages.remove(done.pk)
    told = record.of(done)
    assert (told.whole, told.untold, told.summary.conflict_rows) == (False, 1, 0)
    assert [row.id for row in record.page(done, Filter(), offset=0, limit=9).rows] == [ids[0]]


def test_it_shows_exactly_the_cells_that_have_moved(upload: Upload, ids: list[int], alice: Actor, bob: Actor) -> None:
    file = f"CustomerID;FirstName;City;Email\n{ids[0]};Åse;Oslo;ny@example.no\n{ids[1]};Per;Voss;per@example.no\n"
    imp = upload(file)
    editing.edit(ids[0], version=1, values={"city": "Bergen", "first_name": "Aase"}, actor=alice)
    imp = refused(imp, bob)
    assert cells(imp) == [(ids[0], "city", "", "Oslo", "Bergen", "Alice Ås")]
    assert (imp.totals.conflicts, imp.totals.changed, imp.facts.newer, imp.facts.conflict_rows) == (1, 1, 1, 1)
    with pytest.raises(RowsHaveConflicts) as still:
        confirming.confirm(imp.pk, digest=imp.digest, actor=bob)
    assert still.value.params == {"conflicts": 1}


@pytest.mark.parametrize("whose", list(Whose))
@pytest.mark.parametrize("scope", ["cell", "field", "card", "all"])
def test_it_writes_the_value_that_was_chosen(
    upload: Upload, ids: list[int], alice: Actor, bob: Actor, whose: Whose, scope: str
) -> None:
    imp = upload(f"CustomerID;City;Email\n{ids[0]};Oslo;ny@example.no\n")
    editing.edit(ids[0], version=1, values={"city": "Bergen"}, actor=alice)
    imp = refused(imp, bob)
    of_field, of_card = scope in ("cell", "field"), scope in ("cell", "card")
    choice = Choice(whose, field="city" if of_field else None, card=ids[0] if of_card else None)
    planning.settle(imp.pk, choice, actor=bob)
    imp.refresh_from_db()
    assert (imp.totals.conflicts, imp.totals.changed) == (0, 1)
    confirming.confirm(imp.pk, digest=imp.digest, actor=bob)
    card = customers.card(ids[0], actor=bob)
    assert (card["city"], card["email"]) == ("Oslo" if whose is Whose.MINE else "Bergen", "ny@example.no")
    change = history.of_customer(ids[0], actor=bob)[0].cells
    assert ("city", "Bergen", "Oslo") in [(c.field, c.old, c.new) for c in change] or whose is Whose.THEIRS


def test_it_asks_anew_about_a_cell_that_moves_again(upload: Upload, ids: list[int], alice: Actor, bob: Actor) -> None:
    imp = upload(f"CustomerID;City\n{ids[0]};Oslo\n{ids[1]};Voss\n")
    for number in ids:
        editing.edit(number, version=1, values={"city": "Bergen"}, actor=alice)
    imp = refused(imp, bob)
    planning.settle(imp.pk, Choice(Whose.MINE), actor=bob)
    editing.edit(ids[0], version=2, values={"city": "Molde"}, actor=alice)
    imp.refresh_from_db()
    imp = refused(imp, bob)
    assert imp.totals.conflicts == 1
    found = preview.page(imp, Filter(box="conflicts"), offset=0, limit=9).rows
    assert [(r.id, r.conflicts[0].theirs, r.conflicts[0].whose) for r in found] == [
        (ids[0], "Molde", None),
        (ids[1], "Bergen", Whose.MINE),
    ]


def test_it_keeps_what_was_decided_before(upload: Upload, ids: list[int], alice: Actor, bob: Actor) -> None:
    imp = upload(f"CustomerID;City;Gender\n{ids[0]};Oslo;2\n{ids[1]};Voss;7\n", policy=Policy(EmptyCells.KEEP))
    planning.leave_out_errors(imp.pk, actor=bob, leave_out=True)
    editing.edit(ids[0], version=1, values={"city": "Bergen"}, actor=alice)
    imp.refresh_from_db()
    imp = refused(imp, bob)
    assert (imp.totals.left_out, imp.totals.conflicts) == (1, 1)
    assert imports.recipe(imp).policy.empty_cells is EmptyCells.KEEP


def test_it_goes_on_comparing_with_what_was_shown_first(
    upload: Upload, ids: list[int], alice: Actor, bob: Actor
) -> None:
    imp = upload(f"CustomerID;City;Email\n{ids[0]};Oslo;ny@example.no\n")
    editing.edit(ids[0], version=1, values={"city": "Bergen"}, actor=alice)
    imp = refused(imp, bob)
    policy = Policy(EmptyCells.KEEP)
    planning.choose(imp.pk, actor=bob, policy=policy)
    planning.leave_out_errors(imp.pk, actor=bob, leave_out=True)
    imp.refresh_from_db()
    assert imp.totals.conflicts == 1, "another choice does not make a conflict a change"


def test_it_refuses_a_card_that_the_edits_together_would_leave_without_a_name(
    upload: Upload, load: Upload, alice: Actor, bob: Actor
) -> None:
    load("CustomerID;FirstName;Company;Gender\n0;Åse;Teatret;0\n")
    number = Customer.objects.get().pk
    imp = upload(f"CustomerID;FirstName\n{number};\n")
    editing.edit(number, version=1, values={"company": ""}, actor=alice)
    imp = refused(imp, bob)
    assert [p.code for _, p in preview.problems(imp, limit=9)] == ["name_missing"]


def stale(ids: list[int], actor: Actor) -> str:
    return b"".join(exports.stream(what=Selection(), form=FileFormat.PLAIN, actor=actor)).decode()


def test_it_does_not_roll_a_stale_list_back(upload: Upload, ids: list[int], alice: Actor, bob: Actor) -> None:
    file = stale(ids, alice)
    editing.edit(ids[0], version=1, values={"city": "Bergen", "first_name": "Aase"}, actor=bob)
    untouched = upload(file)
    assert (untouched.totals.unchanged, untouched.totals.rows, untouched.facts.newer) == (2, 2, 2)
    assert [n.code for n in preview.warnings(untouched)] == ["newer_kept"]
    edited = upload(file.replace("ase@example.no", "ny@example.no").replace(";Åse;", ";Åsa;"))
    assert cells(edited) == [(ids[0], "first_name", "Åse", "Åsa", "Aase", "bob")]
    planning.settle(edited.pk, Choice(Whose.THEIRS), actor=alice)
    edited.refresh_from_db()
    confirming.confirm(edited.pk, digest=edited.digest, actor=alice)
    card = customers.card(ids[0], actor=alice)
    assert (card["first_name"], card["city"], card["email"]) == ("Aase", "Bergen", "ny@example.no")


def test_it_takes_a_list_without_versions_for_the_truth(upload: Upload, ids: list[int], alice: Actor) -> None:
    file = "\n".join(line.rpartition(";")[0] for line in stale(ids, alice).splitlines()) + "\n"
    editing.edit(ids[0], version=1, values={"city": "Bergen"}, actor=alice)
    assert upload(file).totals.changed == 1


def test_it_knows_who_uploaded_and_who_confirmed(upload: Upload, ids: list[int], alice: Actor, bob: Actor) -> None:
    imp = upload(f"CustomerID;City\n{ids[0]};Oslo\n")
    done = confirming.confirm(imp.pk, digest=imp.digest, actor=alice)
    assert (done.actor_name, done.created_by, done.confirmer_name, done.confirmed_by) == (
        "bob",
        bob.user,
        "Alice Ås",
        alice.user,
    )
    assert done.revision is not None
    assert (done.revision.actor_name, done.revision.created_by) == ("Alice Ås", alice.user)


def test_it_forgets_who_confirmed_what_was_not_written(
    upload: Upload, ids: list[int], alice: Actor, bob: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    imp = upload(f"CustomerID;City\n{ids[0]};Oslo\n")
    monkeypatch.setattr(planning, "INLINE_CARDS", 0)
    assert confirming.confirm(imp.pk, digest=imp.digest, actor=alice).confirmer_name == "Alice Ås"
    editing.edit(ids[0], version=1, values={"city": "Bergen"}, actor=bob)
    with pytest.raises(StalePlan):
        confirming.apply(imp.pk, digest=imp.digest)
    imp.refresh_from_db()
    assert (imp.confirmer_name, imp.confirmed_by) == ("", None)
