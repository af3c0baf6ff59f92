"""Walking through cards that may be one person: side by side, merged into one, or said to be different people."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import urlencode

from django.contrib import messages
from django.core.exceptions import BadRequest
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from kundekort import wording
from kundekort.engine.problem import Problem
from kundekort.engine.schema import Field, Schema
from kundekort.services import duplicates, fields, merging, settings
from kundekort.services.duplicates import Group
from kundekort.services.merging import Proposal
from kundekort.services.refusals import (
    CardInvalid,
    CardMerged,
    CardMoved,
    CardRemoved,
    MergeInvalid,
    MergeOff,
    NotFound,
    RegisterBusy,
)
from kundekort.store.duplicates import By
from kundekort.web.actor import actor_of
from kundekort.web.differences import Pieces, pieces
from kundekort.web.query import flag, number

ALL_TAKEN: Final = 4
"""Cards of a group up to which all are proposed to be merged; of larger ones the first two, the rest as one chooses."""

Card = Mapping[str, str | int]


@dataclass(frozen=True, slots=True)
class Cell:
    """The value of one card beside others, in pieces where it differs in some letters from that of the master."""

    number: int
    text: str
    pieces: Pieces


@dataclass(frozen=True, slots=True)
class Line:
    """One field of cards side by side: the value on each, whose is proposed, and what all of them come to as one.

    `together` is that value where it is none of theirs.
    """

    key: str
    cells: tuple[Cell, ...]
    wanted: str
    winner: int | None
    together: str | None


@require_safe
def walk(request: HttpRequest) -> HttpResponse:
    """One group of cards that may be one person, and the way to the next."""
    actor = actor_of(request)
    by = By(wish) if (wish := request.GET.get("by", "")) in set(By) else By.EMAIL
    dismissed = flag(request.GET.get("dismissed"))
    at = number(request.GET.get("at")) or 0
    found = duplicates.candidates(by=by, offset=at, limit=1, dismissed=dismissed, actor=actor)
    if not found.groups and at:  # the last one was just merged: begin again, if there is anything left
        at = 0
        found = duplicates.candidates(by=by, offset=0, limit=1, dismissed=dismissed, actor=actor)

    def address(**change: str | int) -> str:
        return "?" + urlencode({"by": by, "at": at, "dismissed": int(dismissed)} | change)

    context = {
        "room": "duplicates",
        "by": by,
        "ways": [(way, address(by=way, at=0)) for way in By],
        "dismissed": dismissed,
        "other": address(dismissed=int(not dismissed), at=0),
        "at": at,
        "place": at + 1,
        "total": found.total,
        "previous": address(at=at - 1) if at else "",
        "next": address(at=at + 1) if at + 1 < found.total else "",
        "back": reverse("duplicates") + address(),
        "allow_merge": settings.current().allow_merge,
        "merged": number(request.GET.get("merged")),
        "into": number(request.GET.get("into")),
    }
    if found.groups:
        context |= _side_by_side(request, found.groups[0])
        context["choosing"] = context["master"] is not None and not dismissed
    return render(request, "kundekort/duplicates/walk.html", context)


@require_POST
def merge(request: HttpRequest) -> HttpResponse:
    """Make one card of those that were chosen, with the values that were chosen."""
    given = request.POST
    master, taken = number(given.get("master")), _numbers(given, "taken")
    if master is None:
        raise BadRequest("no master")
    others = [other for other in taken if other != master]
    versions = {card: version for card in (master, *others) if (version := number(given.get(f"version-{card}")))}
    values = _values(given, among=(master, *others))
    try:
        done = merging.merge(master=master, others=others, versions=versions, values=values, actor=actor_of(request))
    except CardInvalid as refusal:
        _tell_problems(request, refusal.params["problems"])
    except (CardMoved, CardMerged, CardRemoved, MergeInvalid, MergeOff, NotFound, RegisterBusy) as refusal:
        messages.error(request, wording.refusal(refusal.code, refusal.params))
    else:
        return redirect(_back(given, merged=done.pk, into=master))
    return redirect(_back(given))


@require_POST
def dismiss(request: HttpRequest) -> HttpResponse:
    """Remember that cards are different people, or forget it."""
    actor, ids = actor_of(request), _numbers(request.POST, "id")
    if flag(request.POST.get("reconsider")):
        duplicates.reconsider(ids, actor=actor)
        messages.success(request, _("These customers are shown among the duplicates again."))
    else:
        duplicates.dismiss(ids, actor=actor)
        messages.success(request, _("Noted: these are different people. They are not shown here again."))
    return redirect(_back(request.POST))


@require_POST
def allow(request: HttpRequest) -> HttpResponse:
    """Switch merging on or off for everybody."""
    settings.change(actor=actor_of(request), allow_merge=flag(request.POST.get("allow_merge")))
    return redirect(_back(request.POST))


def _side_by_side(request: HttpRequest, group: Group) -> dict[str, Any]:
    ids = [int(card["id"]) for card in group.cards]
    chosen = [one for one in _numbers(request.GET, "taken") if one in ids]
    taken = chosen if len(chosen) > 1 else ids if len(ids) <= ALL_TAKEN else ids[:2]
    wish = number(request.GET.get("master"))
    schema = fields.schema()
    try:
        proposal = merging.proposal(taken, master=wish if wish in taken else None, actor=actor_of(request))
    except MergeOff:
        proposal = None
    lines = [_line(field, group.cards, proposal) for field in schema.values]
    return {
        "cards": group.cards,
        "ids": group.ids,
        "hidden": len(group.ids) - len(group.cards),
        "taken": taken,
        "master": proposal.master if proposal else None,
        "lines": [line for line in lines if _differs(line)],
        "alike": _alike(lines, schema),
    }


def _values(data: QueryDict, *, among: Sequence[int]) -> dict[str, int | str]:
    """The values that were chosen: the number of a card, or the text that was shown for all together."""
    values: dict[str, int | str] = {}
    for field in fields.schema().values:
        answer, together = data.get(f"value-{field.key}"), data.get(f"together-{field.key}")
        winner = number(answer)
        if winner is not None and winner in among:
            values[field.key] = winner
        elif answer == "together" and together is not None:
            values[field.key] = together
    return values


def _line(field: Field, cards: Sequence[Card], proposal: Proposal | None) -> Line:
    key = field.key
    master = proposal.cards[0] if proposal else cards[0]
    own = str(master[key])
    texts = [(int(card["id"]), str(card[key])) for card in cards]
    differing = next((text for _number, text in texts if text not in ("", own)), own)
    cells = tuple(
        Cell(number, text, pieces(text, differing if text == own else own, kind=field.kind)) for number, text in texts
    )
    if proposal is None:
        return Line(key=key, cells=cells, wanted="", winner=None, together=None)
    wanted = proposal.values[key]
    among = [int(card["id"]) for card in proposal.cards if card[key] == wanted]
    winner = among[0] if among else None
    return Line(key=key, cells=cells, wanted=wanted, winner=winner, together=None if among else wanted)


def _differs(line: Line) -> bool:
    return len({cell.text for cell in line.cells}) > 1


def _alike(lines: Sequence[Line], schema: Schema) -> list[tuple[str, str]]:
    """What all the cards say alike, as (field key, value)."""
    return [(x.key, x.cells[0].text) for x in lines if not _differs(x) and x.cells[0].text and x.key in schema]


def _tell_problems(request: HttpRequest, problems: Mapping[str, Sequence[Problem]]) -> None:
    for problem in (one for several in problems.values() for one in several):
        label = wording.field(problem.field) if problem.field else ""
        messages.error(request, wording.card_problem(problem.code, problem.params, problem.value, label))


def _back(data: QueryDict, **more: int) -> str:
    """The page that a form came from, which is the walk at some place or a card."""
    if (customer := number(data.get("customer"))) is not None:
        return reverse("customer", args=[customer])
    by = wish if (wish := data.get("by", "")) in set(By) else By.EMAIL
    query = {"by": by, "at": number(data.get("at")) or 0, "dismissed": int(flag(data.get("dismissed")))}
    return f"{reverse('duplicates')}?{urlencode(query | more)}"


def _numbers(data: QueryDict, name: str) -> list[int]:
    return [found for text in data.getlist(name) if (found := number(text)) is not None]
