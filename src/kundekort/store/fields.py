"""The declared columns of a customer card: the one place where they are named. Plain data; no Django, no rule."""

from __future__ import annotations

from typing import Final

from kundekort.engine.schema import Field, Kind, Schema


def _names(text: str) -> tuple[str, ...]:
    return tuple(text.split(", "))


CUSTOM_PREFIX: Final = "own_"
"""What the key of every field that a venue has made itself begins with, and of no other."""

ADDRESS: Final = ("address", "address2", "zip_code", "city", "country")
"""The fields that say one thing together: half of one address and half of another is none."""

SCHEMA: Final = Schema(
    fields=(
        Field(
            key="id",
            header="CustomerID",
            kind=Kind.ID,
            labels={"nb": "Kundenummer", "en": "Customer number", "sv": "Kundnummer", "da": "Kundenummer"},
            synonyms=_names(
                "Kundenr, Kunde-ID, Kunde nr, Kund-ID, Kundnr, Customer No, Customer ID, CustomerNr, Client ID, "
                "Client number, Kundennummer, Kunden-Nr, Klantnummer, Klantnr, Asiakasnumero, Viðskiptamannsnúmer"
            ),
        ),
        Field(
            key="first_name",
            header="FirstName",
            kind=Kind.TEXT,
            labels={"nb": "Fornavn", "en": "First name", "sv": "Förnamn", "da": "Fornavn"},
            synonyms=_names(
                "Given name, Forename, Firstname, First, Tilltalsnamn, For- og mellomnavn, Fornavn og mellomnavn, "
                "Førenamn, Customer first name, Etunimi, Fornafn, Eiginnafn, Vorname, Voornaam"
            ),
            max_length=200,
            distinct=True,
        ),
        Field(
            key="last_name",
            header="LastName",
            kind=Kind.TEXT,
            labels={"nb": "Etternavn", "en": "Last name", "sv": "Efternamn", "da": "Efternavn"},
            synonyms=_names(
                "Surname, Family name, Lastname, Last, Slektsnavn, Familienavn, Tilnavn, Etternamn, Customer last "
                "name, Sukunimi, Eftirnafn, Kenninafn, Nachname, Familienname, Achternaam, Familienaam"
            ),
            max_length=200,
            distinct=True,
        ),
        Field(
            key="company",
            header="Company",
            kind=Kind.TEXT,
            labels={"nb": "Firma", "en": "Company", "sv": "Företag", "da": "Firma"},
            synonyms=_names(
                "Firmanavn, Bedrift, Bedriftsnavn, Selskap, Virksomhet, Organisasjon, Organisation, Company name, "
                "Verksemd, Organization, Organisation name, Business, Företagsnamn, Bolag, Firmanamn, Virksomhed, "
                "Virksomhedsnavn, Selskab, Bedriftsnamn, Yritys, Yrityksen nimi, Fyrirtæki, Firmenname, Unternehmen, "
                "Bedrijf, Bedrijfsnaam"
            ),
            max_length=200,
        ),
        Field(
            key="address",
            header="Address",
            kind=Kind.TEXT,
            labels={"nb": "Adresse", "en": "Address", "sv": "Adress", "da": "Adresse"},
            synonyms=_names(
                "Address1, Address line 1, Adresse1, Adresselinje 1, Adresselinje, Adresslinje 1, Adresslinje, "
                "Adress1, Adressrad 1, Gateadresse, Gate, Veiadresse, Postadresse, Street, Street address, Postal "
                "address, Mailing address, Gatuadress, Gata, Postadress, Utdelningsadress, Vej, Gade, Vejnavn, "
                "Gadeadresse, Vejadresse, Osoite, Katuosoite, Heimilisfang, Straße, Anschrift, Adres, Straat"
            ),
            max_length=200,
            distinct=True,
        ),
        Field(
            key="address2",
            header="Address2",
            kind=Kind.TEXT,
            labels={"nb": "Adresse 2", "en": "Address 2", "sv": "Adress 2", "da": "Adresse 2"},
            synonyms=_names(
                "Address line 2, Adresselinje 2, Adresslinje 2, Adressrad 2, C/O, C/O-adresse, C/O-adress, C/O "
                "address, Tilleggsadresse, Ekstra adresse, Street 2, Street address 2, Extra adress, Adresszusatz, "
                "Adres 2, Osoite 2"
            ),
            max_length=200,
        ),
        Field(
            key="zip_code",
            header="ZipCode",
            kind=Kind.ZIP,
            labels={"nb": "Postnummer", "en": "Postal code", "sv": "Postnummer", "da": "Postnummer"},
            synonyms=_names(
                "Postnr, Post nr, Zip, Zip code, Postcode, Post code, Postkode, Postal, Postno, Postinumero, "
                "Póstnúmer, PLZ, Postleitzahl"
            ),
            max_length=20,
        ),
        Field(
            key="city",
            header="City",
            kind=Kind.TEXT,
            labels={"nb": "Poststed", "en": "City", "sv": "Ort", "da": "By"},
            synonyms=_names(
                "Sted, Postort, Stad, Town, Bynavn, Bosted, Poststad, City name, Postitoimipaikka, Kaupunki, "
                "Paikkakunta, Staður, Póststöð, Stadt, Wohnort, Plaats, Woonplaats"
            ),
            max_length=100,
        ),
        Field(
            key="country",
            header="Country",
            kind=Kind.COUNTRY,
            labels={"nb": "Land", "en": "Country", "sv": "Land", "da": "Land"},
            synonyms=_names(
                "Landkode, Landskode, Landskod, Country code, CountryCode, Nation, Country name, Landnavn, Maa, "
                "Maakoodi, Landskóði, Ländercode, Landcode"
            ),
        ),
        Field(
            key="email",
            header="Email",
            kind=Kind.EMAIL,
            labels={"nb": "E-post", "en": "Email", "sv": "E-post", "da": "E-mail"},
            synonyms=_names(
                "E-postadresse, E-postadress, E-mailadresse, E-mail address, Epost adresse, Mailadresse, Mail, "
                "Mailadress, Mejl, Mejladress, Mail address, Epostadr, Elektronisk post, Sähköposti, "
                "Sähköpostiosoite, Netfang, Tölvupóstur, E-mailadres"
            ),
            max_length=254,
            distinct=True,
        ),
        Field(
            key="mobile",
            header="Mobile",
            kind=Kind.PHONE,
            labels={"nb": "Mobil", "en": "Mobile", "sv": "Mobil", "da": "Mobil"},
            synonyms=_names(
                "Mobiltelefon, Mobilnummer, Mobilnr, Mobil tlf, Mobile phone, Mobile number, Mobile no, Cell, Cell "
                "phone, Cellphone, Mobiltelefonnummer, Mobiltlf, Mobil nr, Mobile phone number, Cell number, "
                "Mobiltelefonnr, Matkapuhelin, Kännykkä, Farsími, GSM, Handy, Handynummer, Mobilfunk, Mobiel, Mobiele "
                "telefoon, Mobiel nummer"
            ),
            distinct=True,
        ),
        Field(
            key="phone",
            header="Phone",
            kind=Kind.PHONE,
            labels={"nb": "Telefon", "en": "Phone", "sv": "Telefon", "da": "Telefon"},
            synonyms=_names(
                "Tlf, Tlf nr, Tlfnr, Telefonnummer, Telefonnr, Fasttelefon, Telephone, Phone number, Phone no, "
                "Telephone number, Tel, Tel nr, Landline, Fast telefon, Fastnettelefon, Fastnet, Tfn, Puhelin, "
                "Puhelinnumero, Sími, Símanúmer, Telefoon, Telefoonnummer, Festnetz"
            ),
            distinct=True,
        ),
        Field(
            key="gender",
            header="Gender",
            kind=Kind.GENDER,
            labels={"nb": "Kjønn", "en": "Gender", "sv": "Kön", "da": "Køn"},
            synonyms=_names("Sex, Kjonn, Kjoenn, Koen, Gender code, Kjønnskode, Sukupuoli, Kyn, Geschlecht, Geslacht"),
        ),
        Field(
            key="date_of_birth",
            header="DateOfBirth",
            kind=Kind.DATE,
            labels={"nb": "Fødselsdato", "en": "Date of birth", "sv": "Födelsedatum", "da": "Fødselsdato"},
            synonyms=_names(
                "Født, Født dato, Fødselsdag, Birth date, Birthdate, Birthday, DOB, Born, Född, Födelsedag, Født den, "
                "Foedselsdato, Syntymäaika, Syntymäpäivä, Fæðingardagur, Geburtsdatum, Geburtstag, Geboortedatum"
            ),
            past=True,
        ),
        Field(
            key="language",
            header="Language",
            kind=Kind.LANGUAGE,
            labels={"nb": "Språk", "en": "Language", "sv": "Språk", "da": "Sprog"},
            synonyms=_names(
                "Språkkode, Målform, Språkkod, Sprogkode, Language code, Lang, Locale, Kieli, Tungumál, Sprache, Taal"
            ),
        ),
        Field(
            key="email_consent",
            header="EmailConsent",
            kind=Kind.YES_NO,
            labels={"nb": "Samtykke e-post", "en": "Email consent", "sv": "Samtycke e-post", "da": "Samtykke e-mail"},
            synonyms=_names(
                "E-postsamtykke, Samtykke til e-post, Epost samtykke, E-post OK, Email OK, Email opt-in, Nyhetsbrev, "
                "Nyhetsbrev på e-post, Newsletter, Nyhedsbrev, Nyhetsbrev e-post, Email marketing, Samtycke till "
                "e-post, E-postsamtycke, Samtykke til e-mail, E-mailsamtykke, Consent email, Accepts email, Accepts "
                "email marketing, Subscribed, Sähköpostilupa, Uutiskirje"
            ),
            consent=True,
        ),
        Field(
            key="sms_consent",
            header="SmsConsent",
            kind=Kind.YES_NO,
            labels={"nb": "Samtykke SMS", "en": "SMS consent", "sv": "Samtycke SMS", "da": "Samtykke SMS"},
            synonyms=_names(
                "SMS-samtykke, Samtykke til SMS, SMS OK, SMS opt-in, SMS-samtycke, Samtycke till SMS, SMS marketing, "
                "Consent SMS, Accepts SMS, Samtykke mobil, Tekstiviestilupa"
            ),
            consent=True,
        ),
        Field(
            key="tags",
            header="Tags",
            kind=Kind.TAGS,
            labels={"nb": "Kundeflagg", "en": "Customer tags", "sv": "Kundflaggor", "da": "Kundeflag"},
            synonyms=_names(
                "Flagg, Merkelapper, Merkelapp, Merker, Tagger, Tagg, Taggar, Tag, Labels, Label, Flags, Flag, "
                "Flaggor, Flagga, Etiketter, Etikett, Customer tag, Kundetags, Kundetag, Kundetagger, Kundemerker, "
                "Kundemerke, Kundtaggar, Tunnisteet, Merki, Schlagwörter"
            ),
            max_length=100,
        ),
        Field(
            key="internal_note",
            header="InternalNote",
            kind=Kind.NOTE,
            labels={"nb": "Internt notat", "en": "Internal note", "sv": "Intern anteckning", "da": "Intern note"},
            synonyms=_names(
                "Notat, Notater, Merknad, Merknader, Kommentar, Kommentarer, Note, Notes, Comment, Comments, Remarks, "
                "Remark, Anteckning, Anteckningar, Noter, Bemærkning, Bemærkninger, Anmärkning, Intern kommentar, "
                "Intern merknad, Internal notes, Internal comment, Huomautus, Athugasemd, Bemerkung, Bemerkungen, "
                "Notiz, Anmerkung, Opmerking, Opmerkingen"
            ),
            max_length=32767,
            distinct=True,
        ),
        Field(
            key="external_id",
            header="ExternalID",
            kind=Kind.TEXT,
            labels={"nb": "Ekstern ID", "en": "External ID", "sv": "Externt ID", "da": "Eksternt ID"},
            synonyms=_names(
                "Extern ID, Eksternt nummer, Ekstern referanse, External reference, External ref, Ext ID, Eksternt "
                "kundenummer, Ekstern nøkkel, External number, External key, Foreign ID, CRM ID, Externt nummer, "
                "Externt kundnummer, Ekstern kunde-ID, External customer ID, Ref ID, Ulkoinen tunnus, Externe ID, "
                "Extern nummer"
            ),
            max_length=100,
            unique=True,
            distinct=True,
        ),
        Field(
            key="version",
            header="Version",
            kind=Kind.VERSION,
            labels={"nb": "Versjon", "en": "Version", "sv": "Version", "da": "Version"},
            synonyms=_names("Card version, Kortversjon"),
        ),
    ),
    one_of=("first_name", "last_name", "company", "email"),
)
"""The built-in fields in the order of the default layout."""
