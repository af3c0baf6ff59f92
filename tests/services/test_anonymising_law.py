"""Whatever has happened with a person: once they are anonymised no word of theirs is in any table or file."""

from __future__ import annotations

import io
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from itertools import count
from typing import Final

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kundekort.engine.decisions import Action, Decision
from kundekort.services import (
    anonymising,
    clearing,
    confirming,
    editing,
    exports,
    imports,
    merging,
    planning,
    undoing,
)
from kundekort.services.accounts import Actor
from kundekort.services.lists import FileFormat
from kundekort.store.models import Change, Customer, Import
from kundekort.store.selection import Selection
from tests.services.bytes import in_database, in_files
from tests.taking_back import take_back

NUMBERS: Final = count(1)
HEADER: Final = "CustomerID;FirstName;LastName;Email;Mobile;Gender;InternalNote;ExternalID\n"


@dataclass(slots=True)
class Person:
    """Somebody whose every text has a part that no other text has, and the colleague who has to do with them."""

    mark: str
    number: int
    actor: Actor
    texts: int = 0

    def text(self) -> str:
        """A text of theirs that was never there before."""
        self.texts += 1
        return f"{self.mark}{self.texts}q"

    def row(self, **said: str) -> str:
        """A row about them, with a note of its own."""
        cells = {"id": str(self.number), "first": self.mark, "last": f"{self.mark}sen", "email": "", "mobile": ""}
        cells |= {"gender": "1", "note": self.text(), "external": ""} | said
        return ";".join(cells.values()) + "\n"

    @property
    def card(self) -> Customer:
        """Their card."""
        return Customer.objects.get(pk=self.number)


def upload(person: Person, text: str | bytes, *, name: str = "liste.csv", ask: bool = False) -> Import:
    data = text if isinstance(text, bytes) else text.encode()
    return planning.plan(imports.receive(io.BytesIO(data), filename=name, actor=person.actor).pk, ask=ask)


def load(person: Person, text: str | bytes) -> Import:
    imp = upload(person, text)
    return confirming.confirm(imp.pk, digest=imp.digest, actor=person.actor)


def changed(person: Person) -> None:
    load(person, HEADER + person.row(email=f"{person.text()}@example.no", external=person.text()))


def unchanged(person: Person) -> None:
    load(person, f"CustomerID;LastName;Gender\n{person.number};{person.mark}sen;1\n")


def edited(person: Person) -> None:
    values = {"internal_note": person.text(), "city": person.text(), "tags": f"{person.text()}|fast"}
    editing.edit(person.number, version=person.card.version, values=values, actor=person.actor)


def merged(person: Person) -> None:
    load(person, HEADER + person.row(id="0", email=f"{person.text()}@example.no", note=person.text()))
    other = Customer.objects.latest("pk")
    versions = {person.number: person.card.version, other.pk: other.version}
    merging.merge(master=person.number, others=[other.pk], versions=versions, values={}, actor=person.actor)


def undone(person: Person) -> None:
    changes = Change.objects.filter(customer=person.number, version__gt=1, revision__undone_by=None).order_by("-pk")
    if (last := changes.first()) is not None:
        take_back(last.revision, actor=person.actor)


def undoing_waits(person: Person) -> None:
    edited(person)
    undoing.start(Change.objects.filter(customer=person.number).latest("pk").revision_id, actor=person.actor)


def waiting(person: Person) -> None:
    upload(person, HEADER + person.row() + "0;Ola;Lie;;;1;;\n")


def asked_about(person: Person) -> None:
    upload(person, f"FirstName;Ukjent\nOla;{person.mark}sen, {person.mark}\n", ask=True)


def wrong(person: Person) -> None:
    upload(person, HEADER + person.row(email=f"{person.mark} ikke en adresse", note=person.text()))


def mended(person: Person) -> None:
    imp = upload(person, HEADER + person.row())
    decision = Decision(Action.SET, value=person.text(), field="internal_note", rows=(0,))
    planning.decide(imp.pk, decision, actor=person.actor)
    imp.refresh_from_db()
    confirming.confirm(imp.pk, digest=imp.digest, actor=person.actor)


def double(person: Person) -> None:
    mail = f"{person.text()}@example.no"
    editing.edit(person.number, version=person.card.version, values={"email": mail}, actor=person.actor)
    upload(person, f"CustomerID;FirstName;Email;Gender\n0;Ola;{mail};1\n")


def shared_name(person: Person) -> None:
    """A row about nobody that a guard takes for the person, because of what stands on the card."""
    born = {"date_of_birth": "1990-01-02", "internal_note": person.text()}
    editing.edit(person.number, version=person.card.version, values=born, actor=person.actor)
    upload(person, f"CustomerID;LastName;FirstName;DateOfBirth;Gender\n0;{person.mark}sen;{person.mark};1990-01-02;1\n")


def in_a_workbook(person: Person) -> None:
    pieces = exports.stream(what=Selection(), form=FileFormat.XLSX, actor=person.actor)
    upload(person, b"".join(pieces), name=f"{person.mark} {person.mark}sen.xlsx")


def exported(person: Person) -> None:
    for form in (FileFormat.XLSX, FileFormat.CSV):
        exports.start(what=Selection(search=person.mark), form=form, actor=person.actor)


ACTS: Final[Mapping[str, Callable[[Person], None]]] = {
    act.__name__: act
    for act in (
        *(changed, unchanged, edited, merged, undone, undoing_waits, waiting, asked_about, wrong, mended, double),
        *(shared_name, in_a_workbook, exported),
    )
}


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
@settings(max_examples=10, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(acts=st.lists(st.sampled_from(sorted(ACTS)), min_size=1, max_size=7))
def test_no_word_of_theirs_is_left_whatever_happened(alice: Actor, acts: list[str]) -> None:
    _live_and_go(alice, acts)


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("act", sorted(ACTS))
def test_no_word_of_theirs_is_left_after_each_act(alice: Actor, act: str) -> None:
    _live_and_go(alice, [act])


def _live_and_go(alice: Actor, acts: list[str]) -> None:
    mark = f"Zqw{next(NUMBERS)}x"
    person = Person(mark, 0, alice)
    load(person, HEADER + person.row(id="0", email=f"{person.text()}@example.no", mobile="99887766"))
    person.number = Customer.objects.latest("pk").pk
    for act in acts:
        ACTS[act](person)
    assert in_files([mark])
    anonymising.anonymise([person.number], actor=alice)
    assert not in_database([mark])
    for number in clearing.pending():
        clearing.clear(number, patience=60)
    assert not in_files([mark])
