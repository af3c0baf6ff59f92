"""A file that was imported before, or most of its new customers: told before confirming, and never of honest habits."""

from __future__ import annotations

import random
from collections.abc import Callable

import polars as pl
import pytest

from kundekort.cli import sample
from kundekort.engine.decisions import Action, Decision
from kundekort.engine.finding import Finding
from kundekort.engine.recipe import Policy, RowKey
from kundekort.engine.writing import xlsx
from kundekort.services import confirming, imports, planning
from kundekort.services.accounts import Actor
from kundekort.services.refusals import RowsHaveFindings, StalePlan
from kundekort.store import packages
from kundekort.store.models import Customer, Import, PeopleSketch
from tests.taking_back import take_back

Upload = Callable[..., Import]
COUNT = 200


def people(count: int = COUNT, *, seed: int = 1) -> pl.DataFrame:
    """New customers without the number of another system, which nobody has twice."""
    return sample.customers(count, seed=seed).drop("ExternalID")


def csv(frame: pl.DataFrame, separator: str = ";") -> bytes:
    return frame.write_csv(separator=separator).encode()


def found(imp: Import) -> list[Finding]:
    return [one for one in imports.facts(imp).findings if one.code in ("file_again", "same_file")]


def codes(imp: Import) -> list[tuple[str, int, bool]]:
    return [(one.code, one.params["import"], one.blocks) for one in found(imp)]


def test_it_holds_up_the_same_file_until_somebody_says_that_it_is_meant(
    load: Upload, upload: Upload, bob: Actor
) -> None:
    first = load(csv(people()), filename="august.csv")
    imp = upload(csv(people()), filename="kopi.csv")
    (one,) = found(imp)
    told = {"import": first.pk, "file": "august.csv", "who": "bob", "when": first.finished_at.isoformat()}
    assert (one.code, one.count, one.blocks, dict(one.params)) == ("file_again", COUNT, True, told)
    with pytest.raises(RowsHaveFindings):
        confirming.confirm(imp.pk, digest=imp.digest, actor=bob)
    planning.decide(imp.pk, Decision(Action.ACCEPT, code="file_again"), actor=bob)
    imp.refresh_from_db()
    confirming.confirm(imp.pk, digest=imp.digest, actor=bob)
    assert Customer.objects.count() == 2 * COUNT


@pytest.mark.parametrize("form", ["csv", "xlsx"])
def test_it_knows_the_people_in_another_order_and_format(load: Upload, upload: Upload, form: str) -> None:
    first = load(csv(people()))
    packages.remove(first.pk)
    more = pl.concat([people(), people(COUNT // 20, seed=2)]).sample(fraction=1, shuffle=True, seed=3)
    more = more.select(sorted(more.columns)).with_columns(Tags=pl.lit("sesong"))
    book = [(xlsx.Sheet("Ark1", tuple(map(xlsx.Column, more.columns))), [more])]
    data = csv(more, ",") if form == "csv" else b"".join(xlsx.workbook(book))
    imp = upload(data, filename=f"kunder.{form}")
    assert imp.totals.new == COUNT + COUNT // 20
    assert codes(imp) == [("file_again", first.pk, True)]


def test_it_minds_neither_fewer_than_half_nor_a_file_that_was_given_up(
    load: Upload, upload: Upload, bob: Actor
) -> None:
    imports.cancel(upload(csv(people())).pk, actor=bob)
    assert codes(upload(csv(people()))) == []
    load(csv(people().head(COUNT * 2 // 5)))
    assert codes(upload(csv(people()))) == []


def test_it_forgets_an_import_while_it_is_taken_back(load: Upload, upload: Upload, bob: Actor) -> None:
    first = load(csv(people()))
    undone = take_back(first.revision, actor=bob)
    assert codes(upload(csv(people()))) == []
    take_back(undone.revision, actor=bob)
    assert codes(upload(csv(people()))) == [("file_again", first.pk, True)]


def test_it_names_the_last_import_that_is_in_effect(load: Upload, upload: Upload, bob: Actor) -> None:
    first = load(csv(people()))
    again = upload(csv(people().reverse()))
    planning.decide(again.pk, Decision(Action.ACCEPT, code="file_again"), actor=bob)
    again.refresh_from_db()
    again = confirming.confirm(again.pk, digest=again.digest, actor=bob)
    assert codes(upload(csv(people(), ","))) == [("file_again", again.pk, True)]
    take_back(again.revision, actor=bob)
    assert codes(upload(csv(people(), ","))) == [("file_again", first.pk, True)]


def test_it_leaves_the_closed_round_trip_alone(load: Upload, upload: Upload) -> None:
    """An export is edited, imported, edited further and imported again: most rows are those of last time."""
    load(csv(people()))
    rng = random.Random(4)
    numbers = list(Customer.objects.order_by("pk").values_list("pk", flat=True))
    cities = dict.fromkeys(numbers, "Bodø")
    for round_ in range(4):
        for number in rng.sample(numbers, 20):
            cities[number] = f"By {rng.randint(1, 9)}"
        text = "CustomerID;City\n" + "".join(f"{number};{city}\n" for number, city in cities.items())
        imp = upload(text)
        assert codes(imp) == []
        assert load(text + "\n" * round_).revision is not None
    untouched = upload(text)
    assert (untouched.totals.unchanged, codes(untouched)) == (COUNT, [])


def test_it_leaves_lists_of_other_people_from_the_same_source_alone(load: Upload, upload: Upload) -> None:
    for week in range(5):
        text = csv(people(40, seed=100 + week))
        assert codes(upload(text)) == []
        load(text)


def test_it_leaves_a_growing_list_alone_that_finds_its_customers(load: Upload, upload: Upload) -> None:
    known = people(seed=5).filter(pl.col("Email") != "")
    by_email = Policy(keys=(RowKey.EMAIL,))
    load(csv(known.head(100)), policy=by_email)
    more = upload(csv(known.head(150)), policy=by_email)
    assert (more.totals.unchanged, more.totals.new, codes(more)) == (100, 50, [])
    by_number = upload(csv(known.head(150)))
    assert [(one.code, one.count) for one in found(by_number)] == [("file_again", 150)]


def test_it_tells_of_a_file_that_would_change_values_back(load: Upload, upload: Upload, bob: Actor) -> None:
    load("CustomerID;FirstName;Gender\n0;Kari;2\n")
    number = Customer.objects.get().pk
    first = load(f"CustomerID;FirstName\n{number};Karin\n")
    load(f"CustomerID;FirstName\n{number};Karen\n")
    imp = upload(f"CustomerID;FirstName\n{number};Karin\n")
    assert codes(imp) == [("same_file", first.pk, False)]
    confirming.confirm(imp.pk, digest=imp.digest, actor=bob)
    assert codes(upload(f"CustomerID;FirstName\n{number};Karin\n")) == []


def test_it_looks_again_when_two_people_had_the_file_before_them(upload: Upload, bob: Actor) -> None:
    one, other = upload(csv(people())), upload(csv(people(), ","))
    assert codes(one) == codes(other) == []
    confirming.confirm(one.pk, digest=one.digest, actor=bob)
    with pytest.raises(StalePlan):
        confirming.confirm(other.pk, digest=other.digest, actor=bob)
    other.refresh_from_db()
    assert (other.state, codes(other)) == (Import.State.PREVIEW, [("file_again", one.pk, True)])
    assert Customer.objects.count() == COUNT


def test_it_keeps_what_it_needs_and_no_more(load: Upload, upload: Upload) -> None:
    big = load(csv(people(1_500)))
    kept = PeopleSketch.objects.get(source=big)
    assert (1_400 < kept.people <= 1_500, len(kept.hashes)) == (True, 8 * 1_024)
    number = Customer.objects.order_by("pk").values_list("pk", flat=True)[0]
    edit = load(f"CustomerID;FirstName\n{number};Karin\n")
    assert not PeopleSketch.objects.filter(source=edit).exists()
    assert codes(upload(csv(people(1_500).reverse()))) == [("file_again", big.pk, True)]


def test_what_was_not_told_does_not_hold_up_the_confirmation(load: Upload, upload: Upload, bob: Actor) -> None:
    load(csv(people(6)))
    imp = upload(csv(pl.concat([people(6)] * 20)))  # nobody looks for an import that was so much smaller
    assert found(imp) == []
    confirming.confirm(imp.pk, digest=imp.digest, actor=bob)
    imp.refresh_from_db()
    assert (imp.state, Customer.objects.count()) == (Import.State.DONE, 126)
