"""The API as a whole: all its resources, how it reads what is sent, and how it says no."""

from __future__ import annotations

import json
import re
from functools import cached_property
from typing import Any, Final

from django.http import HttpRequest, HttpResponse
from django.utils.datastructures import MultiValueDict
from ninja import NinjaAPI
from ninja.operation import Operation
from ninja.parser import Parser

from kundekort import version
from kundekort.api import (
    changes,
    customers,
    docs,
    exports,
    fields,
    import_rows,
    imports,
    layouts,
    problems,
    revisions,
    segments,
)
from kundekort.api.openapi import Document
from kundekort.api.refusals import RequestRefused

_SUSPECT: Final = re.compile(rb"\\u(?:0000|[dD][89a-fA-F])")
"""How a JSON text says NUL or half of a character."""


DESCRIPTION: Final = """
The customer register for programs.

A program acts for a person, by a token that this person makes under *API tokens* of their account: `Authorization:
Bearer kk_…`. It may what its scopes say, and never more than its person.

Every no is `application/problem+json` with a stable `code`, in the language of `Accept-Language`. Lists go on with the
`cursor` that `next` says. What makes something takes an `Idempotency-Key`. More stands in `docs/api.md`.
"""


class Reader(Parser):
    """Reads JSON and forms. What no text can hold is refused: NUL, and halves of characters."""

    def parse_body(self, request: HttpRequest) -> Any:
        """The value of a JSON text. Raises ValueError."""
        value = json.loads(request.body, parse_constant=_refuse)
        if _SUSPECT.search(request.body):
            said = json.dumps(value, ensure_ascii=False)
            said.encode()
            if "\\u0000" in said.replace("\\\\", ""):
                raise ValueError("a text with a NUL character")
        return value

    def parse_querydict(
        self, data: MultiValueDict[str, Any], list_fields: list[str], request: HttpRequest
    ) -> dict[str, Any]:
        """The values of a form or of the query."""
        if any("\0" in text for texts in data.lists() for text in (texts[0], *map(str, texts[1]))):
            raise RequestRefused("request_malformed", 400)
        return super().parse_querydict(data, list_fields, request)


def _refuse(constant: str) -> None:
    raise ValueError(f"{constant} is no number of JSON")


class Api(NinjaAPI):
    """The API of Kundekort."""

    def on_exception(self, request: HttpRequest, exc: Any) -> HttpResponse:
        """The answer to what is expected; anything else goes on to the door."""
        answer = problems.answer(request, exc)
        if answer is None:
            raise exc
        return answer

    def get_openapi_schema(self, **options: Any) -> Document:
        """The document that says all there is to know of the API."""
        return self._document

    @cached_property
    def _document(self) -> Document:
        """Made once by a process: it is the same for everybody, and anybody may ask for it as often as they like."""
        return Document(self, self.get_root_path({}))

    def get_openapi_operation_id(self, operation: Operation) -> str:
        """An operation is called as its function is."""
        return operation.view_func.__name__


api = Api(
    title="Kundekort",
    version=version(),
    description=DESCRIPTION,
    urls_namespace="api",
    docs=docs.Page(),
    parser=Reader(),
)
api.add_router("changes", changes.router)
api.add_router("customers", customers.router)
api.add_router("exports", exports.router)
api.add_router("fields", fields.router)
api.add_router("imports", imports.router)
api.add_router("imports", import_rows.router)
api.add_router("layouts", layouts.router)
api.add_router("revisions", revisions.router)
api.add_router("segments", segments.router)
