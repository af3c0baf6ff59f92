"""A model field whose JSON is a value: the same dataclass goes in and comes out, and nobody reads raw JSON."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Protocol, Self

from django.db import models


class Value(Protocol):
    """A dataclass with a JSON form both ways."""

    def to_json(self) -> Any:
        """The JSON form."""

    @classmethod
    def from_json(cls, data: Any) -> Self:
        """The value that `to_json` gave."""


class ValueField(models.JSONField):
    """Stores a value as JSON. NUL characters, which the database cannot hold, are kept as a sign that people see."""

    def __init__(self, value: type[Value] | None = None, **options: Any) -> None:
        self._value = value
        super().__init__(**options)

    def deconstruct(self) -> tuple[str, str, list[Any], dict[str, Any]]:
        """As any JSON field: the database knows no value."""
        name, _, arguments, options = super().deconstruct()
        if "default" in options:
            options["default"] = dict
        return name, "django.db.models.JSONField", list(arguments), options

    def from_db_value(self, value: Any, expression: Any, connection: Any) -> Any:
        """The value of the stored JSON."""
        data = super().from_db_value(value, expression, connection)
        return data if data is None or self._value is None else self._value.from_json(data)

    def get_db_prep_value(self, value: Any, connection: Any, prepared: bool = False) -> Any:
        """The JSON of a value."""
        to_json: Callable[[], Any] | None = getattr(value, "to_json", None)
        return super().get_db_prep_value(_storable(to_json()) if to_json else value, connection, prepared)


def _storable(data: Any) -> Any:
    """JSON with its NUL characters made visible."""
    match data:
        case str():
            return data.replace("\0", "\N{SYMBOL FOR NULL}")
        case dict():
            return {key: _storable(item) for key, item in data.items()}
        case list() | tuple():
            return [_storable(item) for item in data]
    return data
