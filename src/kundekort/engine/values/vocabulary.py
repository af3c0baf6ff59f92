"""Values said in words: country, language, gender, yes or no; and the small written ones: tags, numbers, choices.

Each function takes one trimmed, non-empty value and answers with its canonical text or with what is wrong.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Final

from kundekort.engine.mapping import fold
from kundekort.engine.values.column import Answer
from kundekort.engine.values.countries import COUNTRIES
from kundekort.engine.values.languages import LANGUAGES
from kundekort.engine.values.text import trimmed


def _folded(table: str) -> dict[str, str]:
    entries = table.strip().replace("\n ", "").splitlines()
    split = [entry.split(" ", 1) for entry in entries]
    return {fold(name): code for code, names in split for name in (code, *names.split("|"))}


def _spoken(words: dict[str, str]) -> dict[str, str]:
    return {word: code for code, line in words.items() for word in (code, *line.split(", "))}


_COUNTRIES: Final = _folded(COUNTRIES)
_LANGUAGES: Final = _folded(LANGUAGES)
_LOCALE: Final = re.compile(r"([A-Za-z]{2,3})[-_][A-Za-z]{2}")

_LONGEST: Final = 100
"""No name of a country or language has more characters; a note in the wrong column shall cost no time."""

_GENDERS: Final = _spoken(
    {
        "0": "ukjent, ukendt, okänd, unknown, none, ingen, intet, inget, annet, annat, andet, other, n/a, u, x, "
        "ikke oppgitt, ej angivet, ikke angivet, ikke angitt, not specified, unspecified, undefined, neutral, nøytral, "
        "ikke-binær, ikkebinær, non-binary, nonbinary, icke-binär, hen, ønsker ikke å oppgi, vil ikke oppgi",
        "1": "mann, man, mand, male, m, herre, herr, hr, mr, gutt, dreng, pojke, boy, mannlig, manlig, mandlig, han",
        "2": "kvinne, kvinna, kvinde, female, woman, f, k, w, dame, dam, fru, frøken, fröken, frk, ms, mrs, jente, "
        "flicka, pige, girl, kvinnelig, kvinnlig, kvindelig, hun, hon",
    }
)
_YES_NO: Final = _spoken(
    {
        "1": "ja, j, yes, y, true, t, sann, sant, sand, x, på, on, ok, jatakk, ja takk, samtykker",
        "0": "nei, nej, n, no, false, usann, usant, falsk, falskt, av, off, nei takk, nej tak, nej tack",
    }
)
LONGEST_NUMBER: Final = 100
"""Characters of a number: far more than anybody counts, far fewer than the database can compare."""
_NUMBER: Final = re.compile(r"([+\-\u2212]?)([0-9]*)(?:[.,]([0-9]+))?")


def country(value: str) -> Answer:
    """ISO 3166 alpha-2 of a country's code or name, or country_unknown."""
    code = _named(_COUNTRIES, value)
    return (code, None) if code else (value, "country_unknown")


def language(value: str) -> Answer:
    """ISO 639-1 of a language's code, name or locale such as nb-NO, or language_unknown."""
    locale = _LOCALE.fullmatch(value)
    code = _named(_LANGUAGES, locale[1] if locale else value)
    return (code, None) if code else (value, "language_unknown")


def gender(value: str) -> Answer:
    """'0', '1' or '2', or gender_unknown."""
    code = _GENDERS.get(_said(value))
    return (code, None) if code else (value, "gender_unknown")


def yes_no(value: str) -> Answer:
    """'1' or '0', or yes_no_unknown."""
    code = _YES_NO.get(_said(value))
    return (code, None) if code else (value, "yes_no_unknown")


def tags(value: str) -> Answer:
    """The distinct tags sorted by code point, joined by '|'."""
    return "|".join(sorted({tag for part in value.split("|") if (tag := trimmed(part))})), None


def number(value: str) -> Answer:
    """Plain decimal text with a point and no needless zeros, or number_invalid; no thousands separator is guessed."""
    match = _NUMBER.fullmatch(value)
    if match is None or not (match[2] or match[3]) or len(value) > LONGEST_NUMBER:
        return value, "number_invalid"
    whole, part = match[2].lstrip("0") or "0", (match[3] or "").rstrip("0")
    text = f"{whole}.{part}" if part else whole
    return (text if match[1] in ("", "+") or text == "0" else f"-{text}"), None


def choice(value: str, *, choices: Iterable[str]) -> Answer:
    """The declared spelling of a choice, whatever the case, or choice_unknown."""
    known = {c.casefold(): c for c in choices} | {c: c for c in choices}
    found = known.get(value) or known.get(value.casefold())
    return (found, None) if found else (value, "choice_unknown")


def _said(value: str) -> str:
    return value.casefold().rstrip(".")


def _named(names: Mapping[str, str], value: str) -> str | None:
    return names.get(fold(value)) if len(value) <= _LONGEST else None
