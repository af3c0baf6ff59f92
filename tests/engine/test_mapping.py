from collections import defaultdict

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kundekort.engine.errors import FileRefused
from kundekort.engine.mapping import check_columns, fold, header_test, key_fields, match_headers, names
from kundekort.engine.recipe import Column, Policy, RowKey
from kundekort.engine.schema import Field, Kind, Schema
from kundekort.store.fields import SCHEMA

HEADERS = {
    "id": "CustomerID, customer id, Kundenummer, KUNDENR., Kunde-ID, Customer No, Kundnr",
    "first_name": "FirstName, Fornavn, Förnamn, first_name, FØRNAVN, Fornamn, Etunimi, Fornafn, Vorname, Voornaam",
    "last_name": "LastName, Etternavn, Efternamn, Efternavn, Surname, Sukunimi, Nachname, Achternaam",
    "company": "Company, Firma, Bedrift, Företag, Virksomhed",
    "address": "Address, Adresse, Adress, Gateadresse, Adresselinje 1, Adresslinje 1",
    "address2": "Address2, Address 2, Adresse 2, Adresselinje 2, Adresslinje 2, c/o",
    "zip_code": "ZipCode, Postnr, Postnummer, zip, Postal code, PLZ, Póstnúmer, Postinumero",
    "city": "City, Poststed, Ort, By, Sted",
    "country": "Country, Land, Landkode",
    "email": "Email, E-post, epost, E-mail address, E-postadresse, e-mail, \ufeffEmail, Sähköposti, Netfang",
    "mobile": "Mobile, Mobil, Mobiltelefon, Mobilnr, Handy, Farsími, Matkapuhelin, Mobiel",
    "phone": "Phone, Telefon, Tlf, Tlf.",
    "gender": "Gender, Kjønn, KJØNN, kjonn, Kön, Køn",
    "date_of_birth": "DateOfBirth, Fødselsdato, Födelsedatum, Date of birth, Født",
    "language": "Language, Språk, Sprog, Sprak",
    "email_consent": "EmailConsent, Samtykke e-post, Nyhetsbrev?, Newsletter",
    "sms_consent": "SmsConsent, Samtykke SMS, SMS-samtykke",
    "tags": "Tags, Flagg, Merkelapper, Kundeflagg, Kundetags, Kundemerker",
    "internal_note": "InternalNote, Notat, Internt notat, Kommentar",
    "external_id": "ExternalID, Ekstern ID, External Id, external_id",
    "version": "Version, Versjon",
}


def test_it_has_the_fields_of_the_default_layout_in_order() -> None:
    assert [f.key for f in SCHEMA] == list(HEADERS)
    assert all(set(f.labels) == {"nb", "en", "sv", "da"} for f in SCHEMA)
    assert all(key in SCHEMA for key in SCHEMA.one_of)


def test_it_gives_every_name_to_one_field_only() -> None:
    owners = defaultdict(set)
    for field in SCHEMA:
        assert "" not in names(field)
        for name in names(field):
            owners[name].add(field.key)
    assert {name: keys for name, keys in owners.items() if len(keys) > 1} == {}


@pytest.mark.parametrize(("key", "headers"), [(k, h) for k, line in HEADERS.items() for h in line.split(", ")])
def test_it_knows_what_people_write(key: str, headers: str) -> None:
    assert match_headers([headers], SCHEMA) == (Column(header=headers, field=key),)
    assert header_test(SCHEMA)(headers)


@pytest.mark.parametrize("header", ["", "?", "Navn", "Name", "Samtykke", "Alder", "Sum", "Customer", "Adresse3", "Ã¸"])
def test_it_assumes_nothing_about_other_headers(header: str) -> None:
    assert match_headers([header], SCHEMA)[0].field is None
    assert not header_test(SCHEMA)(header)


@given(st.text())
def test_it_folds_to_letters_and_digits_once_and_for_all(header: str) -> None:
    assert fold(fold(header)) == fold(header) == fold(f" {header}_-. ")


def test_it_suggests_near_misses_for_free_fields_only() -> None:
    columns = match_headers(["Mobilnumer", "Etternavnet", "Etternavnene", "Epost", "Epst", "Farge"], SCHEMA)
    assert [c.field for c in columns] == [None, None, None, "email", None, None]
    assert [c.suggestion for c in columns] == ["mobile", "last_name", None, None, None, None]


def test_it_suggests_a_field_once_even_for_equal_headers() -> None:
    assert [c.suggestion for c in match_headers(["Etternavnet", "Etternavnet"], SCHEMA)] == ["last_name", None]


def test_it_follows_a_schema_made_at_run_time() -> None:
    schema = Schema(fields=(*SCHEMA.fields, Field(key="seat", header="Fast plass", kind=Kind.TEXT)))
    assert [c.field for c in match_headers(["fast-plass", "seat"], schema)] == ["seat", "seat"]


def _refusal(*columns: Column, policy: Policy | None = None) -> FileRefused:
    with pytest.raises(FileRefused) as caught:
        check_columns(columns, schema=SCHEMA, policy=policy or Policy(), separator=",")
    return caught.value


def test_it_refuses_a_file_without_a_known_column() -> None:
    refused = _refusal(Column("Farge"), Column("Pris"))
    assert (refused.code, refused.params) == ("no_known_column", {"headers": ["Farge", "Pris"], "separator": ","})


def test_it_refuses_two_columns_for_one_field() -> None:
    refused = _refusal(*match_headers(["CustomerID", "E-post", "Navn", "Email"], SCHEMA))
    assert (refused.code, refused.params) == ("column_twice", {"field": "email", "headers": ["E-post", "Email"]})


@pytest.mark.parametrize("by", [RowKey.ID, RowKey.EXTERNAL_ID, RowKey.EMAIL])
def test_it_refuses_a_file_without_its_key(by: RowKey) -> None:
    refused = _refusal(Column("Fornavn", "first_name"), policy=Policy(keys=(by,)))
    assert (refused.code, refused.params) == ("no_key_column", {"field": by.value})


@pytest.mark.parametrize("by", [None, *RowKey])
def test_it_lets_a_good_mapping_pass(by: RowKey | None) -> None:
    columns = [Column("Fornavn", "first_name"), Column("Farge"), Column("Farge")]
    policy = Policy(keys=() if by is None else (by,))
    keys = {f.key for key in key_fields(policy, SCHEMA) for f in key} - {"first_name"}
    check_columns([*columns, *(Column("Key", key) for key in keys)], schema=SCHEMA, policy=policy, separator=";")
