from datetime import date

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kundekort.engine.recipe import MIXED, ColumnOrder, DateOrder
from kundekort.engine.schema import Field, Kind
from kundekort.engine.values import canonical, dates

TODAY = date(2026, 11, 23)


def field(kind: Kind, *, past: bool = False, required: bool = False, limit: int | None = None) -> Field:
    return Field(
        key="any",
        header="Any",
        kind=kind,
        max_length=limit,
        past=past,
        required=required,
        choices=("Rød", "Blå", "blå"),
    )


def read(kind: Kind, *values: str | None, **rules: bool | int) -> list[tuple[str | None, str | None]]:
    text = canonical.clean(pl.Series(values, dtype=pl.String))
    reading = canonical.read(field(kind, **rules), text, today=TODAY)  # type: ignore[arg-type]
    return list(zip(reading.text, reading.code, strict=True))


@pytest.mark.parametrize(
    ("written", "kept"),
    [
        ("  Kari\t", "Kari"),
        ("\ufeffKari\u200b", "Kari"),
        ("\u202a+47 912\u202c", "+47 912"),
        ("Kari\u00a0Nordmann", "Kari Nordmann"),
        ("1\u202f000\u2007kr", "1 000 kr"),
        ("A\u030ase", "Åse"),
        ("\u212bse", "Åse"),
        ("en\r\nto\rtre\n", "en\nto\ntre"),
        ("Bjørn «Ås» – 100 €", "Bjørn «Ås» – 100 €"),
        ("日本", "日本"),
        ("", ""),
        (" \u00a0 ", ""),
        (None, None),
    ],
)
def test_it_cleans_text(written: str | None, kept: str | None) -> None:
    assert canonical.clean(pl.Series(["untouched", written], dtype=pl.String)).to_list() == ["untouched", kept]


@pytest.mark.parametrize("kind", list(Kind))
@pytest.mark.parametrize(
    "huge",
    ["a" * 10**6, "9" * 10**6, "a@" + "." * 10**6 + " x", "a" + " " * 10**6 + "b|c"],
    ids=["letters", "digits", "dots", "spaces"],
)
def test_it_takes_huge_cells_in_its_stride(kind: Kind, huge: str) -> None:
    ((text, code),) = read(kind, huge, limit=254)
    assert code is not None
    assert text == huge


def test_it_leaves_the_file_s_own_cells_alone() -> None:
    frame = pl.DataFrame({"c0": ["a", " b "]})
    assert canonical.clean(frame["c0"]).to_list() == ["a", "b"]
    assert frame["c0"].to_list() == ["a", " b "]


PRECISELY = {
    Kind.TEXT: {"=1+1": "=1+1", "0150": "0150"},
    Kind.NOTE: {"en\nto": "en\nto", "=1+1": "=1+1", "": ""},
    Kind.ZIP: {"0150": "0150", "SW1A 1AA": "SW1A 1AA"},
    Kind.ID: {"0": "0", "17": "17", "0017": "17", "000": "0", "9223372036854775807": "9223372036854775807"},
    Kind.VERSION: {"3": "3", "03": "3", "": ""},
    Kind.EMAIL: {
        "": "",
        "Kari.Nordmann@Example.COM": "Kari.Nordmann@Example.COM",
        "a@b.test": "a@b.test",
        "o'neil+tag@sub-domain.example.co.uk": "o'neil+tag@sub-domain.example.co.uk",
        "kåre@blåbær.no": "kåre@blåbær.no",
        "x@teater.local": "x@teater.local",
    },
    Kind.COUNTRY: {"": "", "NO": "NO", "no": "NO", "NOR": "NO", "Norge": "NO", "NOREG": "NO", "sverige": "SE"}
    | {"Tyskland": "DE", "Deutschland": "DE", "Danmark": "DK", "Suomi": "FI", "Ísland": "IS", "USA": "US", "UK": "GB"},
    Kind.LANGUAGE: {"": "", "nb": "nb", "no": "nb", "Norsk": "nb", "bokmål": "nb", "Nynorsk": "nn", "nb-NO": "nb"}
    | {"engelsk": "en", "English": "en", "swe": "sv", "Svenska": "sv", "da": "da", "Dansk": "da", "suomi": "fi"},
    Kind.GENDER: {"0": "0", "1": "1", "2": "2", "Mann": "1", "man": "1", "MALE": "1", "M": "1", "Herre": "1"}
    | {"Kvinne": "2", "kvinna": "2", "Female": "2", "F": "2", "K": "2", "Dame": "2", "Ukjent": "0", "Annet": "0"},
    Kind.YES_NO: {"": "", "1": "1", "0": "0", "ja": "1", "Nei": "0", "NEJ": "0", "yes": "1", "TRUE": "1", "false": "0"}
    | {"SANN": "1", "USANN": "0", "j": "1", "n": "0", "x": "1", "Y": "1"},
    Kind.TAGS: {"": "", "b|a": "a|b", " b | a|b||": "a|b", "|": "", "Å|a|Z": "Z|a|Å"}
    | {"VIP, Presse": "Presse|VIP", "b;a, c": "a, c|b", "a,|": "a", '["VIP", "a|b", 7]': "7|VIP|a|b", "[VIP": "[VIP"}
    | {"Oslo, sentrum|VIP": "Oslo, sentrum|VIP", "[]": "", "[a, b]": "[a|b]", ",;": ""},
    Kind.NUMBER: {"": "", "12": "12", "0012,50": "12.5", "-0,0": "0", "+3": "3", "\u22124.10": "-4.1", ",5": "0.5"}
    | {"12345678901234567890.1": "12345678901234567890.1", "1,234": "1.234"},
    Kind.CHOICE: {"": "", "Rød": "Rød", "RØD": "Rød", "Blå": "Blå", "blå": "blå"},
    Kind.DATE: {
        "": "",
        "1990-05-12": "1990-05-12",
        "1990/5/12": "1990-05-12",
        "1990.05.12": "1990-05-12",
        "19900512": "1990-05-12",
        "12.05.1990": "1990-05-12",
        "2.5.1990": "1990-05-02",
        "2. 5. 1990": "1990-05-02",
        "25/12/1990": "1990-12-25",
        "12-25-1990": "1990-12-25",
        "05/05/1990": "1990-05-05",
        "1990-05-12 00:00:00": "1990-05-12",
        "12.05.1990 00:00": "1990-05-12",
        "1990-05-12T00:00:00.000Z": "1990-05-12",
        "5/25/1990 12:00:00 AM": "1990-05-25",
        "29.02.2024": "2024-02-29",
    },
    Kind.PHONE: {
        "": "",
        "91 23 45 67": "+4791234567",
        "+47 912 34 567": "+4791234567",
        "0047 91234567": "+4791234567",
        "4791234567": "+4791234567",
        "tel:+47-912-34-567": "+4791234567",
        "(22)\u00a033 44 55": "+4722334455",
        "91.23.45.67": "+4791234567",
        "+46 (0)70-123 45 67": "+46701234567",
        "+46 8 123 456 78": "+46812345678",
        "+45 12345678": "+4512345678",
        "+358 40 1234567": "+358401234567",
        "+354 611 1234": "+3546111234",
        "+1 (212) 555-0123": "+12125550123",
        "+39 06 1234567": "+39061234567",
    },
}

REFUSED = {
    "id_missing": (Kind.ID, ["", "  "]),
    "id_invalid": (Kind.ID, ["-1", "1.0", "1,0", "1E5", "4,79E+09", "ny", "١٢", "1 000", "+5", "1\n2"]),
    "id_too_big": (Kind.ID, ["9223372036854775808", "10000000000000000000", "9" * 5000]),
    "version_invalid": (Kind.VERSION, ["x", "-1", "1.5", "9" * 30]),
    "email_invalid": (
        Kind.EMAIL,
        ["kari", "kari@", "@b.no", "kari@b", "a b@c.no", "a@b.no;c@d.no", "a@b.no, c@d.no", "a@b..no", ".a@b.no"]
        + ["a@-b.no", "Kari <a@b.no>", "a@@b.no", "a@b.no.", f"{'a' * 65}@b.no", "mailto:a@b.no", "a@b_c.no"],
    ),
    "phone_invalid": (
        Kind.PHONE,
        ["123", "12345", "912 34 56", "912 34 567 8", "ring meg", "91234567 lnr 12", "91234567x12", "+", "0"]
        + ["+999 12345678", "4,79E+09", "91234567/22334455", "+47+91234567", "0701234567", "1800FLOWERS", "#####"],
    ),
    "country_unknown": (Kind.COUNTRY, ["Narnia", "XX", "N", "?", "EU"]),
    "language_unknown": (Kind.LANGUAGE, ["klingonsk", "xx", "?", "x-NO"]),
    "gender_missing": (Kind.GENDER, ["", "\u00a0"]),
    "gender_unknown": (Kind.GENDER, ["3", "?", "Kari", "-1", "1.5", "01"]),
    "yes_no_unknown": (Kind.YES_NO, ["kanskje", "2", "-", "?", "jaja"]),
    "number_invalid": (
        Kind.NUMBER,
        ["1e5", "1 234", "1.234,5", "1,234,567", "tolv", "-", ".", "5,", "1/2", "NaN", "١"],
    ),
    "choice_unknown": (Kind.CHOICE, ["Grønn", "R"]),
    "date_invalid": (
        Kind.DATE,
        ["12.05.90", "31.02.1990", "1990-13-01", "1990-02-30", "00.01.1990", "13/13/1990", "i går", "1990", "32874"]
        + ["1990-05-12 14:30", "0000-01-01", "12.05/1990", "1990-0512", "1.1.19900", "##########", "١.١.١٩٩٠"],
    ),
    "date_ambiguous": (Kind.DATE, ["03/04/1990", "3-4-1990", "12/11/1990 00:00"]),
}


@pytest.mark.parametrize(("kind", "table"), PRECISELY.items())
def test_it_reads_each_kind(kind: Kind, table: dict[str, str]) -> None:
    assert read(kind, *table) == [(kept, None) for kept in table.values()]


@pytest.mark.parametrize("code", REFUSED)
def test_it_says_what_is_wrong(code: str) -> None:
    kind, values = REFUSED[code]
    assert read(kind, *values) == [(canonical.clean(pl.Series([v]))[0], code) for v in values]


@pytest.mark.parametrize("kind", list(Kind))
def test_it_leaves_missing_cells_missing(kind: Kind) -> None:
    assert read(kind, None, None, required=True, limit=1) == [(None, None), (None, None)]
    assert read(kind) == []


ALPHABET = "09123479+-./:|,; ()aAåÅøKNnoxjJ@=\t\r\n\u00a0\ufeff\u200b\u030a\u0301\u2212éß日\u0130\u1100\u1161"
NEAR_MISSES = st.sampled_from([v for table in PRECISELY.values() for v in table])
ANYTHING = st.text(max_size=12) | st.text(ALPHABET, max_size=24) | NEAR_MISSES


@given(st.lists(ANYTHING, min_size=1, max_size=8))
def test_it_cleans_once_and_for_all(values: list[str]) -> None:
    cleaned = canonical.clean(pl.Series(values))
    assert canonical.clean(cleaned).to_list() == cleaned.to_list()


@pytest.mark.parametrize("kind", list(Kind))
@given(values=st.lists(ANYTHING, min_size=1, max_size=8))
def test_it_accepts_its_own_canonical_form_and_leaves_it(kind: Kind, values: list[str]) -> None:
    canonical = [text for text, code in read(kind, *values, past=True) if code is None]
    assert read(kind, *canonical, past=True) == [(text, None) for text in canonical]


@pytest.mark.parametrize("kind", list(Kind))
@given(values=st.lists(ANYTHING, min_size=1, max_size=8))
def test_it_reads_a_cell_the_same_whatever_stands_beside_it(kind: Kind, values: list[str]) -> None:
    assert read(kind, *values) == [read(kind, value)[0] for value in values]


@pytest.mark.parametrize(
    ("kind", "value", "fits"),
    [
        (Kind.TEXT, "å" * 10, True),
        (Kind.TEXT, "å" * 11, False),
        (Kind.NOTE, " " + "x" * 10 + "\n", True),
        (Kind.EMAIL, "a@b.no.com", True),
        (Kind.EMAIL, "aa@b.no.com", False),
        (Kind.TAGS, "b" * 10 + "|" + "a" * 10, True),
        (Kind.TAGS, "a|" + "b" * 11, False),
        (Kind.TAGS, "b" * 10 + ", " + "a" * 10, True),
    ],
)
def test_it_counts_characters(kind: Kind, value: str, fits: bool) -> None:
    assert [code for _, code in read(kind, value, limit=10)] == [None if fits else "too_long"]


@pytest.mark.parametrize("kind", list(Kind))
@given(values=st.lists(ANYTHING | st.sampled_from(['["\\u00e6", true, 12]', "['a', 'å']"]), min_size=1, max_size=8))
def test_it_never_counts_more_characters_than_a_cell_has_bytes(kind: Kind, values: list[str]) -> None:
    text = canonical.clean(pl.Series(values))
    counted = canonical.length(Field("some", "Some", kind), text).fill_null(0)
    assert (counted <= text.str.len_bytes()).all()


@pytest.mark.parametrize("kind", [Kind.TEXT, Kind.DATE, Kind.CHOICE, Kind.YES_NO, Kind.EMAIL])
def test_it_requires_a_value_where_the_field_does(kind: Kind) -> None:
    assert read(kind, "", " ", required=True) == [("", "required"), ("", "required")]


def test_it_knows_when_people_are_born() -> None:
    days = ["1849-12-31", "1850-01-01", "2026-11-23", "24.11.2026"]
    assert [code for _, code in read(Kind.DATE, *days, past=True)] == [
        "date_out_of_range",
        None,
        None,
        "date_out_of_range",
    ]
    assert [code for _, code in read(Kind.DATE, *days)] == [None] * 4


def test_it_compares_mail_addresses_without_case_and_everything_else_as_it_is() -> None:
    frame = pl.DataFrame({"any": ["Kari@B.no"]})
    assert frame.select(canonical.comparable(field(Kind.EMAIL), pl.col("any"))).item() == "kari@b.no"
    assert frame.select(canonical.comparable(field(Kind.TEXT), pl.col("any"))).item() == "Kari@B.no"


@pytest.mark.parametrize(
    ("country", "good", "bad"),
    [
        ("NO", ["0150", "9999"], ["150", "01500", "O150", "0150 Oslo"]),
        ("SE", ["11122", "111 22"], ["1112", "11 122"]),
        ("DK", ["2100"], ["210", "DK-2100"]),
        ("FI", ["00100"], ["100"]),
        ("IS", ["101"], ["0101"]),
        ("GB", ["SW1A 1AA", "M1 1AE"], ["12345"]),
        ("", ["whatever"], []),
        ("AF", ["whatever"], []),
    ],
)
def test_it_checks_postal_codes_by_country(country: str, good: list[str], bad: list[str]) -> None:
    zips = [*good, "", None, *bad]
    frame = pl.DataFrame({"zip": zips, "country": [country] * len(zips)})
    fits = frame.select(canonical.zip_fits(pl.col("zip"), pl.col("country"))).to_series().to_list()
    assert fits == [True] * (len(good) + 2) + [False] * len(bad)
    unknown = frame.select(canonical.zip_fits(pl.col("zip"), pl.lit(None, dtype=pl.String))).to_series()
    assert unknown.all()


DAYS = st.sampled_from(["25/12/1990", "12-25-1990", "03/04/1990", "1990-05-12", "12.05.1990", "x", "", None])


@given(days=st.lists(DAYS, max_size=12), cut=st.integers(0, 12))
def test_it_finds_the_order_of_dates_however_the_column_is_cut(days: list[str | None], cut: int) -> None:
    column = pl.Series(days, dtype=pl.String)
    assert dates.evidence(column[:cut]) + dates.evidence(column[cut:]) == dates.evidence(column)


@pytest.mark.parametrize(
    ("days", "order"),
    [
        (["25/12/1990", "03/04/1990"], DateOrder.DAY_FIRST),
        (["12-25-1990", "12/31/1990", "03/04/1990"], DateOrder.MONTH_FIRST),
        (["25/12/1990", "12-25-1990", "12/31/1990"], MIXED),
        (["25/12/1990"] * 99 + ["12-25-1990"], MIXED),
        (["03/04/1990", "12.05.1990"], None),
    ],
)
def test_it_believes_dates_that_can_tell_where_none_tells_the_contrary(
    days: list[str], order: ColumnOrder | None
) -> None:
    assert dates.evidence(pl.Series(days)).order == order
