"""The laws that every plan keeps, whatever the file."""

from __future__ import annotations

import csv
import io
import random

from hypothesis import assume, given, settings
from hypothesis import strategies as st

from kundekort.engine import frames
from kundekort.engine import plan as plans
from kundekort.engine.frames import Status
from kundekort.engine.recipe import EmptyCells, Policy
from kundekort.store.fields import SCHEMA
from tests.engine.planning import EMPTY, Register, plan

VALUES = {
    "FirstName": ["", "Åse", "Per", "=1+1", 'Ole "Bob"', "to\nlinjer", " Åse "],
    "Email": ["", "ase@example.no", "ASE@example.no", "ikke en adresse", "per@example.no"],
    "Mobile": ["", "91234567", "+47 912 34 567", "+4740011223", "12"],
    "Gender": ["", "0", "1", "Kvinne", "7"],
    "DateOfBirth": ["", "1990-02-01", "01.02.1990", "31.02.1990"],
    "Tags": ["", "a|b", "b|a|b", "Ærlig"],
    "ZipCode": ["", "0150", "150"],
    "Country": ["", "NO", "Norge", "SE", "Atlantis"],
    "ExternalID": ["", "X1", "X2", "X3"],
}
IDS = st.sampled_from(["0", "0", "1", "2", "3", "4", "99", "", "x"])
COLUMNS = st.lists(st.sampled_from(sorted(VALUES)), unique=True, min_size=1).map(sorted)
STORED = {
    "first_name": st.sampled_from(["Åse", "Per", "=1+1"]),
    "email": st.sampled_from(["", "ase@example.no"]),
    "mobile": st.sampled_from(["", "+4791234567"]),
    "gender": st.sampled_from(["0", "1", "2"]),
    "date_of_birth": st.sampled_from(["", "1990-02-01"]),
    "tags": st.sampled_from(["", "a|b"]),
    "zip_code": st.just(""),
    "country": st.sampled_from(["", "NO"]),
}


@st.composite
def files(draw: st.DrawFn) -> list[list[str]]:
    """A header and some rows, good and bad; now and then a row is cut short."""
    names = draw(COLUMNS)
    rows = [["CustomerID", *names]]
    for _ in range(draw(st.integers(1, 8))):
        row = [draw(IDS), *(draw(st.sampled_from(VALUES[name])) for name in names)]
        rows.append(row[: draw(st.sampled_from([len(row)] * 9 + [1]))])
    assume(len(filled(rows)) > 1)
    return rows


@st.composite
def registers(draw: st.DrawFn) -> Register:
    """Up to four cards."""
    cards = {
        n: EMPTY | {key: draw(value) for key, value in STORED.items()} for n in range(1, draw(st.integers(0, 4)) + 1)
    }
    return Register(cards=cards, versions={n: draw(st.integers(1, 9)) for n in cards})


def filled(rows: list[list[str]]) -> list[list[str]]:
    """The rows in which something stands; the others are skipped when a file is read."""
    return [row for row in rows if any(cell.strip() for cell in row)]


def text(rows: list[list[str]]) -> str:
    """The rows as a file."""
    out = io.StringIO()
    csv.writer(out, delimiter=";", quoting=csv.QUOTE_ALL).writerows(rows)
    return out.getvalue()


POLICIES = st.builds(Policy, empty_cells=st.sampled_from(EmptyCells))


@given(files(), registers(), POLICIES)
def test_it_accounts_for_every_row(rows: list[list[str]], register: Register, policy: Policy) -> None:
    for leave_out in (False, True):
        totals = plan(text(rows), register, policy=policy, leave_out=leave_out).totals
        assert totals.rows == len(filled(rows)) - 1
        assert totals.rows == totals.new + totals.changed + totals.unchanged + totals.errors + totals.left_out
        assert (totals.errors, totals.left_out)[1 - leave_out] == 0


@given(files(), registers(), POLICIES)
def test_it_plans_nothing_for_a_file_that_has_been_imported(
    rows: list[list[str]], register: Register, policy: Policy
) -> None:
    rows = [rows[0], *(row for row in rows[1:] if row[0] != "0")]
    assume(len(filled(rows)) > 1)
    first = plan(text(rows), register, policy=policy, leave_out=True)
    register.apply(first)
    second = plan(text(rows), register, policy=policy, leave_out=True)
    # What was an error because two cards had one value can be sound by now; what was applied changes nothing.
    applied = set(first.rows.filter(first.rows[frames.STATUS] == Status.CHANGED)[frames.ROW])
    again = set(second.rows.filter(second.rows[frames.STATUS] == Status.CHANGED)[frames.ROW])
    assert not applied & again


@given(files(), registers(), POLICIES, st.randoms(use_true_random=False))
def test_it_plans_the_same_in_any_order(
    rows: list[list[str]], register: Register, policy: Policy, chance: random.Random
) -> None:
    shuffled = rows[1:]
    chance.shuffle(shuffled)

    def outcome(rows: list[list[str]]) -> list[tuple[object, ...]]:
        frame = plan(text(rows), register, policy=policy).rows.drop(frames.ROW, frames.LINE)
        return sorted(frame.rows(), key=repr)

    assert outcome(rows) == outcome([rows[0], *shuffled])


@given(files(), registers())
def test_it_says_of_each_changed_cell_what_stands_on_the_card(rows: list[list[str]], register: Register) -> None:
    for cell in plan(text(rows), register).cells.iter_rows(named=True):
        card = register.cards[cell[frames.ID]]
        assert cell["old"] == card[cell["field"]]
        assert cell["old"] != cell["new"]
        assert cell[frames.VERSION] == register.versions[cell[frames.ID]]


@settings(max_examples=30)
@given(files(), registers())
def test_it_is_kept_and_named_by_its_content(rows: list[list[str]], register: Register) -> None:
    first, second = plan(text(rows), register), plan(text(rows), register)
    parts = first.to_parts()
    assert plans.digest(parts) == plans.digest(second.to_parts())
    kept = plans.Plan.from_parts(parts, schema=SCHEMA)
    assert kept.rows.equals(first.rows)
    assert kept.problems.equals(first.problems)
    assert kept.totals == first.totals
    left_out = plan(text(rows), register, leave_out=True)
    assert (plans.digest(left_out.to_parts()) == plans.digest(parts)) == (first.totals.errors == 0)
