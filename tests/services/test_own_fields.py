from __future__ import annotations

from collections.abc import Callable

import pytest

from kundekort.engine import mapping
from kundekort.engine.recipe import EmptyCells
from kundekort.engine.schema import Kind
from kundekort.services import confirming, customers, fields, history, layouts, preview
from kundekort.services.accounts import Actor
from kundekort.services.fields import Definition
from kundekort.services.refusals import ChoiceInUse, FieldInvalid, Forbidden, LayoutInvalid, StalePlan
from kundekort.store.models import Customer, Import
from kundekort.store.pages import Filter

Upload = Callable[..., Import]


@pytest.fixture
def custom(alice: Actor) -> dict[str, str]:
    """The keys of one own field of each kind, by its header."""
    definitions = [
        Definition(header="Rabattkode", kind=Kind.TEXT, labels={"nb": "Rabattkode", "en": "Discount code"}),
        Definition(header="Poeng", kind=Kind.NUMBER),
        Definition(header="Medlem siden", kind=Kind.DATE),
        Definition(header="Nivå", kind=Kind.CHOICE, choices=["Gull", "Sølv"]),
        Definition(header="Rullestol", kind=Kind.YES_NO),
    ]
    return {d.header: fields.create(d, actor=alice).key for d in definitions}


HEADER = "CustomerID;FirstName;Gender;Rabattkode;Poeng;Medlem siden;Nivå;Rullestol\n"


def test_it_imports_own_fields_like_any_other(custom: dict[str, str], load: Upload, bob: Actor) -> None:
    load(HEADER + "0;Åse;2;AB 1;1,50;01.02.2020;gull;ja\n0;Per;1;;;;;\n")
    number, per = Customer.objects.order_by("pk").values_list("pk", flat=True)
    card = customers.card(number, actor=bob)
    assert [card[key] for key in custom.values()] == ["AB 1", "1.5", "2020-02-01", "Gull", "1"]
    assert Customer.objects.get(pk=per).custom == {}
    imp = load(f"CustomerID;Nivå;Poeng;FirstName\n{number};Sølv;;Åse M\n")
    assert imp.totals.cells_changed == 3
    assert customers.card(number, actor=bob)[custom["Nivå"]] == "Sølv"
    assert custom["Poeng"] not in Customer.objects.get(pk=number).custom
    cells = {(c.field, c.old, c.new) for c in history.of_customer(number, actor=bob)[0].cells}
    assert (custom["Nivå"], "Gull", "Sølv") in cells
    assert (custom["Poeng"], "1.5", "") in cells


def test_it_finds_what_is_wrong_in_own_fields(custom: dict[str, str], upload: Upload) -> None:
    imp = upload(HEADER + "0;Åse;2;;mange;31.02.2020;Bronse;kanskje\n")
    problems = {p.code for _, p in preview.problems(imp, limit=9)}
    assert problems == {"number_invalid", "date_invalid", "choice_unknown", "yes_no_unknown"}


def test_it_changes_nothing_when_imported_again(custom: dict[str, str], load: Upload, upload: Upload) -> None:
    load(HEADER + "0;Åse;2;AB 1;1,50;01.02.2020;gull;ja\n")
    number = Customer.objects.get().pk
    imp = upload(HEADER + f"{number};Åse;2;AB 1;1.5;2020-02-01;GULL;1\n")
    assert imp.totals.unchanged == 1


def test_it_wants_a_required_field_of_new_customers_only(alice: Actor, load: Upload, upload: Upload) -> None:
    load("CustomerID;FirstName;Gender\n0;Åse;2\n")
    number = Customer.objects.get().pk
    fields.create(Definition(header="Sal", kind=Kind.TEXT, required=True), actor=alice)
    imp = upload(f"CustomerID;FirstName;Gender\n0;Per;1\n{number};Åse B;2\n")
    assert (imp.totals.errors, imp.totals.changed) == (1, 1)


def test_it_keeps_meaning_a_field_by_its_former_name(custom: dict[str, str], load: Upload, alice: Actor) -> None:
    key = custom["Rabattkode"]
    fields.change(key, Definition(header="Kampanje", kind=Kind.TEXT), actor=alice)
    load("CustomerID;FirstName;Gender;Rabattkode\n0;Åse;2;A\n")
    load("CustomerID;FirstName;Gender;kampanje\n0;Per;1;B\n")
    assert sorted(c.custom[key] for c in Customer.objects.all()) == ["A", "B"]


def test_it_keeps_values_and_history_of_a_retired_field(
    custom: dict[str, str], load: Upload, upload: Upload, alice: Actor
) -> None:
    key = custom["Rabattkode"]
    load("CustomerID;FirstName;Gender;Rabattkode\n0;Åse;2;A\n")
    number = Customer.objects.get().pk
    waiting = upload(f"CustomerID;Rabattkode\n{number};B\n")
    fields.retire(key, actor=alice)
    with pytest.raises(StalePlan):
        confirming.confirm(waiting.pk, digest=waiting.digest, actor=alice)
    assert key not in fields.schema()
    assert key in fields.schema(retired=True)
    load(f"CustomerID;FirstName\n{number};Åse B\n")
    assert Customer.objects.get().custom == {key: "A"}
    fields.retire(key, retired=False, actor=alice)
    assert customers.card(number, actor=alice)[key] == "A"


def test_it_refuses_definitions_that_would_confuse(custom: dict[str, str], alice: Actor, bob: Actor) -> None:
    for definition, reason in (
        (Definition(header=" ", kind=Kind.TEXT), "header_missing"),
        (Definition(header="Fornavn", kind=Kind.TEXT), "header_taken"),
        (Definition(header="RABATT-KODE", kind=Kind.TEXT), "header_taken"),
        (Definition(header="Valg", kind=Kind.CHOICE), "choices_missing"),
        (Definition(header="Valg", kind=Kind.CHOICE, choices=["A", "a"]), "choices_alike"),
        (Definition(header="Valg", kind=Kind.EMAIL), "kind_unknown"),
    ):
        with pytest.raises(FieldInvalid) as refused:
            fields.create(definition, actor=alice)
        assert refused.value.params["reason"] == reason
    with pytest.raises(Forbidden):
        fields.create(Definition(header="Ny", kind=Kind.TEXT), actor=bob)


def test_it_does_not_take_a_choice_away_that_cards_have(custom: dict[str, str], load: Upload, alice: Actor) -> None:
    load("CustomerID;FirstName;Gender;Nivå\n0;Åse;2;Gull\n")
    with pytest.raises(ChoiceInUse):
        fields.change(custom["Nivå"], Definition(header="Nivå", kind=Kind.CHOICE, choices=["Sølv"]), actor=alice)
    fields.change(custom["Nivå"], Definition(header="Nivå", kind=Kind.CHOICE, choices=["Gull"]), actor=alice)


def test_it_reads_old_files_after_a_layout_has_changed(load: Upload, alice: Actor) -> None:
    def save(columns: list[tuple[str, str]], former: str | None = None) -> None:
        layouts.save(
            "Sesong", columns=columns, empty_cells=EmptyCells.KEEP, is_default=True, actor=alice, former=former
        )

    save([("id", "Nr"), ("first_name", "Hvem"), ("gender", "M/K")])
    assert layouts.get().headers == ("Nr", "Hvem", "M/K")
    save([("id", "Løpenummer"), ("gender", "Kjønn")], former="Sesong")
    assert layouts.get().headers == ("Løpenummer", "Kjønn")
    load("Nr;Hvem;M/K\n0;Åse;K\n")
    load("CustomerID;FirstName;Gender\n0;Per;M\n")
    assert Customer.objects.count() == 2
    layouts.delete("Sesong", actor=alice)
    assert layouts.get().name == layouts.BUILT_IN
    load("Løpenummer;Hvem;Kjønn\n0;Ola;M\n")


def test_it_refuses_layouts_that_would_confuse(alice: Actor) -> None:
    for columns, reason in (
        ([("first_name", "Navn")], "id_missing"),
        ([("id", "ID"), ("id", "Nr")], "field_twice"),
        ([("id", "ID"), ("first_name", "Navn"), ("last_name", "navn")], "header_twice"),
        ([("id", "ID"), ("first_name", "Etternavn")], "header_taken"),
        ([("id", "ID"), ("first_name", "-")], "header_missing"),
        ([("id", "ID"), ("nope", "Nope")], "field_unknown"),
    ):
        with pytest.raises(LayoutInvalid) as refused:
            layouts.save("L", columns=columns, empty_cells=EmptyCells.KEEP, is_default=False, actor=alice)
        assert refused.value.params["reason"] == reason


def test_it_shows_own_fields_in_the_preview(custom: dict[str, str], upload: Upload) -> None:
    imp = upload("CustomerID;FirstName;Gender;Poeng\n0;Åse;2;3\n")
    row = preview.page(imp, Filter(), offset=0, limit=1).rows[0]
    assert row.cells[custom["Poeng"]] == "3"


def test_it_lets_no_name_of_one_field_mean_another(custom: dict[str, str], alice: Actor) -> None:
    for labels in ({"en": "Version"}, {"nb": "E-post"}, {"en": "Rabattkode"}):
        with pytest.raises(FieldInvalid) as refused:
            fields.create(Definition(header="Bar", kind=Kind.TEXT, labels=labels), actor=alice)
        assert refused.value.params["reason"] == "header_taken"
    fields.retire(custom["Poeng"], actor=alice)
    with pytest.raises(FieldInvalid):
        fields.create(Definition(header="Poeng", kind=Kind.TEXT), actor=alice)
    fields.retire(custom["Poeng"], retired=False, actor=alice)
    layout = layouts.get()
    matched = mapping.match_headers(layout.headers, fields.schema())
    assert [c.field for c in matched] == [c.field.key for c in layout.columns]


def test_it_leaves_old_gaps_alone_when_a_field_becomes_required(
    custom: dict[str, str], load: Upload, upload: Upload, alice: Actor
) -> None:
    load("CustomerID;FirstName;Gender;Rabattkode\n0;Åse;2;\n0;Per;1;A\n")
    ase, per = Customer.objects.order_by("pk").values_list("pk", flat=True)
    definition = Definition(header="Rabattkode", kind=Kind.TEXT, required=True)
    fields.change(custom["Rabattkode"], definition, actor=alice)
    untouched = upload(f"CustomerID;FirstName;Gender;Rabattkode\n{ase};Åse;2;\n{per};Per;1;A\n")
    assert (untouched.totals.unchanged, untouched.totals.errors) == (2, 0)
    emptied = upload(f"CustomerID;Rabattkode\n{ase};\n{per};\n0;\n")
    assert emptied.totals.errors == 2


def test_it_cleans_choices_as_it_cleans_cells(alice: Actor, upload: Upload) -> None:
    fields.create(
        Definition(header="Lokale", kind=Kind.CHOICE, choices=["Cafe\u0301", "Null\u200b", "Ba\x00r"]), actor=alice
    )
    imp = upload("CustomerID;FirstName;Gender;Lokale\n0;A;1;Café\n0;B;1;Null\n0;C;1;Bar\n")
    assert imp.totals.new == 3
