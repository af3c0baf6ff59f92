"""Other users of the same machine: what they put in the way is not followed, and nothing of a register is theirs."""

from __future__ import annotations

import hashlib
import os
import shutil
import stat
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest

from kundekort import unprivileged
from tests.cli.places import Place
from tests.house.test_embedded import NOBODY, install, once, refused

AS_ROOT = pytest.mark.skipif(os.geteuid() != 0, reason="only root can be somebody else")
LIST = "CustomerID;FirstName;LastName;Email;Gender\n0;Kari;Hemmelig;kari@example.com;2\n"
NEVER = "/not/to/be/made"


@pytest.fixture
def home() -> Iterator[Path]:
    """A folder that everybody may search."""
    folder = Path(tempfile.mkdtemp(prefix="kundekort-test-"))
    folder.chmod(0o755)
    yield folder
    shutil.rmtree(folder, ignore_errors=True)


def deep(home: Path) -> Path:
    """A data folder with a path too long for a socket."""
    return home / ("dyp" * 20) / ("mappe" * 10)


def as_nobody(script: str, *arguments: object) -> str:
    """What a Python script prints that runs for an ordinary user, who has nothing to do with Kundekort."""
    begin = f"import os, sys\nos.setgroups([]); os.setgid({NOBODY}); os.setuid({NOBODY})\n"
    command = [sys.executable, "-I", "-c", begin + script, *map(str, arguments)]
    done = subprocess.run(command, capture_output=True, text=True, check=False, cwd="/")
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


def socket_folder(url: str) -> Path:
    return Path(parse_qs(urlsplit(url).query)["host"][0])


HOLD = """
import os, sys
from pathlib import Path
from kundekort import embedded, unprivileged
import psycopg.pq  # somebody else may not read where it is installed
unprivileged.FOLDER = Path(os.environ["SYSTEM_FOLDER"])
if user := int(os.environ.get("AS_USER", 0)):
    os.setgroups([]); os.setgid(user); os.setuid(user)
print(embedded.start(Path(sys.argv[1])), flush=True)
sys.stdin.read()
"""


def hold(data: Path, **environment: str) -> subprocess.Popen[str]:
    """A process that has the database run until its input ends, and its address as the first line."""
    return subprocess.Popen(
        [sys.executable, "-c", HOLD, str(data)],
        env=os.environ | environment,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )


@AS_ROOT
def test_what_others_have_put_where_a_socket_would_be_is_not_used(home: Path) -> None:
    data = deep(home)
    name = hashlib.sha256(os.fsencode(data / "postgres")).hexdigest()[:16]
    planted, theirs = Path(tempfile.gettempdir()) / f"kundekort-{name}", home / "theirs"
    theirs.mkdir()
    os.chown(theirs, NOBODY, NOBODY)
    as_nobody("os.symlink(sys.argv[1], sys.argv[2])", theirs, planted)
    try:
        with hold(data, SYSTEM_FOLDER=str(home / "system")) as holding:
            assert holding.stdout is not None
            folder = socket_folder(holding.stdout.readline().strip())
            user = unprivileged.server_user()
            assert folder.resolve() not in (planted, theirs)
            assert unprivileged.is_private(folder, user)
            assert list(theirs.iterdir()) == []
            assert theirs.stat().st_uid == NOBODY
            assert as_nobody("print(os.path.exists(sys.argv[1]))", folder) == "False"
            holding.communicate()
        assert not folder.exists()
    finally:
        planted.unlink()


@AS_ROOT
def test_an_ordinary_user_has_a_folder_that_nobody_could_foresee(home: Path) -> None:
    theirs = home / "private"
    theirs.mkdir(mode=0o700)
    os.chown(theirs, NOBODY, NOBODY)
    found = [install(home / "site")["PYTHONPATH"], *filter(None, [os.environ.get("PYTHONPATH")])]
    installed = {"PYTHONPATH": os.pathsep.join(found)}
    runtime = home / "run"
    runtime.mkdir(mode=0o700)
    os.chown(runtime, NOBODY, NOBODY)
    for base, more in ((runtime, {"XDG_RUNTIME_DIR": str(runtime)}), (Path("/tmp"), {"XDG_RUNTIME_DIR": str(home)})):
        with hold(deep(theirs), AS_USER=str(NOBODY), SYSTEM_FOLDER=NEVER, **installed, **more) as holding:
            assert holding.stdout is not None
            folder = socket_folder(holding.stdout.readline().strip())
            about = folder.lstat()
            assert (folder.parent, about.st_uid, stat.S_IMODE(about.st_mode)) == (base, NOBODY, 0o700)
            holding.communicate()
        assert not folder.exists()


@AS_ROOT
def test_a_name_that_somebody_else_has_taken_since_is_given_up(home: Path) -> None:
    data, system = deep(home), {"SYSTEM_FOLDER": str(home / "system")}
    first = hold(data, **system)
    assert first.stdout is not None
    folder = socket_folder(first.stdout.readline().strip())
    os.kill(int((data / "postgres" / "postmaster.pid").read_text().split()[0]), 9)
    first.kill()
    first.communicate()
    assert folder.exists()  # nobody was left to tidy up
    shutil.rmtree(folder)
    folder.mkdir(mode=0o700)
    os.chown(folder, NOBODY, NOBODY)
    with hold(data, **system) as second:
        assert second.stdout is not None
        other = socket_folder(second.stdout.readline().strip())
        assert other != folder
        second.communicate()
    assert (list(folder.iterdir()), folder.stat().st_uid) == ([], NOBODY)


@AS_ROOT
def test_a_copy_has_a_socket_of_its_own(home: Path) -> None:
    data, copy = deep(home), deep(home / "copy")
    assert once(data, SYSTEM_FOLDER=str(home / "system")) == 1
    (data / "postgres" / "socket-folder").write_text(f"{home / 'elsewhere'}\n1:1\n")
    copy.parent.mkdir(parents=True)
    subprocess.run(["cp", "-a", data, copy], check=True)
    assert once(copy, SYSTEM_FOLDER=str(home / "system")) == 2


@AS_ROOT
@pytest.mark.parametrize("name", ["postgres.lock", "postgres.users", "postgres"])
def test_a_link_in_the_data_folder_is_not_followed(home: Path, name: str) -> None:
    data, victim = home / "data", home / "victim"
    data.mkdir()
    data.chmod(0o777)
    victim.mkdir() if name == "postgres" else victim.write_text("kept")
    as_nobody("os.symlink(sys.argv[1], sys.argv[2])", victim, data / name)
    told = refused(data)
    assert str(data / name) in told
    assert victim.stat().st_uid == 0
    assert victim.is_dir() or victim.read_text() == "kept"


@AS_ROOT
def test_a_data_folder_that_somebody_else_has_made_where_all_can_is_refused(home: Path) -> None:
    home.chmod(0o1777)
    data = home / "data"
    as_nobody("os.mkdir(sys.argv[1])", data)
    assert "somebody else has made it" in refused(data)
    assert list(data.iterdir()) == []


@AS_ROOT
@pytest.mark.slow
def test_others_can_read_nothing_of_a_register_and_hold_none_of_its_locks(home: Path) -> None:
    site, file = Place(home / "data"), home / "list.csv"
    file.write_text(LIST)
    with site.held():
        site.run("import", str(file), "--yes")
        site.run("export", "--output", str(home / "customers.csv"))
        site.run("backup", str(home / "backup.kundekort"))
        site.script("from django.core.management import call_command; call_command('collectstatic', verbosity=0)")
        paths = [path for path in home.rglob("*") if path != file and not path.is_relative_to(site.data / "static")]
        assert {"postgres.lock", "postgres.users", "secret-key", "storage-id", "customers.csv", "source"} <= {
            path.name for path in paths
        }
        seen = as_nobody(
            "for path in sys.argv[1:]:\n"
            "    try: os.listdir(path) if os.path.isdir(path) else os.close(os.open(path, os.O_RDONLY))\n"
            "    except OSError: continue\n"
            "    print(path)",
            *paths,
        )
    assert seen == ""


FAIL = """
from django.db import DatabaseError, connection
def ask(statement):
    with connection.cursor() as cursor:
        cursor.execute(statement)
        return cursor.fetchone()[0] if cursor.description else None
ask("create table k (n text primary key)")
for statement in ("select 'Kari Hemmelig'::int", "insert into k values ('Ola Hemmelig'), ('Ola Hemmelig')"):
    try:
        ask(statement)
    except DatabaseError as error:
        print(type(error).__name__)
print(*[ask(f"show {name}") for name in ("log_filename", "log_truncate_on_rotation", "log_rotation_age")])
"""


def test_the_log_of_the_database_has_no_values_and_stays_small(home: Path) -> None:
    site = Place(home / "data")
    assert site.script(FAIL).splitlines() == ["DataError", "IntegrityError", "%a.log on 1d"]
    site.script("")
    logs = list((site.data / "postgres").rglob("*.log"))
    assert {path.parent.name for path in logs} == {"log", "postgres"}
    for path in logs:
        assert "Hemmelig" not in path.read_text()
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert (site.data / "postgres" / "server.log").read_text().count("redirecting log output") == 1
