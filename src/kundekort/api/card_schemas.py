"""The shapes of customers: a card, its history, and all there is about a person."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Annotated, Any, Literal, TypeAlias

from ninja import Field, Schema

from kundekort.api.refusals import RequestRefused
from kundekort.api.schemas import Moment, Number, Page
from kundekort.services import fields
from kundekort.services.history import Entry

LAST_VERSION = 2**31 - 1
Version: TypeAlias = Annotated[int, Field(ge=1, le=LAST_VERSION)]
Act: TypeAlias = Literal["import", "edit", "merge", "undo", "anonymisation"]
"""The sort of act by which cards were changed."""
Key: TypeAlias = Annotated[str, Field(max_length=100)]
"""The key of a field."""


class Card(Schema):
    """A customer: `values` are canonical texts by the keys of fields; '' is none."""

    id: int
    version: int
    values: dict[str, str] = Field(examples=[{"first_name": "Kari", "email": "kari@example.com", "country": "NO"}])


class CardPage(Page):
    """Some customers in the order that was asked for."""

    items: list[Card]


class Count(Schema):
    """How many customers there are."""

    customers: int


class Values(Schema):
    """Values as people write them, by the keys of fields; '' is none."""

    values: dict[Key, str]

    def known(self) -> dict[str, str]:
        """The same. Raises RequestRefused for what is no field."""
        present = {f.key for f in fields.schema().values}
        refuse_unknown(key for key in self.values if key not in present)
        return self.values


class NewCard(Values):
    """A customer to be made, who needs a name, company or e-mail, and a gender (0 is none)."""


class CardEdit(Values):
    """What a customer is changed to, who was looked at in this `version`; fields that are not named stay."""

    version: Version


class CardVersion(Schema):
    """A customer as looked at."""

    id: Number
    version: Version


class Merge(Schema):
    """Customers that become part of this one, which was looked at in this `version`.

    `values` says by the key of a field from which of them its value comes, by their number, or gives a text; every
    other field gets what the oldest of them has.
    """

    version: Version
    others: list[CardVersion] = Field(min_length=1, max_length=100)
    values: dict[Key, Annotated[int, Field(strict=True, ge=1)] | Annotated[str, Field(strict=True)]] = Field(
        default_factory=dict
    )


class Anonymisation(Schema):
    """Customers who are anonymised: waiting for a job, or clearing, while what is left of them on the disk goes."""

    customers: list[int]
    state: Literal["waiting", "clearing", "done", "failed"]


class Cell(Schema):
    """One value before and after, canonical text; '' is none."""

    old: str
    new: str


class HistoryEntry(Schema):
    """One act that changed a card: by whom, and every value that changed.

    `created`, `restored`, `removed`: it brought the card into the register, back, or out of it. `merged` are cards that
    came into this one, or left it by an undo; `into` is the one that this was merged into. `undone`: it is not in
    effect, since it was taken back. `file` is that of the import.
    """

    revision: int
    act: Act
    when: Moment
    who: str
    uploaded_by: str | None
    import_id: int | None
    file: str | None
    created: bool
    restored: bool
    removed: bool
    undone: bool
    merged: list[int]
    into: int | None
    changed: dict[str, Cell]


class HistoryPage(Page):
    """Some acts, the newest first."""

    items: list[HistoryEntry]


class Step(Schema):
    """One value that was written to the card of a person; `by` is a number that stands for a colleague."""

    when: Moment
    customer: int
    act: Literal["created", "changed", "merged", "removed", "restored"]
    field: str
    old: str
    new: str
    door: Act
    import_: int | None = Field(alias="import")
    file: str
    by: int
    undone: bool


class Mention(Schema):
    """An import in which a person was; `kept`: the file that is kept has them."""

    import_: int = Field(alias="import")
    file: str
    uploaded: Moment
    state: str
    kept: bool


class PersonalData(Schema):
    """All there is about a person; `card` is null for one that was taken back, `cards` are all their numbers."""

    customer: int
    cards: list[int]
    when: Moment
    card: dict[str, str] | None
    history: list[Step]
    consents: list[Step]
    imports: list[Mention]


def refuse_unknown(keys: Iterable[str]) -> None:
    """Raises RequestRefused for keys of fields that there are not."""
    message = "There is no such field."
    faults = [{"where": f"body.values.{key}", "code": "field_unknown", "message": message} for key in keys]
    if faults:
        raise RequestRefused("request_invalid", 422, errors=faults)


def card_json(card: Mapping[str, str | int]) -> dict[str, Any]:
    """A card as services give it."""
    values = {key: text for key, text in card.items() if key not in ("id", "version")}
    return {"id": card["id"], "version": card["version"], "values": values}


def entry_json(entry: Entry) -> dict[str, Any]:
    """An entry of a card's history."""
    name = entry.import_name
    return {
        "revision": entry.revision,
        "act": entry.kind,
        "when": entry.when.isoformat(),
        "who": entry.who,
        "uploaded_by": entry.uploader,
        "import_id": entry.import_id,
        "file": name.filename if name and not name.undone else None,
        "created": entry.created,
        "restored": entry.restored,
        "removed": entry.removed,
        "undone": entry.undone,
        "merged": list(entry.merged),
        "into": entry.into,
        "changed": {cell.field: {"old": cell.old, "new": cell.new} for cell in entry.cells},
    }
