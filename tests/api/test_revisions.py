"""What was done to customers, for programs: act by act, and the log of each."""

from __future__ import annotations

from collections.abc import Callable

from kundekort.services import confirming, undoing
from kundekort.services.accounts import Actor
from kundekort.services.tokens import Scope
from kundekort.store.models import Import, Revision
from tests.api.conftest import HEADER, Program, program
from tests.api.test_door import problem


def test_acts_are_told_the_newest_first(bobs: Program, bob: Actor, three: list[int]) -> None:
    bobs.send("patch", f"customers/{three[0]}", {"version": 1, "values": {"city": "Oslo"}})
    edit = Revision.objects.latest("pk")
    undo = undoing.start(edit.pk, actor=bob)
    confirming.confirm(undo.pk, digest=undo.digest, actor=bob)
    told = bobs.get("revisions").json()["items"]
    assert [one["act"] for one in told] == ["undo", "edit", "import"]
    assert (told[0]["undoes"], told[1]["undone_by"], told[0]["import_id"]) == (edit.pk, told[0]["id"], undo.pk)
    assert (told[2]["created"], told[2]["changed"], told[2]["undone_by"]) == (3, 0, None)
    assert (told[1]["who"], told[1]["user"]["username"], told[1]["import_id"]) == ("bob", "bob", None)
    assert bobs.get(f"revisions/{edit.pk}").json() == told[1]
    assert [one["act"] for one in bobs.get("revisions?act=edit&act=undo").json()["items"]] == ["undo", "edit"]
    first = bobs.get("revisions", {"limit": 2}).json()
    rest = bobs.get("revisions", {"limit": 2, "cursor": first["next"]}).json()
    assert (first["items"] + rest["items"], rest["next"]) == (told, None)


def test_the_log_of_an_import_is_every_value_it_changed(
    bobs: Program, load: Callable[..., Import], three: list[int]
) -> None:
    kari = f"{three[0]};Kari;Nilsen;kari@example.com;2\n"
    imp = load(HEADER + kari + f"{three[1]};Ola;Nilsen;;1\n0;Eva;Es;eva@example.com;2\n")
    told = bobs.get(f"revisions/{imp.revision_id}/log").json()
    assert told["next"] is None
    rows = [(one["customer_id"], one["field"], one["old"], one["new"], one["version"]) for one in told["items"]]
    eva = max(row[0] for row in rows)
    assert sorted(rows) == sorted(
        [
            (three[0], "last_name", "Nordmann", "Nilsen", 2),
            (three[1], "last_name", "Nordmann", "Nilsen", 2),
            (three[1], "email", "ola@example.com", "", 2),
            (eva, "id", "", str(eva), 1),
        ]
    )
    pages, cursor = [], None
    while cursor is not None or not pages:
        asked = {"limit": 1} | ({"cursor": cursor} if cursor else {})
        page = bobs.get(f"revisions/{imp.revision_id}/log", asked).json()
        pages += page["items"]
        cursor = page["next"]
    assert pages == told["items"]


def test_a_card_that_went_has_all_its_values_in_the_log(bobs: Program, bob: Actor, three: list[int]) -> None:
    undo = undoing.start(Revision.objects.get().pk, actor=bob)
    done = confirming.confirm(undo.pk, digest=undo.digest, actor=bob)
    rows = bobs.get(f"revisions/{done.revision_id}/log").json()["items"]
    assert [(row["field"], row["new"]) for row in rows] == [("id", "")] * 3
    assert {row["card"]["first_name"] for row in rows} == {"Kari", "Ola", "Åse"}


def test_what_there_is_not_is_not_found(bobs: Program) -> None:
    assert bobs.get("revisions").json() == {"items": [], "next": None}
    assert problem(bobs.get("revisions/1"), 404)
    assert problem(bobs.get("revisions/1/log"), 404)
    assert problem(bobs.get("revisions?act=theft"), 422)


def test_it_wants_its_scope(bob: Actor) -> None:
    assert problem(program(bob, Scope.CUSTOMERS_READ).get("revisions"), 403)["params"] == {"scope": "changes:read"}
