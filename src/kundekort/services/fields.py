"""The register's schema as it is now: the built-in fields and those a venue has made itself."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field, replace
from functools import cache
from typing import Final

from django.db import transaction
from django.db.models import Max
from django.utils import timezone

from kundekort.engine.mapping import fold, names
from kundekort.engine.schema import Field, Kind, Schema
from kundekort.engine.values.text import line
from kundekort.services import audit
from kundekort.services.accounts import Actor, Role
from kundekort.services.audit import Event
from kundekort.services.refusals import ChoiceInUse, FieldInvalid, NotFound
from kundekort.store.fields import CUSTOM_PREFIX, SCHEMA
from kundekort.store.models import Customer, CustomField, HeaderAlias

KINDS: Final = (Kind.TEXT, Kind.NUMBER, Kind.DATE, Kind.CHOICE, Kind.YES_NO)
"""The kinds an own field can have."""

LONGEST_TEXT: Final = 1000
"""Characters of an own text field, or of a choice."""


@dataclass(frozen=True, slots=True)
class Definition:
    """What an administrator says of an own field. `labels` and `help` by language code; `choices` for kind CHOICE."""

    header: str
    kind: Kind
    labels: Mapping[str, str] = field(default_factory=dict)
    help: Mapping[str, str] = field(default_factory=dict)
    required: bool = False
    choices: Sequence[str] = ()


def schema(*, retired: bool = False) -> Schema:
    """All fields in use; with `retired` also those that are not, for telling of the past."""
    return _schemas.get()(retired)


@contextmanager
def once() -> Iterator[None]:
    """A block in which the database is asked for the fields once, however often anybody wants them; it changes none."""
    rows = cache(_rows)
    token = _schemas.set(cache(lambda retired: _schema(*rows(), retired=retired)))
    try:
        yield
    finally:
        _schemas.reset(token)


_Rows = tuple[list[CustomField], list[tuple[str, str]]]


def _rows() -> _Rows:
    """The own fields, and which headers mean which field."""
    return list(CustomField.objects.all()), list(HeaderAlias.objects.values_list("name", "field"))


def _schema(own: list[CustomField], aliases: list[tuple[str, str]], *, retired: bool) -> Schema:
    custom = [one for one in own if retired or one.retired_at is None]
    remembered: dict[str, list[str]] = {}
    for name, key in aliases:
        remembered.setdefault(key, []).append(name)
    fields = [*SCHEMA.fields[:-1], *map(_field, custom), SCHEMA.fields[-1]]
    return replace(SCHEMA, fields=tuple(replace(f, synonyms=(*f.synonyms, *remembered.get(f.key, ()))) for f in fields))


_schemas: ContextVar[Callable[[bool], Schema]] = ContextVar(
    "schemas", default=lambda retired: _schema(*_rows(), retired=retired)
)


def list_custom(*, actor: Actor) -> list[CustomField]:
    """The own fields in their order, retired ones too."""
    actor.require(Role.ADMINISTRATOR)
    return list(CustomField.objects.all())


@transaction.atomic
def create(definition: Definition, *, actor: Actor) -> CustomField:
    """A new own field. Raises FieldInvalid."""
    actor.require(Role.ADMINISTRATOR)
    definition = _sound(definition, key=None)
    last = CustomField.objects.aggregate(last=Max("position"))["last"] or 0
    made = CustomField(key=_key(definition.header), kind=definition.kind, position=last + 1)
    audit.record(Event.FIELD_CHANGE, actor=actor, key=made.key, act="added")
    return _save(made, definition)


@transaction.atomic
def change(key: str, definition: Definition, *, actor: Actor) -> CustomField:
    """Rename or redefine an own field; its kind stays. Files that use its former name go on meaning it.

    Raises FieldInvalid, and ChoiceInUse for a choice that is taken away while cards have it.
    """
    actor.require(Role.ADMINISTRATOR)
    made = _get(key)
    definition = _sound(replace(definition, kind=Kind(made.kind)), key=key)
    for gone in set(made.choices) - set(definition.choices):
        if cards := Customer.objects.filter(custom__contains={key: gone}).count():
            raise ChoiceInUse(choice=gone, cards=cards)
    audit.record(Event.FIELD_CHANGE, actor=actor, key=key, act="changed")
    return _save(made, definition)


@transaction.atomic
def retire(key: str, *, retired: bool = True, actor: Actor) -> CustomField:
    """Take an own field out of use, or back into it; its values and history stay as they are."""
    actor.require(Role.ADMINISTRATOR)
    made = _get(key)
    if not retired:
        _refuse_taken([made.header, *made.labels.values()], key=key)
    made.retired_at = timezone.now() if retired else None
    made.save(update_fields=["retired_at"])
    audit.record(Event.FIELD_CHANGE, actor=actor, key=key, act="retired" if retired else "restored")
    return made


@transaction.atomic
def arrange(keys: Sequence[str], *, actor: Actor) -> None:
    """Put own fields in an order; those not named come after."""
    actor.require(Role.ADMINISTRATOR)
    order = {key: position for position, key in enumerate(keys)}
    for position, made in enumerate(sorted(CustomField.objects.all(), key=lambda f: order.get(f.key, len(order))), 1):
        CustomField.objects.filter(pk=made.pk).update(position=position)
    audit.record(Event.FIELD_ORDER, actor=actor)


def remember(header: str, key: str) -> None:
    """Let a column name mean a field from now on, whatever else it is called later."""
    HeaderAlias.objects.update_or_create(name=fold(header), defaults={"field": key})


def _field(made: CustomField) -> Field:
    kind = Kind(made.kind)
    return Field(
        key=made.key,
        header=made.header,
        kind=kind,
        labels=made.labels,
        max_length=LONGEST_TEXT if kind is Kind.TEXT else None,
        required=made.required,
        choices=tuple(made.choices),
        custom=True,
        help=made.help,
    )


def _get(key: str) -> CustomField:
    try:
        return CustomField.objects.get(key=key)
    except CustomField.DoesNotExist as error:
        raise NotFound(id=key) from error


def _save(made: CustomField, definition: Definition) -> CustomField:
    made.header, made.labels, made.help = definition.header, dict(definition.labels), dict(definition.help)
    made.required, made.choices = definition.required, list(definition.choices)
    made.save()
    remember(definition.header, made.key)
    return made


def _sound(definition: Definition, *, key: str | None) -> Definition:
    """The definition trimmed. Raises FieldInvalid with the reason as its parameter."""
    header = line(definition.header)
    choices = tuple(dict.fromkeys(c for choice in definition.choices if (c := line(choice))))
    texts = {
        part: {code: seen for code, text in given.items() if (seen := line(text))}
        for part, given in (("labels", definition.labels), ("help", definition.help))
    }
    if not fold(header) or len(header) > 100:
        raise FieldInvalid(reason="header_missing")
    if definition.kind not in KINDS:
        raise FieldInvalid(reason="kind_unknown")
    if definition.kind is Kind.CHOICE and not choices:
        raise FieldInvalid(reason="choices_missing")
    if any(len(choice) > LONGEST_TEXT for choice in choices) or len({c.casefold() for c in choices}) < len(choices):
        raise FieldInvalid(reason="choices_alike")
    _refuse_taken([header, *texts["labels"].values()], key=key)
    kept = choices if definition.kind is Kind.CHOICE else ()
    return replace(definition, header=header, choices=kept, labels=texts["labels"], help=texts["help"])


def _refuse_taken(wanted: Sequence[str], *, key: str | None) -> None:
    """Refuse names by which files and people know another field, also one that is out of use."""
    for other in schema(retired=True):
        for name in wanted:
            if other.key != key and fold(name) in names(other):
                raise FieldInvalid(reason="header_taken", header=name, field=other.key)


def _key(header: str) -> str:
    """A key for a new field that no field has or had: it stands in the change log for ever."""
    base = CUSTOM_PREFIX + (fold(header).encode("ascii", "ignore").decode()[:40].strip("_") or "field")
    taken = set(CustomField.objects.values_list("key", flat=True))
    return next(key for n in range(1, len(taken) + 2) if (key := base if n == 1 else f"{base}_{n}") not in taken)
