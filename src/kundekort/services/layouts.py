"""Column layouts: which columns files have, in which order and under which names."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from django.db import transaction

from kundekort.engine.mapping import fold, names
from kundekort.engine.recipe import EmptyCells
from kundekort.engine.schema import Field, Kind, Schema
from kundekort.engine.values.text import line
from kundekort.services import audit, fields
from kundekort.services.accounts import Actor, Role
from kundekort.services.audit import Event
from kundekort.services.refusals import LayoutInvalid, NotFound
from kundekort.store.models import ColumnLayout

BUILT_IN: Final = ""
"""The name of the layout with every field under its own name, which is always there."""


@dataclass(frozen=True, slots=True)
class Column:
    """One column of a layout: a field under the name it has in files."""

    field: Field
    header: str


@dataclass(frozen=True, slots=True)
class Layout:
    """The columns of files and what empty cells do by default. `name` '' and `id` 0 are the built-in one."""

    id: int
    name: str
    columns: tuple[Column, ...]
    empty_cells: EmptyCells
    is_default: bool

    @property
    def fields(self) -> tuple[tuple[Field, str], ...]:
        """Each field with its header."""
        return tuple((c.field, c.header) for c in self.columns)

    @property
    def headers(self) -> tuple[str, ...]:
        """The header row."""
        return tuple(c.header for c in self.columns)


def list_all() -> tuple[Layout, ...]:
    """All layouts, the default first, then by name; the built-in one is always among them."""
    schema = fields.schema()
    made = [_layout(row, schema) for row in ColumnLayout.objects.order_by("name")]
    whole = _built_in(schema, is_default=not any(layout.is_default for layout in made))
    return tuple(sorted([whole, *made], key=lambda layout: (not layout.is_default, layout.name)))


def get(name: str | None = None) -> Layout:
    """A layout by its name, the default one without. Raises NotFound."""
    layouts = list_all()
    if name is None:
        return layouts[0]
    for layout in layouts:
        if layout.name == name:
            return layout
    raise NotFound(id=name)


def numbered(layout_id: int) -> Layout:
    """A layout by its number. Raises NotFound."""
    for layout in list_all():
        if layout.id == layout_id:
            return layout
    raise NotFound(id=layout_id)


@transaction.atomic
def save(
    name: str,
    *,
    columns: Sequence[tuple[str, str]],
    empty_cells: EmptyCells,
    is_default: bool,
    actor: Actor,
    former: str | None = None,
) -> Layout:
    """Make a layout of (field key, header) pairs, or change the one called `former`. Raises LayoutInvalid, NotFound.

    Its column names are remembered, so that files made with it can always be read.
    """
    actor.require(Role.ADMINISTRATOR)
    name = line(name)
    columns = [(key, line(header)) for key, header in columns]
    _check(name, columns, former=former)
    row = ColumnLayout.objects.filter(name=former).first() if former else ColumnLayout()
    if row is None:
        raise NotFound(id=former)
    if is_default:
        ColumnLayout.objects.filter(is_default=True).update(is_default=False)
    row.name, row.empty_cells, row.is_default = name, empty_cells.value, is_default
    row.columns = [{"field": key, "header": header} for key, header in columns]
    row.save()
    for key, header in columns:
        fields.remember(header, key)
    audit.record(Event.LAYOUT_CHANGE, actor=actor, name=name, act="changed" if former else "added")
    return get(name)


@transaction.atomic
def delete(name: str, *, actor: Actor) -> None:
    """Forget a layout; its column names stay known. Raises NotFound."""
    actor.require(Role.ADMINISTRATOR)
    if not ColumnLayout.objects.filter(name=name).delete()[0]:
        raise NotFound(id=name)
    audit.record(Event.LAYOUT_CHANGE, actor=actor, name=name, act="deleted")


def _check(name: str, columns: Sequence[tuple[str, str]], *, former: str | None) -> None:
    schema = fields.schema()
    if not name or len(name) > 100:
        raise LayoutInvalid(reason="name_missing")
    if ColumnLayout.objects.filter(name=name).exclude(name=former or "").exists():
        raise LayoutInvalid(reason="name_taken", name=name)
    if unknown := [key for key, _ in columns if key not in schema]:
        raise LayoutInvalid(reason="field_unknown", field=unknown[0])
    if not any(schema[key].kind is Kind.ID for key, _ in columns):
        raise LayoutInvalid(reason="id_missing")
    if twice := [key for key, times in Counter(key for key, _ in columns).items() if times > 1]:
        raise LayoutInvalid(reason="field_twice", field=twice[0])
    heads = Counter(fold(header) for _, header in columns)
    for key, header in columns:
        if not fold(header) or len(header) > 100:
            raise LayoutInvalid(reason="header_missing", field=key)
        if heads[fold(header)] > 1:
            raise LayoutInvalid(reason="header_twice", header=header)
        # A name that means another field in every old file must not change its meaning.
        for other in fields.schema(retired=True):
            if other.key != key and fold(header) in names(other):
                raise LayoutInvalid(reason="header_taken", header=header, field=other.key)


def _layout(row: ColumnLayout, schema: Schema) -> Layout:
    """The layout of a row, without fields that have been retired since."""
    columns = tuple(Column(schema[c["field"]], c["header"]) for c in row.columns if c["field"] in schema)
    return Layout(
        id=row.pk, name=row.name, columns=columns, empty_cells=EmptyCells(row.empty_cells), is_default=row.is_default
    )


def _built_in(schema: Schema, *, is_default: bool) -> Layout:
    columns = tuple(Column(f, f.header) for f in schema if f.kind is not Kind.VERSION)
    return Layout(id=0, name=BUILT_IN, columns=columns, empty_cells=EmptyCells.OVERWRITE, is_default=is_default)
