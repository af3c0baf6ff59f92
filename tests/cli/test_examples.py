"""The example files are what their script writes, and previews of them count what their README says."""

import re
import runpy
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest

from kundekort.cli import demo, sample
from kundekort.cli.sample_register import TWICE
from kundekort.services import customers, duplicates, imports, planning
from kundekort.services import demo as services
from kundekort.services.accounts import Actor
from kundekort.store.duplicates import By
from kundekort.store.models import Customer, Import

EXAMPLES = Path(__file__).parents[2] / "examples"
COUNTS = ("rows", "new", "changed", "unchanged", "errors", "cells_changed")


def planned(content: bytes, name: str) -> Import:
    imp = imports.receive(BytesIO(content), filename=name, actor=Actor.system("test"))
    return planning.plan(imp.pk, ask=False)


def test_it_writes_the_same_files_again() -> None:
    written = runpy.run_path(str(EXAMPLES / "make.py"))["files"]()
    changed = [name for name, content in written.items() if (EXAMPLES / name).read_bytes() != content]
    assert changed == []


@pytest.mark.django_db(transaction=True, reset_sequences=True)  # the examples name customers by number, from 1
def test_it_counts_what_the_readme_says() -> None:
    demo.have_customers(Actor.system("test"))
    assert customers.count() == demo.CUSTOMERS, "every sample is a valid customer"

    told = re.findall(r"^\| `(\S+)`((?: \| \d+)+) \|", (EXAMPLES / "README.md").read_text(), re.MULTILINE)
    assert {name for name, _ in told} == {p.name for p in EXAMPLES.iterdir() if p.suffix in (".csv", ".txt")}
    for name, numbers in told:
        totals = planned((EXAMPLES / name).read_bytes(), name).totals
        assert totals is not None
        assert [getattr(totals, count) for count in COUNTS] == [int(n) for n in re.findall(r"\d+", numbers)], name


@pytest.mark.django_db(transaction=True, reset_sequences=True)
def test_it_has_people_twice_and_cards_edited_since_an_export(settings: Any) -> None:
    settings.ALLOWED_HOSTS = ["localhost"]
    actor = services.begin()
    demo.have_customers(actor)
    groups = {by: duplicates.candidates(by=by, offset=0, limit=1, actor=actor).total for by in By}
    assert min(groups.values()) >= TWICE
    assert Customer.objects.filter(version=2).count() == 12
    assert set(Import.objects.values_list("actor_name", "confirmer_name")) == {(actor.name, actor.name)}

    first = demo.have_waiting(EXAMPLES / demo.EXAMPLE, actor)
    assert first == demo.have_waiting(EXAMPLES / demo.EXAMPLE, actor) == list(demo.OTHERS)
    waiting = [(imp.filename, imp.state) for imp in imports.recent(actor=actor) if imp.state in imports.WAITING]
    assert waiting == [
        ("customers-edited.csv", "preview"),
        ("stale-export.csv", "preview"),
        ("damaged-by-spreadsheet.csv", "preview"),
        ("box-office.txt", "columns"),
    ]


@pytest.mark.parametrize("seed", [1, 2])
def test_it_invents_the_same_customers_for_the_same_seed(seed: int) -> None:
    assert sample.customers(50, seed=seed).equals(sample.customers(60, seed=seed).head(50))
    assert not sample.customers(50, seed=seed).equals(sample.customers(50, seed=seed + 1))


def test_it_invents_only_addresses_that_nobody_has() -> None:
    addresses = sample.customers(2000)["Email"]
    assert addresses.str.contains(r"^$|@example\.(com|org|net)$").all()
    assert not addresses.filter(addresses != "").is_duplicated().any()
