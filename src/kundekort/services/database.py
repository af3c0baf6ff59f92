"""The way from Django's transaction to the fast road inside it."""

from __future__ import annotations

from typing import cast

from django.db import connection
from psycopg import Connection


def psycopg_connection() -> Connection:
    """The psycopg connection of Django's default database: what runs on it belongs to Django's open transaction."""
    connection.ensure_connection()
    return cast("Connection", connection.connection)
