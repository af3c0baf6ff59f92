"""The words for what is wrong with rows and cells, and for what is worth knowing: tables only."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy

PROBLEMS: Final[Mapping[str, str | Promise]] = {
    # the whole row
    "row_too_short": ngettext_lazy(
        "The row has %(cells)s cell, but the header has %(expected)s. "
        "Write a separator for every column, for empty cells too.",
        "The row has %(cells)s cells, but the header has %(expected)s. "
        "Write a separator for every column, for empty cells too.",
        "cells",
    ),
    "row_too_long": ngettext_lazy(
        "The row has %(cells)s cell, but the header has %(expected)s. "
        "Put a cell that contains the separator in double quotes.",
        "The row has %(cells)s cells, but the header has %(expected)s. "
        "Put a cell that contains the separator in double quotes.",
        "cells",
    ),
    "cells_cut": _("The row has %(cells)s cells; those beyond the first %(limit)s were cut off."),
    "unclosed_quote": _(
        "A cell on this row begins with a double quote that is never closed. Close it, or take it away."
    ),
    "between_quotes": _(
        "This row stands between two double quotes, so it may be a part of a cell that begins above. "
        "Close the quotes above it, or take them away."
    ),
    "text_after_quote": _(
        "Text follows a closing double quote. Put the whole cell in quotes, and write each quote inside it twice."
    ),
    "quotes_foreign": _(
        "Single or typographic quotes stand around a separator, which cuts the cell in two. Use straight double quotes."
    ),
    "unopened_quote": _(
        "A cell on this row ends with a double quote that begins nowhere. "
        "Put one in front of the cell too, or take it away."
    ),
    "separator_missing": _(
        "A separator seems to be missing before a double quote on this row. Write it, "
        "or put the whole cell in quotes and each quote inside it twice."
    ),
    "nul_byte": _("The row contains an invisible NUL character. Save the file again as “CSV UTF-8”."),
    "undecodable": _(
        "The row contains characters that do not fit the file’s encoding. Save the file again as “CSV UTF-8”."
    ),
    "name_missing": _("The customer has no name. Fill in first name, last name, company or e-mail."),
    "card_merged": _("Customer %(id)s was merged into %(into)s since. Nothing is taken back on it."),
    "card_gone": _("Customer %(id)s is not in the register any more. Nothing is taken back on it."),
    "card_anonymised": _("Customer %(id)s was anonymised since. Nothing is taken back on it."),
    "card_absorbed": _(
        "Others were merged into customer %(id)s since, so the card stays. Undo these merges first to remove it."
    ),
    "merge_incomplete": _(
        "Another card of the same merge stays as it is, and a merge is undone as a whole or not at all."
    ),
    # one cell
    "formula_uncalculated": _(
        "The cell holds a formula whose result is not stored. Open the workbook in a spreadsheet, save it there, "
        "and upload it again."
    ),
    "id_missing": _("%(field)s is empty. Use 0 for a new customer."),
    "id_invalid": _("“%(value)s” is not a customer number. Use a whole number, or 0 for a new customer."),
    "id_too_big": _("“%(value)s” is too large for a customer number. Use 0 for a new customer."),
    "id_unknown": _("No customer has the number %(value)s. Use 0 for a new customer."),
    "id_merged": _("Customer %(value)s was merged into %(into)s. Use %(into)s."),
    "id_removed": _("Customer %(value)s was removed from the register. Use 0 to create the customer anew."),
    "id_anonymised": _("Customer %(value)s was anonymised. The number is never used again; 0 creates a new customer."),
    "id_twice": _("The customer number %(value)s stands on several rows (lines %(lines)s). Keep one of them."),
    "key_missing": _("%(field)s is empty, but the rows are matched by it. Fill it in, or leave the row out."),
    "key_twice": _("“%(value)s” stands on several rows (lines %(lines)s), but the rows are matched by it. Keep one."),
    "key_ambiguous": _(
        "Several customers have “%(value)s” (numbers %(ids)s), so the row fits more than one. Match by CustomerID."
    ),
    "too_long": _("%(field)s has %(length)s characters; there is room for %(limit)s. Shorten it."),
    "required": _("%(field)s is empty, but must have a value."),
    "damaged": _(
        "“%(value)s” is what a spreadsheet or a program makes of another value. "
        "Write the value itself, or leave the cell empty."
    ),
    "no_value": _(
        "“%(value)s” is what programs write where there is nothing. Leave the cell empty. "
        "If somebody is really called so, write it with other capital letters."
    ),
    "encoded": _(
        "“%(value)s” has codes in place of letters, as web pages and e-mails do. Write the letters themselves."
    ),
    "gender_missing": _("%(field)s is empty. Use 0 for none, 1 for man, 2 for woman."),
    "gender_unknown": _("“%(value)s” is not a gender. Use 0 for none, 1 for man, 2 for woman."),
    "email_invalid": _("“%(value)s” is not an e-mail address. Write it as name@example.com, or leave the cell empty."),
    "phone_invalid": _(
        "“%(value)s” is not a phone number. Write it with its country code, as +47 912 34 567, or leave the cell empty."
    ),
    "zip_invalid": _("“%(value)s” is not a postal code in %(country)s. Check the postal code and the country."),
    "country_unknown": _("“%(value)s” is not a country. Use a name or a two-letter code, as NO."),
    "language_unknown": _("“%(value)s” is not a language. Use a name or a two-letter code, as nb."),
    "date_invalid": _("“%(value)s” is not a date. Write it as 1990-12-31 or 31.12.1990."),
    "date_ambiguous": _("“%(value)s” can be read two ways. Choose whether day or month comes first in this file."),
    "date_mixed": _(
        "“%(value)s” stands in a column in which some dates have the day first and others the month. "
        "Choose which comes first in this file; the others are then told one by one."
    ),
    "date_out_of_range": _("%(field)s is %(value)s, which is in the future or before 1850. Check the year."),
    "yes_no_unknown": _("“%(value)s” is neither yes nor no. Use 1 for yes and 0 for no."),
    "number_invalid": _("“%(value)s” is not a number."),
    "choice_unknown": _("“%(value)s” is not one of the choices of %(field)s: %(choices)s."),
    "value_twice": _("“%(value)s” stands on several rows (lines %(lines)s), but only one customer can have it."),
    "value_taken": _("“%(value)s” is already on customer %(id)s, and only one customer can have it."),
    "version_invalid": _("“%(value)s” is not a version. Leave the column Version as it was exported, or remove it."),
    "version_newer": _(
        "Version %(value)s is newer than the customer’s, which is %(version)s. "
        "Leave the column Version as it was exported, or empty this cell."
    ),
    "version_other": _(
        "Version %(value)s belongs to another customer than this row. "
        "Empty the cell, or use the number of that customer."
    ),
}

CARD_PROBLEMS: Final[Mapping[str, str | Promise]] = {
    "email_invalid": _("“%(value)s” is not an e-mail address. Write it as name@example.com, or leave the field empty."),
    "phone_invalid": _(
        "“%(value)s” is not a phone number. "
        "Write it with its country code, as +47 912 34 567, or leave the field empty."
    ),
    "country_unknown": _("“%(value)s” is not a country. Choose one of the list."),
    "language_unknown": _("“%(value)s” is not a language. Choose one of the list."),
    "date_invalid": _("“%(value)s” is not a date. Write it as 31.12.1990, or leave the field empty."),
    "date_ambiguous": _("“%(value)s” can be read two ways. Write the date as 31.12.1990."),
    "number_invalid": _("“%(value)s” is not a number. Write one, as 12.5, or leave the field empty."),
}
"""The same where a card is edited: of fields instead of cells, and with what can be done there."""

WARNINGS: Final[Mapping[str, str | Promise]] = {
    "columns_ignored": _("These columns are not imported, because no field has their name: %(headers)s."),
    "columns_suggested": _("The column “%(header)s” is not imported. Did you mean %(field)s?"),
    "columns_named": _("The columns are set as in the saved mapping “%(name)s”, %(when)s by %(by)s."),
    "columns_remembered": _("The columns are set as last time, %(when)s by %(by)s."),
    "sheets_similar": _("These sheets were not read and look like lists of customers too: %(sheets)s."),
    "sheets_unread": _("Other sheets, which were not read: %(sheets)s."),
    "rows_hidden": ngettext_lazy(
        "%(count)s row does not show in a spreadsheet, because it is filtered out or hidden, and is imported.",
        "%(count)s rows do not show in a spreadsheet, because they are filtered out or hidden, and are imported.",
        "count",
    ),
    "rows_hidden_left_out": ngettext_lazy(
        "%(count)s row was left out, because it is filtered out or hidden.",
        "%(count)s rows were left out, because they are filtered out or hidden.",
        "count",
    ),
    "rows_in_one_cell": _("Some rows are one single cell with all their columns in it. They can be split."),
    "ids_foreign": ngettext_lazy(
        "%(count)s customer number is not in the register. If it is the number of another system, "
        "let the column become ExternalID: “Change how it is read”.",
        "%(count)s customer numbers are not in the register. If they are those of another system, "
        "let the column become ExternalID: “Change how it is read”.",
        "count",
    ),
    "newer_kept": ngettext_lazy(
        "%(count)s newer value in the register is kept: it was changed after the list was made, and not in the list.",
        "%(count)s newer values in the register are kept: they were changed after the list was made, "
        "and not in the list.",
        "count",
    ),
    "header_damaged": _(
        "The row with the column names (line %(line)s) is damaged. "
        "Check that the columns are what they should be. %(problem)s"
    ),
    "lines_above": ngettext_lazy(
        "%(count)s line above the column names was left out: %(lines)s.",
        "%(count)s lines above the column names were left out: %(lines)s.",
        "count",
    ),
    "blank_rows": ngettext_lazy("%(count)s empty row was skipped.", "%(count)s empty rows were skipped.", "count"),
}

PROBLEM_KINDS: Final[Mapping[str, str | Promise]] = {
    "row_too_short": _("too few cells"),
    "row_too_long": _("too many cells"),
    "cells_cut": _("cells cut off"),
    "quotes_foreign": _("typographic quotes around a separator"),
    "unclosed_quote": _("quote not closed"),
    "between_quotes": _("between quotes"),
    "text_after_quote": _("text after a closing quote"),
    "unopened_quote": _("quote not opened"),
    "separator_missing": _("separator missing"),
    "nul_byte": _("NUL character"),
    "undecodable": _("unreadable characters"),
    "name_missing": _("no name"),
    "formula_uncalculated": _("formula without a result"),
    "id_missing": _("empty"),
    "id_invalid": _("not a customer number"),
    "id_too_big": _("number too large"),
    "id_unknown": _("unknown customer"),
    "id_merged": _("merged customer"),
    "id_removed": _("removed customer"),
    "id_anonymised": _("anonymised customer"),
    "id_twice": _("same customer twice"),
    "key_missing": _("empty"),
    "key_twice": _("same value twice"),
    "key_ambiguous": _("several customers fit"),
    "too_long": _("too long"),
    "required": _("empty"),
    "damaged": _("damaged by a spreadsheet"),
    "no_value": _("a word for nothing"),
    "encoded": _("codes in place of letters"),
    "gender_missing": _("empty"),
    "gender_unknown": _("not a gender"),
    "email_invalid": _("not an e-mail address"),
    "phone_invalid": _("not a phone number"),
    "zip_invalid": _("not a postal code of the country"),
    "country_unknown": _("not a country"),
    "language_unknown": _("not a language"),
    "date_invalid": _("not a date"),
    "date_ambiguous": _("day or month first?"),
    "date_mixed": _("day first and month first"),
    "date_out_of_range": _("date out of range"),
    "yes_no_unknown": _("neither yes nor no"),
    "number_invalid": _("not a number"),
    "choice_unknown": _("not one of the choices"),
    "value_twice": _("same value twice"),
    "value_taken": _("already on another customer"),
    "version_invalid": _("not a version"),
    "version_newer": _("higher than the version of the card"),
    "version_other": _("version of another customer"),
    "card_merged": _("merged since"),
    "card_gone": _("no longer in the register"),
    "card_anonymised": _("anonymised since"),
    "card_absorbed": _("others merged into it"),
    "merge_incomplete": _("belongs to a merge"),
}
"""Each kind of problem in two or three words, for filters and counts."""
