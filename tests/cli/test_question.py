"""What is asked before writing, and that a yes is obeyed; the terminal itself is in test_asking."""

import io
from collections.abc import Callable

import pytest

from kundekort.cli import confirming, show
from kundekort.cli.actor import actor
from kundekort.services import imports
from kundekort.store.models import Customer, Import

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.mark.parametrize(
    ("content", "question"),
    [
        ("CustomerID;FirstName;Gender\n0;A;1\n", "Bekreft: opprette 1 kunde?"),
        ("CustomerID;FirstName;Gender\n0;A;1\n0;B;1\n", "Bekreft: opprette 2 kunder?"),
        ("CustomerID;City\n{id};Oslo\n", "Bekreft: endre 1 kunde?"),
        ("CustomerID;City;FirstName;Gender\n{id};Oslo;K;2\n0;;A;1\n", "Bekreft: endre 1 og opprette 1 kunde?"),
    ],
)
def test_it_asks_for_what_will_be_done_and_no_more(
    load: Callable[..., Import], upload: Callable[..., Import], content: str, question: str
) -> None:
    load("CustomerID;FirstName;Gender\n0;Kari;2\n")
    assert show.question(upload(content.format(id=Customer.objects.get().pk))) == question


def test_it_leaves_out_the_errors_of_a_file_with_unknown_columns(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []

    def agreed(question: str) -> bool:
        asked.append(question)
        return True

    monkeypatch.setattr(show, "agreed", agreed)
    file = io.BytesIO(b"CustomerID;FirstName;Gender;Unknown\n0;Kari;2;x\n0;Ola;;y\n")
    imp = confirming.planned(imports.receive(file, filename="a.csv", actor=actor()))
    confirming.ask_and_apply(imp)
    assert asked == ["Leave out the row with errors?", "Bekreft: opprette 1 kunde?"]
    assert Customer.objects.get().first_name == "Kari"
