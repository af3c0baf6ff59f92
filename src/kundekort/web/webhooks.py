"""Webhooks: the list of them, the page of one with how its deliveries went, and a secret that is shown this once."""

from __future__ import annotations

from typing import Any, Final

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from kundekort import wording
from kundekort.services import deliveries, webhooks
from kundekort.services.accounts import Actor, Role
from kundekort.services.refusals import DeliveryOver, NotFound, NotReached, WebhookInvalid
from kundekort.services.webhooks import NewSecret
from kundekort.store.models import Delivery, Webhook
from kundekort.web.actor import actor_of
from kundekort.web.forms.webhooks import WebhookForm
from kundekort.web.query import number

PAGE: Final = 50


@require_safe
def listing(request: HttpRequest) -> HttpResponse:
    """All webhooks, and how each stands."""
    found = webhooks.list_all(actor=actor_of(request))
    context = {"room": "webhooks", "webhooks": [(webhook, _notice(webhook)) for webhook in found]}
    return render(request, "kundekort/webhooks/list.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def new(request: HttpRequest) -> HttpResponse:
    """Make a webhook; its secret is shown this once."""
    actor = actor_of(request)
    actor.require(Role.ADMINISTRATOR)
    form = WebhookForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        try:
            made = webhooks.add(form.said(), actor=actor)
        except (WebhookInvalid, NotReached) as refusal:
            form.refuse(refusal)
        else:
            return _secret(request, made, new=True)
    return render(request, "kundekort/webhooks/form.html", {"room": "webhooks", "form": form, "webhook": "new"})


@require_http_methods(["GET", "HEAD", "POST"])
def page(request: HttpRequest, webhook_id: int) -> HttpResponse:
    """What is said of a webhook, and how its deliveries went."""
    actor = actor_of(request)
    webhook = webhooks.get(webhook_id, actor=actor)
    form = WebhookForm(request.POST if request.method == "POST" else None, made=webhook)
    if form.is_valid():
        try:
            webhooks.change(webhook_id, form.said(), actor=actor)
        except (WebhookInvalid, NotReached) as refusal:
            form.refuse(refusal)
        else:
            messages.success(request, _("Saved."))
            return redirect("webhook", webhook_id)
    log = webhooks.log(webhook_id, before=number(request.GET.get("before")), limit=PAGE, actor=actor)
    context = {
        "room": "webhooks",
        "form": form,
        "webhook": webhook,
        "notice": _notice(webhook),
        "deliveries": [(delivery, _told(delivery)) for delivery in log.deliveries],
        "next": f"?before={log.deliveries[-1].pk}" if log.older else "",
    }
    return render(request, "kundekort/webhooks/form.html", context)


@require_POST
def act(request: HttpRequest, webhook_id: int) -> HttpResponse:
    """Test a webhook, switch it on or off, make its secret anew, send events again, or forget it."""
    actor, what = actor_of(request), request.POST.get("act", "")
    webhook = webhooks.get(webhook_id, actor=actor)
    if what == "secret":
        return _secret(request, webhooks.renew_secret(webhook_id, actor=actor), new=False)
    if what == "delete":
        webhooks.remove(webhook_id, actor=actor)
        messages.success(request, _("The webhook “%(name)s” was deleted.") % {"name": webhook.name})
        return redirect("webhooks")
    if what == "test":
        _test(request, webhook, actor)
    elif what in ("on", "off"):
        webhooks.switch(webhook_id, on=what == "on", actor=actor)
        messages.success(request, _("The webhook is switched on.") if what == "on" else _("It is switched off."))
    elif what == "hurry":
        webhooks.hurry(webhook_id, actor=actor)
        messages.success(request, _("What waits is sent now."))
    elif what == "replay":
        _replay(request, webhook_id, actor)
    return redirect("webhook", webhook_id)


@require_POST
def delivery(request: HttpRequest, delivery_id: int) -> HttpResponse:
    """Send an event again, or leave out one that waits."""
    actor = actor_of(request)
    if request.POST.get("act") == "skip":
        webhook_id = webhooks.get_delivery(delivery_id, actor=actor).webhook_id
        try:
            webhooks.skip(delivery_id, actor=actor)
        except DeliveryOver as refusal:
            messages.error(request, wording.refusal(refusal.code, refusal.params))
        else:
            messages.success(request, _("The event is left out."))
    else:
        webhook_id = webhooks.replay(delivery_id, actor=actor).webhook_id
        messages.success(request, _("The event is sent again, after all that waits."))
    return redirect("webhook", webhook_id)


def _test(request: HttpRequest, webhook: Webhook, actor: Actor) -> None:
    made = deliveries.test(webhook.pk, actor=actor)
    if made.state == Delivery.State.DELIVERED:
        messages.success(request, _("The receiver took the test."))
    else:
        messages.error(request, _("The receiver did not take the test. %(why)s") % {"why": _told(made)})


def _replay(request: HttpRequest, webhook_id: int, actor: Actor) -> None:
    revision = number(request.POST.get("revision"))
    try:
        webhooks.replay_from(webhook_id, revision or 0, actor=actor)
    except NotFound:
        messages.error(request, _("There is no such revision. It stands with each delivery."))
    else:
        messages.success(request, _("Everything from there on is sent again, in order."))


def _told(delivery: Delivery) -> str:
    """What went wrong with the last attempt of a delivery."""
    params: dict[str, Any] = {"status": delivery.status, "limit": deliveries.ANSWER}
    return wording.server_fault(delivery.fault, params)


def _notice(webhook: Webhook) -> str:
    return wording.webhook_notice(webhook.notice, days=deliveries.GIVE_UP.days) if webhook.notice else ""


def _secret(request: HttpRequest, made: NewSecret, *, new: bool) -> HttpResponse:
    """The page with a secret, which no browser or proxy may keep."""
    context = {"room": "webhooks", "webhook": made.webhook, "secret": made.secret, "new": new}
    response = render(request, "kundekort/webhooks/secret.html", context)
    response.headers["Cache-Control"] = "no-store"
    return response
