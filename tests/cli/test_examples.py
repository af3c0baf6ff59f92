"""The example files are what their script writes, and previews of them count what their README says."""

import re
import runpy
from io import BytesIO
from pathlib import Path

import pytest

from kundekort.cli.demo import CUSTOMERS
from kundekort.cli.sample import HEADERS, customers
from kundekort.engine.writing.csv import SPREADSHEET, write
from kundekort.services import confirming, imports, planning
from kundekort.services.accounts import Actor
from kundekort.store.models import Import

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
    samples = b"".join(write([customers(CUSTOMERS)], headers=HEADERS, form=SPREADSHEET))
    loaded = planned(samples, "samples.csv")
    assert loaded.totals is not None
    assert loaded.totals.new == CUSTOMERS, "every sample is a valid customer"
    confirming.apply(loaded.pk, digest=loaded.digest, actor_name="test")

    told = re.findall(r"^\| `(\S+)`((?: \| \d+)+) \|", (EXAMPLES / "README.md").read_text(), re.MULTILINE)
    assert {name for name, _ in told} == {p.name for p in EXAMPLES.iterdir() if p.suffix in (".csv", ".txt")}
    for name, numbers in told:
        totals = planned((EXAMPLES / name).read_bytes(), name).totals
        assert totals is not None
        assert [totals[count] for count in COUNTS] == [int(n) for n in re.findall(r"\d+", numbers)], name


@pytest.mark.parametrize("seed", [1, 2])
def test_it_invents_the_same_customers_for_the_same_seed(seed: int) -> None:
    assert customers(50, seed=seed).equals(customers(60, seed=seed).head(50))
    assert not customers(50, seed=seed).equals(customers(50, seed=seed + 1))


def test_it_invents_only_addresses_that_nobody_has() -> None:
    addresses = customers(2000)["Email"]
    assert addresses.str.contains(r"^$|@example\.(com|org|net)$").all()
    assert not addresses.filter(addresses != "").is_duplicated().any()
