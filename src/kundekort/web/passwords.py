"""Another password: for whoever knows the one they have, and for whoever has forgotten it and can read their mail."""

from __future__ import annotations

from typing import Any, Final

from allauth.core import ratelimit
from django.conf import settings
from django.contrib import messages
from django.contrib.auth import update_session_auth_hash
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from kundekort import wording
from kundekort.services import audit, password_reset, password_rules, passwords, people, sessions
from kundekort.services.audit import Event
from kundekort.services.refusals import PasswordWrong, WeakPassword
from kundekort.web import login_throttle
from kundekort.web.actor import actor_of
from kundekort.web.adapters import waiting
from kundekort.web.forms.accounts import ChangePasswordForm, NewPasswordForm, ResetRequestForm

METHODS: Final = ["GET", "HEAD", "POST"]
_TOKEN: Final = "reset_token"  # noqa: S105 - where in a session it is kept, not what it is
_INSTEAD: Final = "-"
"""What stands in the address in place of the token, so that no page that is led to learns it."""


@require_http_methods(METHODS)
@sensitive_post_parameters()
def change(request: HttpRequest) -> HttpResponse:
    """Change one's own password, for which the one so far is asked."""
    form = ChangePasswordForm(request.POST if request.method == "POST" else None)
    user = request.user
    assert user.is_authenticated
    if not user.has_usable_password():
        raise Http404
    must = people.must_change_password(user)
    if request.method == "POST" and form.is_valid() and _is_meant(form):
        if not ratelimit.consume(request, action="change_password", user=user):
            form.add_error(None, str(wording.LOGIN_FAULTS["rate_limited"]))
        elif _is_changed(request, form):
            messages.success(request, _("Your password has been changed, and you are logged in only here now."))
            return redirect("start" if must else "account")  # who had to can begin now
    context = _context(form) | {"room": "account", "must": must}
    return render(request, "kundekort/accounts/password.html", context)


@login_not_required
@require_http_methods(METHODS)
def forgotten(request: HttpRequest) -> HttpResponse:
    """Ask for a link by mail. The answer is the same for every address, and takes as long."""
    if not settings.KUNDEKORT_MAIL:
        raise Http404
    form = ResetRequestForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        email = form.cleaned_data["email"]
        if ratelimit.consume(request, action="reset_password", key=email.casefold()):
            page = request.build_absolute_uri(
                reverse("password-reset", args=[password_reset.USER, password_reset.TOKEN])
            )
            password_reset.queue(email, page=page, language=get_language() or "")
        return render(request, "kundekort/accounts/mail_sent.html", {"email": email})
    return render(request, "kundekort/accounts/forgotten.html", {"form": form})


@login_not_required
@never_cache
@require_http_methods(METHODS)
@sensitive_post_parameters()
def reset(request: HttpRequest, user: str, token: str) -> HttpResponse:
    """Where the link in the mail leads: a new password, once. The second factor is still asked for at the login."""
    if token != _INSTEAD:
        if not login_throttle.may_begin(request):
            return ratelimit.respond_429(request)
        request.session[_TOKEN] = token
        return redirect("password-reset", user, _INSTEAD)
    person = password_reset.person(user, request.session.get(_TOKEN, ""))
    if person is None:
        return render(request, "kundekort/accounts/link_over.html", {"may_forget": settings.KUNDEKORT_MAIL})
    form = NewPasswordForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid() and _is_meant(form):
        try:
            passwords.choose(person, form.cleaned_data["new"], address=request.META.get("REMOTE_ADDR", ""))
        except WeakPassword as weak:
            form.add_error("new", wording.refusal(weak.code, weak.params))
        else:
            del request.session[_TOKEN]
            messages.success(request, _("You have a new password. Log in with it."))
            return redirect("login")
    return render(request, "kundekort/accounts/reset.html", _context(form) | {"person": person})


def _is_meant(form: NewPasswordForm) -> bool:
    if form.differs():
        form.add_error("again", _("The two are not the same. Enter the new password again."))
        return False
    return True


def _is_changed(request: HttpRequest, form: ChangePasswordForm) -> bool:
    """Change the password and end the other sessions, or say in the form why not; a wrong one is a failed login."""
    actor = actor_of(request)
    assert actor.user is not None
    user, name = actor.user, actor.user.get_username()
    try:
        counted = login_throttle.count(request, name, user)
    except login_throttle.Wait as wait:
        if wait.first:
            audit.record(Event.LOGIN_THROTTLED, actor=actor, username=name)
        form.add_error(None, waiting(wait.seconds))
        return False
    try:
        user = passwords.change_own(form.cleaned_data["old"], form.cleaned_data["new"], actor=actor)
    except PasswordWrong as wrong:
        audit.record(Event.LOGIN_FAILURE, actor=actor, username=name)
        form.add_error("old", wording.refusal(wrong.code, wrong.params))
        return False
    except WeakPassword as weak:
        counted.rollback()
        form.add_error("new", wording.refusal(weak.code, weak.params))
        return False
    counted.rollback()
    before = str(request.session.session_key)
    update_session_auth_hash(request, user)
    sessions.rename(before, str(request.session.session_key))
    sessions.end_all(user.pk, actor=actor_of(request), but=str(request.session.session_key))
    return True


def _context(form: NewPasswordForm) -> dict[str, Any]:
    return {"form": form, "least": password_rules.LEAST, "most": password_rules.MOST}
