"""The words for what somebody has decided about rows, cells and findings."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext, ngettext_lazy

from kundekort.engine.decisions import Action, Choice, Decision, Rows, Whose
from kundekort.wording.findings import answer
from kundekort.wording.names import kind_of_problem
from kundekort.wording.problems import PROBLEM_KINDS
from kundekort.wording.sentences import Count
from kundekort.wording.values import value

_SHOWN: Final = 5
"""Lines that a sentence names."""
DECISIONS: Final[Mapping[str, str | Promise]] = {
    Action.SET: gettext_lazy("%(field)s is set to %(value)s"),
    Action.KEEP: gettext_lazy("%(field)s stays as it is stored"),
    Action.FILL: gettext_lazy("%(field)s is only filled in where it is empty"),
    Action.ADD: gettext_lazy("%(field)s: tags are added to those of the card"),
    Action.LEAVE_OUT: ngettext_lazy("One row is left out", "Rows are left out", "rows"),
    Action.MATCH: ngettext_lazy("The row is about customer %(value)s", "Rows are about customer %(value)s", "rows"),
    Action.ACCEPT: gettext_lazy("What was found is meant"),
    Action.MEND: ngettext_lazy("The row is that of the mended file", "Rows are those of the mended file", "rows"),
    "column": gettext_lazy("The column %(field)s is left out"),
    "finding": gettext_lazy("%(finding)s: %(answer)s"),
}
"""What was decided, by action: a column that is left out and the answer to a finding have words of their own."""

CHOICES: Final[Mapping[str, str | Promise]] = {
    Whose.MINE: gettext_lazy("The list’s value is taken where others have changed it too"),
    Whose.THEIRS: gettext_lazy("The register’s value stays where others have changed it too"),
    "mine.undo": gettext_lazy("What was edited since is undone too"),
    "theirs.undo": gettext_lazy("What was edited since stays"),
}
"""Whose value stays in conflicts: those of a list, and those of an undoing."""


def choice(one: Choice, *, label: str, undoes: bool = False) -> str:
    """Whose value stays, and where: in a field by its label, on a card by its number."""
    words = str(CHOICES[f"{one.whose}.undo" if undoes else str(one.whose)])
    where = [label] if one.field is not None else []
    where += [_("customer %(number)s") % {"number": one.card}] if one.card is not None else []
    return f"{words}: {', '.join(where)}" if where else words


def decision(step: Decision, *, label: str, lines: tuple[int, ...] = (), found: str = "") -> str:
    """What was decided, and where: a label of the field, the lines of its rows, and the finding it is an answer to.

    An answer about some rows only wants the name of the finding, which counts none.
    """
    if found and step.action is not Action.SET:
        one = step.rows is not None and len(step.rows) == 1
        given = {"finding": found.rstrip("."), "answer": answer(step.code or "", step.action, row=one)}
        words = str(DECISIONS["finding"] % given)
    else:
        told = {"field": label or _("Everything"), "value": _value(step), "rows": Count(step.count)}
        words = str(DECISIONS[_kind(step)] % told)
    places = [place for place in (_where(step), _rows(lines), _kinds(step), _count(step)) if place]
    return " ".join([words, *places])


def _kind(step: Decision) -> str:
    narrower = (step.rows, step.text, step.code, step.kind)
    whole = step.action is Action.LEAVE_OUT and step.field is not None and narrower == (None, None, None, None)
    return "column" if whole else step.action


def _value(step: Decision) -> str:
    if step.action is Action.MATCH:
        return step.value
    told = value(step.field or "", step.value) if step.value else ""
    return _("“%(value)s”") % {"value": told} if told else _("empty")


def _where(step: Decision) -> str:
    if step.text is not None:
        text = _("“%(value)s”") % {"value": step.text} if step.text else _("nothing")
        return _("where the file says %(text)s") % {"text": text}
    if step.code in PROBLEM_KINDS:
        return _("where there was the error “%(problem)s”") % {"problem": kind_of_problem(step.code or "")}
    return ""


def _rows(lines: tuple[int, ...]) -> str:
    if not lines:
        return ""
    told = ", ".join(map(str, lines[:_SHOWN])) + ", …" * (len(lines) > _SHOWN)
    return ngettext("on line %(lines)s", "on lines %(lines)s", len(lines)) % {"lines": told}


def _kinds(step: Decision) -> str:
    said = {Rows.NEW: _("of new customers"), Rows.KNOWN: _("of customers in the register")}
    return said[step.kind] if step.kind else ""


def _count(step: Decision) -> str:
    if step.rows is not None or not step.count:
        return ""
    return ngettext("(%(count)s row)", "(%(count)s rows)", step.count) % {"count": Count(step.count)}
