"""The command line is no second person: what reaches far waits for somebody on the website."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from kundekort.cli.app import app
from kundekort.services import settings
from kundekort.services.accounts import Actor
from kundekort.store.models import Customer, Import

pytestmark = pytest.mark.django_db(transaction=True)

TEXT = "CustomerID;FirstName;Gender\n0;Kari;2\n"


def run(*arguments: object) -> Result:
    return CliRunner().invoke(app, [*map(str, arguments)])


def test_it_leaves_an_import_waiting(alice: Actor, tmp_path: Path) -> None:
    settings.change(actor=alice, four_eyes=True, four_eyes_cards=0)
    file = tmp_path / "list.csv"
    file.write_text(TEXT)
    result = run("import", file, "--yes")
    assert result.exit_code == 3
    assert "Somebody else has to confirm this on the website: it touches 1 customer" in result.stderr
    answer = json.loads(run("import", file, "--yes", "--json").stdout)
    assert (answer["applied"], answer["error"]["code"]) == (False, "second_person_needed")
    assert list(Import.objects.values_list("state", flat=True)) == ["preview", "preview"]
    assert not Customer.objects.exists()


def test_it_undoes_nothing_alone(load: Callable[..., Import], alice: Actor) -> None:
    done = load(TEXT)
    settings.change(actor=alice, four_eyes=True, four_eyes_cards=0)
    assert run("undo", done.pk, "--yes").exit_code == 3
    assert Import.objects.latest("pk").state == "preview"
    assert Customer.objects.count() == 1
