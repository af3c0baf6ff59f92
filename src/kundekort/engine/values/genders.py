"""Gender: '0' none or not given, '1' man, '2' woman.

Accepted: the numbers, and the words and letters that lists have for them. Canonical: the number. An empty cell is
`gender_missing`: it nearly always comes from a damaged row (decision 6). Of several cards the first that knows counts.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from kundekort.engine.values.column import Outcome
from kundekort.engine.values.rules import KindRules, one_by_one
from kundekort.engine.values.vocabulary import Vocabulary

WORDS: Final = Vocabulary.of_words(
    {
        "0": "ukjent, ukendt, okänd, unknown, none, ingen, intet, inget, annet, annat, andet, other, n/a, u, x, "
        "ikke oppgitt, ej angivet, ikke angivet, ikke angitt, not specified, unspecified, undefined, neutral, nøytral, "
        "ikke-binær, ikkebinær, non-binary, nonbinary, icke-binär, hen, ønsker ikke å oppgi, vil ikke oppgi, "
        "ej angiven, ej uppgivet, ej uppgiven, inte angivet, inte uppgivet, vill ej uppge, vill inte uppge, okänt, "
        "ospecificerat, ikke oplyst, uoplyst, uspecificeret, ønsker ikke at oplyse, vil ikke oplyse, nonbinær",
        "1": "mann, man, mand, male, m, herre, herr, hr, mr, gutt, dreng, pojke, boy, mannlig, manlig, mandlig, han",
        "2": "kvinne, kvinna, kvinde, female, woman, f, k, w, dame, dam, fru, frøken, fröken, frk, ms, mrs, jente, "
        "flicka, pige, girl, kvinnelig, kvinnlig, kvindelig, hun, hon",
    }
)


def gender(value: str) -> Outcome:
    """'0', '1' or '2', or gender_unknown."""
    return WORDS.outcome(value, unknown="gender_unknown")


def _union(values: Sequence[str]) -> str:
    return next((value for value in values if value != "0"), "0")


RULES: Final = KindRules(read=one_by_one(gender), empty="gender_missing", union=_union)
