"""The page with all imports: filter, pages, the bars of the last days, cancelling, and how long previews wait."""

from __future__ import annotations

import re
from datetime import timedelta
from html import unescape

from django.test import Client
from django.utils import timezone

from kundekort.services import imports, settings
from kundekort.services.accounts import Actor, Role, create_user
from kundekort.store.models import Import
from tests.past import past_import, totals, unfinished_import
from tests.web.conftest import HEADER, latest, send

LIST = "/imports/list/"


def page(client: Client, **query: str | int) -> str:
    """The text of the page as a person reads it."""
    shown = client.get(LIST, query)
    assert shown.status_code == 200
    return unescape(shown.content.decode())


def rows(text: str) -> list[str]:
    """What stands in the rows of the list, each as one line."""
    table = text.partition('<table class="table kk-imports">')[2].partition("</table>")[0]
    return [" ".join(re.sub(r"<[^>]+>", " ", row).split()) for row in table.split("<tr>")[2:]]


def test_it_says_what_to_do_before_the_first_import(as_bob: Client) -> None:
    assert "Ingen importer ennå" in page(as_bob)


def test_it_tells_who_did_what_when_and_what_came_of_it(as_bob: Client) -> None:
    imp = past_import(confirmer="Alice Ås", days=2, rows=1234, changed=214, new=12, left_out=3)
    when = timezone.localtime(imp.finished_at).strftime("%d.%m.%Y %H:%M")
    text = page(as_bob)
    assert rows(text) == [f"{when} kunder.csv bob Alice Ås 1 234 214 12 0 3 Ferdig Angre … kunder.csv"]
    assert f'href="/imports/{imp.pk}/"' in text
    assert "Fjernet" not in text.partition("kk-imports")[2]


def test_it_tells_of_removed_and_restored_cards_where_there_are_any(as_bob: Client) -> None:
    first = past_import("kunder.csv", days=2, rows=42, new=42)
    undo = past_import(undoes=first.revision, days=1, rows=42, removed=42)
    text = page(as_bob)
    assert "Fjernet" in text
    assert "Gjenopprettet" not in text
    undone, original = rows(text)
    assert undone.endswith(" Angre: kunder.csv bob bob 42 0 0 42 0 0 Ferdig Angre … Angre: kunder.csv")
    assert original.endswith("Ferdig Angret")
    assert f'<a href="/imports/{undo.pk}/">' in text
    last = past_import(undoes=undo.revision, rows=42, restored=42)
    text = page(as_bob)
    assert "Gjenopprettet" in text
    assert rows(text)[0].split(" bob")[0].endswith("Gjør om: kunder.csv")
    assert rows(text)[2].endswith("Ferdig Angret, og hentet tilbake Angre … kunder.csv")
    assert text.count(f'action="/revisions/{last.revision_id}/undo/"') == 2


def test_it_narrows_the_list_and_shows_all_again(as_bob: Client, bob: Actor) -> None:
    assert bob.user
    past_import("adresser.csv", by="Kari", confirmer="Alice Ås")
    past_import("nyhetsbrev.xlsx", days=10)
    unfinished_import("venter.csv", days=3)
    for query, names in (
        ({"who": "name:Alice Ås"}, ["adresser.csv"]),
        ({"who": str(bob.user.pk)}, ["venter.csv", "nyhetsbrev.xlsx"]),
        ({"state": "done"}, ["adresser.csv", "nyhetsbrev.xlsx"]),
        ({"state": "waiting"}, ["venter.csv"]),
        ({"file": "brev"}, ["nyhetsbrev.xlsx"]),
        ({"until": str(timezone.localdate() - timedelta(days=5))}, ["nyhetsbrev.xlsx"]),
        ({"who": "nobody", "state": "gone", "since": "i går"}, ["adresser.csv", "venter.csv", "nyhetsbrev.xlsx"]),
    ):
        text = page(as_bob, **query)
        assert [row.split()[2] for row in rows(text)] == names, query
        assert f'<a class="btn" href="{LIST}">' in text
    assert "Vis alle" not in page(as_bob)
    assert "Ingen importer passer" in page(as_bob, file="zzz")


def test_it_says_so_when_the_last_day_is_before_the_first(as_bob: Client) -> None:
    past_import()
    assert "Dette er før den første dagen" in page(as_bob, since="2026-11-20", until="2026-11-19")


def test_it_turns_pages_and_keeps_the_filter(as_bob: Client) -> None:
    for number in range(120):
        past_import(f"nr-{number}.csv", days=number / 10)
    past_import("annet.csv")
    text = page(as_bob, file="nr-", page=2)
    assert "51–100 av 120 importer" in text
    assert 'href="?file=nr-&page=1"' in text
    assert 'href="?file=nr-&page=3"' in text
    assert len(rows(text)) == 50
    beyond = page(as_bob, file="nr-", page=99)
    assert "101–120 av 120 importer" in beyond
    assert "page=100" not in beyond


def test_it_draws_the_last_days(as_bob: Client) -> None:
    past_import(days=1, changed=214, new=12)
    past_import(days=1, changed=1, left_out=3)
    yesterday = timezone.localdate() - timedelta(days=1)
    text = page(as_bob)
    assert f'href="{LIST}?since={yesterday}&until={yesterday}"' in text
    assert "215 endret, 12 nye, 3 utelatt" in text
    picture = text.partition('<ol class="kk-stacks">')[2].partition("</ol>")[0]
    bars = re.findall(r'<rect class="kk-bar-(\w+)" width="10" y="([\d.]+)" height="([\d.]+)"/>', picture)
    assert [kind for kind, _, _ in bars] == ["changed", "new", "left_out"]
    tops, heights = ([float(bar[at]) for bar in bars] for at in (1, 2))
    assert all(height >= 2.5 for height in heights)  # three rows beside 215 are seen
    assert min(tops) >= -0.01
    assert abs(sum(heights) - 100) < 0.1
    table = text.partition('<figure class="card kk-timeline"')[2].partition("<table>")[2].partition("</table>")[0]
    assert [int(n) for n in re.findall(r"<td>(\d+)</td>", table)] == [215, 12, 3, 0]
    assert 'aria-current="date"' not in text
    assert 'aria-current="date"' in page(as_bob, since=str(yesterday), until=str(yesterday))


def test_it_draws_days_on_which_nothing_was_written(as_bob: Client) -> None:
    past_import(rows=5, unchanged=5)
    assert "kk-stacks" in page(as_bob)


def test_it_draws_no_empty_month(as_bob: Client) -> None:
    past_import(days=50, new=3)
    assert "kk-timeline" not in page(as_bob)


def test_it_undoes_an_import_from_the_list(as_bob: Client, three: list[int]) -> None:
    text = page(as_bob)
    address = re.findall(r'action="([^"]+/undo/)"', text)
    assert len(address) == 1
    answer = as_bob.post(address[0], follow=True)
    assert answer.redirect_chain == [(f"/imports/{latest().pk}/", 302)]
    assert latest().totals.removed == 3
    assert rows(page(as_bob))[0].split(" bob ")[0].endswith("Angre: customers.csv")


def test_it_cancels_a_preview_and_comes_back_to_the_list(as_bob: Client) -> None:
    send(as_bob, HEADER + "0;Kari;Nordmann;;2\n", name="venter.csv")
    text = page(as_bob, file="venter", state="waiting")
    imp = latest()
    assert f'action="/imports/{imp.pk}/cancel/"' in text
    assert 'name="list" value="file=venter&state=waiting"' in text
    answer = as_bob.post(f"/imports/{imp.pk}/cancel/", {"list": "file=venter&state=waiting"}, follow=True)
    assert answer.redirect_chain == [(f"{LIST}?file=venter&state=waiting", 302)]
    assert "Importen ble annullert" in answer.content.decode()
    imp.refresh_from_db()
    assert imp.state == Import.State.CANCELLED
    assert "/cancel/" not in page(as_bob)
    again = as_bob.post(f"/imports/{imp.pk}/cancel/", {"list": ""}, follow=True)
    assert "Denne importen venter ikke lenger på svar" in again.content.decode()


def test_it_leads_to_no_other_site_after_cancelling(as_bob: Client) -> None:
    imp = unfinished_import()
    answer = as_bob.post(f"/imports/{imp.pk}/cancel/", {"list": "//evil.example/\r\nX: y"})
    assert answer["Location"].startswith(f"{LIST}?")
    assert "evil.example/" not in answer["Location"]


def test_it_tells_until_when_a_preview_waits(as_bob: Client) -> None:
    send(as_bob, HEADER + "0;Kari;Nordmann;;2\n")
    day = timezone.localtime(imports.waits_until(latest())).strftime("%d.%m.%Y")
    assert rows(page(as_bob))[0].endswith(f"Venter på bekreftelse til {day} Annuller customers.csv")
    assert f"venter til {day}" in as_bob.get(f"/imports/{latest().pk}/").content.decode()


def test_it_tells_of_a_preview_that_nobody_came_back_to(as_bob: Client) -> None:
    imp = unfinished_import(days=16.5, totals=totals(new=1))
    imports.cancel_abandoned()
    assert rows(page(as_bob))[0].endswith("Annullert ingen kom tilbake til den")
    text = as_bob.get(f"/imports/{imp.pk}/").content.decode()
    assert "fordi ingen kom tilbake til den på 16 dager" in text
    assert "Ingenting i registeret ble endret" in text


def test_it_lets_a_visitor_prolong_what_waits(as_bob: Client) -> None:
    imp = unfinished_import(state=Import.State.RECEIVED, days=10)
    as_bob.get(f"/imports/{imp.pk}/")
    imp.refresh_from_db()
    assert timezone.now() - imp.touched_at < timedelta(days=1)


def test_it_lets_administrators_say_how_long_previews_wait(as_alice: Client) -> None:
    past_import()
    assert 'name="days" required' in page(as_alice)
    answer = as_alice.post(f"{LIST}days/", {"days": "30"}, follow=True).content.decode()
    assert settings.current().preview_days == 30
    assert 'value="30"' in answer
    for wrong in ("0", "3651", "", "to uker"):
        answer = as_alice.post(f"{LIST}days/", {"days": wrong}, follow=True).content.decode()
        assert "Velg et helt tall fra 1 til 3650" in answer
    assert settings.current().preview_days == 30


def test_it_only_tells_importers_how_long_previews_wait(as_bob: Client) -> None:
    past_import()
    text = page(as_bob)
    assert 'name="days"' not in text
    assert "annulleres av seg selv etter 14 dager" in text
    assert as_bob.post(f"{LIST}days/", {"days": "30"}).status_code == 403
    assert as_bob.post(f"{LIST}days/", {"days": "0"}).status_code == 403


def test_it_keeps_the_list_from_readers(client: Client, db: None) -> None:
    client.force_login(create_user(username="rita", password="theatre-doors", role=Role.READER))
    assert client.get(LIST).status_code == 403
    assert LIST not in client.get("/customers/").content.decode()


def test_it_is_found_from_the_menu_and_the_import_page(as_bob: Client) -> None:
    past_import(confirmer="Alice Ås", errors=0, left_out=7)
    text = unescape(as_bob.get("/imports/").content.decode())
    assert text.count(f'href="{LIST}"') == 2
    assert rows(text)[0].endswith("kunder.csv bob Alice Ås 0 0 0 0 7 Ferdig Angre … kunder.csv")


def test_it_lists_nothing_for_days_of_which_there_are_no_imports(as_bob: Client) -> None:
    for day in ("9999-12-31", "0001-01-01"):
        assert as_bob.get(f"/imports/list/?since={day}&until={day}").status_code == 200
