"""Files that are kept for every host: in an object store, of which each host has copies of what it works on."""

from __future__ import annotations

import io
import os
import shutil
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from django.conf import settings
from hypothesis import given
from hypothesis import strategies as st

from kundekort.services import anonymising, clearing, imports, installation, retention
from kundekort.services.accounts import Actor
from kundekort.services.refusals import StorageForeign, StorageTaken
from kundekort.store import packages, storage
from kundekort.store.models import Customer, Import, Setting
from kundekort.store.storage import ObjectStore, StorageUnreachable
from tests import object_store
from tests.waiting import PATIENCE

DIGEST = "d" * 64


@pytest.fixture(scope="module")
def service() -> Iterator[dict[str, str]]:
    with object_store.served("theatre") as environment:
        yield environment


@pytest.fixture
def host(service: dict[str, str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """The folder of a host that keeps its files in a place of the object store that no other test uses."""
    for name, value in service.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setattr(settings, "KUNDEKORT_STORAGE", f"s3://theatre/{tmp_path.name}")
    return move(monkeypatch, tmp_path / "a")


def move(monkeypatch: pytest.MonkeyPatch, folder: Path) -> Path:
    """Become a host that has this folder of its own."""
    folder.mkdir(exist_ok=True)
    monkeypatch.setattr(settings, "DATA", folder)
    return folder


def keep(number: int) -> None:
    """Keep an upload with a plan."""
    packages.keep_source(number, io.BytesIO(b"CustomerID\n1\n"), limit=99)
    with packages.new_plan(number) as folder:
        (folder / "index.parquet").write_bytes(b"1")
        (folder / "draft").mkdir()
        (folder / "draft" / "rows.parquet").write_bytes(b"only here")
        packages.keep_plan(number, DIGEST, folder)


def on_this_host() -> set[str]:
    """What stands in the folders of this host."""
    root = storage.current().root
    return {str(path.relative_to(root)) for path in root.glob("*ports/**/*") if path.is_file()}


def test_every_host_has_what_one_has_kept(host: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("kundekort.store.plans.digest", lambda folder: DIGEST)
    keep(1)
    name = packages.keep_mended(1, b"mended")
    assert packages.keep_export(1, [b"a list"]) == 6
    move(monkeypatch, host.parent / "b")
    with packages.source(1) as source:
        assert bytes(source) == b"CustomerID\n1\n"
    assert [path.name for path in packages.plan_folder(1, DIGEST).iterdir()] == ["index.parquet"]
    assert packages.mended_file(1, name).read_bytes() == b"mended"
    with packages.export_file(1) as export:
        assert export.read() == b"a list"
    packages.remove(1)
    packages.remove_export(1)
    assert on_this_host() == set()
    move(monkeypatch, host.parent / "c")
    with pytest.raises(FileNotFoundError), packages.source(1):
        pass
    with pytest.raises(FileNotFoundError):
        packages.export_file(1)
    assert not packages.plan_folder(1, DIGEST).exists()
    assert list(packages.kept_files()) == []


def test_a_copy_is_whole_when_it_appears(host: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    storage.current().write("imports/9/source", io.BytesIO(b"123"))
    rename, sizes = Path.rename, []

    def look(path: Path, target: Path) -> Path:
        sizes.append(path.stat().st_size)
        return rename(path, target)

    monkeypatch.setattr(Path, "rename", look)
    with packages.source(9) as source:
        assert (bytes(source), sizes) == (b"123", [3])


def test_it_takes_no_plan_of_which_parts_are_missing(host: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    keep(2)
    assert packages.plan_folder(2, DIGEST).exists()
    move(monkeypatch, host.parent / "b")
    assert not packages.plan_folder(2, DIGEST).exists(), "its bytes are not those that its name promises"
    assert on_this_host() == set()


def test_a_copy_that_is_damaged_is_fetched_anew(host: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("kundekort.store.plans.digest", lambda folder: (folder / "index.parquet").read_text() * 64)
    monkeypatch.setattr("tests.services.test_storage.DIGEST", "1" * 64)
    keep(10)
    copy = packages.plan_folder(10, DIGEST) / "index.parquet"
    copy.write_bytes(b"2")
    assert packages.checked_plan_folder(10, DIGEST) == copy.parent
    assert copy.read_bytes() == b"1"
    packages.remove_plan(10, DIGEST)
    with pytest.raises(FileNotFoundError):
        packages.checked_plan_folder(10, DIGEST)


def test_it_keeps_one_plan_on_all_hosts(host: Path) -> None:
    keep(3)
    packages.forget_other_plans(3, "e" * 64)
    assert [file.name for file in packages.kept_files()] == ["imports/3/source"]
    assert on_this_host() == {"imports/3/source"}


def test_it_tells_one_number_from_another_that_begins_like_it(host: Path) -> None:
    keep(4), keep(44)
    packages.remove(4)
    assert {file.name for file in packages.kept_files()} == {
        "imports/44/source",
        f"imports/44/plans/{DIGEST}/index.parquet",
    }


def test_it_removes_copies_that_nobody_has_asked_for_since_yesterday(host: Path) -> None:
    keep(5), keep(6)
    then = time.time() - retention.UNTOUCHED - 60
    for path in storage.current().root.rglob("*"):
        os.utime(path, (then, then))
    with packages.source(6):
        retention.remove_leftovers()
    assert {name.split("/")[1] for name in on_this_host()} == {"6"}
    assert len(list(packages.kept_files())) == 4, "what other hosts keep stays"


@pytest.mark.django_db
def test_it_begins_with_a_storage_once(host: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    installation.check()
    keep(7)
    installation.check()
    assert "imports/7/source" in on_this_host()
    move(monkeypatch, host.parent / "b")
    installation.check()


@pytest.mark.django_db
def test_it_refuses_a_folder_that_other_hosts_do_not_share(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    a = move(monkeypatch, tmp_path / "a")
    installation.check()
    move(monkeypatch, tmp_path / "b")
    with pytest.raises(StorageForeign) as refused:
        installation.check()
    assert refused.value.params["storage"] == str(tmp_path / "b")
    shutil.copytree(a, tmp_path / "c")
    move(monkeypatch, tmp_path / "c")
    installation.check()


@pytest.mark.django_db
def test_it_refuses_a_database_that_other_hosts_do_not_share(host: Path) -> None:
    installation.check()
    Setting.objects.all().delete()  # as the database of another host begins
    with pytest.raises(StorageTaken):
        installation.check()
    installation.adopt()
    installation.check()


@pytest.mark.django_db
def test_an_empty_database_takes_over_the_folder_beside_it(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    move(monkeypatch, tmp_path)
    installation.check()
    before = (tmp_path / installation.MARK).read_text()
    Setting.objects.all().delete()
    installation.check()
    assert Setting.objects.get(key=installation.KEY).value == {"id": before, "met": True}


@pytest.mark.django_db
def test_it_goes_on_after_one_that_was_killed_between_both_marks(host: Path) -> None:
    Setting.objects.create(key=installation.KEY, value={"id": "x", "met": False})
    installation.check()
    Setting.objects.update(value={"id": "x", "met": False})
    installation.check()
    assert Setting.objects.get(key=installation.KEY).value == {"id": "x", "met": True}


@pytest.mark.django_db
def test_copies_of_another_storage_at_the_same_address_are_nothing(host: Path) -> None:
    installation.check()
    keep(8)
    place = storage.current()
    place.remove(installation.MARK)
    place.write(installation.MARK, io.BytesIO(b"of another"))
    Setting.objects.update(value={"id": "of another", "met": True})
    installation.check()
    assert on_this_host() == set()


@pytest.mark.parametrize("url", ["s3://", "s3:/bucket", "ftp://x", "bucket", "https://bucket/x", "S3//x"])
def test_it_refuses_what_is_no_address_of_a_storage(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(settings, "KUNDEKORT_STORAGE", url)
    with pytest.raises(ValueError, match="KUNDEKORT_STORAGE"):
        storage.current()


def test_it_says_so_when_the_storage_does_not_answer(host: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_ENDPOINT_URL", f"http://127.0.0.1:{object_store.free_port()}")
    monkeypatch.setattr(settings, "KUNDEKORT_STORAGE", "s3://nobody/there")
    with pytest.raises(StorageUnreachable) as away:
        packages.keep_source(9, io.BytesIO(b"x"), limit=9)
    assert (away.value.filename, bool(away.value.strerror)) == ("s3://nobody/there", True)


@pytest.mark.django_db
def test_it_says_so_when_there_is_no_such_bucket(host: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(settings, "KUNDEKORT_STORAGE", "s3://no-such-bucket/x")
    with pytest.raises(StorageUnreachable, match="bucket does not exist"):
        installation.check()


@pytest.mark.django_db
def test_an_import_can_be_given_up_while_the_storage_does_not_answer(
    host: Path, upload: Callable[..., Import], bob: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    imp = upload("CustomerID;FirstName;Gender\n0;Kari;2\n")
    reachable = settings.KUNDEKORT_STORAGE
    monkeypatch.setenv("AWS_ENDPOINT_URL", f"http://127.0.0.1:{object_store.free_port()}")
    monkeypatch.setattr(settings, "KUNDEKORT_STORAGE", f"{reachable}/away")
    assert imports.cancel(imp.pk, actor=bob).state == Import.State.CANCELLED
    monkeypatch.setattr(settings, "KUNDEKORT_STORAGE", reachable)
    assert packages.contents().imports.keys() == {imp.pk}
    monkeypatch.setattr(retention, "UNTOUCHED", -60)
    retention.remove_old()
    assert not packages.contents().imports


@given(st.binary(max_size=5000), st.sampled_from([1, 4096, 2**20]))
def test_what_is_written_is_what_is_read(service: dict[str, str], content: bytes, times: int) -> None:
    with pytest.MonkeyPatch.context() as patch:
        for name, value in service.items():
            patch.setenv(name, value)
        patch.setattr(settings, "KUNDEKORT_STORAGE", "s3://theatre/bytes")
        place = storage.current()
        assert isinstance(place, ObjectStore)
        place.write("x", io.BytesIO(content * (times if len(content) < 20 else 1)))
        with place.read("x") as file:
            assert file.read() == content * (times if len(content) < 20 else 1)


@pytest.mark.django_db(transaction=True)
def test_whoever_is_anonymised_is_in_the_object_store_no_more(
    host: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, load: Callable[..., Import], alice: Actor
) -> None:
    imp = load("CustomerID;FirstName;LastName;Gender\n0;Zqwild;Xkjensen;1\n0;Åse;Berg;2\n")
    customer = Customer.objects.get(last_name="Xkjensen")
    move(monkeypatch, tmp_path / "b")
    with packages.source(imp.pk):
        pass
    other = on_this_host()
    move(monkeypatch, tmp_path / "a")
    made = anonymising.anonymise([customer.pk], actor=alice)
    clearing.clear(made.pk, patience=PATIENCE)
    assert list(storage.current().files("imports")) == []
    assert on_this_host() == set()
    move(monkeypatch, tmp_path / "b")
    assert other == on_this_host() == {f"imports/{imp.pk}/source"}
    clearing.forget_copies()
    assert on_this_host() == set()
