"""What the surroundings say: the data folder, the database, the secret key. Read once, by the settings."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any, Final
from urllib.parse import parse_qsl, unquote, urlsplit

from django.core.exceptions import ImproperlyConfigured

from kundekort import embedded
from kundekort import secret_key as kept_key
from kundekort.config import proxies as reverse_proxies
from kundekort.data_folder import path as data_folder_path

TCP: Final = {
    "connect_timeout": "10",
    "keepalives": "1",
    "keepalives_idle": "30",
    "keepalives_interval": "10",
    "keepalives_count": "3",
    "tcp_user_timeout": "60000",
}
"""How soon one notices that the network to the database is cut (seconds, the last in milliseconds): after a minute."""


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
    """KUNDEKORT_SECRET_KEY, or the one kept in the data folder, made when missing."""
    return os.environ.get("KUNDEKORT_SECRET_KEY") or kept_key.read_or_make(data)


def listing(name: str, default: str) -> list[str]:
    """An environment variable with values separated by commas."""
    return [part.strip() for part in os.environ.get(name, default).split(",") if part.strip()]


def proxies(*, https: bool) -> list[str]:
    """KUNDEKORT_PROXY: the addresses of the reverse proxies; who only says that there is one has it on this machine.

    Raises ImproperlyConfigured for what is no address.
    """
    try:
        return reverse_proxies.addresses(listing("KUNDEKORT_PROXY", "127.0.0.1,::1" if https else ""))
    except ValueError as error:
        raise ImproperlyConfigured(f"KUNDEKORT_PROXY names addresses or networks; {error}.") from error
