"""The register in memory that the laws use answers as the real one does, whatever it is asked."""

from __future__ import annotations

import io
from collections.abc import Callable
from contextlib import ExitStack

import polars as pl
import pytest

from kundekort.bulk import key_filter, register
from kundekort.bulk.copy import copied
from kundekort.bulk.key_filter import OFTEN
from kundekort.engine import frames
from kundekort.engine.draft import Register
from kundekort.engine.recipe import Policy, RowKey
from kundekort.engine.schema import Field
from kundekort.services import editing, imports, merging, planning
from kundekort.services.accounts import Actor
from kundekort.services.database import psycopg_connection
from kundekort.services.register import DatabaseRegister, workers
from kundekort.store.fields import SCHEMA
from kundekort.store.models import Customer, Import, RemovedCard, Revision
from tests.engine.memory import MemoryRegister

FILE = (
    "CustomerID;FirstName;Email;Gender;ExternalID;Tags;DateOfBirth;EmailConsent;LastName;Mobile;Address;ZipCode\n"
    "0;Åse;ase@example.no;2;X1;b|a;1990-02-01;1;Ødegård;40000001;Østre Gt. 12 B;0155\n"
    '0;"To\nlinjer\t\\";ASE@example.no;0;X2;;;0;;40000001;Gata;0155\n0;Per;;1;;;;;;;;0155\n'
    "0;Kari;kari@example.no;2;X4;;;;;;;\n0;Ola;ola@example.no;1;X5;;1990-02-01;;Lie;;ØVERGÅRDEN;9800\n"
)
PERSON = [SCHEMA["first_name"], SCHEMA["last_name"], SCHEMA["date_of_birth"]]
HOMES = pl.Series(["ødegård|0155|12|øst", "lie|9800|øvergården", "|0155|gata", "x\0|0155|gata", None])
HOMES = HOMES.str.replace_all("|", "\x1f", literal=True)
EVERYTHING = pl.Series([-1, 0, *range(1, 10**4), 2**63 - 1, None])


@pytest.fixture
def both(load: Callable[..., Import], bob: Actor) -> tuple[DatabaseRegister, MemoryRegister, list[int]]:
    """The same cards with the same past in the database and in memory: imported, edited, merged twice."""
    load(FILE)
    ids = list(Customer.objects.order_by("pk").values_list("pk", flat=True))
    ase, other, per, kari, ola = ids
    editing.edit(ase, version=1, values={"first_name": "Aase", "gender": "0"}, actor=bob)
    editing.edit(ase, version=2, values={"first_name": "Åse M", "tags": "c", "email_consent": "0"}, actor=bob)
    merging.merge(master=per, others=[kari], versions={per: 1, kari: 1}, values={}, actor=bob)
    merging.merge(master=other, others=[per], versions={other: 1, per: 2}, values={}, actor=bob)
    real = DatabaseRegister()
    cards = real.cards(SCHEMA["id"], pl.Series(ids), SCHEMA.values)
    conn = psycopg_connection()
    log = [part for r in Revision.objects.order_by("pk") for part in register.stream_changes(conn, r.pk, cards=2)]
    memory = MemoryRegister(
        cards_by_id={row["id"]: {f.key: row[f.key] for f in SCHEMA.values} for row in cards.iter_rows(named=True)},
        versions={row["id"]: row["version"] for row in cards.iter_rows(named=True)},
        merged={i: into for i, into in RemovedCard.objects.values_list("pk", "into_id") if into is not None},
        log=log,
    )
    return real, memory, ids


def test_it_answers_as_the_register_in_memory_does(
    both: tuple[DatabaseRegister, MemoryRegister, list[int]],
) -> None:
    real, memory, ids = both
    people = ["åse m|ødegård|1990-02-01", "ola|lie|1990-02-01", "ola|lie|1990-02-31", "a\0|b|1990-02-01"]
    people = [person.replace("|", "\x1f") for person in people]
    asked: list[Callable[[Register], pl.DataFrame]] = [
        lambda r: r.cards(SCHEMA["id"], pl.Series([*ids, ids[0], None, -5]), SCHEMA.values),
        lambda r: r.cards(SCHEMA["id"], pl.Series([], dtype=pl.Int64), SCHEMA.values),
        lambda r: r.cards(SCHEMA["email"], pl.Series(["ase@example.no", "", "x\0y", None]), [SCHEMA["email"]]),
        lambda r: r.cards(SCHEMA["external_id"], pl.Series(["X1", "x2", "X5"]), [SCHEMA["city"]]),
        lambda r: r.cards(SCHEMA["mobile"], pl.Series(["+4740000001", ""]), [SCHEMA["mobile"]]),
        lambda r: r.cards(PERSON, pl.Series(people), SCHEMA.values),
        lambda r: r.cards(PERSON, pl.Series([None, "a\x1fb\x1f31.02.1990"], dtype=pl.String), [SCHEMA["city"]]),
        lambda r: r.neighbours(HOMES, SCHEMA.values),
        lambda r: r.redirects(pl.Series([*ids, 0, 99_999])),
        lambda r: r.owners(SCHEMA["external_id"], pl.Series(["X1", "X2", "X4", ""])),
        lambda r: r.masters(pl.Series([*ids, 99_999])).to_frame("id"),
        lambda r: r.withdrawn(SCHEMA["email_consent"], pl.Series([*ids, 99_999])).to_frame("id"),
        lambda r: pl.DataFrame({"id": [r.size(100)]}),
        *(lambda r, v=v: r.former_values(versions(ids, v)).sort("field") for v in (0, 1, 2, 3, 9)),
        lambda r: r.former_values(pl.concat([versions(ids, 1), versions(ids, 2)])).sort("version", "field"),
    ]
    for question in asked:
        answers = [question(register).sort("id", maintain_order=True).rows() for register in (real, memory)]
        assert answers[0] == answers[1]
    assert len(real.redirects(pl.Series(ids))) == 2
    assert set(real.neighbours(HOMES, [])["id"]) == {ids[0], ids[4]}


def test_it_lets_go_of_what_leaves(both: tuple[DatabaseRegister, MemoryRegister, list[int]]) -> None:
    real, _, ids = both
    values = pl.Series(["X1", "X5"])
    field = SCHEMA["external_id"]
    assert set(real.owners(field, values)["id"]) == {ids[0], ids[4]}
    assert set(DatabaseRegister(leaving=frozenset({ids[0]})).owners(field, values)["id"]) == {ids[4]}


def versions(ids: list[int], version: int) -> pl.DataFrame:
    return pl.DataFrame({"id": ids, "version": [version] * len(ids)}, schema=frames.VERSIONS)


@pytest.mark.parametrize("by", [[SCHEMA["email"]], [SCHEMA["mobile"]], [SCHEMA["external_id"]], PERSON])
def test_it_finds_the_same_cards_once_it_knows_all_keys(by: list[Field], load: Callable[..., Import]) -> None:
    load(FILE.replace("X4", "X\x1e4"))
    nobody = [f"nobody{n}\x1fnobody\x1f1990-02-01" for n in range(OFTEN)]
    somebody = ["ase@example.no", "ola@example.no", "+4740000001", "X1", "X\x1e4", "ola\x1flie\x1f1990-02-01", "", None]
    some, many = pl.Series(somebody, dtype=pl.String), pl.Series([*somebody, *nobody])
    seldom, often = DatabaseRegister(), DatabaseRegister()
    found = seldom.cards(by, some, by).sort("id")
    assert found.height >= 1
    assert often.cards(by, many, by).sort("id").equals(found)
    assert often.cards(by, some, by).sort("id").equals(found)
    assert often.cards(by, pl.Series(nobody), by).is_empty()


def test_it_reads_the_keys_of_a_large_register_only_for_many(
    load: Callable[..., Import], monkeypatch: pytest.MonkeyPatch
) -> None:
    load(FILE)
    read: list[object] = []
    monkeypatch.setattr(key_filter, "copied", lambda *args: read.append(args) or copied(*args))
    large = "UPDATE pg_class SET reltuples = %s WHERE oid = 'kundekort_customer'::regclass"
    psycopg_connection().execute(large, [16 * OFTEN])
    register, nobody = DatabaseRegister(), pl.Series([f"nobody{n}@example.no" for n in range(OFTEN + 1)])
    assert register.cards([SCHEMA["email"]], nobody, [SCHEMA["email"]]).is_empty()
    assert not read
    assert register.cards([SCHEMA["email"]], nobody, [SCHEMA["email"]]).is_empty()
    assert len(read) == 1


def test_it_finds_the_same_homes_once_it_knows_all(load: Callable[..., Import]) -> None:
    load(FILE)
    nowhere = pl.Series([f"nobody\x1f0155\x1f{n}\x1fnow" for n in range(OFTEN)])
    register = DatabaseRegister()
    assert register.neighbours(nowhere, []).is_empty()
    assert register.neighbours(pl.concat([HOMES, nowhere]), []).height == 2


def test_it_finds_names_by_their_letters_whatever_the_language(load: Callable[..., Import], alice: Actor) -> None:
    people = "0;İbrahim;Yılmaz;1;1980-01-01\n0;Anna;ΠΑΠΑΣ;2;1981-01-01\n0;ẞ;ǅ;2;1982-01-01\n"
    head = "CustomerID;FirstName;LastName;Gender;DateOfBirth\n"
    load(head + people)
    imp = planning.plan(imports.receive(io.BytesIO((head + people).encode()), filename="l.csv", actor=alice).pk)
    planning.choose(imp.pk, policy=Policy(keys=(RowKey.NAME_BIRTH,)), actor=alice)
    imp.refresh_from_db()
    assert (imp.totals.unchanged, imp.totals.new) == (3, 0)


def test_it_counts_a_register_only_as_far_as_it_matters(
    both: tuple[DatabaseRegister, MemoryRegister, list[int]],
) -> None:
    real, memory, _ = both
    everybody = memory.size(0)
    assert real.size(everybody + 1) == everybody
    assert real.size(2) >= 2, "beyond what was asked it may be any number that statistics have"


@pytest.mark.django_db(transaction=True)
def test_whoever_is_cancelled_leaves_no_connection_open() -> None:
    with ExitStack() as stack:
        pool = stack.enter_context(workers())
        assert pool is not None
        opened = pool.submit(psycopg_connection).result()
        assert not opened.closed
        stack.__exit__(KeyboardInterrupt, KeyboardInterrupt(), None)
    assert opened.closed
