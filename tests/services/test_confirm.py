from __future__ import annotations

import threading
from collections.abc import Callable

import pytest
from django.db import connection
from django.utils import translation

from kundekort import wording
from kundekort.engine.decisions import Choice, Whose
from kundekort.services import confirming, customer_list, customers, editing, history, imports, planning, preview
from kundekort.services.accounts import Actor
from kundekort.services.refusals import (
    AlreadyApplied,
    Forbidden,
    NotWaiting,
    PlanDamaged,
    PlanMismatch,
    QuestionOpen,
    RowsHaveErrors,
    StalePlan,
)
from kundekort.store import packages, plans
from kundekort.store.models import Change, Customer, Import, Revision
from kundekort.store.pages import Filter

Upload = Callable[..., Import]

TWO = "CustomerID;FirstName;Email;Gender\n0;Åse;ase@example.no;2\n0;Per;per@example.no;1\n"


def ids() -> list[int]:
    return list(Customer.objects.order_by("pk").values_list("pk", flat=True))


@pytest.fixture
def two(load: Upload) -> list[int]:
    load(TWO)
    return ids()


def test_it_creates_customers_with_new_numbers_in_the_order_of_the_file(load: Upload) -> None:
    load(TWO)
    assert list(Customer.objects.order_by("pk").values_list("first_name", "version")) == [("Åse", 1), ("Per", 1)]


def test_it_writes_what_was_shown_and_nothing_else(load: Upload, two: list[int], bob: Actor) -> None:
    before = [customers.card(i, actor=bob) for i in two]
    imp = load(f"CustomerID;Email;FirstName\n{two[0]};ny@example.no;Åse\n")
    after = [customers.card(i, actor=bob) for i in two]
    assert after[0] == {**before[0], "email": "ny@example.no", "version": 2}
    assert after[1] == before[1]
    assert imp.state == Import.State.DONE
    assert (imp.revision.created, imp.revision.changed) == (0, 1)


def test_it_keeps_the_history_of_every_cell(load: Upload, two: list[int], bob: Actor) -> None:
    imp = load(f"CustomerID;Email;FirstName\n{two[0]};ny@example.no;Åse Marie\n", filename="liste.csv")
    newest, first = history.of_customer(two[0], actor=bob)
    assert {(c.field, c.old, c.new) for c in newest.cells} == {
        ("email", "ase@example.no", "ny@example.no"),
        ("first_name", "Åse", "Åse Marie"),
    }
    assert (newest.who, newest.kind, newest.import_id, newest.import_name.filename) == (
        "bob",
        "import",
        imp.pk,
        "liste.csv",
    )
    assert first.created
    assert first.cells == ()


def test_it_does_nothing_the_second_time_and_says_so(upload: Upload, bob: Actor) -> None:
    imp = upload(TWO)
    confirming.confirm(imp.pk, digest=imp.digest, actor=bob)
    with pytest.raises(AlreadyApplied):
        confirming.confirm(imp.pk, digest=imp.digest, actor=bob)
    assert Customer.objects.count() == 2
    assert Revision.objects.count() == 1


def test_it_makes_the_preview_anew_when_a_card_has_moved(upload: Upload, two: list[int], bob: Actor) -> None:
    imp = upload(f"CustomerID;Email\n{two[0]};a@example.no\n{two[1]};b@example.no\n")
    editing.edit(two[1], version=1, values={"email": "c@example.no"}, actor=bob)
    before = list(Customer.objects.order_by("pk").values())
    with pytest.raises(StalePlan):
        confirming.confirm(imp.pk, digest=imp.digest, actor=bob)
    assert list(Customer.objects.order_by("pk").values()) == before
    shown = imp.digest
    imp.refresh_from_db()
    assert (imp.state, imp.notice) == (Import.State.PREVIEW, "register_moved")
    assert imp.digest != shown
    with pytest.raises(PlanMismatch):
        confirming.confirm(imp.pk, digest=shown, actor=bob)
    planning.settle(imp.pk, Choice(Whose.MINE), actor=bob)
    imp.refresh_from_db()
    confirming.confirm(imp.pk, digest=imp.digest, actor=bob)
    assert set(Customer.objects.values_list("email", flat=True)) == {"a@example.no", "b@example.no"}


def test_it_is_not_disturbed_by_edits_of_other_cards(upload: Upload, two: list[int], bob: Actor) -> None:
    imp = upload(f"CustomerID;Email\n{two[0]};a@example.no\n")
    editing.edit(two[1], version=1, values={"city": "Bergen"}, actor=bob)
    assert confirming.confirm(imp.pk, digest=imp.digest, actor=bob).state == Import.State.DONE


def test_it_notices_a_unique_value_taken_in_the_meantime(upload: Upload, load: Upload, bob: Actor) -> None:
    imp = upload("CustomerID;FirstName;Gender;ExternalID\n0;A;0;X1\n0;B;0;X2\n")
    load("CustomerID;FirstName;Gender;ExternalID\n0;C;0;X2\n")
    with pytest.raises(StalePlan):
        confirming.confirm(imp.pk, digest=imp.digest, actor=bob)
    imp.refresh_from_db()
    assert Customer.objects.count() == 1
    assert imp.totals.errors == 1
    assert [p.code for _, p in preview.problems(imp, limit=9)] == ["value_taken"]


def test_it_refuses_undecided_errors_until_they_are_left_out(upload: Upload, bob: Actor) -> None:
    imp = upload("CustomerID;FirstName;Gender\n0;A;0\n0;B;7\n")
    with pytest.raises(RowsHaveErrors):
        confirming.confirm(imp.pk, digest=imp.digest, actor=bob)
    planning.leave_out_errors(imp.pk, actor=bob, leave_out=True)
    imp.refresh_from_db()
    assert imp.totals.left_out == 1
    confirming.confirm(imp.pk, digest=imp.digest, actor=bob)
    assert Customer.objects.count() == 1


def test_it_can_take_leaving_out_back(upload: Upload, bob: Actor) -> None:
    imp = upload("CustomerID;FirstName;Gender\n0;A;0\n0;B;7\n")
    shown = imp.digest
    for leave_out in (True, False):
        planning.leave_out_errors(imp.pk, actor=bob, leave_out=leave_out)
    imp.refresh_from_db()
    assert imp.digest == shown


def test_it_refuses_a_plan_that_is_not_what_its_digest_says(upload: Upload, bob: Actor) -> None:
    imp = upload(TWO)
    path = plans.value_parts(packages.plan_folder(imp.pk, imp.digest))[0]
    path.write_bytes(path.read_bytes()[:-1] + b"?")
    with pytest.raises(PlanDamaged):
        confirming.confirm(imp.pk, digest=imp.digest, actor=bob)
    assert Customer.objects.count() == 0


def test_it_keeps_nothing_of_a_cancelled_import_but_a_line(upload: Upload, bob: Actor) -> None:
    imp = upload(TWO)
    imports.cancel(imp.pk, actor=bob)
    assert not packages.plan_folder(imp.pk, imp.digest).exists()
    with pytest.raises(NotWaiting):
        confirming.confirm(imp.pk, digest=imp.digest, actor=bob)
    assert [(i.pk, i.state) for i in imports.recent(actor=bob)] == [(imp.pk, "cancelled")]


def test_it_says_that_it_waits_for_something_else_than_a_confirmation(upload: Upload, bob: Actor) -> None:
    imp = upload("CustomerID;Rabattkode;Gender\n0;R10;2\n", ask=True)
    assert imp.state == "columns"
    with pytest.raises(QuestionOpen) as refused:
        confirming.confirm(imp.pk, digest=imp.digest, actor=bob)
    with translation.override("en"):
        assert "such as what is in its columns" in wording.refusal(refused.value.code, refused.value.params)


def test_it_cannot_cancel_what_is_done(load: Upload, bob: Actor) -> None:
    with pytest.raises(NotWaiting):
        imports.cancel(load(TWO).pk, actor=bob)


def test_it_lets_outsiders_do_nothing(upload: Upload, charlie: Actor) -> None:
    imp = upload(TWO)
    for action in (
        lambda: confirming.confirm(imp.pk, digest=imp.digest, actor=charlie),
        lambda: imports.cancel(imp.pk, actor=charlie),
        lambda: customers.card(1, actor=charlie),
        lambda: imports.recent(actor=charlie),
    ):
        with pytest.raises(Forbidden):
            action()


def test_it_finishes_an_import_that_changes_nothing(load: Upload, two: list[int]) -> None:
    imp = load(f"CustomerID;FirstName\n{two[0]};Åse\n")
    assert imp.state == Import.State.DONE
    assert imp.revision is None
    assert [note.code for note in preview.reasons(imp)] == ["all_unchanged"]


def test_it_stores_every_kind_of_text_exactly(load: Upload, bob: Actor) -> None:
    hurting = [
        "\\N.",
        "\\.",
        "a\tb",
        "a\\nb",
        "'; drop table--",
        "💃🏽",
        "עברית \u200f(x)",
        '"',
        "=1+1",
        "%s {0}",
        "Null",
    ]
    rows = "".join(f'0;"{value.replace(chr(34), chr(34) * 2)}";0;"linje 1\r\n\\.\nlinje 3"\r\n' for value in hurting)
    load("CustomerID;LastName;Gender;InternalNote\r\n" + rows)
    assert list(Customer.objects.order_by("pk").values_list("last_name", flat=True)) == hurting
    assert set(Customer.objects.values_list("internal_note", flat=True)) == {"linje 1\n\\.\nlinje 3"}
    shown = customer_list.search(text="", limit=50, actor=bob, order="id").rows
    assert [row["last_name"] for row in shown] == hurting
    number = Customer.objects.order_by("pk").values_list("pk", flat=True)[0]
    for version, value in enumerate(["\\N", "NULL"], start=1):  # which no file may bring for a new customer
        editing.edit(number, version=version, values={"last_name": value}, actor=bob)
        assert Customer.objects.get(pk=number).last_name == value


@pytest.mark.django_db(transaction=True)
def test_it_applies_once_when_two_confirm_at_the_same_moment(upload: Upload, bob: Actor) -> None:
    imp = upload(TWO)
    outcomes: list[str] = []

    def confirm() -> None:
        try:
            outcomes.append(confirming.confirm(imp.pk, digest=imp.digest, actor=bob).state)
        except AlreadyApplied as refusal:
            outcomes.append(refusal.code)
        finally:
            connection.close()

    threads = [threading.Thread(target=confirm) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcomes) == ["already_applied"] * 3 + ["done"]
    assert Customer.objects.count() == 2


@pytest.mark.django_db(transaction=True)
def test_it_leaves_nothing_when_it_is_interrupted(upload: Upload, two: list[int]) -> None:
    rows = "".join(f"0;Ny {n};1\n" for n in range(50_000))
    imp = upload(f"CustomerID;FirstName;Gender\n{two[0]};Endret;2\n{rows}")

    class PlugPulled(BaseException):
        pass

    def pull(phase: str, done: int, total: int) -> None:
        if done > 20_000:
            raise PlugPulled

    changes = Change.objects.count()
    with pytest.raises(PlugPulled):
        confirming.apply(imp.pk, digest=imp.digest, actor=Actor.system("x"), report=pull)
    assert (Customer.objects.count(), Change.objects.count(), Revision.objects.count()) == (2, changes, 1)
    done = confirming.apply(imp.pk, digest=imp.digest, actor=Actor.system("x"))
    assert done.state == Import.State.DONE
    assert Customer.objects.count() == 50_002


def test_it_shows_the_pages_of_a_plan(upload: Upload, two: list[int]) -> None:
    rows = "".join(f"0;Ny {n};{'7' if n % 10 == 0 else '1'}\n" for n in range(45_000))
    imp = upload(f"CustomerID;FirstName;Gender\n{two[0]};Endret;2\n{two[1]};Per;1\n{rows}")
    assert preview.page(imp, Filter(), offset=44_990, limit=100).total == 45_002
    changed = preview.page(imp, Filter(box="changed"), offset=0, limit=10)
    assert [(r.line, dict(r.old)) for r in changed.rows] == [(2, {"first_name": "Åse"})]
    errors = preview.page(imp, Filter(box="errors", code="gender_unknown"), offset=4_000, limit=3)
    assert errors.total == 4_500
    assert [r.line for r in errors.rows] == [40_004, 40_014, 40_024]
    assert [p.value for r in errors.rows for p in r.problems] == ["7"] * 3
    found = preview.page(imp, Filter(search="ny 44999"), offset=0, limit=10)
    assert [(r.line, r.status) for r in found.rows] == [(45_003, "new")]
    assert preview.page(imp, Filter(box="changes", column="first_name"), offset=0, limit=10).total == 1
    assert preview.page(imp, Filter(box="unchanged"), offset=0, limit=10).rows[0].id == two[1]
