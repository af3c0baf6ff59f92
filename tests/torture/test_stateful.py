"""Imports, edits, merges, undos and undos of undos in any order lead where a dict leads, and the log tells the same."""

from __future__ import annotations

import io
import os
from copy import deepcopy
from typing import Any, Final

import pytest
from django.db import transaction
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule, run_state_machine_as_test

from kundekort.engine.decisions import Action, Choice, Decision, Whose
from kundekort.services import confirming, customers, editing, imports, merging, planning, undoing
from kundekort.services.accounts import Actor
from kundekort.services.database import psycopg_connection
from kundekort.services.refusals import RowsHaveConflicts, RowsHaveErrors, RowsHaveFindings
from kundekort.store.fields import SCHEMA
from kundekort.store.models import Import, Revision
from tests.torture import replay
from tests.torture.births import births
from tests.torture.model import FIELDS, Act, Cards, Model, Values

pytestmark = pytest.mark.slow

EXAMPLES: Final = int(os.environ.get("TORTURE_EXAMPLES", "10"))
STEPS: Final = 15
VALUES: Final = st.fixed_dictionaries({key: st.sampled_from(["", "Oslo", "Bergen", "Voss"]) for key in FIELDS})
HEADERS: Final = ("id", "version", "first_name", "gender", *FIELDS)


class Register(RuleBasedStateMachine):
    """The real services on PostgreSQL beside the model."""

    actor: Actor

    def __init__(self) -> None:
        super().__init__()
        self.model = Model()
        self.acts: dict[int, Act] = {}
        """What each revision did that is not taken back."""
        self.list: tuple[Cards, dict[int, int]] = ({}, {})
        self._transaction = transaction.atomic()
        self._transaction.__enter__()

    def teardown(self) -> None:
        """Forget it all."""
        transaction.set_rollback(True)
        self._transaction.__exit__(None, None, None)

    @rule(values=VALUES)
    def create(self, values: Values) -> None:
        number = editing.create({"first_name": "Kunde", "gender": "1", **values}, actor=self.actor)
        self._written(self.model.write({**self.model.cards, number: dict(values)}))

    @precondition(lambda self: self.model.cards)
    @rule(values=VALUES, data=st.data())
    def edit(self, values: Values, data: Any) -> None:
        number = self._draw(data)
        version = int(customers.card(number, actor=self.actor)["version"])
        done = editing.edit(number, version=version, values=values, actor=self.actor)
        assert {cell.field for cell in done.changed_cells} == {
            key for key in FIELDS if self.model.cards[number][key] != values[key]
        }
        if done.changed_cells:
            self._written(self.model.write({**self.model.cards, number: dict(values)}))

    @rule()
    def take_list(self) -> None:
        """Take all customers home, to bring them back later."""
        versions = {n: int(customers.card(n, actor=self.actor)["version"]) for n in self.model.cards}
        self.list = (deepcopy(self.model.cards), versions)

    @rule(new=st.lists(VALUES, max_size=2), mine=st.booleans(), data=st.data())
    def bring_list(self, new: list[Values], mine: bool, data: Any) -> None:
        """Import the list that was taken home, with other values in some cells and some new customers."""
        taken, versions = self.list
        wanted = {number: values | data.draw(VALUES | st.just({})) for number, values in taken.items()}
        rows = [(str(n), str(versions[n]), "Kunde", "1", *_cells(values)) for n, values in wanted.items()]
        rows += [("0", "", "Kunde", "1", *_cells(values)) for values in new]
        text = "\n".join(";".join(row) for row in ([SCHEMA[key].header for key in HEADERS], *rows)) + "\n"
        imp = imports.receive(io.BytesIO(text.encode()), filename="liste.csv", actor=self.actor)
        planning.plan_now_or_queue(imp.pk)
        after = self.model.imported(taken, wanted, mine=mine)
        if not rows:
            return
        done = self._confirmed(imp.pk, mine=mine)
        if done.revision is None:
            assert (after, new) == (self.model.cards, [])
            return
        came = done.revision.changes.filter(field="id").order_by("customer_id").values_list("customer_id", flat=True)
        self._written(self.model.write(after | dict(zip(came, map(dict, new), strict=True))))

    @precondition(lambda self: len(self.model.cards) > 1)
    @rule(data=st.data())
    def merge(self, data: Any) -> None:
        master = self._draw(data)
        other = self._draw(data, without=master)
        chosen = {key: data.draw(st.sampled_from([master, other])) for key in FIELDS}
        versions = {n: int(customers.card(n, actor=self.actor)["version"]) for n in (master, other)}
        merging.merge(master=master, others=[other], versions=versions, values=chosen, actor=self.actor)
        self._written(self.model.merge(master, other, chosen))

    @precondition(lambda self: self.acts)
    @rule(mine=st.booleans(), data=st.data())
    def undo(self, mine: bool, data: Any) -> None:
        """Take anything back, also what took something back."""
        revision = data.draw(st.sampled_from(sorted(self.acts)))
        imp = undoing.start(revision, actor=self.actor)
        if mine:
            planning.settle(imp.pk, Choice(Whose.MINE), actor=self.actor)
        done = self._confirmed(imp.pk, mine=mine)
        act = self.model.undo(self.acts[revision], mine=mine)
        assert done.revision is not None or not (act.cells or act.came or act.went)
        if done.revision is not None:
            del self.acts[revision]
            self._written(act)

    @invariant()
    def it_is_where_the_model_is(self) -> None:
        cards = replay.cards(psycopg_connection())
        found = {row["id"]: {key: row[key] for key in FIELDS} for row in cards.iter_rows(named=True)}
        assert found == self.model.cards

    @invariant()
    def it_is_the_replay_of_its_log(self) -> None:
        log, cards = replay.log(psycopg_connection()), replay.cards(psycopg_connection())
        assert log.is_empty() or replay.faults(log, births(log, cards), cards) == []

    def _draw(self, data: Any, *, without: int | None = None) -> int:
        numbers = sorted(set(self.model.cards) - {without})
        return numbers[data.draw(st.integers(0, len(numbers) - 1))]

    def _written(self, act: Act) -> None:
        """Something was written as the newest revision."""
        newest = Revision.objects.order_by("-pk").first()
        assert newest is not None
        assert newest.pk not in self.acts
        self.acts[newest.pk] = act

    def _confirmed(self, number: int, *, mine: bool) -> Import:
        """An import once it is done, with whose values stay, and without the rows that cannot be; all else is meant."""
        while True:
            imp = Import.objects.get(pk=number)
            try:
                return confirming.confirm(number, digest=imp.digest, actor=self.actor)
            except RowsHaveConflicts:
                planning.settle(number, Choice(Whose.MINE if mine else Whose.THEIRS), actor=self.actor)
            except RowsHaveErrors:
                planning.leave_out_errors(number, actor=self.actor, leave_out=True)
            except RowsHaveFindings:  # such as a list that brings the same new customers a second time
                for code in [finding.code for finding in imports.facts(imp).findings if finding.blocks]:
                    planning.decide(number, Decision(Action.ACCEPT, code=code), actor=self.actor)


def _cells(values: Values) -> list[str]:
    return [values[key] for key in FIELDS]


@pytest.mark.django_db
def test_it_leads_where_a_dict_leads(bob: Actor) -> None:
    Register.actor = bob
    run_state_machine_as_test(
        Register,
        settings=settings(
            max_examples=EXAMPLES,
            stateful_step_count=STEPS,
            suppress_health_check=list(HealthCheck),
        ),
    )
