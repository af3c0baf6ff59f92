"""The tables of words against their source, Unicode CLDR as Babel has it."""

from collections.abc import Callable

import pytest
from babel import Locale
from babel.core import get_global

from kundekort.engine.values import countries, genders, languages, numbers, yes_no
from kundekort.engine.values.column import Outcome

SPOKEN = [Locale(code) for code in ("nb", "nn", "sv", "da", "en")]
# CLDR also names areas that are no countries, and languages that are older names of others.
NO_COUNTRY = {"AC", "CP", "CQ", "DG", "EA", "EU", "EZ", "IC", "QO", "TA", "UN", "XA", "XB", "ZZ"}
OTHER_LANGUAGE = {"no": "nb", "sh": None, "tl": None}

COUNTRIES = sorted(c for c in SPOKEN[0].territories if len(c) == 2 and c.isalpha() and c not in NO_COUNTRY)
LANGUAGES = sorted(c for c in SPOKEN[0].languages if len(c) == 2 and OTHER_LANGUAGE.get(c, c))


@pytest.mark.parametrize("code", COUNTRIES)
def test_it_knows_every_country_by_its_codes_and_names(code: str) -> None:
    names = {locale.territories[code] for locale in SPOKEN}
    alpha3 = [a for a, now in get_global("territory_aliases").items() if now == [code] and len(a) == 3 and a.isalpha()]
    old = {"BUR", "DDR", "FXX", "TMP", "YMD", "ZAR"}
    for word in {code, code.lower(), *names, *alpha3} - old:
        assert countries.country(word) == (code, None), word


@pytest.mark.parametrize("code", LANGUAGES)
def test_it_knows_every_language_by_its_code_and_names(code: str) -> None:
    expected = OTHER_LANGUAGE.get(code, code)
    for word in {code, code.upper(), *(locale.languages[code] for locale in SPOKEN)}:
        assert languages.language(word) == (expected, None), word


def test_it_keeps_only_iso_codes() -> None:
    assert {countries.country(c)[0] for c in COUNTRIES} == set(COUNTRIES)
    assert {languages.language(c)[0] for c in LANGUAGES} == set(LANGUAGES) - {"no"}


def test_it_takes_no_number_that_the_database_could_not_compare() -> None:
    assert numbers.number("9" * 100) == ("9" * 100, None)
    assert numbers.number("9" * 101)[1] == "number_invalid"


@pytest.mark.parametrize(
    ("kind", "words"),
    [
        (yes_no.yes_no, {"1": "Ja|ja tack|Ja tak|Sant|Sand|samtycker", "0": "Nej|nej tack|Nej tak|Falskt|Falsk"}),
        (
            genders.gender,
            {
                "0": "Okänt|Ukendt|ej angivet|ikke oplyst|vill inte uppge|Annat|Andet",
                "1": "Man|Mand|manlig|mandlig|M",
                "2": "Kvinna|Kvinde|kvinnlig|kvindelig|K",
            },
        ),
    ],
)
def test_it_knows_the_words_of_swedish_and_danish_lists(kind: Callable[[str], Outcome], words: dict[str, str]) -> None:
    assert {word: kind(word) for several in words.values() for word in several.split("|")} == {
        word: (code, None) for code, several in words.items() for word in several.split("|")
    }
