"""The words for what guards find in a file, and for the answers to it: tables, and the sentences made of them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Final

from django.utils.formats import date_format
from django.utils.functional import Promise
from django.utils.timezone import localtime
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy

from kundekort.engine.decisions import Action
from kundekort.engine.finding import Evidence, Finding
from kundekort.wording.sentences import Count

_LONGEST_NAME: Final = 60
"""Characters of the name of a file that a sentence names."""
FINDINGS: Final[Mapping[str, str | Promise]] = {
    "consent_from_no": ngettext_lazy(
        "%(field)s is switched on for %(count)s customer whose card says no.",
        "%(field)s is switched on for %(count)s customers whose cards say no.",
        "count",
    ),
    "consent_given": ngettext_lazy(
        "%(field)s is switched on for %(count)s person who has withdrawn it.",
        "%(field)s is switched on for %(count)s people who have withdrawn it.",
        "count",
    ),
    "zeros_lost": ngettext_lazy(
        "%(field)s has lost zeros at the beginning in %(count)s row, as spreadsheets do.",
        "%(field)s has lost zeros at the beginning in %(count)s rows, as spreadsheets do.",
        "count",
    ),
    "number_rounded": ngettext_lazy(
        "%(field)s was rounded to a short number in %(count)s row, as 4,79E+09.",
        "%(field)s was rounded to a short number in %(count)s rows, as 4,79E+09.",
        "count",
    ),
    "plus_lost": ngettext_lazy(
        "%(field)s has lost the plus sign in %(count)s row.",
        "%(field)s has lost the plus sign in %(count)s rows.",
        "count",
    ),
    "date_made": ngettext_lazy(
        "A spreadsheet has made a date of %(field)s in %(count)s row.",
        "A spreadsheet has made a date of %(field)s in %(count)s rows.",
        "count",
    ),
    "hashes": ngettext_lazy(
        "%(field)s is ##### in %(count)s row: the column was too narrow when the file was saved.",
        "%(field)s is ##### in %(count)s rows: the column was too narrow when the file was saved.",
        "count",
    ),
    "excel_error": ngettext_lazy(
        "%(field)s is an error of a formula, as #N/A, in %(count)s row.",
        "%(field)s is an error of a formula, as #N/A, in %(count)s rows.",
        "count",
    ),
    "mojibake": ngettext_lazy(
        "Letters of %(field)s are garbled in %(count)s row, as Ã¸ for ø.",
        "Letters of %(field)s are garbled in %(count)s rows, as Ã¸ for ø.",
        "count",
    ),
    "letters_lost": ngettext_lazy(
        "Letters of %(field)s are lost in %(count)s row, as in Nyg?rd.",
        "Letters of %(field)s are lost in %(count)s rows, as in Nyg?rd.",
        "count",
    ),
    "letters_dropped": ngettext_lazy(
        "Letters as æ, ø and å are gone from %(field)s in %(count)s row.",
        "Letters as æ, ø and å are gone from %(field)s in %(count)s rows.",
        "count",
    ),
    "text_cut": ngettext_lazy(
        "%(field)s was cut off in %(count)s row.",
        "%(field)s was cut off in %(count)s rows.",
        "count",
    ),
    "entities": ngettext_lazy(
        "%(field)s has codes of web pages or e-mails in %(count)s row, as &oslash; or %%C3%%B8 for ø.",
        "%(field)s has codes of web pages or e-mails in %(count)s rows, as &oslash; or %%C3%%B8 for ø.",
        "count",
    ),
    "null_word": ngettext_lazy(
        "%(field)s says NULL, nan or the like in %(count)s row, which means nothing.",
        "%(field)s says NULL, nan or the like in %(count)s rows, which means nothing.",
        "count",
    ),
    "other_card": ngettext_lazy(
        "%(count)s row seems to have the wrong CustomerID: what it says belongs to another card.",
        "%(count)s rows seem to have the wrong CustomerID: what they say belongs to other cards.",
        "count",
    ),
    "stranger": ngettext_lazy(
        "%(count)s row is about somebody else than its card: another name, and nothing else is the same.",
        "%(count)s rows are about somebody else than their cards: another name, and nothing else is the same.",
        "count",
    ),
    "column_sorted": ngettext_lazy(
        "%(field)s belongs to another card in %(count)s row: the column may have been sorted on its own.",
        "%(field)s belongs to other cards in %(count)s rows: the column may have been sorted on its own.",
        "count",
    ),
    "column_moved": ngettext_lazy(
        "%(count)s row has the %(field)s of another row: the column may have been sorted or moved on its own.",
        "%(count)s rows have the %(field)s of other rows: the column may have been sorted or moved on its own.",
        "count",
    ),
    "already_card": ngettext_lazy(
        "%(count)s new customer is probably in the register already.",
        "%(count)s new customers are probably in the register already.",
        "count",
    ),
    "twice_in_file": ngettext_lazy(
        "%(count)s new customer stands in the file more than once.",
        "%(count)s new customers stand in the file more than once.",
        "count",
    ),
    "example_row": ngettext_lazy(
        "%(count)s row is an example of the template.",
        "%(count)s rows are examples of the template.",
        "count",
    ),
    "file_again": ngettext_lazy(
        "The new customer would be created a second time: imported by %(who)s from “%(file)s”, %(when)s.",
        "Most of the %(count)s new customers would be created a second time: imported by %(who)s from “%(file)s”, "
        "%(when)s.",
        "count",
    ),
    "same_file": _("This very file has been imported before: by %(who)s as “%(file)s”, %(when)s."),
    "emptied": ngettext_lazy(
        "%(field)s is emptied on %(count)s card.",
        "%(field)s is emptied on %(count)s cards.",
        "count",
    ),
    "alike": ngettext_lazy(
        "%(field)s gets the same value on %(count)s card.",
        "%(field)s gets the same value on %(count)s cards.",
        "count",
    ),
    "much_changed": ngettext_lazy(
        "%(field)s changes on %(count)s card, a large share of the register.",
        "%(field)s changes on %(count)s cards, a large share of the register.",
        "count",
    ),
}
"""What was found, by the code of its kind."""

NAMES: Final[Mapping[str, str | Promise]] = {
    "consent_from_no": _("consent where the card says no"),
    "consent_given": _("consent that was withdrawn"),
    "zeros_lost": _("zeros lost"),
    "number_rounded": _("number rounded"),
    "plus_lost": _("plus sign lost"),
    "date_made": _("made a date"),
    "hashes": _("##### for the value"),
    "excel_error": _("error of a formula"),
    "mojibake": _("letters garbled"),
    "letters_lost": _("letters lost"),
    "letters_dropped": _("æ, ø or å gone"),
    "text_cut": _("text cut off"),
    "entities": _("codes in place of letters"),
    "null_word": _("a word for nothing"),
    "other_card": _("somebody else than on the card"),
    "column_sorted": _("somebody else’s value"),
    "column_moved": _("another row’s value"),
    "already_card": _("has a card already"),
    "twice_in_file": _("stands twice in the file"),
    "example_row": _("example of the template"),
    "stranger": _("nothing in common with the card"),
    "file_again": _("imported before"),
    "same_file": _("the same file as before"),
    "emptied": _("emptied"),
    "alike": _("made alike"),
    "much_changed": _("much changed"),
}
"""What was found in two or three words, by the code of its kind."""

SAME: Final[Mapping[str, str | Promise]] = {
    "external_id": _("by the number of another system"),
    "person": _("by name and date of birth"),
    "address": _("by name and address"),
    "email": _("by e-mail"),
    "mobile": _("by mobile"),
}
"""By what somebody was recognised, as guards name it."""

ANSWERS: Final[Mapping[str, str | Promise]] = {
    Action.KEEP: _("Keep the stored value"),
    Action.ACCEPT: _("They are meant"),
    Action.MATCH: _("Use the card they belong to"),
    Action.LEAVE_OUT: _("Leave these rows out"),
    "already_card.match": _("Update that card"),
    "already_card.accept": _("Create anyway"),
    "twice_in_file.accept": _("Create anyway"),
    "file_again.accept": _("Create anyway"),
    "same_file.accept": _("It is meant"),
    "other_card.accept": _("Change the cards anyway"),
    "stranger.accept": _("Change the cards anyway"),
    "column_sorted.accept": _("Change the cards anyway"),
    "column_moved.accept": _("Change the cards anyway"),
    "emptied.accept": _("Empty them"),
}
"""What the buttons of the answers say: by action, and by code and action where that differs."""

ROW_ANSWERS: Final[Mapping[str, str | Promise]] = {
    Action.KEEP: _("Keep the stored value"),
    Action.ACCEPT: _("It is meant"),
    Action.MATCH: _("Use that card"),
    Action.LEAVE_OUT: _("Leave the row out"),
    "already_card.match": _("Update that card"),
    "already_card.accept": _("Create anyway"),
    "twice_in_file.accept": _("Create anyway"),
    "stranger.accept": _("Change the card anyway"),
    "other_card.accept": _("Change the card anyway"),
    "column_sorted.accept": _("Change the card anyway"),
    "column_moved.accept": _("Change the card anyway"),
}
"""The same where the answer is to a single row."""


def finding(found: Finding, label: str = "") -> str:
    """What a guard has found, in one sentence."""
    of = found.params.get("of", found.count)
    shown = dict(found.params) | {"count": Count(found.count), "of": Count(of), "field": label}
    if "when" in shown:
        shown["when"] = date_format(localtime(datetime.fromisoformat(shown["when"])), "SHORT_DATETIME_FORMAT")
    if len(name := shown.get("file", "")) > _LONGEST_NAME:
        shown["file"] = name[: _LONGEST_NAME - 1] + "…"
    return str(FINDINGS[found.code] % shown)


def answer(code: str, action: Action, *, row: bool = False) -> str:
    """What an answer to a finding says, or to what was found at a single row."""
    table = ROW_ANSWERS if row else ANSWERS
    return str(table.get(f"{code}.{action}") or table[action])


def finding_name(code: str, label: str = "") -> str:
    """What was found in a few words, with the field it is about."""
    name = str(NAMES[code])
    return f"{label}: {name}" if label else name[:1].upper() + name[1:]


def evidence(one: Evidence) -> str:
    """What was found at a single row, in a few words, and how somebody was recognised."""
    by = SAME.get(one.params.get("by", ""))
    return " ".join(filter(None, (finding_name(one.code), str(by or ""))))
