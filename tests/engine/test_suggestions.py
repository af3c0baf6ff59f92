"""How often a suggestion is wrong, and how often one is missed: over headers that people really have."""

from __future__ import annotations

from kundekort.engine.mapping import match_headers
from kundekort.store.fields import SCHEMA

ODD = """
Pris, Rabattkode, Farge, Sete, Rad, Dato, Ordrenr, Ordrenummer, Billett, Billettype, Antall, Sum, Beløp,
Saldo, Kontonummer, Konto, Organisasjonsnummer, Org.nr, Orgnr, Fødselsnummer, Personnummer, Alder,
Aldersgruppe, Fylke, Kommune, Kommunenr, Kommunenummer, Region, Sone, Rolle, Stilling, Tittel, Avdeling,
Kontaktperson, Selger, Ansvarlig, Kilde, Kampanje, Kanal, Status, Aktiv, Opprettet, Endret, Registrert, Sist
kjøpt, Sist innlogget, Siste kjøp, Første kjøp, Medlemsnummer, Medlem siden, Medlemstype, Abonnement,
Abonnementstype, Sesong, Forestilling, Arrangement, Sal, Scene, Plass, Inngang, Mva, Valuta, Betalt, Faktura,
Fakturanr, Faktureringsadresse, Leveringsadresse, Fakturaepost, Nettside, Hjemmeside, URL, Facebook,
Instagram, Fax, Faks, Bilde, Vedlegg, Score, Vurdering, Interesser, Hobby, Allergier, Rullestol, Ledsager,
Barn, Antall barn, Sivilstand, Yrke, Utdanning, Price, Discount, Seat, Row, Date, Order, Order ID, Order
number, Ticket, Quantity, Total, Amount, Balance, Account, Age, County, State, Province, Title, Department,
Position, Role, Source, Campaign, Channel, Active, Created, Updated, Last login, Last order, First order,
Member since, Member ID, Membership, Season, Show, Event, Venue, Hall, Section, Currency, Paid, Invoice,
Website, Fax number, Rating, Points, Loyalty, Tax ID, VAT, Latitude, Longitude, IP, Device, Browser, Time,
Timestamp, Timezone, Password, User, User name, Username, Login, Owner, Manager, Segment, Group, Type,
Category, Class, Code, Number, Nummer, Pris kr, Kjøpt, Kjøpsdato, Utløpsdato, Startdato, Sluttdato,
Bursdagsgave, Gavekort, Gjest, Gruppe, Gate nr, Bolignr, Etasje, Oppgang, Postboks, Postkasse, Posttype,
Landsdel, Språknivå, Kjøretøy, Kjønnsfordeling, Firmagave, Mobilmerke, Mobilabonnement, Telefonsvarer,
Emballasje, Epoke, Poeng, Post, Tag nr, Merke, Versjonsdato, Kundegruppe, Kundetype, Kundesiden,
Kundeansvarlig, Kunde siden, Kundestatus, Kundekategori, Eksternt firma, Intern, Ekstern, Samtykkedato,
Samtykket av, Nyhet, Reservert, Sperret, Avmeldt, Landemerke, Byggeår, Adressetype, Adressekvalitet, Etternavn
gift, Pikenavn, Mellomnavn, Kallenavn
"""
"""Columns of lists that venues have and that are no field of a card."""

NEAR = {
    "mobile": "Mobilnumer, Moblie, Mobiltlf nr, Mobil nummer",
    "last_name": "Etternavnet, Lastnmae, Last nam, Surename, Efternam, Achternam",
    "first_name": "Fornavnet, Frist name, Fristname, Förnamnet, Voornaam",
    "email": "Epostadresser, E-post adr., Emial, E-mial, Emailadress, Sahkoposti, Sähköpostiosoit",
    "id": "Kundenumer, Kundenummmer, Kunde nummer, Kundnumer",
    "zip_code": "Postnumer, Zipcod, Zip-code 1, Postnr., Post nummer",
    "city": "Poststedet, Citty",
    "address": "Adressen, Adress, Addres",
    "date_of_birth": "Fødselsdatoen, Fodselsdato, Fødslesdato, Birthdat, Date of brith, Födelsedatm, Geburtsdtum",
    "gender": "Kjøn, Gendre",
    "language": "Sprak, Langauge",
    "country": "Landet, Contry",
    "phone": "Telefonnumer, Telefonnr 1, Phonenumber",
    "internal_note": "Internt notatfelt",
    "external_id": "Ekstern id nr",
    "email_consent": "Samtykke epost, Samtykke på e-post, Nyhetsbrev epost",
    "sms_consent": "Samtykke til sms, Samtyke SMS",
    "company": "Firma navn, Firmnavn, Bedriftens navn",
}
"""Slips and endings, by the field that is meant."""


def _words(text: str) -> list[str]:
    return text.replace("\n", " ").strip().split(", ")


def test_it_hardly_ever_suggests_a_field_for_what_is_none() -> None:
    columns = [match_headers([header], SCHEMA)[0] for header in _words(ODD)]
    assert [c.header for c in columns if c.field] == []
    wrong = {c.header for c in columns if c.suggestion}
    assert wrong <= {"County", "Post", "Merke", "Ekstern"}
    assert len(wrong) < 0.02 * len(columns)


def test_it_suggests_what_is_meant_by_a_slip() -> None:
    found = {
        header: (column.field or column.suggestion, key)
        for key, line in NEAR.items()
        for header in _words(line)
        for column in match_headers([header], SCHEMA)
    }
    assert [header for header, (given, key) in found.items() if given not in (None, key)] == []
    assert {header for header, (given, _) in found.items() if given is None} <= {"Landet"}
