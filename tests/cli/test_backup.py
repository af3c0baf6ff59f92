"""`kundekort backup` and `restore`: everything comes back into an empty place, or nothing does."""

from __future__ import annotations

import io
import json
import resource
import signal
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

import psycopg
import pytest

from kundekort import embedded
from kundekort.services.restore import MARK
from kundekort.store import archive
from tests import object_store, postgres
from tests.cli.places import Place, place, register
from tests.waiting import until

pytestmark = pytest.mark.slow

LIST = "CustomerID;FirstName;LastName;Email;Gender;InternalNote\n" + "".join(
    f"0;Åse{n};Berg;aase{n}@example.com;2;«{n}»\t\\.\n" for n in range(60)
)
EDITS = "CustomerID;FirstName;Gender\n" + "".join(f"{n};Kari{n};2\n" for n in range(1, 21)) + "21;Per;man?\n"

PREPARE = """
from django.contrib.auth.models import User
from django.test import Client
from kundekort.services import exports
from kundekort.services.accounts import Actor
from kundekort.services.lists import FileFormat
from kundekort.store.selection import Selection
exports.start(what=Selection(), form=FileFormat.PLAIN, actor=Actor.system("test"))
client = Client()
client.force_login(User.objects.get())
print(client.cookies["sessionid"].value)
"""
USE = """
from django.contrib.auth import get_user
from django.contrib.sessions.backends.db import SessionStore
from django.http import HttpRequest
from kundekort.services import confirming, exports, planning
from kundekort.services.accounts import Actor
from kundekort.store.models import Customer, Export, Import
actor = Actor.system("test")
request = HttpRequest()
request.session = SessionStore(sys.argv[1])
assert get_user(request).username == "kari", "whoever was logged in is so still"
file, _, _ = exports.open_file(Export.objects.get(streamed=False).pk, actor=actor)
assert len(file.read().splitlines()) == 61
planning.leave_out_errors(2, actor=actor, leave_out=True)
imp = Import.objects.get(pk=2)
confirming.confirm(2, digest=imp.digest, actor=actor)
assert Customer.objects.filter(first_name__startswith="Kari").count() == 20
"""


@dataclass
class Kept:
    """A backup, and what the register said that it is of."""

    path: Path
    told: tuple[bytes, ...]
    session: str


def told(where: Place) -> tuple[bytes, ...]:
    """What a register says."""
    return tuple(where.run(*words) for words in (["export"], ["imports", "--json"], ["show", "2", "--json"]))


@pytest.fixture(scope="module")
def kept() -> Iterator[Kept]:
    with register() as source, source.held():
        home = source.data.parent
        (home / "list.csv").write_text(LIST)
        (home / "edits.csv").write_text(EDITS)
        source.run("import", str(home / "list.csv"), "--yes")
        source.run("import", str(home / "edits.csv"), "--preview", code=3)
        source.script(
            "from kundekort.services.accounts import *\n"
            "create_user(username='kari', password='theatre-doors', role=Role.ADMINISTRATOR, full_name='')"
        )
        session = source.script(PREPARE)
        path = home / "kundekort.backup"
        source.run("backup", str(path))
        assert path.stat().st_mode & 0o777 == 0o600
        yield Kept(path, told(source), session)


def test_it_brings_everything_back(kept: Kept) -> None:
    with place() as new:
        new.run("restore", str(kept.path))
        assert not (new.data / MARK).exists()
        assert (new.data / "secret-key").stat().st_mode & 0o777 == 0o600
        with new.held() as address:
            assert told(new) == kept.told
            entries = json.loads(new.run("audit", "--json", "--limit", "1000"))
            assert [entry["event"] for entry in entries][::-1] == ["confirmation", "export", "restore", "export"]
            with psycopg.connect(address) as conn, pytest.raises(psycopg.Error, match="only be added to"):
                conn.execute("TRUNCATE kundekort_auditentry")
            new.script(USE, kept.session)
            undone = json.loads(new.run("undo", "2", "--preview", "--json"))
            assert (undone["changed"], undone["error"]) == (20, None)


def test_it_brings_no_demonstration_into_the_open() -> None:
    with register() as home, place() as new, home.held():
        home.script("from kundekort.services import demo\nprint(demo.begin().name)")
        asked = "from django.contrib.auth import authenticate\nprint(authenticate(username='demo', password='demo'))"
        assert home.script(asked) == "demo"
        path = home.data.parent / "demo.backup"
        home.run("backup", str(path))
        home.more["KUNDEKORT_HOSTS"] = "kunder.example.no"
        assert b"only for this machine" in home.run("serve", "--port", "18473", code=2)
        assert home.script(asked) == "None"
        new.run("restore", str(path))
        assert new.script(asked) == "None"


def waiting(address: str) -> bool:
    """Whether somebody waits in the database for what we hold."""
    with psycopg.connect(address) as conn:
        count = conn.execute("SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock'").fetchone()
        return count == (1,)


def test_it_overwrites_nothing_and_leaves_nothing_that_is_not_whole(kept: Kept) -> None:
    files = set(kept.path.parent.iterdir())
    with place() as new:
        assert b"There is no register here" in new.run("backup", str(new.data / "x"), code=2)
        assert not new.data.exists()
        new.run("restore", str(kept.path))
        with new.held() as address:
            assert b"The database holds something already" in new.run("restore", str(kept.path), code=2)
            assert b"no backup is overwritten" in new.run("backup", str(kept.path), code=2)
            full = {"preexec_fn": lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (8192, 8192))}
            said = new.run("backup", str(kept.path.with_name("full.backup")), code=2, **full)
            assert b"cannot be written: File too large" in said
            with psycopg.connect(address) as conn:
                conn.execute("LOCK TABLE kundekort_segment")
                killed = new.start("backup", str(kept.path.with_name("killed.backup")))
                until(lambda: waiting(address))
                killed.kill()
                killed.communicate()
            piped = new.run("backup", "-")
            found = archive.open_archive(io.BytesIO(piped), Path("-"))
            assert found.manifest.facts.customers == 60
            assert found.key() == (new.data / "secret-key").read_text()
        (new.data / "postgres").rename(new.data.parent / "elsewhere")
        assert b"There are files already (imports/" in new.run("restore", str(kept.path), code=2)
    assert set(kept.path.parent.iterdir()) == files


@pytest.mark.parametrize("damage", ["bit", "end", "other"])
def test_it_restores_nothing_of_what_is_damaged(kept: Kept, damage: str) -> None:
    content = bytearray(kept.path.read_bytes())
    damaged = kept.path.with_name("damaged.backup")
    match damage:
        case "bit":
            content[len(content) // 2] ^= 1
        case "end":
            del content[-1024:]
        case "other":
            content[:] = b"CustomerID;FirstName\n"
    damaged.write_bytes(content)
    with place() as new:
        assert b"is damaged, was cut short" in new.run("restore", str(damaged), code=2)
        assert not new.data.exists()


def test_one_that_is_killed_leaves_nothing_that_the_next_one_stumbles_over(kept: Kept) -> None:
    with place() as new, new.held() as address:
        with psycopg.connect(address) as conn:
            conn.execute("CREATE TABLE kundekort_setting ()")  # which nobody sees, and the restore has to wait for
            killed = new.start("restore", str(kept.path))
            until(lambda: waiting(address))
            assert b"A backup is being restored here" in new.run("imports", code=1)
            killed.send_signal(signal.SIGKILL)
            killed.communicate()
            conn.rollback()
        assert (new.data / MARK).exists()
        assert list((new.data / "imports").iterdir())
        assert b"A backup is being restored here" in new.run("migrate", code=1)
        assert b'"restore_unfinished"' in new.start("doctor", "--json").communicate()[0]
        new.run("restore", str(kept.path))
        assert new.run("export") == kept.told[0]

        with kept.path.open("rb") as file:  # killed once more, after the last that matters
            (new.data / MARK).write_text(archive.open_archive(file, kept.path).sum)
        new.run("restore", str(kept.path))
        assert not (new.data / MARK).exists()
        (new.data / MARK).write_text("of another")
        new.run("restore", str(kept.path), code=2)
        new.run("migrate")
        assert not (new.data / MARK).exists()
        assert new.run("export") == kept.told[0]


def test_one_that_fails_takes_everything_back(kept: Kept) -> None:
    with place() as new, new.held() as address:
        with psycopg.connect(address) as conn:
            conn.execute("CREATE TABLE kundekort_setting ()")
            failing = new.start("restore", str(kept.path))
            until(lambda: waiting(address))
            conn.execute("DROP TABLE kundekort_setting")
            conn.execute("CREATE TYPE kundekort_setting AS ENUM ()")  # no table, and in its way
            conn.commit()
        said = failing.communicate()[1].decode()
        assert failing.returncode == 2
        assert said.startswith("The database could not be restored: ")
        assert said.endswith(". Nothing was restored.\n")
        assert not (new.data / MARK).exists()
        assert list((new.data / "imports").glob("*")) == []


def test_it_migrates_what_is_older_and_refuses_what_is_newer(kept: Kept) -> None:
    with place() as old, place() as new:
        old.run("restore", str(kept.path))
        with old.held() as address:
            old.script("from django.core.management import call_command\ncall_command('migrate', 'kundekort', '0014')")
            older = kept.path.with_name("older.backup")
            old.run("backup", str(older))
            with psycopg.connect(address) as conn:
                conn.execute("INSERT INTO django_migrations (app, name, applied) VALUES ('kundekort', '9999_x', now())")
            newer = kept.path.with_name("newer.backup")
            old.run("backup", str(newer))
        assert b"which is newer than this one" in new.run("restore", str(newer), code=2)
        new.run("restore", str(older))
        with new.held():
            assert told(new) == kept.told


@pytest.fixture(scope="module", params=sorted(postgres.programs()))
def own_server(request: pytest.FixtureRequest) -> Iterator[str]:
    """The address of an empty database on a server of one's own, by a user who may do nothing else there."""
    with postgres.served(postgres.programs()[request.param]) as address:
        with psycopg.connect(address, autocommit=True) as conn:
            conn.execute("CREATE ROLE theatre LOGIN PASSWORD 'box office'")
            conn.execute("CREATE DATABASE theatre OWNER theatre")
        host = urlsplit(address)
        yield f"postgresql://theatre:box%20office@{host.hostname}:{host.port}/theatre"


def test_it_moves_to_a_server_of_ones_own_and_back(kept: Kept, own_server: str) -> None:
    with place(KUNDEKORT_DATABASE_URL=own_server) as own, place() as back:
        own.run("restore", str(kept.path))
        assert told(own) == kept.told
        path = kept.path.with_name(f"{own.data.parent.name}.backup")
        own.run("backup", str(path))
        back.run("restore", str(path))
        assert back.run("export") == kept.told[0]


@pytest.mark.skipif(postgres.POOLER is None, reason="there is no pooler here")
def test_it_wants_the_database_itself(kept: Kept) -> None:
    with (
        postgres.served(postgres.programs()[embedded.VERSION]) as address,
        postgres.pooled(address) as pooled,
        place(KUNDEKORT_DATABASE_URL=pooled) as behind,
    ):
        assert b"There is a connection pooler" in behind.run("restore", str(kept.path), code=2)
        behind.run("migrate")
        assert b"There is a connection pooler" in behind.run("backup", str(behind.data / "x"), code=2)
        assert not (behind.data / "x").exists()
        assert b"pooler" in behind.run("doctor")


def test_it_moves_files_to_an_object_store_and_back(kept: Kept) -> None:
    with object_store.served("theatre") as service, place(**service) as first, place(**service) as second:
        first.run("restore", str(kept.path))
        with first.held():
            assert told(first) == kept.told
            path = kept.path.with_name("object-store.backup")
            first.run("backup", str(path))
            first.script(USE, kept.session)
        assert b"There are files already" in second.run("restore", str(kept.path), code=2)
        assert not (second.data / MARK).exists()
    with place() as back:
        back.run("restore", str(path))
        assert back.run("show", "2", "--json") == kept.told[2]
