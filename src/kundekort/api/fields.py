"""The fields of a card: those that are built in, and those that a venue has made itself."""

from __future__ import annotations

from typing import Annotated, Any, Literal, TypeAlias

from django.http import HttpResponse
from ninja import Field, Path, Router, Schema, Status

from kundekort.api.access import ApiRequest, Takes, actor_of, needs
from kundekort.api.idempotency import once
from kundekort.api.schemas import Page
from kundekort.engine import schema
from kundekort.engine.schema import Kind
from kundekort.services import fields
from kundekort.services.accounts import Role
from kundekort.services.fields import LONGEST_TEXT, Definition
from kundekort.services.refusals import NotFound
from kundekort.services.tokens import Scope

router = Router(tags=["fields"])
READS = needs(Scope.SETTINGS_READ, Role.READER)
ACTS = needs(Scope.SETTINGS_WRITE, Role.ADMINISTRATOR)
WRITES = needs(Scope.SETTINGS_WRITE, Role.ADMINISTRATOR, takes=Takes.JSON)

Key: TypeAlias = Annotated[str, Field(max_length=100, pattern="^[a-z0-9_]+$")]
Language: TypeAlias = Literal["nb", "en", "sv", "da"]
Words: TypeAlias = Annotated[str, Field(max_length=LONGEST_TEXT)]


class FieldChange(Schema):
    """What a venue says of a field of its own: `header` is its name in files, `labels` and `help` are words for people
    by language, `choices` are those of the kind choice."""

    header: str = Field(min_length=1, max_length=100, examples=["Seat"])
    labels: dict[Language, Words] = Field(default_factory=dict, examples=[{"nb": "Plass", "en": "Seat"}])
    help: dict[Language, Words] = Field(default_factory=dict)
    required: bool = False
    choices: list[Words] = Field(default_factory=list, max_length=1000)

    def definition(self, kind: Kind) -> Definition:
        """The same for services."""
        said = {name: getattr(self, name) for name in FieldChange.model_fields}
        return Definition(kind=kind, **said)


class NewField(FieldChange):
    """A field to be made; its kind stays."""

    kind: Literal["text", "number", "date", "choice", "yes_no"]


class FieldOut(Schema):
    """A field of the card: `key` is what it is called here for ever, `header` in files, `labels` by people.

    `unique`: no two cards have the same; `consent`: it says whether a person lets themselves be written to; `custom`:
    the venue has made it; `retired`: it is not in use any more, and cannot be written.
    """

    key: str
    header: str
    kind: str
    labels: dict[str, str]
    help: dict[str, str]
    required: bool
    unique: bool
    max_length: int | None
    choices: list[str]
    consent: bool
    custom: bool
    retired: bool


class FieldPage(Page):
    """All fields in their order."""

    items: list[FieldOut]


class FieldOrder(Schema):
    """The keys of own fields in the order they shall have; others come after them."""

    keys: list[Key] = Field(max_length=1000)


@router.get("", **READS, response=FieldPage)
def list_fields(request: ApiRequest) -> dict[str, Any]:
    """List all fields in their order, those that are out of use too."""
    used = {field.key for field in fields.schema()}
    return {"items": [field_json(field, retired=field.key not in used) for field in fields.schema(retired=True)]}


@router.post(
    "",
    **needs(Scope.SETTINGS_WRITE, Role.ADMINISTRATOR, takes=Takes.JSON, idempotent=True),
    response={201: FieldOut},
)
def create_field(request: ApiRequest, response: HttpResponse, said: NewField) -> Status[dict[str, Any]]:
    """Make an own field; it is there in files and on the cards at once."""
    actor = actor_of(request)

    def show(number: int) -> Status[dict[str, Any]]:
        key = next(made.key for made in fields.list_custom(actor=actor) if made.pk == number)
        response["Location"] = f"/api/fields/{key}"
        return Status(201, _told(key))

    return once(request, lambda: fields.create(said.definition(Kind(said.kind)), actor=actor).pk, show)


@router.put("/order", **WRITES, response=FieldPage)
def arrange_fields(request: ApiRequest, said: FieldOrder) -> dict[str, Any]:
    """Put own fields in an order."""
    fields.arrange(said.keys, actor=actor_of(request))
    return list_fields(request)


@router.get("/{key}", **READS, response=FieldOut)
def show_field(request: ApiRequest, key: Path[Key]) -> dict[str, Any]:
    """Show a field."""
    return _told(key)


@router.put("/{key}", **WRITES, response=FieldOut)
def change_field(request: ApiRequest, key: Path[Key], said: FieldChange) -> dict[str, Any]:
    """Change an own field, all but its kind. Files that use its former name go on meaning it."""
    fields.change(key, said.definition(Kind.TEXT), actor=actor_of(request))
    return _told(key)


@router.post("/{key}/retire", **ACTS, response=FieldOut)
def retire_field(request: ApiRequest, key: Path[Key]) -> dict[str, Any]:
    """Take an own field out of use; its values and their history are kept."""
    fields.retire(key, actor=actor_of(request))
    return _told(key)


@router.post("/{key}/restore", **ACTS, response=FieldOut)
def restore_field(request: ApiRequest, key: Path[Key]) -> dict[str, Any]:
    """Take an own field into use again, with the values it had."""
    fields.retire(key, retired=False, actor=actor_of(request))
    return _told(key)


def field_json(field: schema.Field, *, retired: bool) -> dict[str, Any]:
    """A field as services give it."""
    said = ("key", "header", "unique", "max_length", "consent", "custom")
    return {name: getattr(field, name) for name in said} | {
        "required": field.required or field.kind is Kind.GENDER,  # which says 0 where there is none
        "kind": field.kind.value,
        "labels": dict(field.labels),
        "help": dict(field.help),
        "choices": list(field.choices),
        "retired": retired,
    }


def _told(key: str) -> dict[str, Any]:
    every = fields.schema(retired=True)
    if key not in every:
        raise NotFound(id=key)
    return field_json(every[key], retired=key not in fields.schema())
