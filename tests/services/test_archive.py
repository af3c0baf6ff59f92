"""The format of backups: one wrong bit anywhere is noticed, and so is a byte too few or too many."""

from __future__ import annotations

import io
import tarfile
from pathlib import Path
from random import Random

import pytest

from kundekort.store import archive
from kundekort.store.archive import Archive, ArchiveDamaged, BackupFacts

FACTS = BackupFacts("0.2.0", "18.4", "2026-03-02T08:00:00+00:00", {"kundekort": ["0001_initial"]}, 5)
LONG = bytes(range(256)) * 5


def written(*files: str) -> bytes:
    target = io.BytesIO()
    writer = archive.ArchiveWriter(target)
    for name in files or ("files/imports/1/source", "files/exports/7"):
        writer.add(name, io.BytesIO(LONG), len(LONG))
    writer.add_key("key")
    writer.add_database(iter([b"CREATE", b" TABLE"]))
    writer.finish(FACTS)
    return target.getvalue()


def open_archive(content: bytes) -> Archive:
    return archive.open_archive(io.BytesIO(content), Path("backup"))


def test_it_gives_back_what_was_written() -> None:
    found = open_archive(written())
    assert found.manifest.facts == FACTS
    assert found.key() == "key"
    assert b"".join(found.database()) == b"CREATE TABLE"
    assert [member.name for member in found.files] == ["files/imports/1/source", "files/exports/7"]
    with found.read(found.files[0]) as stream:
        assert stream.read() == LONG


def test_it_cuts_a_dump_into_pieces_of_which_each_is_small(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(archive, "PIECE", 5)
    found = open_archive(written())
    assert [member.size for member in found.manifest.members if member.name.startswith("database/")] == [5, 5, 2]
    assert b"".join(found.database()) == b"CREATE TABLE"


def test_it_notices_one_wrong_bit_anywhere() -> None:
    content, chance = written(), Random(8)
    missed = []
    for place in range(len(content)):
        wrong = bytearray(content)
        wrong[place] ^= 1 << chance.randrange(8)
        try:
            open_archive(bytes(wrong))
        except ArchiveDamaged:
            continue
        missed.append(place)
    assert missed == []


def test_it_notices_an_end_that_is_missing_and_one_that_is_too_much() -> None:
    content = written()
    for end in [*range(0, len(content), 97), len(content) - 1]:
        with pytest.raises(ArchiveDamaged):
            open_archive(content[:end])
    with pytest.raises(ArchiveDamaged):
        open_archive(content + b"\0")


@pytest.mark.parametrize(
    "name",
    ["/etc/passwd", "files/../secret-key", "files/imports/../../x", "files/imports/1/.x", "files/other/1", "x"],
)
def test_it_takes_no_name_that_leads_elsewhere(name: str) -> None:
    with pytest.raises(ArchiveDamaged):
        open_archive(written(name))


def test_it_takes_no_links_and_nothing_twice() -> None:
    for twice in (("files/exports/7", "files/exports/7"), ("files/exports/7", "secret-key")):
        with pytest.raises(ArchiveDamaged):
            open_archive(written(*twice))
    target = io.BytesIO()
    writer = archive.ArchiveWriter(target)
    link = tarfile.TarInfo("files/exports/1")
    link.type, link.linkname = tarfile.SYMTYPE, "/etc/passwd"
    writer._tar.addfile(link)
    writer.add_key("key")
    writer.add_database(iter([b""]))
    writer.finish(FACTS)
    with pytest.raises(ArchiveDamaged):
        open_archive(target.getvalue())


def test_it_tells_damage_from_a_newer_format(monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as later:
        later.setattr(archive.Manifest.__init__, "__defaults__", (archive.FORMAT + 1,))
        newer = written()
    with pytest.raises(archive.ArchiveNewer, match=r"0\.2\.0"):
        open_archive(newer)


def test_it_notices_what_changes_between_looking_and_reading() -> None:
    content = bytearray(written())
    found = archive.open_archive(stream := io.BytesIO(content), Path("backup"))
    place = bytes(content).index(LONG)
    stream.seek(place)
    stream.write(b"x")
    with pytest.raises(ArchiveDamaged), found.read(found.files[0]) as member:
        member.read(10)
