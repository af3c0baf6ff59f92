"""The column layouts: which columns files have, in which order and under which names."""

from __future__ import annotations

from typing import Any, Literal

from django.http import HttpResponse
from ninja import Field, Path, Router, Schema, Status

from kundekort.api.access import ApiRequest, Takes, actor_of, needs
from kundekort.api.idempotency import once
from kundekort.api.schemas import Number, Page
from kundekort.engine.recipe import EmptyCells
from kundekort.services import layouts
from kundekort.services.accounts import Actor, Role
from kundekort.services.layouts import Layout
from kundekort.services.tokens import Scope

router = Router(tags=["layouts"])
READS = needs(Scope.SETTINGS_READ, Role.READER)
WRITES = needs(Scope.SETTINGS_WRITE, Role.ADMINISTRATOR, takes=Takes.JSON)


class LayoutColumn(Schema):
    """A column: a field, by its key, under the name it has in files."""

    field: str = Field(max_length=100, examples=["email"])
    header: str = Field(max_length=100, examples=["Epost"])


class LayoutIn(Schema):
    """What a layout is; one column is the customer number. `is_default`: it is that of whoever names none."""

    name: str = Field(min_length=1, max_length=100)
    columns: list[LayoutColumn] = Field(min_length=1, max_length=1000)
    empty_cells: Literal["overwrite", "keep"] = "overwrite"
    is_default: bool = False


class LayoutOut(Schema):
    """A layout. The one that is built in has number 0 and the name ''; it has every field under its own name."""

    id: int
    name: str
    columns: list[LayoutColumn]
    empty_cells: Literal["overwrite", "keep"]
    is_default: bool


class LayoutPage(Page):
    """All layouts, the default one first."""

    items: list[LayoutOut]


@router.get("", **READS, response=LayoutPage)
def list_layouts(request: ApiRequest) -> dict[str, Any]:
    """List all column layouts, the default one first."""
    return {"items": list(map(layout_json, layouts.list_all()))}


@router.post(
    "",
    **needs(Scope.SETTINGS_WRITE, Role.ADMINISTRATOR, takes=Takes.JSON, idempotent=True),
    response={201: LayoutOut},
)
def create_layout(request: ApiRequest, response: HttpResponse, said: LayoutIn) -> Status[dict[str, Any]]:
    """Make a column layout; the names of its columns are known in every file from now on."""
    actor = actor_of(request)

    def show(number: int) -> Status[dict[str, Any]]:
        response["Location"] = f"/api/layouts/{number}"
        return Status(201, layout_json(layouts.numbered(number)))

    return once(request, lambda: _save(said, actor).id, show)


@router.get("/{int:layout_id}", **READS, response=LayoutOut)
def show_layout(request: ApiRequest, layout_id: Path[int]) -> dict[str, Any]:
    """Show a column layout."""
    return layout_json(layouts.numbered(layout_id))


@router.put("/{int:layout_id}", **WRITES, response=LayoutOut)
def change_layout(request: ApiRequest, layout_id: Path[Number], said: LayoutIn) -> dict[str, Any]:
    """Change a column layout, all of it. Files made with it as it was can still be read."""
    return layout_json(_save(said, actor_of(request), former=layouts.numbered(layout_id).name))


@router.delete("/{int:layout_id}", **needs(Scope.SETTINGS_WRITE, Role.ADMINISTRATOR), response={204: None})
def delete_layout(request: ApiRequest, layout_id: Path[Number]) -> Status[None]:
    """Forget a column layout. Files made with it can still be read; the built-in one follows a default one."""
    layouts.delete(layouts.numbered(layout_id).name, actor=actor_of(request))
    return Status(204, None)


def layout_json(layout: Layout) -> dict[str, Any]:
    """A layout as services give it."""
    return {
        "id": layout.id,
        "name": layout.name,
        "columns": [{"field": column.field.key, "header": column.header} for column in layout.columns],
        "empty_cells": layout.empty_cells.value,
        "is_default": layout.is_default,
    }


def _save(said: LayoutIn, actor: Actor, former: str | None = None) -> Layout:
    return layouts.save(
        said.name,
        columns=[(column.field, column.header) for column in said.columns],
        empty_cells=EmptyCells(said.empty_cells),
        is_default=said.is_default,
        former=former,
        actor=actor,
    )
