"""The tokens of programs that act for somebody: one's own, made and revoked, and for administrators everybody's."""

from __future__ import annotations

from allauth.account.decorators import reauthentication_required
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from kundekort import wording
from kundekort.services import people, tokens
from kundekort.services.refusals import TokenInvalid
from kundekort.web.actor import actor_of
from kundekort.web.forms.tokens import TokenForm
from kundekort.web.query import number


@require_safe
def own(request: HttpRequest) -> HttpResponse:
    """One's own tokens."""
    user = request.user
    assert user.is_authenticated
    found = tokens.list_of(user.pk, actor=actor_of(request))
    return render(request, "kundekort/accounts/tokens.html", {"room": "account", "tokens": _shown(found)})


@reauthentication_required
@require_http_methods(["GET", "HEAD", "POST"])
def new(request: HttpRequest) -> HttpResponse:
    """Make a token for a program of one's own; it is shown this once."""
    user, actor = request.user, actor_of(request)
    assert user.is_authenticated
    form = TokenForm(request.POST if request.method == "POST" else None, scopes=tokens.offered(actor.role))
    if form.is_valid():
        try:
            made = tokens.create(user.pk, **form.cleaned_data, actor=actor)
        except TokenInvalid as refusal:
            form.add_error(None, wording.refusal(refusal.code, refusal.params))
        else:
            context = {"room": "account", "token": made.token, "secret": made.secret}
            return render(request, "kundekort/accounts/token.html", context)
    return render(request, "kundekort/accounts/token_form.html", {"room": "account", "form": form})


@require_POST
def revoke(request: HttpRequest) -> HttpResponse:
    """Have a token, one's own or as an administrator anybody's, open nothing any more."""
    token = tokens.revoke(number(request.POST.get("token")) or 0, actor=actor_of(request))
    messages.success(request, _("The token “%(name)s” opens nothing any more.") % {"name": token.name})
    person = number(request.POST.get("person"))
    return redirect("person-tokens", person) if person else redirect("tokens")


@require_http_methods(["GET", "HEAD", "POST"])
def of_person(request: HttpRequest, user_id: int) -> HttpResponse:
    """The tokens of a colleague; posted to, all of them are revoked."""
    actor = actor_of(request)
    person = people.get(user_id, actor=actor)
    if request.method == "POST":
        tokens.revoke_all(user_id, actor=actor)
        messages.success(request, _("No token of %(name)s opens anything any more.") % {"name": person.name})
        return redirect("person-tokens", user_id)
    found = tokens.list_of(user_id, actor=actor)
    alive = any(token.is_alive for token in found)
    context = {"room": "people", "person": person, "tokens": _shown(found), "alive": alive}
    return render(request, "kundekort/people/tokens.html", context)


def _shown(found: tuple[tokens.Token, ...]) -> list[tuple[tokens.Token, list[str]]]:
    """Tokens, those that open something first, with what they may in words."""
    ordered = sorted(found, key=lambda token: not token.is_alive)
    return [(token, [str(wording.SCOPES[scope]) for scope in token.scopes]) for token in ordered]
