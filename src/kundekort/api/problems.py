"""Every no as `application/problem+json` (RFC 9457): a stable code for programs, and words in their language."""

from __future__ import annotations

import json
import logging
from collections.abc import Mapping
from http import HTTPStatus
from typing import Any, Final

from django.core.exceptions import DisallowedHost, RequestDataTooBig, SuspiciousOperation
from django.core.serializers.json import DjangoJSONEncoder
from django.http import Http404, HttpRequest, HttpResponse, UnreadablePostError
from django.http.multipartparser import MultiPartParserError
from ninja import Field, Schema
from ninja.errors import AuthenticationError, HttpError, ValidationError

from kundekort import wording
from kundekort.api import card_problems
from kundekort.api.refusals import RequestRefused
from kundekort.engine.errors import FILE_CODES, FileRefused
from kundekort.services.refusals import CardInvalid, EditConflict, Refusal
from kundekort.services.shortages import RETRY_AFTER, lacking

logger = logging.getLogger("kundekort.api")

MEDIA_TYPE: Final = "application/problem+json"
STATUSES: Final[Mapping[str, int]] = {
    **dict.fromkeys(FILE_CODES, 422),
    "file_too_large": 413,
    "forbidden": 403,
    "not_found": 404,
    **dict.fromkeys(("card_merged", "card_removed", "card_anonymised", "change_cursor_unknown"), 410),
    **dict.fromkeys(
        (
            "card_invalid",
            "cell_invalid",
            "change_cursor_invalid",
            "decision_invalid",
            "field_invalid",
            "idempotency_mismatch",
            "layout_invalid",
            "merge_invalid",
            "rows_uneven",
            "rows_unknown",
            "segment_invalid",
            "setting_invalid",
            "token_invalid",
            "too_many_for_workbook",
        ),
        422,
    ),
}
"""The status of a refusal by its code; 409 for all others: the register is not in a state in which this can be done."""
WHO: Final = {"WWW-Authenticate": 'Bearer realm="Kundekort"'}
"""What goes with an answer to whoever does not say, or not in a way that holds, who they are."""


class Fault(Schema):
    """One thing that is wrong with a request: `where` it is, such as `body.rows.0`.

    Of a card, `field` is the key of the field, '' for the whole card, and `value` what was to stand there.
    """

    where: str
    code: str
    message: str
    field: str | None = None
    value: str | None = None


class CardConflict(Schema):
    """A value that somebody else has changed too: what stood there, what each wants, who wrote theirs, and when."""

    field: str
    base: str
    mine: str
    theirs: str
    who: str
    when: str | None


class Problem(Schema):
    """Why something was not done. `code` is stable; `detail` is a sentence in the language that was asked for.

    `params` is what the sentence is made of.
    """

    model_config = {"extra": "allow"}

    type: str = Field(examples=["urn:kundekort:problem:not_found"])
    title: str = Field(examples=["Not Found"])
    status: int
    detail: str
    code: str = Field(examples=["not_found"])
    params: dict[str, Any] = Field(default_factory=dict)
    errors: list[Fault] = Field(default_factory=list)
    conflicts: list[CardConflict] = Field(default_factory=list)
    request_id: str


def answer(request: HttpRequest, error: BaseException) -> HttpResponse | None:
    """The answer to an error that is expected; None for a bug."""
    match error:
        case RequestRefused():
            told: dict[str, Any] = {"params": error.params, "headers": error.headers, "errors": error.errors}
            return problem(request, error.code, error.status, **told)
        case CardInvalid() | EditConflict():
            return refused(request, error, **card_problems.members(error))
        case Refusal() | FileRefused():
            return refused(request, error)
        case AuthenticationError():
            return problem(request, "unauthenticated", 401, headers=WHO)
        case ValidationError():
            return problem(request, "request_invalid", 422, errors=list(map(_fault, error.errors)))
        case Http404():
            return problem(request, "address_unknown", 404)
        case HttpError(status_code=400):  # which ninja says of a body that it cannot read
            return problem(request, "json_malformed", 400, errors=[_of_json(error.__cause__)])
        case RequestDataTooBig():
            return problem(request, "request_malformed", 413)
        case DisallowedHost() | SuspiciousOperation() | MultiPartParserError() | UnreadablePostError():
            return problem(request, "request_malformed", 400)
    if lacking(error):
        return problem(request, "temporarily_unavailable", 503, headers={"Retry-After": str(RETRY_AFTER)})
    return None


def _of_json(cause: BaseException | None) -> dict[str, str]:
    """What is wrong with a body that is no JSON, without anything of the body."""
    said = str(cause) if type(cause) in (ValueError, json.JSONDecodeError) else "This is not JSON, or not in UTF-8."
    return {"where": "body", "code": "json_invalid", "message": said}


def refused(request: HttpRequest, refusal: Refusal | FileRefused, **members: Any) -> HttpResponse:
    """The answer to a refusal; `members` are told to programs beside what its words are made of."""
    status = STATUSES.get(refusal.code, HTTPStatus.CONFLICT)
    headers = {"Retry-After": str(RETRY_AFTER)} if refusal.code == "register_busy" else {}
    return problem(request, refusal.code, status, params=refusal.params, headers=headers, **members)


def bug(request: HttpRequest, error: BaseException) -> HttpResponse:
    """The answer to a fault of the program, which is logged under the number of the request."""
    logger.error("%s %s failed (request %s)", request.method, request.path, number_of(request), exc_info=error)
    return problem(request, "internal_error", 500)


def problem(
    request: HttpRequest,
    code: str,
    status: int,
    *,
    params: Mapping[str, Any] | None = None,
    headers: Mapping[str, str] | None = None,
    errors: list[dict[str, str]] | None = None,
    **members: Any,
) -> HttpResponse:
    """A no with its words. What has no JSON form of its own among the params is left out: the words have it."""
    body = {
        "type": f"urn:kundekort:problem:{code}",
        "title": HTTPStatus(status).phrase,
        "status": int(status),
        "detail": wording.refusal(code, params or {}),
        "code": code,
        "params": {name: value for name, value in (params or {}).items() if _has_json(value)},
        "errors": errors or [],
        **members,
        "request_id": number_of(request),
    }
    text = json.dumps(body, cls=DjangoJSONEncoder)
    return HttpResponse(text, status=status, content_type=MEDIA_TYPE, headers=dict(headers or {}))


def number_of(request: HttpRequest) -> str:
    """The number of a request, by which the log and the answer name it."""
    return str(getattr(request, "request_id", ""))


def _fault(found: Mapping[str, Any]) -> dict[str, str]:
    whole, *inside = found["loc"]
    place = inside[1:] if whole == "body" else inside  # of a body comes the name of our own parameter first
    where = ".".join(map(str, (whole, *place)))
    return {"where": where, "code": str(found["type"]), "message": str(found["msg"])}


def _has_json(value: Any) -> bool:
    try:
        json.dumps(value, cls=DjangoJSONEncoder)
    except (TypeError, ValueError):
        return False
    return True
