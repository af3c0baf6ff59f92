"""Fields and schemas as values: what a customer card consists of, without saying where it is stored.

A schema is a value so that a venue's own columns can be made at run time. This module may not know any concrete field;
the declared columns stand in one place, `kundekort.store.fields`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum


class Kind(StrEnum):
    """How the text of a cell is understood: decides canonical form, check and operators of a field."""

    ID = "id"
    TEXT = "text"
    NOTE = "note"
    ZIP = "zip"
    COUNTRY = "country"
    EMAIL = "email"
    PHONE = "phone"
    GENDER = "gender"
    DATE = "date"
    LANGUAGE = "language"
    YES_NO = "yes_no"
    TAGS = "tags"
    NUMBER = "number"
    CHOICE = "choice"
    VERSION = "version"


@dataclass(frozen=True, slots=True)
class Field:
    """One column of a customer card.

    `key` is the stable name in code, frames, change log and database; `header` the column name in files of the default
    layout; `labels` maps a language code (nb, en, sv, da) to the words a person sees; `synonyms` are further headers
    that mean this field. `max_length` counts characters (None: no limit of its own). `unique` means that a non-empty
    value may stand on one card only. `required` means that the value may not be empty. `choices` are the allowed values
    of kind CHOICE. `past` means that a date may not lie in the future or before 1850, as a date of birth. `help` says
    in a language what to write, `custom` marks a field that a venue has made itself, `consent` one by which a person
    lets themselves be written to, `distinct` one that is seldom the same for many people.
    """

    key: str
    header: str
    kind: Kind
    labels: Mapping[str, str] = field(default_factory=dict)
    synonyms: tuple[str, ...] = ()
    max_length: int | None = None
    unique: bool = False
    required: bool = False
    choices: tuple[str, ...] = ()
    custom: bool = False
    help: Mapping[str, str] = field(default_factory=dict)
    past: bool = False
    consent: bool = False
    distinct: bool = False

    def label(self, language: str) -> str:
        """The words for this field in a language, or its header where there are none."""
        return self.labels.get(language, self.header)


@dataclass(frozen=True, slots=True)
class Schema:
    """The fields of a register in the order of its default layout; one of them has kind ID.

    A card needs a value in at least one of the fields named by `one_of`.
    """

    fields: tuple[Field, ...]
    one_of: tuple[str, ...] = ()
    _by_key: Mapping[str, Field] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "_by_key", {f.key: f for f in self.fields})

    def __iter__(self) -> Iterator[Field]:
        return iter(self.fields)

    def __contains__(self, key: object) -> bool:
        return key in self._by_key

    def __getitem__(self, key: str) -> Field:
        return self._by_key[key]

    @property
    def values(self) -> tuple[Field, ...]:
        """The fields that hold a value of the card: all but its id and its version."""
        return tuple(f for f in self.fields if f.kind not in (Kind.ID, Kind.VERSION))
