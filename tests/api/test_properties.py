"""Whatever a program sends, no answer is a fault of ours, and every answer is as the document says."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator
from typing import Any

import pytest
import schemathesis
from django.core.signals import request_finished, request_started
from django.db import close_old_connections
from hypothesis import HealthCheck, given, settings
from schemathesis.checks import load_all_checks
from schemathesis.specs.openapi.checks import positive_data_acceptance

from kundekort.api.application import api
from kundekort.config.wsgi import application
from kundekort.engine.segments.condition import Group, Operator, Rule
from kundekort.services import confirming, exports, imports, planning, segments
from kundekort.services.accounts import Actor
from kundekort.services.lists import FileFormat
from kundekort.store.models import ApiToken, ColumnLayout, Customer, Export, Import, Revision, Segment
from kundekort.store.selection import Selection
from tests.api.conftest import HEADER, Program

load_all_checks()
BEYOND = [positive_data_acceptance]
"""What the document cannot say of a body: which columns a file has, that all rows have the same names."""

KNOWN = {
    "customer_id": Customer,
    "export_id": Export,
    "import_id": Import,
    "layout_id": ColumnLayout,
    "revision_id": Revision,
    "segment_id": Segment,
}
"""What the numbers of addresses name."""


@pytest.fixture
def _one_connection() -> Iterator[None]:
    """All requests are within the transaction of the test, as those of Django's own client."""
    signals = (request_started, request_finished)
    for signal in signals:
        signal.disconnect(close_old_connections)
    yield
    for signal in signals:
        signal.connect(close_old_connections)


@pytest.fixture
def document(
    _one_connection: None, alices: Program, bob: Actor, three: list[int], upload: Callable[..., Import], alice: Actor
) -> Any:
    """The API of a register with imports in every state that can be made."""
    text = HEADER + f"{three[0]};Karen;Nordmann;kari@example.com;2\n0;Per;Ås;per@;1\n0;Pål;Ås;;9\n"
    upload(text)
    asked = imports.receive(io.BytesIO(b"Kundenr;Fornavn;Noe\n0;Per;x\n"), filename="x.csv", actor=bob)
    planning.plan(asked.pk)
    imports.cancel(upload(text).pk, actor=bob)
    confirming.confirm((done := upload(HEADER + "0;Siv;Vik;;2\n")).pk, digest=done.digest, actor=bob)
    rule = Rule("last_name", Operator.IS, ("Ås",))
    segments.save(name="Ås", condition=Group(parts=(rule,)), actor=bob)
    exports.start(what=Selection(search="kari"), form=FileFormat.CSV, actor=bob)
    return schemathesis.openapi.from_wsgi("/api/openapi.json", _closing)


def _closing(environ: dict[str, Any], start: Callable[..., Any]) -> list[bytes]:
    """The site, whose answers are closed once they are read, as web servers do."""
    answer: Any = application(environ, start)
    try:
        return [b"".join(answer)]
    finally:
        answer.close()


OPERATIONS = [
    (path, method) for path, methods in api.get_openapi_schema()["paths"].items() for method in sorted(methods)
]


@pytest.mark.slow
@pytest.mark.parametrize(("path", "method"), OPERATIONS, ids=lambda part: part.removeprefix("/api/"))
def test_every_answer_is_as_the_document_says(document: Any, alices: Program, path: str, method: str) -> None:
    known = {name: list(kind.objects.order_by("pk").values_list("pk", flat=True)) for name, kind in KNOWN.items()}

    @given(case=document[path][method].as_strategy())
    @settings(max_examples=25, suppress_health_check=list(HealthCheck))
    def ask(case: Any) -> None:
        ApiToken.objects.update(calls=0)
        for name, number in case.path_parameters.items():
            if known.get(name) and isinstance(number, int) and number > 0 and number % 5:  # else most are of nothing
                case.path_parameters[name] = known[name][number % len(known[name])]
        case.call_and_validate(headers={"Authorization": f"Bearer {alices.secret}"}, excluded_checks=BEYOND)

    ask()
