"""Decisions about cells, rows and findings: what was decided is what is planned, kept, taken back, and confirmed."""

from __future__ import annotations

import io

import pytest

from kundekort.engine.decisions import Action, Decision, Rows
from kundekort.engine.recipe import DialectOverrides
from kundekort.services import confirming, imports, planning, preview, undoing
from kundekort.services.accounts import Actor
from kundekort.services.refusals import CellInvalid, DecisionInvalid, RowsHaveErrors, RowsHaveFindings
from kundekort.store.models import Customer, Import
from kundekort.store.pages import Filter

pytestmark = pytest.mark.django_db(transaction=True)


def upload(text: str, actor: Actor) -> Import:
    imp = imports.receive(io.BytesIO(text.encode()), filename="list.csv", actor=actor)
    return planning.plan(imp.pk)


def decide(imp: Import, actor: Actor, action: Action, value: str = "", **about: object) -> Import:
    planning.decide(imp.pk, Decision(action, value, **about), actor=actor)  # type: ignore[arg-type]
    imp.refresh_from_db()
    return imp


def confirmed(imp: Import, actor: Actor) -> None:
    confirming.confirm(imp.pk, digest=imp.digest, actor=actor)


def test_it_mends_one_cell_and_all_that_say_the_same(alice: Actor) -> None:
    imp = upload("CustomerID;LastName;Gender\n0;Ås;Herre?\n0;Berg;Herre?\n0;Dal;Fru!\n", alice)
    assert imp.totals.errors == 3
    decide(imp, alice, Action.SET, "1", field="gender", text="Herre?")
    assert (imp.totals.errors, imp.totals.new) == (1, 2)
    with pytest.raises(CellInvalid):
        decide(imp, alice, Action.SET, "many", field="gender", rows=(2,))
    decide(imp, alice, Action.SET, "2", field="gender", rows=(2,))
    confirmed(imp, alice)
    assert list(Customer.objects.order_by("pk").values_list("last_name", "gender")) == [
        ("Ås", 1),
        ("Berg", 1),
        ("Dal", 2),
    ]


def test_it_mends_a_fault_where_the_file_brings_it_only(alice: Actor) -> None:
    confirmed(upload("CustomerID;LastName;Gender;Email\n0;Ås;2;as@example.no\n", alice), alice)
    Customer.objects.update(email="as@example")  # as it was allowed once
    number = Customer.objects.get().pk
    imp = upload(f"CustomerID;LastName;Gender;Email\n{number};Ås;2;as@example\n0;Berg;1;berg@example\n", alice)
    assert imp.totals.errors == 1
    decide(imp, alice, Action.SET, "", field="email", code="email_invalid")
    assert (imp.totals.new, imp.totals.unchanged, imp.totals.changed) == (1, 1, 0)


@pytest.mark.parametrize(
    "decision",
    [
        Decision(Action.LEAVE_OUT, field="last_name", text="Ås"),
        Decision(Action.ADD, field="tags", rows=(0,)),
        Decision(Action.MATCH, "9" * 30, rows=(0,)),
        Decision(Action.KEEP, code="other_card"),
        Decision(Action.MATCH, code="hashes", field="last_name"),
    ],
)
def test_it_refuses_what_would_be_about_more_or_less_than_it_says(alice: Actor, decision: Decision) -> None:
    imp = upload("CustomerID;LastName;Gender;Tags\n0;Ås;2;a\n0;Berg;1;b\n", alice)
    with pytest.raises(DecisionInvalid):
        planning.decide(imp.pk, decision, actor=alice)


def test_it_forgets_what_it_said_of_rows_when_these_have_other_numbers(alice: Actor) -> None:
    imp = upload("CustomerID;LastName;Gender\n0;Ås;1\n0;Berg;1\n0;Dal;Fru!\n", alice)
    decide(imp, alice, Action.LEAVE_OUT, rows=(0,))
    decide(imp, alice, Action.SET, "2", field="gender", text="Fru!")
    planning.choose(imp.pk, overrides=DialectOverrides(header_row=2), actor=alice)
    planning.choose(imp.pk, columns={0: "id", 1: "last_name", 2: "gender"}, words={2: {}}, actor=alice)
    imp.refresh_from_db()
    assert (imp.totals.rows, imp.totals.left_out, imp.totals.errors) == (2, 0, 0)


def test_it_keeps_the_cells_of_a_sorted_column_that_were_shown_and_no_others(alice: Actor) -> None:
    head = "CustomerID;FirstName;LastName;Gender;Email\n"
    confirmed(upload(head + "".join(f"0;F{n}a;L{n};0;e{n}@x.no\n" for n in range(30)), alice), alice)
    ids = sorted(Customer.objects.values_list("pk", flat=True))
    emails = [f"e{n + 10}@x.no" for n in range(6)] + [""] * 8
    rows = "".join(f"{ids[n]};F{n}a;L{n};0;{email}\n" for n, email in enumerate(emails))
    imp = upload(head + rows, alice)
    assert [(f.code, f.count) for f in imports.facts(imp).findings if f.blocks] == [("column_sorted", 6)]
    decide(imp, alice, Action.KEEP, code="column_sorted", field="email")
    assert imp.totals.changed == 8
    assert not any(f.blocks for f in imports.facts(imp).findings)
    confirmed(imp, alice)
    assert Customer.objects.filter(email="").count() == 8


def test_it_sets_a_field_without_a_column_for_new_customers_only(alice: Actor) -> None:
    confirmed(upload("CustomerID;LastName;Gender\n0;Ås;2\n", alice), alice)
    number = Customer.objects.get().pk
    imp = upload(f"CustomerID;LastName\n{number};Aas\n0;Berg\n", alice)
    assert imp.totals.errors == 1
    decide(imp, alice, Action.SET, "0", field="gender", kind=Rows.NEW)
    assert (imp.totals.changed, imp.totals.new, imp.totals.errors) == (1, 1, 0)
    confirmed(imp, alice)
    assert list(Customer.objects.order_by("pk").values_list("last_name", "gender")) == [("Aas", 2), ("Berg", 0)]


def test_who_is_said_to_have_a_card_is_no_new_customer(alice: Actor) -> None:
    head = "CustomerID;FirstName;LastName;Gender;Email\n"
    confirmed(upload(head + "0;Åse;Ås;2;as@x.no\n0;Bo;Berg;1;bo@x.no\n", alice), alice)
    imp = upload(
        "CustomerID;FirstName;LastName;Email\n0;Åse;Ås;as@x.no\n0;Bo;Berg;bo@x.no\n0;Kai;Dal;kai@x.no\n", alice
    )
    decide(imp, alice, Action.SET, "0", field="gender", kind=Rows.NEW)
    assert imp.totals.new == 3
    decide(imp, alice, Action.MATCH, code="already_card", rows=(0,))
    assert (imp.totals.new, imp.totals.unchanged) == (2, 1)
    decide(imp, alice, Action.MATCH, code="already_card")
    decide(imp, alice, Action.ACCEPT, code="already_card", rows=(1,))
    assert (imp.totals.new, imp.totals.unchanged) == (2, 1)
    confirmed(imp, alice)
    assert list(Customer.objects.order_by("pk").values_list("first_name", "gender")) == [
        ("Åse", 2),
        ("Bo", 1),
        ("Bo", 0),
        ("Kai", 0),
    ]


@pytest.mark.parametrize("rows", [None, (0,)])
def test_a_row_that_an_answer_leaves_out_does_not_stand_in_the_way(alice: Actor, rows: tuple[int, ...] | None) -> None:
    head = "CustomerID;FirstName;LastName;Gender;Email\n"
    confirmed(upload(head + "0;Åse;Ås;2;as@x.no\n0;Bo;Berg;1;bo@x.no\n", alice), alice)
    one, two = Customer.objects.order_by("pk").values_list("pk", flat=True)
    imp = upload(head + f"{two};Åse;Ås;2;as@x.no\n{two};Bo;Berge;1;bo@x.no\n", alice)
    assert (imp.totals.errors, [f.code for f in imports.facts(imp).findings]) == (2, ["other_card"])
    decide(imp, alice, Action.LEAVE_OUT, code="other_card", rows=rows)
    assert (imp.totals.errors, imp.totals.left_out, imp.totals.changed) == (0, 1, 1)
    decide(imp, alice, Action.MATCH, code="other_card", rows=rows)
    assert (imp.totals.errors, imp.totals.unchanged, imp.totals.changed) == (0, 1, 1)


def test_it_keeps_fills_and_adds(alice: Actor) -> None:
    head = "CustomerID;LastName;Gender;City;Tags\n"
    confirmed(upload(head + "0;Ås;2;Oslo;a|b\n0;Berg;1;;\n", alice), alice)
    one, two = Customer.objects.order_by("pk").values_list("pk", flat=True)
    imp = upload(head + f"{one};Aas;2;Bergen;c\n{two};Bergh;1;Bergen;c\n", alice)
    assert imp.totals.cells_changed == 6
    decide(imp, alice, Action.FILL, field="city")
    decide(imp, alice, Action.ADD, field="tags")
    decide(imp, alice, Action.KEEP, field="last_name", rows=(0,))
    assert imp.totals.cells_changed == 4
    confirmed(imp, alice)
    assert list(Customer.objects.order_by("pk").values_list("last_name", "city", "tags")) == [
        ("Ås", "Oslo", ["a", "b", "c"]),
        ("Bergh", "Bergen", ["c"]),
    ]


def test_it_leaves_out_rows_columns_and_kinds(alice: Actor) -> None:
    confirmed(upload("CustomerID;LastName;Gender\n0;Ås;2\n", alice), alice)
    number = Customer.objects.get().pk
    imp = upload(f"CustomerID;LastName;Gender\n{number};Aas;1\n{number};Å;1\n0;Dal;1\n", alice)
    assert imp.totals.errors == 2
    decide(imp, alice, Action.LEAVE_OUT, rows=(1,))
    assert (imp.totals.errors, imp.totals.left_out, imp.totals.changed) == (0, 1, 1)
    decide(imp, alice, Action.LEAVE_OUT, field="last_name")
    decide(imp, alice, Action.LEAVE_OUT, kind=Rows.NEW)
    assert (imp.totals.left_out, imp.totals.changed, imp.totals.cells_changed) == (2, 1, 1)
    confirmed(imp, alice)
    assert list(Customer.objects.values_list("last_name", "gender")) == [("Ås", 1)]


def test_it_takes_a_decision_back(alice: Actor) -> None:
    imp = upload("CustomerID;LastName;Gender\n0;Ås;Herre?\n0;Berg;1\n", alice)
    before = imp.digest
    decide(imp, alice, Action.LEAVE_OUT, rows=(0,))
    decide(imp, alice, Action.SET, "2", field="gender", rows=(1,))
    first = imp.decisions.steps[0].number
    planning.withdraw(imp.pk, first, actor=alice)
    imp.refresh_from_db()
    assert [step.action for step in imp.decisions.steps] == [Action.SET]
    with pytest.raises(RowsHaveErrors):
        confirmed(imp, alice)
    planning.withdraw(imp.pk, imp.decisions.steps[0].number, actor=alice)
    imp.refresh_from_db()
    assert imp.digest == before


def test_it_wants_an_answer_to_what_is_dangerous(alice: Actor) -> None:
    head = "CustomerID;LastName;Gender;EmailConsent\n"
    confirmed(upload(head + "0;Ås;2;1\n0;Berg;1;1\n", alice), alice)
    one, two = Customer.objects.order_by("pk").values_list("pk", flat=True)
    confirmed(upload(head + f"{one};Ås;2;0\n{two};Berg;1;0\n", alice), alice)
    imp = upload(head + f"{one};Ås;2;1\n{two};Berg;1;1\n", alice)
    finding, *_ = imports.facts(imp).findings
    assert (finding.code, finding.field, finding.open) == ("consent_given", "email_consent", 2)
    with pytest.raises(RowsHaveFindings):
        confirmed(imp, alice)
    rows = preview.page(imp, Filter(finding="consent_given"), offset=0, limit=10).rows
    assert [row.evidence[0].old for row in rows] == ["0", "0"]
    decide(imp, alice, Action.KEEP, field="email_consent", code="consent_given", rows=(0,))
    decide(imp, alice, Action.ACCEPT, field="email_consent", code="consent_given")
    assert imports.facts(imp).findings[0].open == 0
    confirmed(imp, alice)
    assert list(Customer.objects.order_by("pk").values_list("email_consent", flat=True)) == [False, True]


def test_it_refuses_what_is_not_there(alice: Actor) -> None:
    imp = upload("CustomerID;LastName;Gender\n0;Ås;1\n", alice)
    for wrong in (
        Decision(Action.SET, "1", field="nothing"),
        Decision(Action.SET, "1"),
        Decision(Action.LEAVE_OUT, rows=()),
        Decision(Action.MATCH, "x", rows=(0,)),
    ):
        with pytest.raises(DecisionInvalid):
            planning.decide(imp.pk, wrong, actor=alice)


def test_it_says_which_card_a_row_is_about(alice: Actor) -> None:
    confirmed(upload("CustomerID;LastName;Gender\n0;Ås;2\n", alice), alice)
    number = Customer.objects.get().pk
    imp = upload("CustomerID;LastName;Gender;City\n0;Ås;2;Oslo\n999999;Dal;1;Bergen\n", alice)
    decide(imp, alice, Action.MATCH, str(number), rows=(0,))
    assert (imp.totals.changed, imp.totals.errors) == (1, 1)
    decide(imp, alice, Action.MATCH, str(number), rows=(1,))
    assert imp.totals.errors == 2  # both about one card
    decide(imp, alice, Action.LEAVE_OUT, rows=(1,))
    confirmed(imp, alice)
    assert list(Customer.objects.values_list("last_name", "city")) == [("Ås", "Oslo")]


def test_it_keeps_what_would_all_become_one_value(alice: Actor) -> None:
    head = "CustomerID;LastName;Gender;Email\n"
    confirmed(upload(head + "".join(f"0;Ås{n};2;a{n}@example.com\n" for n in range(60)), alice), alice)
    numbers = Customer.objects.order_by("pk").values_list("pk", flat=True)
    rows = [f"{number};Ås{n};2;{'one' if n else 'new'}@example.com\n" for n, number in enumerate(numbers)]
    imp = upload(head + "".join(rows), alice)
    assert "alike" in [finding.code for finding in imports.facts(imp).findings if finding.blocks]
    decide(imp, alice, Action.KEEP, field="email", code="alike")
    assert imp.totals.changed == 1
    assert imports.facts(imp).changes["email"] == 1
    decide(imp, alice, Action.KEEP, field="email")
    assert [note.code for note in preview.reasons(imp)] == ["all_decided"]


def test_it_takes_no_decision_about_cells_of_what_is_undone(alice: Actor) -> None:
    imp = upload("CustomerID;LastName;Gender\n0;Ås;1\n", alice)
    confirmed(imp, alice)
    imp.refresh_from_db()
    assert imp.revision is not None
    back = undoing.start(imp.revision.pk, actor=alice)
    with pytest.raises(DecisionInvalid):
        planning.decide(back.pk, Decision(Action.LEAVE_OUT, rows=(0,)), actor=alice)


def test_it_lets_a_row_have_another_answer_than_its_finding(alice: Actor) -> None:
    confirmed(upload("CustomerID;LastName;Gender\n0;Ås;2\n0;Øye;1\n", alice), alice)
    one, two = Customer.objects.order_by("pk").values_list("pk", flat=True)
    imp = upload(f"CustomerID;LastName;Gender\n{one};Ã…s;2\n{two};Ã˜ye;1\n", alice)
    about = {"field": "last_name", "code": "mojibake"}
    decide(imp, alice, Action.ACCEPT, rows=(1,), **about)
    decide(imp, alice, Action.KEEP, **about)
    rows = preview.page(imp, Filter(finding="mojibake"), offset=0, limit=10).rows
    assert [row.evidence[0].answer for row in rows] == [Action.KEEP, Action.ACCEPT]
    decide(imp, alice, Action.LEAVE_OUT, **about)
    assert (imp.totals.left_out, imp.totals.changed) == (1, 1)
    planning.withdraw(imp.pk, imp.decisions.steps[0].number, actor=alice)
    imp.refresh_from_db()
    assert imp.totals.left_out == 2


def test_it_counts_the_cells_that_say_a_text(alice: Actor) -> None:
    imp = upload("CustomerID;LastName;Gender;ZipCode\n0;Ås;Herre?;1\n0;Berg; Herre? ;1\n0;Dal;1;0150\n", alice)
    decide(imp, alice, Action.SET, "1", field="gender", text="Herre?")
    decide(imp, alice, Action.SET, "0150", field="zip_code", text="1")
    decide(imp, alice, Action.SET, "Lie", field="last_name", text="Dal")
    assert [step.count for step in imp.decisions.steps] == [2, 2, 1]


def test_it_takes_several_decisions_or_none(alice: Actor) -> None:
    imp = upload("CustomerID;LastName;Gender\n0;Ås;Herre?\n0;Berg;Fru!\n", alice)
    good, bad = Decision(Action.SET, "1", field="gender", rows=(0,)), Decision(Action.SET, "1", field="nothing")
    with pytest.raises(DecisionInvalid):
        planning.decide(imp.pk, good, bad, actor=alice)
    imp.refresh_from_db()
    assert imp.decisions.steps == ()
    planning.decide(imp.pk, good, Decision(Action.SET, "2", field="gender", rows=(1,)), actor=alice)
    imp.refresh_from_db()
    assert [step.number for step in imp.decisions.steps] == [1, 2]
    assert imp.totals.new == 2
