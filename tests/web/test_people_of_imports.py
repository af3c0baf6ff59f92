"""Who uploaded and who confirmed: told apart wherever an import is shown."""

from __future__ import annotations

from collections.abc import Callable
from html import unescape

from django.test import Client
from django.utils import timezone

from kundekort.services import confirming, history
from kundekort.services.accounts import Actor
from kundekort.store.models import Customer, Import
from tests.past import past_import, unfinished_import
from tests.web.conftest import HEADER, latest, send


def text(client: Client, address: str) -> str:
    return " ".join(unescape(client.get(address).content.decode()).split())


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
    as_bob: Client, upload: Callable[..., Import], alice: Actor, bob: Actor
) -> None:
    for number, confirmer in enumerate((bob, alice)):
        imp = upload(HEADER + f"0;Kari {number};Nordmann;;2\n", filename="nye.csv")
        confirming.confirm(imp.pk, digest=imp.digest, actor=confirmer)
    alone, together = Customer.objects.order_by("pk").values_list("pk", flat=True)
    (entry,) = history.of_customer(alone, actor=bob)
    assert (entry.who, entry.uploader) == ("bob", None)
    assert "lastet opp av" not in text(as_bob, f"/customers/{alone}/")
    (entry,) = history.of_customer(together, actor=bob)
    assert (entry.who, entry.uploader) == ("Alice Ås", "bob")
    told = text(as_bob, f"/customers/{together}/")
    link = f'<a href="/imports/{imp.pk}/confirmed/?row={together}">nye.csv</a>'
    assert f"bekreftet av Alice Ås, lastet opp av bob · {link}" in told
    assert "; bekreftet av Alice Ås, " in text(as_bob, f"/imports/{imp.pk}/")
