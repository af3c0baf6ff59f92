"""What a list of customers says of itself: its sheets, and what to write in a cell of each kind.

Kept apart from the translations: a list is written in the language it was asked for in, whichever is active by then.
A language without words here gets English.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from kundekort.engine.schema import Field, Kind

FALLBACK: Final = "en"

SHEETS: Final[Mapping[str, tuple[str, str]]] = {
    "nb": ("Kunder", "Forklaring"),
    "en": ("Customers", "About"),
    "sv": ("Kunder", "Förklaring"),
    "da": ("Kunder", "Forklaring"),
}
"""By language: the sheet with the customers, and the one that explains it."""
OWN_SHEETS: Final = frozenset(about for _, about in SHEETS.values())
"""The names of the sheets that explain."""

HEADERS: Final[Mapping[str, tuple[str, str, str]]] = {
    "nb": ("Kolonne", "Hva det er", "Hva du skriver"),
    "en": ("Column", "What it is", "What to write"),
    "sv": ("Kolumn", "Vad det är", "Vad du skriver"),
    "da": ("Kolonne", "Hvad det er", "Hvad du skriver"),
}
"""By language: the header of the sheet that explains."""

FILE_NAMES: Final[Mapping[str, tuple[str, str, str]]] = {
    "nb": ("kunder", "kundekort-mal", "for-programmer"),
    "en": ("customers", "kundekort-template", "for-programs"),
    "sv": ("kunder", "kundekort-mall", "för-program"),
    "da": ("kunder", "kundekort-skabelon", "til-programmer"),
}
"""By language: how the names of files with customers and of templates begin, and what a list for programs adds."""

REQUIRED: Final[Mapping[str, str]] = {
    "nb": "Må fylles ut.",
    "en": "Must be filled in.",
    "sv": "Måste fyllas i.",
    "da": "Skal udfyldes.",
}

LONGEST: Final[Mapping[str, str]] = {
    "nb": "Høyst {} tegn.",
    "en": "At most {} characters.",
    "sv": "Högst {} tecken.",
    "da": "Højst {} tegn.",
}

KINDS: Final[Mapping[Kind, Mapping[str, str]]] = {
    Kind.ID: {
        "nb": "La nummeret stå. 0 lager en ny kunde.",
        "en": "Leave the number as it is. 0 makes a new customer.",
        "sv": "Låt numret stå. 0 skapar en ny kund.",
        "da": "Lad nummeret stå. 0 opretter en ny kunde.",
    },
    Kind.TEXT: {"nb": "Tekst.", "en": "Text.", "sv": "Text.", "da": "Tekst."},
    Kind.NOTE: {
        "nb": "Tekst, gjerne på flere linjer.",
        "en": "Text, on several lines if you like.",
        "sv": "Text, gärna på flera rader.",
        "da": "Tekst, gerne på flere linjer.",
    },
    Kind.ZIP: {
        "nb": "Postnummeret med nullene foran, som 0150.",
        "en": "The postal code with its leading zeros, as 0150.",
        "sv": "Postnumret som i landet, 111 22 eller 0150.",
        "da": "Postnummeret med nullerne foran, som 0150.",
    },
    Kind.COUNTRY: {
        "nb": "Landkode (NO, SE, DK …) eller navnet på landet.",
        "en": "A country code (NO, SE, DK …) or the country’s name.",
        "sv": "Landskod (NO, SE, DK …) eller landets namn.",
        "da": "Landekode (NO, SE, DK …) eller landets navn.",
    },
    Kind.EMAIL: {
        "nb": "E-postadresse, som navn@example.com.",
        "en": "An e-mail address, as name@example.com.",
        "sv": "E-postadress, som namn@example.com.",
        "da": "E-mailadresse, som navn@example.com.",
    },
    Kind.PHONE: {
        "nb": "Telefonnummer, helst med landkode: +4791234567.",
        "en": "A phone number, best with its country code: +4791234567.",
        "sv": "Telefonnummer, helst med landsnummer: +46701234567.",
        "da": "Telefonnummer, helst med landekode: +4520123456.",
    },
    Kind.GENDER: {
        "nb": "0 ingen, 1 mann, 2 kvinne. Må fylles ut.",
        "en": "0 none, 1 man, 2 woman. Must be filled in.",
        "sv": "0 ej angivet, 1 man, 2 kvinna. Måste fyllas i.",
        "da": "0 ikke oplyst, 1 mand, 2 kvinde. Skal udfyldes.",
    },
    Kind.DATE: {
        "nb": "Dato, som 1990-12-31 eller 31.12.1990.",
        "en": "A date, as 1990-12-31 or 31.12.1990.",
        "sv": "Datum, som 1990-12-31.",
        "da": "Dato, som 1990-12-31 eller 31.12.1990.",
    },
    Kind.LANGUAGE: {
        "nb": "Språkkode (nb, nn, en, sv, da …) eller navnet på språket.",
        "en": "A language code (nb, nn, en, sv, da …) or the language’s name.",
        "sv": "Språkkod (nb, nn, en, sv, da …) eller språkets namn.",
        "da": "Sprogkode (nb, nn, en, sv, da …) eller sprogets navn.",
    },
    Kind.YES_NO: {
        "nb": "1 ja, 0 nei. Tom: ikke spurt.",
        "en": "1 yes, 0 no. Empty: never asked.",
        "sv": "1 ja, 0 nej. Tom: inte tillfrågad.",
        "da": "1 ja, 0 nej. Tom: ikke spurgt.",
    },
    Kind.TAGS: {
        "nb": "Ord med | mellom, som Abonnent|VIP.",
        "en": "Words with | between, as Subscriber|VIP.",
        "sv": "Ord med | mellan, som Abonnent|VIP.",
        "da": "Ord med | imellem, som Abonnent|VIP.",
    },
    Kind.NUMBER: {
        "nb": "Et tall, som 12 eller 12,5.",
        "en": "A number, as 12 or 12.5.",
        "sv": "Ett tal, som 12 eller 12,5.",
        "da": "Et tal, som 12 eller 12,5.",
    },
    Kind.CHOICE: {
        "nb": "Ett av disse: {}.",
        "en": "One of these: {}.",
        "sv": "Ett av dessa: {}.",
        "da": "Et af disse: {}.",
    },
    Kind.VERSION: {
        "nb": "La det stå. Slik vet Kundekort hva kunden var da listen ble hentet.",
        "en": "Leave it as it is. By it Kundekort knows what the customer was when the list was made.",
        "sv": "Låt det stå. Så vet Kundekort vad kunden var när listan hämtades.",
        "da": "Lad det stå. Sådan ved Kundekort hvad kunden var da listen blev hentet.",
    },
}
"""What to write in a cell, by kind and language; `{}` stands for the choices."""

EXAMPLES: Final[tuple[Mapping[str, str], ...]] = (
    {
        "id": "0",
        "first_name": "Åse",
        "last_name": "Nygård",
        "address": "Fjordveien 12",
        "zip_code": "0150",
        "city": "Oslo",
        "country": "NO",
        "email": "ase.nygard@example.com",
        "mobile": "+4791234567",
        "gender": "2",
        "date_of_birth": "1984-05-17",
        "language": "nb",
        "email_consent": "1",
        "sms_consent": "0",
        "tags": "Premiere|Venneforening",
    },
    {
        "id": "0",
        "first_name": "Jonas",
        "last_name": "Sæther",
        "company": "Kulturhuset AS",
        "address": "Storgata 3",
        "zip_code": "9008",
        "city": "Tromsø",
        "country": "NO",
        "email": "jonas@example.com",
        "phone": "+4777601234",
        "gender": "1",
        "language": "nn",
        "email_consent": "0",
        "sms_consent": "0",
        "internal_note": "Rullestol",
    },
)
"""Two invented customers by field key, for templates: both new, so that a template is never about somebody's card."""


def sheet_names(language: str) -> tuple[str, str]:
    """The sheet with the customers, and the one that explains it."""
    return SHEETS[_known(language)]


def list_name(language: str) -> str:
    """How the name of a file with customers begins."""
    return FILE_NAMES[_known(language)][0]


def mended_name(language: str) -> str:
    """What the file of rows that are to be mended is called, in a language."""
    return {"nb": "rader-å-rette", "sv": "rader-att-rätta", "da": "rækker-at-rette"}.get(language, "rows-to-mend")


def template_name(language: str) -> str:
    """What the file of a template is called, without its ending."""
    return FILE_NAMES[_known(language)][1]


def program_mark(language: str) -> str:
    """What tells a CSV for programs from one for spreadsheets by the name of its file."""
    return FILE_NAMES[_known(language)][2]


def headers(language: str) -> tuple[str, str, str]:
    """The header of the sheet that explains."""
    return HEADERS[_known(language)]


def what_to_write(field: Field, language: str) -> str:
    """What to write in a cell of a field; of an own one also what the venue says about it."""
    language = _known(language)
    sentences = [KINDS[field.kind][language].format(", ".join(field.choices))]
    if field.max_length is not None and field.kind in (Kind.TEXT, Kind.NOTE):
        sentences.append(LONGEST[language].format(field.max_length))
    if field.required:
        sentences.append(REQUIRED[language])
    if field.help.get(language):
        sentences.append(field.help[language])
    return " ".join(sentences)


def _known(language: str) -> str:
    return language if language in SHEETS else FALLBACK
