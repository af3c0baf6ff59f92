"""What no page sends: every address answers it, and none with an error of ours."""

from __future__ import annotations

import errno
import re
from pathlib import Path
from typing import Any

import pytest
from django.http import QueryDict
from django.test import Client
from django.urls import get_resolver
from procrastinate.exceptions import ConnectorException
from psycopg import OperationalError

from kundekort import web
from kundekort.services import planning
from kundekort.store import packages
from kundekort.store.storage import StorageUnreachable
from tests.web.conftest import HEADER, latest, send

PATTERNS = {str(p.name): str(p.pattern) for p in get_resolver().url_patterns[0].url_patterns if p.name != "logout"}
SOURCES = [path.read_text() for path in sorted(Path(web.__path__[0]).rglob("*.py"))]
NAMES = sorted(
    {name for text in SOURCES for name in re.findall(r'(?:GET|POST|query|data)\.(?:get|getlist)\("(\w+)"', text)}
    | {name for text in SOURCES for name in re.findall(r"^    (\w+) = forms\.", text, re.MULTILINE)}
)
HUGE = "9" * 30
ODD = {
    "nul": "a\0b",
    "json": '{"all": [{"field": "city", "operator": "is", "values": ["\\u0000\\ud800"]}]}',
    "huge": HUGE,
}


def filled(pattern: str, number: int | str) -> str:
    return "/" + re.sub("<int:[^>]+>", str(number), re.sub("<(slug|str):[^>]+>", "csv", pattern))


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> set[str]:
    """The names by which something was looked for in what was sent, whether it was there or not."""
    names: set[str] = set()
    for method in ("__getitem__", "__contains__", "_getlist"):
        look = getattr(QueryDict, method)

        def noted(self: object, name: str, *rest: Any, look: Any = look, **more: Any) -> Any:
            names.add(name)
            return look(self, name, *rest, **more)

        monkeypatch.setattr(QueryDict, method, noted)
    return names


@pytest.mark.parametrize("odd", ODD.values(), ids=ODD)
@pytest.mark.parametrize("pattern", PATTERNS.values(), ids=PATTERNS)
def test_it_answers_whatever_texts_are_sent(
    as_alice: Client, three: list[int], pattern: str, odd: str, asked: set[str]
) -> None:
    as_alice.raise_request_exception = False
    assert {"search", "rules"} <= set(NAMES)
    address = filled(pattern, latest().pk)
    everything = dict.fromkeys(NAMES, odd)
    answers = [as_alice.get(address), as_alice.post(address)]  # which tell what this page looks for
    alone: set[str] = set()
    while odd != ODD["nul"] and (names := sorted(asked - alone)):  # that is taken out of all of them in one place
        alone |= set(names)
        answers += [as_alice.get(address, {name: odd}) for name in names]
    answers += [as_alice.get(address, everything), as_alice.post(address, everything)]
    answers += [as_alice.post(f"{address}?search=%00"), as_alice.post(f"{address}?search=%ff%fe")]
    assert {answer.status_code for answer in answers} & set(range(500, 600)) == set()


@pytest.mark.parametrize("pattern", [p for p in PATTERNS.values() if "<int:" in p])
def test_it_answers_whatever_numbers_are_in_an_address(as_alice: Client, pattern: str) -> None:
    as_alice.raise_request_exception = False
    for number in (HUGE, 2**63, 2**31, 0):
        assert as_alice.get(filled(pattern, number)).status_code < 500
        assert as_alice.post(filled(pattern, number)).status_code < 500


def test_a_decision_about_a_file_that_is_gone_says_so(as_alice: Client) -> None:
    send(as_alice, HEADER + "0;Kari;Nordmann;kari@example.com;9\n0;Ola;Nordmann;ola@example.com;1\n")
    imp = latest()
    packages.remove(imp.pk)
    as_alice.raise_request_exception = False
    decision = {"action": "leave_out", "field": "gender", "code": "gender_invalid"}
    answer = as_alice.post(f"/imports/{imp.pk}/errors/", {"leave_out_errors": "1", **decision}, follow=True)
    assert answer.status_code == 200
    assert "ikke lenger" in answer.content.decode()
    assert planning.plan(imp.pk).question is not None


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (MemoryError(), "For mye å gjøre"),
        (ConnectorException(), "Registeret er ikke tilgjengelig"),
        (StorageUnreachable(errno.EIO, "no answer", "s3://theatre"), "Filene er ikke tilgjengelige"),
        (OSError(errno.ENOSPC, "No space left on device"), "Det er ikke mer plass"),
    ],
    ids=["memory", "queue", "storage", "disk"],
)
def test_what_is_short_or_away_is_a_page_in_words(
    as_alice: Client, monkeypatch: pytest.MonkeyPatch, error: Exception, words: str
) -> None:
    def fails(*_: object, **__: object) -> None:
        raise error from OperationalError("server closed the connection unexpectedly")

    monkeypatch.setattr("kundekort.services.planning.queue_fallback", fails)
    as_alice.raise_request_exception = False
    answer = send(as_alice, HEADER + "0;Kari;Nordmann;kari@example.com;2\n")
    assert answer.status_code == 503
    assert answer["Retry-After"]
    assert words in answer.content.decode()
