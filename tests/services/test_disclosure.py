"""A person who asks is given all there is about them: every field, every change, every consent with its source."""

from __future__ import annotations

import csv
import io
import json
import zipfile
from collections.abc import Callable

import pytest
from django.utils import translation

from kundekort.services import anonymising, disclosure, editing, fields, history, merging
from kundekort.services.accounts import Actor
from kundekort.services.refusals import CardAnonymised, Forbidden, NotFound
from kundekort.store.models import AuditEntry, Change, Customer, Import
from tests.taking_back import take_back

pytestmark = pytest.mark.usefixtures("nothing_kept")

Load = Callable[..., Import]

FILE = (
    "CustomerID;FirstName;LastName;Email;Mobile;Gender;EmailConsent;InternalNote;City\n"
    "0;Åse;Berg;ase@example.no;40000001;2;1;=1+1;Oslo\n"
    "0;Aase;Berg;aase@example.no;;2;0;;\n"
    "0;Ola;Lie;ola@example.no;40000003;1;;Hemmelig om en annen;\n"
)


@pytest.fixture
def person(load: Load, alice: Actor, bob: Actor) -> int:
    """Somebody with two cards that were merged, an edit, an import and one that was undone."""
    load(FILE, filename="første.csv")
    first, second = Customer.objects.order_by("pk").values_list("pk", flat=True)[:2]
    editing.edit(first, version=1, values={"sms_consent": "1"}, actor=alice)
    load(f"CustomerID;City;EmailConsent;Gender\n{first};Bergen;0;2\n", filename="andre.csv")
    undone = load(f"CustomerID;LastName;Gender\n{first};Feil;2\n", filename="feil.csv")
    take_back(undone.revision, actor=alice)
    versions = {card.pk: card.version for card in Customer.objects.filter(pk__in=[first, second])}
    merging.merge(master=first, others=[second], versions=versions, values={}, actor=bob)
    return first


def read(content: bytes) -> tuple[dict[str, bytes], dict[str, list[dict[str, str]]]]:
    with zipfile.ZipFile(io.BytesIO(content)) as package:
        files = {name.partition("/")[2]: package.read(name) for name in package.namelist()}
    tables = {
        name: list(csv.DictReader(io.StringIO(data.decode("utf-8-sig"), newline=""), delimiter=";"))
        for name, data in files.items()
        if name.endswith(".csv")
    }
    return files, tables


def test_it_has_every_field_and_every_change(person: int, alice: Actor) -> None:
    name, content = disclosure.write(person, actor=alice)
    files, tables = read(content)
    whole = json.loads(files["alt.json"])
    card = Customer.objects.get(pk=person)
    assert name.startswith(f"kunde-{person}-")
    assert set(whole["card"]) == {f.key for f in fields.schema(retired=True).values}
    assert (whole["card"]["email"], whole["card"]["internal_note"]) == (card.email, "=1+1")
    told = {(s["customer"], s["field"], s["old"], s["new"]) for s in whole["history"]}
    logged = Change.objects.filter(customer__in=whole["cards"]).exclude(field__in=("id", "merged"))
    assert len(whole["cards"]) == 2
    assert {(c.customer_id, c.field, c.old, c.new) for c in logged} <= told
    assert (person, "city", "", "Oslo") in told
    assert (whole["cards"][1], "email", "", "aase@example.no") in told
    assert len(tables["historikk.csv"]) == len(whole["history"])
    assert {row["Kundenummer"] for row in tables["historikk.csv"]} == set(map(str, whole["cards"]))
    assert {row["Felt"] for row in tables["kort.csv"]} >= {"Kundenummer", "Fornavn", "Internt notat"}
    assert "Hemmelig om en annen" not in b"".join(files.values()).decode()


def test_each_consent_has_its_source(person: int, alice: Actor) -> None:
    whole = json.loads(read(disclosure.write(person, actor=alice)[1])[0]["alt.json"])
    own = [(s["field"], s["new"], s["door"], s["file"]) for s in whole["consents"] if s["customer"] == person]
    assert own == [
        ("email_consent", "1", "import", "første.csv"),
        ("sms_consent", "1", "edit", ""),
        ("email_consent", "0", "import", "andre.csv"),
    ]
    assert all(step["when"] and step["by"] for step in whole["consents"])
    assert [imp["file"] for imp in whole["imports"]] == ["første.csv", "andre.csv", "feil.csv"]


def test_colleagues_are_numbered(person: int, alice: Actor) -> None:
    files, tables = read(disclosure.write(person, actor=alice)[1])
    assert {row["Av"] for row in tables["historikk.csv"]} == {"Kollega 1", "Kollega 2"}
    for name in (b"Alice", b"bob"):
        assert not any(name in data for data in files.values())


def test_spreadsheets_execute_nothing(person: int, alice: Actor) -> None:
    files, _ = read(disclosure.write(person, actor=alice)[1])
    assert b"=1+1" in files["kort.csv"]
    assert b";=1+1" not in files["kort.csv"]
    assert b";=1+1" not in files["historikk.csv"]


def test_the_files_have_names_in_each_language(person: int, alice: Actor) -> None:
    assert set(read(disclosure.write(person, actor=alice)[1])[0]) == {
        "LESMEG.txt",
        "kort.csv",
        "historikk.csv",
        "samtykker.csv",
        "importer.csv",
        "alt.json",
    }
    with translation.override("en"):
        files, _ = read(disclosure.write(person, actor=alice)[1])
    assert {"README.txt", "card.csv", "consents.csv"} < set(files)
    assert b"All there is about customer" in files["README.txt"]


def test_it_names_no_file_of_whoever_shares_an_email(person: int, load: Load, upload: Load, alice: Actor) -> None:
    load(
        "CustomerID;FirstName;LastName;Email;Gender\n0;Ola;Nordmann;ase@example.no;1\n",
        filename="Legeattest Ola Nordmann.csv",
    )
    upload(f"CustomerID;City;Gender\n{person};Voss;2\n", filename="egen.csv")
    files, tables = read(disclosure.write(person, actor=alice)[1])
    assert not any(b"Legeattest" in data for data in files.values())
    assert [row["Fil"] for row in tables["importer.csv"]] == ["første.csv", "andre.csv", "feil.csv", "", "egen.csv"]


def test_a_merge_that_was_undone_tells_nothing_of_the_other(person: int, load: Load, alice: Actor) -> None:
    load("CustomerID;FirstName;LastName;Email;Phone;Gender\n0;Per;Moe;annen@example.no;22334455;1\n")
    other = Customer.objects.latest("pk").pk
    versions = {card.pk: card.version for card in Customer.objects.filter(pk__in=[person, other])}
    made = merging.merge(master=person, others=[other], versions=versions, values={"email": other}, actor=alice)
    take_back(made, actor=alice)
    files, tables = read(disclosure.write(person, actor=alice)[1])
    for text in (b"annen@example.no", b"22334455"):
        assert not any(text in data for data in files.values())
    assert len(tables["importer.csv"]) == 3
    whole = json.loads(read(disclosure.write(other, actor=alice)[1])[0]["alt.json"])
    assert whole["card"]["email"] == "annen@example.no"


def test_it_is_in_the_audit_log_and_for_administrators(person: int, alice: Actor, bob: Actor) -> None:
    with pytest.raises(Forbidden):
        disclosure.write(person, actor=bob)
    with pytest.raises(NotFound):
        disclosure.write(99_999, actor=alice)
    assert not AuditEntry.objects.filter(event="disclosure").exists()
    disclosure.write(person, actor=alice)
    assert AuditEntry.objects.get(event="disclosure").params == {"customer_id": person}


def test_there_is_nothing_to_give_of_who_was_anonymised(person: int, alice: Actor) -> None:
    anonymising.anonymise([person], actor=alice)
    with pytest.raises(CardAnonymised):
        disclosure.write(person, actor=alice)
    assert history.of_customer(person, actor=alice)
