"""A program that knows nothing but the address of the API: all it does, it finds in the document."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx
import pytest
from pytest_django.live_server_helper import LiveServer

from kundekort.services import editing
from kundekort.services.accounts import Actor
from kundekort.store.models import Customer, Import
from tests.api.conftest import HEADER, program

DOCUMENTED = (Path(__file__).parent.parent.parent / "docs" / "api.md").read_text()


class Generated:
    """What a generator makes of an OpenAPI document: a function for each operation."""

    def __init__(self, base: str, token: str) -> None:
        self._http = httpx.Client(base_url=base, headers={"Authorization": f"Bearer {token}"}, timeout=60)
        document = self._http.get("/api/openapi.json").json()
        self._operations = {
            details["operationId"]: (method, path, details)
            for path, methods in document["paths"].items()
            for method, details in methods.items()
        }

    def __call__(self, operation: str, *, body: Any = None, file: str = "", **parameters: Any) -> tuple[int, Any]:
        """The status and what an operation tells."""
        method, path, details = self._operations[operation]
        known = {one["name"]: one["in"] for one in details["parameters"]}
        query = {name: value for name, value in parameters.items() if known[name] == "query"}
        path = path.format(**{name: value for name, value in parameters.items() if known[name] == "path"})
        sent: dict[str, Any] = {} if body is None else {"json": body}
        if file:
            sent["files"] = {"file": ("customers.csv", file.encode())}
        answer = self._http.request(method, path, params=query, **sent)
        assert str(answer.status_code) in details["responses"], answer.text
        return answer.status_code, answer.json()

    def close(self) -> None:
        self._http.close()


@pytest.fixture
def served(live_server: LiveServer, transactional_db: None, bob: Actor, alice: Actor) -> Any:
    """The API as a program of Bob's finds it at a running server."""
    made = Generated(live_server.url, program(bob).secret)
    yield made
    made.close()


def test_it_imports_mends_confirms_runs_into_a_conflict_and_undoes(
    served: Generated, load: Callable[..., Import], alice: Actor
) -> None:
    load(HEADER + "0;Kari;Nordmann;kari@example.com;2\n")
    kari = Customer.objects.get()
    text = HEADER + f"{kari.pk};Karen;Nordmann;kari@example.com;2\n0;Per;Ås;per@;1\n0;Pål;Ås;pal@example.com;1\n"
    status, sent = served("upload_import", file=text)
    number = sent["import_id"]
    assert (status, sent["state"], sent["errors"]) == (201, "preview", 1)
    # mend
    _, wrong = served("list_rows", import_id=number, box="errors")
    row, fault = wrong["items"][0]["number"], wrong["items"][0]["problems"][0]
    assert fault["code"] == "email_invalid"
    mend = {"action": "set", "field": "email", "rows": [row], "value": "per@example.com"}
    _, mended = served("decide", import_id=number, body={"decisions": [mend]})
    assert (mended["errors"], mended["new"]) == (0, 2)
    # meanwhile somebody edits the card
    editing.edit(kari.pk, version=kari.version, values={"first_name": "Karin"}, actor=alice)
    status, stale = served("confirm_import", import_id=number, body={"digest": mended["digest"]})
    assert (status, stale["code"]) == (409, "register_moved")
    cell = stale["import"]["conflict_cells"][0]
    assert (cell["mine"], cell["theirs"]) == ("Karen", "Karin")
    choice = {"whose": "mine", "field": cell["field"], "customer_id": cell["customer_id"]}
    _, settled = served("settle_conflicts", import_id=number, body=choice)
    status, done = served("confirm_import", import_id=number, body={"digest": settled["digest"]})
    assert (status, done["state"], done["conflicts"]) == (200, "done", 0)
    assert Customer.objects.get(pk=kari.pk).first_name == "Karen"
    status, again = served("confirm_import", import_id=number, body={"digest": settled["digest"]})
    assert (status, again["code"]) == (409, "already_applied")
    # what was written is told for as long as history stays, and taken back
    _, rows = served("list_rows", import_id=number, box="new")
    assert {row["values"]["email"] for row in rows["items"]} == {"per@example.com", "pal@example.com"}
    status, undo = served("undo_import", import_id=number)
    assert (status, undo["removed"], undo["changed"]) == (201, 2, 1)
    _, undone = served("confirm_import", import_id=undo["import_id"], body={"digest": undo["digest"]})
    assert undone["state"] == "done"
    assert list(Customer.objects.values_list("pk", "first_name")) == [(kari.pk, "Karin")]
    status, refused = served("undo_import", import_id=number)
    assert (status, refused["code"]) == (409, "already_undone")


def blocks(language: str) -> list[str]:
    """The examples of the documentation in a language."""
    return re.findall(rf"^```{language}\n(.*?)^```$", DOCUMENTED, re.MULTILINE | re.DOTALL)


def run(command: list[str], folder: Path, **known: str) -> str:
    done = subprocess.run(command, cwd=folder, env=os.environ | known, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")
    return done.stdout


@pytest.mark.django_db(transaction=True)
def test_the_examples_of_the_documentation_do_what_they_say(
    live_server: LiveServer, bob: Actor, load: Callable[..., Import], tmp_path: Path
) -> None:
    load(HEADER + "0;Kari;Nordmann;kari@example.com;2\n")
    kari = Customer.objects.get()
    (tmp_path / "customers.csv").write_text(HEADER + f"{kari.pk};Karen;Nordmann;kari@example.com;2\n")
    known = {"KUNDEKORT": live_server.url, "TOKEN": program(bob).secret}
    upload, rows, confirm, export = blocks("bash")

    def shell(text: str) -> Any:
        return json.loads(run(["bash", "-euc", text], tmp_path, **known))

    sent = shell(upload)
    known |= {"IMPORT": str(sent["import_id"]), "DIGEST": sent["digest"]}
    assert shell(rows)["items"][0]["changed"]["first_name"] == {"old": "Kari", "new": "Karen"}
    assert shell(confirm)["state"] == "done"
    (python,) = blocks("python")
    told = run([sys.executable, "-c", python], tmp_path, **known).splitlines()
    assert (len(told), told[1]) == (2, "done 2")
    assert set(Customer.objects.values_list("email", flat=True)) == {
        *("kari@example.com", "kari.moe@example.com", "ola.moe@example.com"),
    }
    assert run(["bash", "-euc", export], tmp_path, **known).count("@example.com") == 2
