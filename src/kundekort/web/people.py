"""Colleagues: the list of them, the page of one, and a password that is shown this once."""

from __future__ import annotations

from collections.abc import Callable

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from kundekort import wording
from kundekort.services import people
from kundekort.services.accounts import Actor, Role
from kundekort.services.people import InitialPassword, Person
from kundekort.services.refusals import LastAdministrator, NameTaken, OwnAccount, PersonInvalid
from kundekort.web.actor import actor_of
from kundekort.web.forms.people import PersonForm


@require_safe
def listing(request: HttpRequest) -> HttpResponse:
    """Everybody who may log in, and whoever was locked."""
    found = people.list_all(actor=actor_of(request))
    context = {"room": "people", "people": found, "locked": sum(person.locked for person in found)}
    return render(request, "kundekort/people/list.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def new(request: HttpRequest) -> HttpResponse:
    """Add a colleague; the password that was made for them is shown this once."""
    actor = actor_of(request)
    actor.require(Role.ADMINISTRATOR)
    form = PersonForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        try:
            made = people.add(**form.said(), actor=actor)
        except (PersonInvalid, NameTaken) as refusal:
            form.refuse(refusal)
        else:
            return _handed_over(request, made, new=True)
    return render(request, "kundekort/people/form.html", {"room": "people", "form": form})


@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: HttpRequest, user_id: int) -> HttpResponse:
    """Give a colleague another name, address or role."""
    actor = actor_of(request)
    person = people.get(user_id, actor=actor)
    form = PersonForm(request.POST if request.method == "POST" else None, person=person)
    if form.is_valid():
        try:
            people.change(user_id, **form.said(), actor=actor)
        except (PersonInvalid, OwnAccount, LastAdministrator) as refusal:
            form.refuse(refusal)
        else:
            messages.success(request, _("Saved."))
            return redirect("people")
    context = {"room": "people", "form": form, "person": person, "own": user_id == request.user.pk}
    return render(request, "kundekort/people/form.html", context)


@require_POST
def lock(request: HttpRequest, user_id: int) -> HttpResponse:
    """Let a colleague log in no more."""
    words = _("%(name)s is locked, and logged out everywhere. What they have done stays in the history.")
    return _act(request, user_id, people.lock, words)


@require_POST
def unlock(request: HttpRequest, user_id: int) -> HttpResponse:
    """Let a colleague log in again."""
    return _act(request, user_id, people.unlock, _("%(name)s can log in again, with the password they had."))


@require_POST
def remove_factors(request: HttpRequest, user_id: int) -> HttpResponse:
    """Take all second factors from a colleague who has lost them."""
    words = _("%(name)s has no second factors any more, and is logged out everywhere.")
    return _act(request, user_id, people.remove_second_factors, words)


@require_POST
def reset(request: HttpRequest, user_id: int) -> HttpResponse:
    """Make a new password for a colleague; it is shown this once."""
    try:
        made = people.reset(user_id, actor=actor_of(request))
    except OwnAccount as refusal:
        messages.error(request, wording.refusal(refusal.code, refusal.params))
        return redirect("person", user_id)
    return _handed_over(request, made, new=False)


def _act(request: HttpRequest, user_id: int, act: Callable[..., Person], words: str) -> HttpResponse:
    actor: Actor = actor_of(request)
    try:
        person = act(user_id, actor=actor)
    except (OwnAccount, LastAdministrator) as refusal:
        messages.error(request, wording.refusal(refusal.code, refusal.params))
        return redirect("person", user_id)
    messages.success(request, words % {"name": person.name})
    return redirect("people")


def _handed_over(request: HttpRequest, made: InitialPassword, *, new: bool) -> HttpResponse:
    """The page with a password, which no browser or proxy may keep."""
    context = {"room": "people", "person": made.person, "password": made.password, "new": new}
    response = render(request, "kundekort/people/password.html", context)
    response.headers["Cache-Control"] = "no-store"
    return response
