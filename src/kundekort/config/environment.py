"""What the surroundings say: the data folder, the database, the secret key. Read once, by the settings."""

from __future__ import annotations

import os
import secrets
from pathlib import Path
from typing import Any, Final
from urllib.parse import parse_qsl, unquote, urlsplit

from django.core.exceptions import ImproperlyConfigured

from kundekort import embedded
from kundekort.data_folder import path as data_folder_path
from kundekort.unprivileged import locked

TCP: Final = {
    "connect_timeout": "10",
    "keepalives": "1",
    "keepalives_idle": "30",
    "keepalives_interval": "10",
    "keepalives_count": "3",
    "tcp_user_timeout": "60000",
}
"""How soon one notices that the network to the database is cut (seconds, the last in milliseconds): after a minute."""

SHORTEST_KEY = 32
"""Characters of a secret key at least; of a shorter one the rest was not written."""


def data_folder() -> Path:
    """The data folder (`kundekort.data_folder`). Made when missing."""
    folder = data_folder_path()
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def database(data: Path) -> dict[str, Any]:
    """Django's description of the database: KUNDEKORT_DATABASE_URL, or else the embedded server, started here."""
    parts = urlsplit(os.environ.get("KUNDEKORT_DATABASE_URL") or embedded.start(data))
    if parts.scheme not in ("postgres", "postgresql"):
        raise ImproperlyConfigured("KUNDEKORT_DATABASE_URL must start with postgresql://; no other database works.")
    options: dict[str, Any] = dict(parse_qsl(parts.query))
    host = options.pop("host", None) or unquote(parts.hostname or "")
    if host and not host.startswith("/"):
        options = TCP | options
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": unquote(parts.path.lstrip("/")) or "postgres",
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": host,
        "PORT": str(parts.port or ""),
        "OPTIONS": options,
        "CONN_HEALTH_CHECKS": True,
        "CONN_MAX_AGE": 60,
        # A pooler may give every transaction another session: no cursor outlives its transaction.
        "DISABLE_SERVER_SIDE_CURSORS": True,
    }


def secret_key(data: Path) -> str:
    """KUNDEKORT_SECRET_KEY, or a random key kept in the data folder, readable by its owner only.

    One whose writing was interrupted counts as missing.
    """
    if key := os.environ.get("KUNDEKORT_SECRET_KEY"):
        return key
    path = data / "secret-key"
    if len(key := _kept(path)) >= SHORTEST_KEY:
        return key
    with locked(data / "secret-key.lock"):
        if len(key := _kept(path)) >= SHORTEST_KEY:
            return key
        key, new = secrets.token_urlsafe(50), path.with_suffix(".new")
        new.unlink(missing_ok=True)
        with os.fdopen(os.open(new, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
            file.write(key)
            file.flush()
            os.fsync(file.fileno())
        new.replace(path)
    return key


def _kept(path: Path) -> str:
    try:
        return path.read_text().strip()
    except (FileNotFoundError, UnicodeDecodeError):
        return ""


def listing(name: str, default: str) -> list[str]:
    """An environment variable with values separated by commas."""
    return [part.strip() for part in os.environ.get(name, default).split(",") if part.strip()]
