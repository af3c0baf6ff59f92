"""How the encoding is found, and what becomes of bytes that are no text in it."""

from __future__ import annotations

import random

import pytest

from kundekort.engine.errors import FileRefused
from kundekort.engine.reading import encoding
from kundekort.engine.reading.fit import CODECS
from kundekort.engine.reading.reader import read
from kundekort.engine.recipe import ENCODINGS, DialectOverrides

NAMES = ("Håkon", "Bjørn", "Åse", "Øystein", "Sæther", "Kåre", "Jørgen", "Næss")
NORDIC = "CustomerID;FirstName;City\r\n1;Bjørn;Ålesund\r\n2;Päivi;Ærøskøbing\r\n3;Åse;Östersund – «é»\r\n"


def text(data: bytes, overrides: str | None = None) -> tuple[str, list[str | None], list[str]]:
    table = read(data, known=lambda header: header == "CustomerID", overrides=DialectOverrides(encoding=overrides))
    return table.dialect.encoding, table.cells["c1"].to_list(), table.problems["code"].to_list()


@pytest.mark.parametrize(
    ("codec", "found"),
    [
        ("utf-8", "utf-8"),
        ("utf-8-sig", "utf-8"),
        ("utf-16", "utf-16-le"),
        ("utf-16-le", "utf-16-le"),
        ("utf-16-be", "utf-16-be"),
        ("cp1252", "windows-1252"),
        ("mac_roman", "mac-roman"),
    ],
)
def test_it_reads_nordic_letters_in_every_encoding(codec: str, found: str) -> None:
    table = read(NORDIC.encode(codec), known=lambda header: header == "CustomerID")
    assert table.dialect.encoding == found
    assert table.headers == ("CustomerID", "FirstName", "City")
    assert table.cells["c2"].to_list() == ["Ålesund", "Ærøskøbing", "Östersund – «é»"]
    assert table.problems.is_empty()


def test_it_reads_utf16_be_with_a_byte_order_mark() -> None:
    assert text("\ufeffCustomerID;x\n1;å\n".encode("utf-16-be")) == ("utf-16-be", ["å"], [])


def test_it_does_not_take_signs_for_letters() -> None:
    assert text("CustomerID;x\n1;50 € – kjøp…\n2;€\n3;€ 5…\n".encode("cp1252"))[0] == "windows-1252"
    assert text("CustomerID;x\n1;50 €\n2;…\n".encode("cp1252"))[0] == "windows-1252"


def test_it_tells_latin_9_by_its_euro_and_its_carons() -> None:
    assert text("CustomerID;x\n1;50 € på\n".encode("iso-8859-15")) == ("iso-8859-15", ["50 € på"], [])
    assert text("CustomerID;x\n1;Dušan Šimić\n".replace("ć", "c").encode("iso-8859-15"))[1] == ["Dušan Šimic"]
    assert text("CustomerID;x\n1;D´Arc ½ ¾ på\n".encode("cp1252")) == ("windows-1252", ["D´Arc ½ ¾ på"], [])


def test_it_reads_mostly_utf8_as_utf8_and_marks_the_rows_that_are_not() -> None:
    data = "CustomerID;x\n1;Bjørn\n2;Åse\n3;?\n4;Søren\n".encode().replace(b"?", b"P\xe4l")
    assert text(data) == ("utf-8", ["Bjørn", "Åse", "P\ufffdl", "Søren"], ["undecodable"])


def test_it_tells_rows_of_utf8_in_a_file_of_single_bytes() -> None:
    data = "CustomerID;x\n1;Bjørn\n2;Åse Bø\n3;BjÃ¸rn\n4;â€œPer\n".encode("cp1252")
    assert text(data) == ("windows-1252", ["Bjørn", "Åse Bø", "Bj\ufffd¸rn", "\ufffd€œPer"], ["undecodable"] * 2)


def test_it_marks_rows_with_bytes_that_windows_1252_does_not_have() -> None:
    found = text("CustomerID;x\n1;på\n2;b?d\n3;å\n".encode("cp1252").replace(b"?", b"\x8d"))
    assert found == ("windows-1252", ["på", "b\ufffdd", "å"], ["undecodable"])


def test_it_marks_rows_with_half_a_letter_of_utf16() -> None:
    whole = "CustomerID;x\n1;a\n2;b\n".encode("utf-16")
    lone = whole.replace("a".encode("utf-16-le"), b"\x00\xd8")
    assert text(lone)[2] == ["undecodable"]
    assert text(whole + b"\n")[2] == ["undecodable"]
    assert text("CustomerID;x\n1;a\n2;b".encode("utf-16") + b"\x3d\xd8")[2] == ["undecodable"]


def test_it_reads_letters_that_lie_across_the_pieces_it_works_in(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(encoding, "_CHUNK", 3)
    monkeypatch.setattr(encoding, "_STEP", 5)
    for codec in ("utf-8", "utf-16", "cp1252", "mac_roman"):
        assert text("CustomerID;x\n1;Bjørn 🎭\n".replace("🎭" if codec[0] != "u" else "", "").encode(codec))[2] == []
    assert text("CustomerID;x\n1;Bjørn 🎭€\n".encode("utf-16"))[1] == ["Bjørn 🎭€"]


def test_it_is_told_a_wrong_encoding() -> None:
    with pytest.raises(FileRefused) as refused:
        text(("æøå" * 50).encode("cp1252"), "utf-8")
    assert (refused.value.code, refused.value.params) == ("file_undecodable", {"encoding": "utf-8"})


@pytest.mark.parametrize(
    ("data", "kind"),
    [
        (b"%PDF-1.7\n...", "pdf"),
        (b'[\r\n  {"CustomerID": 7}]', "json"),
        (b"{\\rtf1\\ansi\n", "rtf"),
        (b"BEGIN:VCARD\r\nVERSION:3.0\r\n", "vcard"),
        (b"BEGIN:VCALENDAR\n", "calendar"),
        (b"MIME-Version: 1.0\n", "mail"),
        (b'<?xml version="1.0"?>\n<rows/>', "xml"),
        (b'[{"CustomerID": 7}]', "json"),
        (b"\x89PNG\r\n\x1a\n\0\0", "image"),
        (b"\xff\xd8\xff\xe0\0\x10JFIF", "image"),
        (b"\x7fELF\x02\x01\x01" + bytes(9) + b"abc" * 20, "unknown"),
        (random.Random(1).randbytes(5000), "unknown"),
    ],
)
def test_it_refuses_what_is_no_text(data: bytes, kind: str) -> None:
    with pytest.raises(FileRefused) as refused:
        text(data)
    assert (refused.value.code, refused.value.params) == ("file_binary", {"kind": kind})


def test_it_does_not_take_a_text_with_a_nul_for_binary() -> None:
    assert text(b"CustomerID;x\n1;a\0b\n2;c\n") == ("utf-8", ["a\0b", "c"], ["nul_byte"])


def test_it_finds_every_broken_place_of_utf8() -> None:
    data = ("å" * 10).encode() + b"\xff" + "€".encode() + b"\xe2\x82" + b"a\xc3"
    assert list(encoding.invalid_positions(memoryview(data))) == [20, 24, 27]


@pytest.mark.parametrize("codec", ["cp850", "cp865", "cp437", "mac_roman", "cp1252", "iso8859_15", "cp1257", "cp861"])
def test_it_tells_encodings_by_how_names_are_spelt(codec: str) -> None:
    names = ["Zoë", "Müller", "Pär", "Göran"] if codec == "cp437" else ["Håkon", "Bjørn", "Åse", "Øystein", "Sæther"]
    made = "".join(f"{n};{name}\n" for n, name in enumerate(names))
    assert text(f"CustomerID;x\n{made}".encode(codec))[1:] == (names, [])


@pytest.mark.parametrize("codec", ["cp1250", "iso8859_2", "cp852", "mac_latin2"])
def test_it_reads_polish_names(codec: str) -> None:
    made = "CustomerID;x\n1;Łukasz Żółć\n2;Małgorzata Wiśniewska\n3;Świętosława Dąbrowska\n"
    assert text(made.encode(codec))[1] == ["Łukasz Żółć", "Małgorzata Wiśniewska", "Świętosława Dąbrowska"]


def test_it_reads_the_baltic_and_the_sagas() -> None:
    baltic = "CustomerID;x\n1;Jānis Bērziņš\n2;Līga Kalniņa\n3;Rūta Žukauskaitė\n"
    assert text(baltic.encode("cp1257"))[0] == "windows-1257"
    saga = "CustomerID;x\n1;Þórður Guðmundsson\n2;Ýmir Ægisson\n"
    assert text(saga.encode("cp1252"))[0] == "windows-1252"
    assert text(saga.encode("mac_iceland"))[0] == "mac-iceland"


def test_one_broken_letter_does_not_make_another_encoding() -> None:
    assert text("CustomerID;x\n1;Bjørn".encode()[:-2] + b"\xa0")[0] == "utf-8"
    assert text(b"CustomerID;x\n1;a\n2;Bj\xc3") == ("utf-8", ["a", "Bj\ufffd"], ["undecodable"])
    assert text("CustomerID;x\n1;Blå".encode("cp1252")) == ("windows-1252", ["Blå"], [])


@pytest.mark.parametrize(("most", "rest"), [("cp1252", "cp850"), ("cp850", "cp1252"), ("cp1252", "mac_roman")])
def test_it_tells_the_rows_of_another_encoding(most: str, rest: str) -> None:
    first = "CustomerID;x\n" + "".join(f"{n};{name} Ødegård\n" for n, name in enumerate(NAMES))
    table = read(first.encode(most) + "8;Bjørn\n9;Per\n".encode(rest), known=lambda header: header == "CustomerID")
    assert table.cells["c1"].to_list()[:-2] == [f"{name} Ødegård" for name in NAMES]
    assert table.problems["code"].to_list() == ["undecodable"]
    assert table.problems["_line"].to_list() == [len(NAMES) + 2]


def test_it_tells_rows_of_another_encoding_whose_letters_are_other_letters_here() -> None:
    here, there = "CustomerID;x\n4;Pål\n5;Åse Bø\n", "1;Bjørn\n2;Kåre\n"
    found = text(here.encode("cp850") + there.encode("cp1252"))
    assert (found[0], found[1][:2], found[2]) == ("cp850", ["Pål", "Åse Bø"], ["undecodable"] * 2)  # and no KÕre


def test_it_says_which_encodings_it_cannot_tell_apart() -> None:
    table = read(b"CustomerID;x\n1;\x9bx\n", known=lambda header: header == "CustomerID")
    assert table.dialect.encoding == next(iter(table.encodings))
    assert len(table.encodings) > 1
    assert table.encodings["cp850"] == ["øx"]
    chosen = read(b"CustomerID;x\n1;\x9bx\n", known=lambda _: True, overrides=DialectOverrides(encoding="cp850"))
    assert (chosen.encodings, chosen.cells["c1"].to_list()) == ({}, ["øx"])


def test_it_knows_when_it_knows_none() -> None:
    greek = "CustomerID;x\n1;Παπαδόπουλος\n2;Γεωργίου\n3;Νικολάου\n4;Δημητρίου\n".encode("cp737")
    assert read(greek, known=lambda header: header == "CustomerID").encodings


@pytest.mark.parametrize("encoding", ENCODINGS)
def test_every_encoding_can_be_chosen(encoding: str) -> None:
    data = "CustomerID;x\n1;Zoé\n".encode(CODECS.get(encoding, encoding), "replace")
    assert text(data, encoding)[0] == encoding


def test_it_offers_no_encoding_in_which_control_characters_stand() -> None:
    found = read("CustomerID;FirstName;Gender\n0;øx;2\n".encode("cp850"), known=lambda header: True).encodings
    assert "cp850" in found
    assert "iso-8859-15" not in found
