"""Who uploaded and who confirmed: told apart wherever an import is shown."""

from __future__ import annotations

from collections.abc import Callable
from html import unescape

from django.test import Client
from django.utils import timezone

from kundekort.services import history
from kundekort.services.accounts import Actor
from kundekort.store.models import Customer, Import, Revision
from tests.past import past_import, unfinished_import
from tests.web.conftest import HEADER, latest, send


def text(client: Client, address: str) -> str:
    return " ".join(unescape(client.get(address).content.decode()).split())


def confirmed_by(imp: Import, who: Actor) -> Import:
    """The import as if somebody else had confirmed it."""
    Revision.objects.filter(pk=imp.revision_id).update(actor_name=who.name, created_by=who.user)
    Import.objects.filter(pk=imp.pk).update(confirmer_name=who.name, confirmed_by=who.user)
    imp.refresh_from_db()
    return imp


def test_it_names_both_on_the_page_of_what_was_imported(as_bob: Client) -> None:
    imp = past_import(confirmer="Alice Ås", new=1)
    when = timezone.localtime(imp.finished_at).strftime("%d.%m.%Y %H:%M")
    assert f"Lastet opp av bob, {when}; bekreftet av Alice Ås, {when}" in text(as_bob, f"/imports/{imp.pk}/")


def test_it_names_one_person_once(as_bob: Client) -> None:
    imp = past_import(new=1)
    when = timezone.localtime(imp.finished_at).strftime("%d.%m.%Y %H:%M")
    assert f"Lastet opp og bekreftet av bob, {when}" in text(as_bob, f"/imports/{imp.pk}/")


def test_it_says_who_began_what_has_no_file(as_bob: Client) -> None:
    first = past_import(new=1)
    both = past_import(undoes=first.revision, confirmer="Alice Ås", removed=1)
    told = text(as_bob, f"/imports/{both.pk}/")
    assert "<title>Angre: kunder.csv" in told
    assert "Startet av bob, " in told
    assert "; bekreftet av Alice Ås, " in told
    alone = past_import(undoes=both.revision, restored=1)
    assert "Startet og bekreftet av bob, " in text(as_bob, f"/imports/{alone.pk}/")
    waiting = unfinished_import(undoes=alone.revision, state=Import.State.RECEIVED)
    assert "Startet av bob, " in text(as_bob, f"/imports/{waiting.pk}/")


def test_it_says_above_a_preview_who_uploaded_it(as_bob: Client) -> None:
    send(as_bob, HEADER + "0;Kari;Nordmann;;2\n")
    assert "Lastet opp av bob, " in text(as_bob, f"/imports/{latest().pk}/")


def test_it_names_both_in_the_history_of_a_card(
    as_bob: Client, load: Callable[..., Import], alice: Actor, bob: Actor
) -> None:
    imp = load(HEADER + "0;Kari;Nordmann;;2\n", filename="nye.csv")
    number = Customer.objects.get().pk
    assert history.of_customer(number, actor=bob)[0].uploader is None
    assert "lastet opp av" not in text(as_bob, f"/customers/{number}/")
    confirmed_by(imp, alice)
    (entry,) = history.of_customer(number, actor=bob)
    assert (entry.who, entry.uploader) == ("Alice Ås", "bob")
    told = text(as_bob, f"/customers/{number}/")
    assert f'bekreftet av Alice Ås, lastet opp av bob · <a href="/imports/{imp.pk}/">nye.csv</a>' in told
