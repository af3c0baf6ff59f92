"""What /api/openapi.json says of every operation besides what its signature does: who may, and every way to say no."""

from __future__ import annotations

from typing import Any, Final

from ninja.openapi.schema import OpenAPISchema
from ninja.operation import Operation

from kundekort.api.access import Bearer, Takes
from kundekort.api.idempotency import HEADER, LONGEST
from kundekort.api.problems import MEDIA_TYPE, Problem
from kundekort.services.lists import FileFormat

_ALWAYS: Final = (400, 401, 403, 404, 409, 410, 422, 429, 503)
_WITH_BODY: Final = (411, 413, 415)
RATE_HEADERS: Final = {
    "RateLimit": 'How many requests are left of this minute, as `"token";r=599;t=42`.',
    "RateLimit-Policy": 'How many requests a token has, as `"token";q=600;w=60`.',
    "X-Request-ID": "The number by which the server's log names the request.",
}


class Document(OpenAPISchema):
    """The document."""

    def operation_details(self, operation: Operation) -> dict[str, Any]:
        """What there is to say of one operation."""
        told: dict[str, Any] = super().operation_details(operation)
        access = operation.auth_callbacks[0]
        assert isinstance(access, Bearer)
        first, _, _ = (operation.description or "").partition("\n")
        told["summary"] = first.rstrip(".")
        needed = f"Scope `{access.scope}`, role {access.role} or higher."
        told["description"] = f"{operation.description}\n\n{needed}"
        told["security"] = [{"Bearer": [access.scope.value]}]
        if access.idempotent:
            told["parameters"] = [*told["parameters"], _idempotency_key()]
        statuses = (*_ALWAYS, *(() if access.takes is Takes.NOTHING else _WITH_BODY))
        responses = told["responses"]
        for answer in responses.values():
            answer["headers"] = {name: _header(words) for name, words in RATE_HEADERS.items()}
        told["responses"] = responses | {status: {"$ref": "#/components/responses/Problem"} for status in statuses}
        return told

    def get_components(self) -> dict[str, Any]:
        """The parts that operations share."""
        schema = Problem.model_json_schema(ref_template="#/components/schemas/{model}")
        self.add_schema_definitions(schema.pop("$defs", {}))
        self.schemas["Problem"] = schema
        components: dict[str, Any] = super().get_components()
        content = {MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}}
        components["responses"] = {"Problem": {"description": "Why it was not done.", "content": content}}
        return components


def files_of(*formats: str) -> dict[str, Any]:
    """What is told of an operation whose answer is a file in one of these formats."""
    schema = {"schema": {"type": "string", "format": "binary"}}
    content = {FileFormat(name).media_type.partition(";")[0]: schema for name in formats}
    return {"responses": {200: {"description": "The file.", "content": content}}}


def _header(words: str) -> dict[str, Any]:
    return {"description": words, "schema": {"type": "string"}}


def _idempotency_key() -> dict[str, Any]:
    words = "A key of your own: the same request sent again with it does nothing again, and gets its answer again."
    schema = {"type": "string", "minLength": 1, "maxLength": LONGEST}
    return {"in": "header", "name": HEADER, "required": False, "description": words, "schema": schema}
