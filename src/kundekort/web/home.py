"""The home page: what waits, what was imported lately, and how sound the register is, as pictures that lead on."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_safe

from kundekort.engine.segments.condition import Group, Operator, Quantifier, Rule, to_json
from kundekort.services import home, identities, register_figures, timeline
from kundekort.services.accounts import Role
from kundekort.services.register_figures import MEASURES, Figures
from kundekort.web.actor import actor_of
from kundekort.web.forms.customer_filter import EMPTY, GIVEN
from kundekort.web.timeline import timeline as picture

LACKS: Final = ("email_missing", "email_invalid", "phone_missing")
"""The measures of which fewer are better, as they are shown."""
ANSWERS: Final = {Operator.EMPTY: EMPTY, Operator.NOT_EMPTY: GIVEN}


@dataclass(frozen=True, slots=True)
class Share:
    """A bar: what it is of, how many, how many in a hundred of all, and the address behind it, '' for none."""

    key: str
    count: int
    percent: str
    address: str


@dataclass(frozen=True, slots=True)
class Curve:
    """How a consent went: its field, the address of who has given it, the counts, and the points of the line."""

    key: str
    address: str
    counts: tuple[int, ...]
    points: str


@require_safe
def start(request: HttpRequest) -> HttpResponse:
    """The first page after logging in; without a role there is nothing to see, as the customer list says."""
    actor = actor_of(request)
    if actor.role is None:
        return redirect("customers")
    figures = register_figures.current(actor=actor)
    may_import = actor.role is not Role.READER
    context: dict[str, Any] = {
        "room": "home",
        "figures": figures,
        "empty": figures is not None and not figures.customers,
    }
    if figures is not None:
        context |= _health(figures, may_import=may_import)
    if may_import:
        context["timeline"] = picture(timeline.last_days(actor=actor))
        with identities.once():
            context["waiting"] = home.waiting(actor=actor)
    return render(request, "kundekort/home.html", context)


def _health(figures: Figures, *, may_import: bool) -> dict[str, Any]:
    shares = [
        _share(key, figures.measures[key], figures, address(MEASURES[key], may_import=may_import)) for key in LACKS
    ]
    for by, alike in figures.alike.items():
        where = f"{reverse('duplicates')}?{urlencode({'by': by.value})}" if may_import else ""
        shares.append(_share(by.value, alike.groups, figures, where, cards=alike.cards))
    most = max([1, *(max(counts) for counts in figures.consents.values())])
    curves = [
        Curve(key, address(MEASURES[key], may_import=may_import), counts, _points(counts, most))
        for key, counts in figures.consents.items()
    ]
    moments: list[date] = [*figures.months, figures.counted_at.date()]
    return {
        "shares": shares,
        "curves": curves,
        "most": most,
        "agreed": any(any(curve.counts) for curve in curves),
        "table": [(moment, [curve.counts[at] for curve in curves]) for at, moment in enumerate(moments)],
    }


def _share(key: str, count: int, figures: Figures, address: str, *, cards: int | None = None) -> Share:
    percent = 100 * (count if cards is None else cards) / max(1, figures.customers)
    shown = max(1.0, percent) if count else 0.0  # a few among a million are seen too
    return Share(key, count, f"{shown:.2f}", address if count else "")


def address(rules: Group, *, may_import: bool) -> str:
    """Where exactly those customers stand whom rules mean: the customer list, else a new segment; '' if in neither."""
    answers = _answers(rules)
    if answers is not None:
        return f"{reverse('customers')}?{urlencode(answers)}"
    said = json.dumps(to_json(rules), ensure_ascii=False)
    return f"{reverse('segment-new')}?{urlencode({'rules': said})}" if may_import else ""


def _answers(rules: Group) -> Mapping[str, str] | None:
    """Rules as the customer list's filter asks them; None for what it cannot ask."""
    answers = {}
    for part in rules.parts:
        if rules.quantifier is not Quantifier.ALL or not isinstance(part, Rule):
            return None
        if part.operator not in ANSWERS and part.operator is not Operator.IS:
            return None
        answers[f"f-{part.field}"] = ANSWERS.get(part.operator) or part.values[0]
    return answers


def _points(counts: Sequence[int], most: int) -> str:
    """A line from the left to the right of a picture of 100 by 100, as SVG writes points."""
    step = 100 / max(1, len(counts) - 1)
    return " ".join(f"{at * step:.2f},{100 - 100 * count / most:.2f}" for at, count in enumerate(counts))
