"""Whatever a program sends, no answer is a fault of ours, and every answer is as the document says."""

from __future__ import annotations

import io
from collections.abc import Callable, Collection, Iterator, Mapping
from typing import Any, Final

import pytest
import schemathesis
from django.core.signals import request_finished, request_started
from django.db import close_old_connections
from hypothesis import HealthCheck, assume, given, settings
from schemathesis import GenerationMode
from schemathesis.checks import load_all_checks
from schemathesis.specs.openapi.checks import positive_data_acceptance

from kundekort.api.application import api
from kundekort.config.wsgi import application
from kundekort.services import confirming, exports, imports, planning
from kundekort.services.accounts import Actor
from kundekort.services.lists import FileFormat
from kundekort.store.models import ApiToken, ColumnLayout, Customer, Export, Import, Revision, Segment
from kundekort.store.selection import Selection
from tests.api.conftest import HEADER, Program

load_all_checks()
BEYOND = [positive_data_acceptance]
"""What the document cannot say of a body: which columns a file has, that all rows have the same names."""
EXAMPLES: Final = 8
"""Requests to each operation as the document wants them, and so many others; all of it takes less than a minute."""


@pytest.fixture
def register(alices: Program, bob: Actor, three: list[int], upload: Callable[..., Import]) -> None:
    """Something of everything, and imports in every state that can be made."""
    text = HEADER + f"{three[0]};Karen;Nordmann;kari@example.com;2\n0;Per;Ås;per@;1\n0;Pål;Ås;;9\n"
    upload(text)
    asked = imports.receive(io.BytesIO(b"Kundenr;Fornavn;Noe\n0;Per;x\n"), filename="x.csv", actor=bob)
    planning.plan(asked.pk)
    imports.cancel(upload(text).pk, actor=bob)
    confirming.confirm((done := upload(HEADER + "0;Siv;Vik;;2\n")).pk, digest=done.digest, actor=bob)
    exports.start(what=Selection(search="kari"), form=FileFormat.CSV, actor=bob)
    seat = alices.post("fields", {"header": "Seat", "kind": "text"}).json()["key"]
    alices.post("layouts", {"name": "Short", "columns": [{"field": "id", "header": "No"}]})
    alices.post("segments", {"name": "Seated", "rules": {"field": seat, "operator": "not_empty"}})
    alices.send("patch", f"customers/{three[0]}", {"version": 1, "values": {seat: "12"}})


@pytest.fixture
def _one_connection(register: None) -> Iterator[None]:
    """All requests are within the transaction of the test, as those of Django's own client, which is done by now."""
    signals = (request_started, request_finished)
    for signal in signals:
        signal.disconnect(close_old_connections)
    yield
    for signal in signals:
        signal.connect(close_old_connections)


@pytest.fixture
def document(_one_connection: None) -> Any:
    """The API of that register."""
    asked = schemathesis.Config.from_dict({"generation": {"allow-extra-parameters": False}})  # nobody looks at those
    return schemathesis.openapi.from_wsgi("/api/openapi.json", _closing, config=asked)


def _closing(environ: dict[str, Any], start: Callable[..., Any]) -> list[bytes]:
    """The site, whose answers are closed once they are read, as web servers do."""
    answer: Any = application(environ, start)
    try:
        return [b"".join(answer)]
    finally:
        answer.close()


OPERATIONS = sorted(
    (details["tags"][0], method, path)
    for path, methods in api.get_openapi_schema()["paths"].items()
    for method, details in methods.items()
)
KNOWN: Final[Mapping[str, Callable[[], Collection[int]]]] = {
    "customer_id": lambda: Customer.objects.values_list("pk", flat=True),
    "import_id": lambda: Import.objects.values_list("pk", flat=True),
    "export_id": lambda: Export.objects.values_list("pk", flat=True),
    "layout_id": lambda: ColumnLayout.objects.values_list("pk", flat=True),
    "revision_id": lambda: Revision.objects.values_list("pk", flat=True),
    "segment_id": lambda: Segment.objects.values_list("pk", flat=True),
}
"""The numbers that there are of what addresses name."""


@pytest.mark.slow
@pytest.mark.parametrize("tag", sorted({tag for tag, _, _ in OPERATIONS}))
@pytest.mark.parametrize("mode", list(GenerationMode), ids=lambda mode: mode.value)
def test_every_answer_is_as_the_document_says(document: Any, alices: Program, tag: str, mode: GenerationMode) -> None:
    for _, method, path in [operation for operation in OPERATIONS if operation[0] == tag]:
        _ask(document[path][method], mode, alices)


def _ask(operation: Any, mode: GenerationMode, program: Program) -> None:
    """Ask one operation in some ways: as the document wants it, or not."""

    @given(case=operation.as_strategy(generation_mode=mode))
    @settings(max_examples=EXAMPLES, suppress_health_check=list(HealthCheck))
    def ask(case: Any) -> None:
        assume([] not in case.query.values() and {} not in case.query.values())  # which no address can say
        ApiToken.objects.update(calls=0)
        for name, number in case.path_parameters.items():
            known = sorted(KNOWN[name]()) if name in KNOWN else []
            if known and isinstance(number, int) and 0 < number < 10**18 and number % 5:  # else it is about nothing
                case.path_parameters[name] = known[number % len(known)]
        case.call_and_validate(headers={"Authorization": f"Bearer {program.secret}"}, excluded_checks=BEYOND)

    ask()
