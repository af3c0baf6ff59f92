"""The customers: found, made, changed, merged and anonymised, as on the website; their history, and all their data."""

from __future__ import annotations

from typing import Annotated, Any, Literal, TypeAlias

from django.http import HttpResponse
from ninja import Path, Query, Router, Status

from kundekort.api import card_schemas as shapes
from kundekort.api import cursors
from kundekort.api.access import ApiRequest, Takes, actor_of, needs
from kundekort.api.card_schemas import card_json, entry_json
from kundekort.api.idempotency import once
from kundekort.api.rules import parse_text
from kundekort.api.schemas import Cursor, Limit, Number
from kundekort.services import anonymising, customer_list, customers, disclosure, editing, fields, history, merging
from kundekort.services.accounts import Role
from kundekort.services.customer_list import BEGINNING, Place
from kundekort.services.tokens import Scope

router = Router(tags=["customers"])
READS = needs(Scope.CUSTOMERS_READ, Role.READER)
MAKES = needs(Scope.CUSTOMERS_WRITE, Role.IMPORTER, takes=Takes.JSON, idempotent=True)

Search: TypeAlias = Annotated[
    str, Query(max_length=1000, description="Words that each begin a name, e-mail, phone, city or number.")
]
Rules: TypeAlias = Annotated[
    str | None, Query(description='Rules as those of a segment, as JSON: `{"field": "country", "operator": "empty"}`.')
]


@router.get("", **READS, response=shapes.CardPage)
def list_customers(
    request: ApiRequest,
    search: Search = "",
    rules: Rules = None,
    order: Literal["id", "name", "city", "email"] = "id",
    descending: bool = False,
    limit: Limit = cursors.USUAL,
    cursor: Cursor = None,
) -> dict[str, Any]:
    """List the customers whom a search and rules find; all of them without."""
    listing = f"customers.{order}.{descending}"
    place = cursors.decode(listing, cursor)
    found = customer_list.search(
        text=search,
        rules=parse_text(rules),
        place=BEGINNING if place is None else Place(keys=place),
        limit=limit,
        order=order,
        descending=descending,
        actor=actor_of(request),
    )
    last = None if found.end is None else cursors.encode(listing, found.end)
    return {"items": list(map(card_json, found.rows)), "next": last}


@router.get("/count", **READS, response=shapes.Count)
def count_customers(request: ApiRequest, search: Search = "", rules: Rules = None) -> dict[str, Any]:
    """Count the customers whom a search and rules find; all of them without."""
    return {"customers": customer_list.count(text=search, rules=parse_text(rules), actor=actor_of(request))}


@router.post("", **MAKES, response={201: shapes.Card})
def create_customer(request: ApiRequest, response: HttpResponse, said: shapes.NewCard) -> Status[dict[str, Any]]:
    """Make a customer of values as people write them; they are checked as those of a file are.

    What cannot be is told under 422 in `errors`, each with its `field`, `code` and words.
    """
    actor, values = actor_of(request), said.known()

    def show(number: int) -> Status[dict[str, Any]]:
        response["Location"] = f"/api/customers/{number}"
        return Status(201, card_json(customers.card(number, actor=actor)))

    return once(request, lambda: editing.create(values, actor=actor), show)


@router.get("/{int:customer_id}", **READS, response=shapes.Card)
def show_customer(request: ApiRequest, customer_id: Path[Number]) -> dict[str, Any]:
    """Show a customer.

    410 for one who is no more: anonymised, taken back, or merged, whose `params` say into whom.
    """
    return card_json(customers.card(customer_id, actor=actor_of(request)))


@router.patch(
    "/{int:customer_id}", **needs(Scope.CUSTOMERS_WRITE, Role.IMPORTER, takes=Takes.JSON), response=shapes.Card
)
def edit_customer(request: ApiRequest, customer_id: Path[Number], said: shapes.CardEdit) -> dict[str, Any]:
    """Change values of a customer who was looked at in a version.

    What others have changed since is kept. Where they have changed the same cells to something else, nothing is
    written, and the 409 has in `conflicts` what stood there (`base`), what you want (`mine`) and what stands there
    (`theirs`); ask again with the newer version for what shall stay. What cannot be is told under 422 in `errors`.
    """
    actor = actor_of(request)
    editing.edit(customer_id, version=said.version, values=said.known(), actor=actor)
    return card_json(customers.card(customer_id, actor=actor))


@router.post("/{int:customer_id}/merge", **MAKES, response=shapes.Card)
def merge_customers(request: ApiRequest, customer_id: Path[Number], said: shapes.Merge) -> dict[str, Any]:
    """Make other customers part of this one; their numbers lead to it from now on.

    Nothing is written where one of them is not as it was looked at. An undo of the revision parts them again.
    """
    actor = actor_of(request)
    present = {f.key for f in fields.schema().values}
    shapes.refuse_unknown(key for key in said.values if key not in present)
    versions = {customer_id: said.version} | {other.id: other.version for other in said.others}

    def merge() -> int:
        others = [other.id for other in said.others]
        merging.merge(master=customer_id, others=others, versions=versions, values=said.values, actor=actor)
        return customer_id

    return once(request, merge, lambda number: card_json(customers.card(number, actor=actor)))


@router.get("/{int:customer_id}/history", **READS, response=shapes.HistoryPage)
def list_history(
    request: ApiRequest, customer_id: Path[Number], limit: Limit = cursors.USUAL, cursor: Cursor = None
) -> dict[str, Any]:
    """List what has happened to a customer, the newest first; also to one who is no more."""
    listing, actor = f"customers.{customer_id}.history", actor_of(request)
    before = cursors.decode(listing, cursor)
    found = history.of_customer(customer_id, actor=actor)
    if not found:
        customers.card(customer_id, actor=actor)
    if before is not None:
        found = found[[entry.revision for entry in found].index(before) + 1 :]
    last = cursors.encode(listing, found[limit - 1].revision) if len(found) > limit else None
    return {"items": list(map(entry_json, found[:limit])), "next": last}


@router.get(
    "/{int:customer_id}/data",
    **needs(Scope.CUSTOMERS_READ, Role.ADMINISTRATOR),
    response=shapes.PersonalData,
    by_alias=True,
)
def disclose_customer(request: ApiRequest, customer_id: Path[Number]) -> dict[str, Any]:
    """Tell all there is about a person: card, history, consents and imports. That it was told is in the event log."""
    return disclosure.tell(customer_id, actor=actor_of(request))


@router.post(
    "/{int:customer_id}/anonymise",
    **needs(Scope.CUSTOMERS_ANONYMISE, Role.ADMINISTRATOR),
    response=shapes.Anonymisation,
)
def anonymise_customer(request: ApiRequest, customer_id: Path[Number]) -> Any:
    """Delete all that is known of a person, for good: card, history, and every kept file that has them.

    Nothing brings it back.
    """
    return anonymising.anonymise([customer_id], actor=actor_of(request))
