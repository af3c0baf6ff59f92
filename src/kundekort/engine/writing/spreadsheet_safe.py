"""Which cells a spreadsheet would execute or damage, and the one leading tab that keeps them as they are.

A tab in front of a value makes every spreadsheet take it for text; the import trims it away again. The rule is blind to
fields and goes by the text alone, and it prefers a tab too many to a value damaged. This module may not write files.
"""

from __future__ import annotations

from typing import Final

import polars as pl

_STARTS: Final = r"=+\-@\t\r#＝＋－＠"  # the full-width twins start formulas too
"""First characters by which a cell is a formula, or (`#`) an error value."""

_BOOLEANS: Final = "true|false|sann|usann|sant|falskt|falsk|falska|sand|tosi|epätosi|satt|ósatt|wahr|falsch|vrai|faux"
"""Truth values as spreadsheets in the languages of the north, and their neighbours, read them."""

_NUMBER_WORDS: Final = (
    # months, long and short, in nb, nn, sv, da, fi, is, de and en
    "jan|january|januar|januari|janúar|tammi|tammikuu|tammikuuta|feb|february|februar|februari|febrúar|helmi|helmikuu|"
    "helmikuuta|mar|march|mars|marts|märz|mär|maalis|maaliskuu|maaliskuuta|apr|april|apríl|huhti|huhtikuu|huhtikuuta|"
    "may|mai|maj|maí|touko|toukokuu|toukokuuta|jun|june|juni|júní|jún|kesä|kesäkuu|kesäkuuta|jul|july|juli|júlí|júl|"
    "heinä|heinäkuu|heinäkuuta|aug|august|augusti|ágúst|ágú|elo|elokuu|elokuuta|sep|sept|september|syys|syyskuu|"
    "syyskuuta|oct|okt|october|oktober|október|loka|lokakuu|lokakuuta|nov|november|nóvember|nóv|marras|marraskuu|"
    "marraskuuta|dec|des|dez|december|desember|dezember|joulu|joulukuu|joulukuuta|"
    # weekdays likewise
    "man|mandag|mån|måndag|mon|monday|mo|montag|mán|mánudagur|ma|maanantai|maanantaina|tir|tirs|tirsdag|tis|tisdag|tue|"
    "tues|tuesday|di|dienstag|þri|þriðjudagur|ti|tiistai|tiistaina|ons|onsdag|wed|wednesday|mi|mittwoch|mið|"
    "miðvikudagur|ke|keskiviikko|keskiviikkona|tor|tors|torsdag|thu|thur|thurs|thursday|do|donnerstag|fim|fimmtudagur|"
    "to|torstai|torstaina|fre|fredag|fri|friday|fr|freitag|fös|föstudagur|pe|perjantai|perjantaina|lør|lørdag|lör|"
    "lördag|sat|saturday|sa|samstag|lau|laugardagur|la|lauantai|lauantaina|søn|søndag|sön|söndag|sun|sunday|so|sonntag|"
    "sunnudagur|su|sunnuntai|sunnuntaina|"
    # what else stands in times, dates and amounts
    "am|pm|fm|em|ap|ip|kl|klo|den|der|of|st|nd|rd|th|bc|ad|ce|bce|fkr|ekr|"
    "kr|nok|sek|dkk|isk|eur|usd|gbp|chf|pln"
)
"""Words with which digits are still a date, a time or an amount: `12 mai`, `kr 100`, `10:30 PM`."""

_ACTS: Final = rf"(?i)^(?:'?[{_STARTS}]|(?:{_BOOLEANS})$)"
"""Also behind an apostrophe, which other programs put before such a cell, and the import takes away."""
_HAS_DIGIT: Final = r"\p{N}"
_ONLY_NUMBER_WORDS: Final = rf"(?i)^(?:{_NUMBER_WORDS}|\p{{L}})?(?:\P{{L}}+(?:{_NUMBER_WORDS}|\p{{L}})?)*$"
_PLAIN_INTEGER: Final = r"^(?:0|[1-9][0-9]{0,10})$"
PLAIN_INTEGERS: Final = range(10**11)
"""Whole numbers that are safe."""
MAY_BE_AT_RISK: Final = rf"{_HAS_DIGIT}|(?:{_ACTS})"
"""What stands in every text that is at risk, and in no text of most columns."""


def at_risk(text: pl.Series) -> pl.Series:
    """Boolean, for each text (String without null): a spreadsheet would execute, reinterpret or shorten it.

    Safe are whole numbers of up to 11 digits without a leading zero, and text with at least one word that belongs
    neither to a date nor to an amount. The dear question, which words stand beside the digits, is asked of those alone
    that it depends on; most columns have none.
    """
    acts = text.str.contains(_ACTS)
    unsure = text.str.contains(_HAS_DIGIT) & ~acts
    if not unsure.any():
        return acts
    unsure &= ~text.str.contains(_PLAIN_INTEGER)
    if not unsure.any():
        return acts
    return acts.scatter(unsure.arg_true(), text.filter(unsure).str.contains(_ONLY_NUMBER_WORDS))
