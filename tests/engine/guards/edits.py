"""Cards as they are in a register, what people honestly change on them, and what programs make of whole columns."""

from __future__ import annotations

import html
import random
from collections.abc import Callable, Mapping
from typing import Final

Card = dict[str, str]

FIRST = [
    "Åse",
    "Bjørn",
    "Pål",
    "Kåre",
    "Øyvind",
    "Renée",
    "Søren",
    "Jürgen",
    "Zoë",
    "Kari",
    "Ola",
    "Anne-Grete",
    "Håkon",
    "Tor",
    "Ævar",
    "Sigrún",
    "Märta",
    "Jiří",
]
LAST = [
    "Nygård",
    "Bjørnson",
    "Ås",
    "Sæther",
    "Müller",
    "Šimić",
    "Østby",
    "Hansen",
    "O’Neil",
    "Åkerström",
    "Kjær",
    "Null",
    "Lundqvist",
    "Þórsson",
    "Dvořák",
]
STREETS = ["Storgata", "Øvre Slottsgate", "Kirkeveien", "Åsveien", "Brønnøyveien", "Hafnarstræti", "Sveavägen"]
CITIES = ["Oslo", "Bodø", "Tromsø", "Ål", "Malmö", "Ålesund", "Hammerfest", "Mo i Rana", "Vadsø", "København"]
NOTES = (
    "",
    "",
    "Rullestol, rad 1",
    "Ringer før kl. 12 & vil ha svar",
    "17. mai",
    "# viktig",
    "50 % av kortet brukt?",
    "Ønsker plass ved midtgangen. " * 15 + "Ring.",
)
LETTERS: Final = "abcdefghijklmnopqrstuvwxyzæøå"


def digits(rng: random.Random, count: int) -> str:
    return "".join(rng.choice("0123456789") for _ in range(count))


def mobile(rng: random.Random) -> str:
    return rng.choice(["+479" + digits(rng, 7), "+474" + digits(rng, 7), "+4670" + digits(rng, 7)])


def address(rng: random.Random) -> str:
    return f"{rng.choice(STREETS)} {rng.randint(1, 120)}{rng.choice(['', '', 'A', ' B'])}"


def card(rng: random.Random) -> Card:
    """A card that somebody could have."""
    first, last = rng.choice(FIRST), rng.choice(LAST)
    return {
        "first_name": first,
        "last_name": last,
        "address": address(rng),
        "address2": rng.choice(["", "", f"{rng.randint(1, 12)}-{rng.randint(1, 12)}", "c/o Ås", "H0201"]),
        "zip_code": rng.choice(["0", ""]) + str(rng.randint(101, 999)) + rng.choice(["", "0"]),
        "city": rng.choice(CITIES),
        "email": f"kunde{digits(rng, 6)}@example.no",
        "mobile": mobile(rng),
        "external_id": rng.choice(["00" + digits(rng, 5), digits(rng, 16), "K-" + digits(rng, 4), ""]),
        "internal_note": rng.choice(NOTES).strip(),
    }


def _typo(rng: random.Random, value: str) -> str:
    """A letter more, less, another, or two changed about: a typo made, or mended."""
    at = rng.randrange(len(value)) if value else 0
    letter = rng.choice(LETTERS)
    return rng.choice(
        [
            value[:at] + letter + value[at:],
            value[:at] + value[at + 1 :] or value,
            value[:at] + letter + value[at + 1 :],
            value[:at] + value[at + 1 : at + 2] + value[at : at + 1] + value[at + 2 :],
            value.upper(),
            value.title(),
        ]
    )


def _note(rng: random.Random, value: str) -> str:
    ways = [value + " Ringt 1/2.", value.split(".")[0], "", "N/A", "None", "Betalt #12", f"{digits(rng, 5)}", "2/3"]
    return rng.choice(ways).strip()


def _zip(rng: random.Random, value: str) -> str:
    return rng.choice([str(rng.randint(1000, 9999)), "0" + str(rng.randint(100, 999)), "0" + value])


CHANGES: Final[Mapping[str, Callable[[random.Random, str], str]]] = {
    "first_name": lambda rng, value: rng.choice(
        [_typo(rng, value), rng.choice(FIRST), value + " " + rng.choice(FIRST)]
    ),
    "last_name": lambda rng, value: rng.choice([_typo(rng, value), rng.choice(LAST), value + "-" + rng.choice(LAST)]),
    "address": lambda rng, value: rng.choice([_typo(rng, value), address(rng), ""]),
    "address2": lambda rng, value: rng.choice(["", "c/o " + rng.choice(LAST), f"H0{digits(rng, 3)}", "2-3"]),
    "zip_code": _zip,
    "city": lambda rng, value: rng.choice([_typo(rng, value), rng.choice(CITIES)]),
    "email": lambda rng, value: rng.choice([f"ny{digits(rng, 5)}@example.org", "", value.replace("kunde", "k.")]),
    "mobile": lambda rng, value: rng.choice([mobile(rng), mobile(rng), ""]),
    "external_id": lambda rng, value: rng.choice(["00" + digits(rng, 5), digits(rng, 16), "E" + digits(rng, 5), ""]),
    "internal_note": _note,
}
"""What people do to the fields of a card."""


def edited(rng: random.Random, given: Card) -> Card:
    """The card after somebody has changed one to three of its cells by hand."""
    made = dict(given)
    for key in rng.sample(list(given), rng.randint(1, 3)):
        made[key] = CHANGES[key](rng, given[key])
    return made


def _read_as(encoding: str) -> Callable[[str, str], str]:
    return lambda key, value: value.encode().decode(encoding, "ignore") if _writable(value, encoding) else value


def _writable(value: str, encoding: str) -> bool:
    try:
        value.encode().decode(encoding)
    except UnicodeDecodeError:
        return False
    return True


def _without_zeros(key: str, value: str) -> str:
    return str(int(value)) if value.isdigit() and len(value) < 15 else value


def _rounded(key: str, value: str) -> str:
    number = value.removeprefix("+")
    return f"{int(number):.5E}".replace(".", ",") if number.isdigit() and len(number) > 9 else value


DAMAGE: Final[Mapping[str, Callable[[str, str], str]]] = {
    "zeros_lost": _without_zeros,
    "number_rounded": _rounded,
    "mojibake": _read_as("cp1252"),
    "letters_lost": lambda key, value: value.encode("ascii", "replace").decode(),
    "letters_dropped": lambda key, value: value.encode("ascii", "ignore").decode(),
    "entities": lambda key, value: html.escape(value, quote=False).encode("ascii", "xmlcharrefreplace").decode(),
    "hashes": lambda key, value: "#######" if key == "mobile" else value,
    "excel_error": lambda key, value: "#REF!" if key == "city" else value,
    "null_word": lambda key, value: value or "nan",
    "text_cut": lambda key, value: value[:255].strip(),
}
"""What a program makes of every value of a column, by the code of the finding."""


def damaged(given: Card, code: str) -> Card:
    """The card as the program has left it."""
    return {key: DAMAGE[code](key, value) for key, value in given.items()}
