"""What the surroundings say: the data folder, the database, the secret key. Read once, by the settings."""

from __future__ import annotations

import os
from collections.abc import Collection
from hashlib import sha256
from ipaddress import IPv4Network, IPv6Network, ip_network
from pathlib import Path
from typing import Any, Final
from urllib.parse import parse_qsl, unquote, urlsplit

from django.core.exceptions import ImproperlyConfigured

from kundekort import embedded, languages, telemetry
from kundekort import secret_key as kept_key
from kundekort.config import proxies as reverse_proxies
from kundekort.data_folder import make as make_data_folder
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

SMTP: Final = {"smtp": 25, "smtp+tls": 587, "smtps": 465}
"""Ways to a mail server, and the port of each."""


def data_folder() -> Path:
    """The data folder (`kundekort.data_folder`). Made when missing."""
    folder = data_folder_path()
    make_data_folder(folder)
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


def networks(name: str) -> list[IPv4Network | IPv6Network]:
    """An environment variable of networks and addresses. Raises ImproperlyConfigured for what is none."""
    try:
        return [ip_network(part) for part in listing(name, "")]
    except ValueError as error:
        raise ImproperlyConfigured(f"{name} names networks, such as 10.0.0.0/8; {error}.") from error


def folders(name: str, usual: Path) -> list[Path]:
    """An environment variable of folders. Raises ImproperlyConfigured for one that does not begin with /."""
    found = [Path(part) for part in listing(name, "")] or [usual]
    if not all(folder.is_absolute() for folder in found):
        raise ImproperlyConfigured(f"{name} names folders from / on, such as /srv/kundekort/incoming.")
    return found


def hours(name: str, default: float) -> float:
    """An environment variable of hours, in seconds. Raises ImproperlyConfigured for none, ValueError for no number."""
    chosen = float(os.environ.get(name) or default)
    if chosen <= 0:
        raise ImproperlyConfigured(f"{name} must be more than 0.")
    return chosen * 3600


def choice(name: str, default: str, choices: Collection[str]) -> str:
    """An environment variable that is one of several words. Raises ImproperlyConfigured for another."""
    chosen = os.environ.get(name) or default
    if chosen not in choices:
        raise ImproperlyConfigured(f"{name} must be one of {', '.join(choices)}.")
    return chosen


def language() -> str:
    """The code of the language for people who have not chosen one."""
    return choice("KUNDEKORT_LANGUAGE", "nb", languages.NAMES)


def mail() -> dict[str, Any]:
    """Django's settings for sending mail, by KUNDEKORT_EMAIL_URL and KUNDEKORT_EMAIL_FROM; none where there is no mail.

    The address is smtp://, smtp+tls:// (STARTTLS) or smtps:// (TLS from the start), then user:password@host:port.
    Raises ImproperlyConfigured for another address, or where nobody is said to send the mail.
    """
    address = os.environ.get("KUNDEKORT_EMAIL_URL")
    if not address:
        return {"EMAIL_BACKEND": "django.core.mail.backends.dummy.EmailBackend"}
    parts, sender = urlsplit(address), os.environ.get("KUNDEKORT_EMAIL_FROM")
    if parts.scheme not in SMTP or not parts.hostname:
        raise ImproperlyConfigured("KUNDEKORT_EMAIL_URL must be like smtp+tls://user:password@host:587.")
    if not sender:
        raise ImproperlyConfigured("KUNDEKORT_EMAIL_FROM must be the address from which mail is sent.")
    return {
        "EMAIL_BACKEND": "django.core.mail.backends.smtp.EmailBackend",
        "EMAIL_HOST": parts.hostname,
        "EMAIL_PORT": parts.port or SMTP[parts.scheme],
        "EMAIL_HOST_USER": unquote(parts.username or ""),
        "EMAIL_HOST_PASSWORD": unquote(parts.password or ""),
        "EMAIL_USE_TLS": parts.scheme == "smtp+tls",
        "EMAIL_USE_SSL": parts.scheme == "smtps",
        "EMAIL_TIMEOUT": 30,
        "DEFAULT_FROM_EMAIL": sender,
    }


def sign_on_id() -> str:
    """By what name is remembered whom the service knows: another issuer may call somebody else the same."""
    return sha256(os.environ.get("KUNDEKORT_OIDC_ISSUER", "").encode()).hexdigest()[:16]


def sign_on() -> list[dict[str, Any]]:
    """The service by which people log in with OpenID Connect, as allauth describes it; none without its issuer.

    Raises ImproperlyConfigured where the issuer is not told how we are called there.
    """
    issuer = os.environ.get("KUNDEKORT_OIDC_ISSUER")
    if not issuer:
        return []
    parts = urlsplit(issuer)
    if parts.scheme != "https" and (parts.scheme, parts.hostname) != ("http", "localhost"):
        raise ImproperlyConfigured("KUNDEKORT_OIDC_ISSUER must start with https://.")
    client, secret = os.environ.get("KUNDEKORT_OIDC_CLIENT_ID"), os.environ.get("KUNDEKORT_OIDC_CLIENT_SECRET")
    if not client or not secret:
        raise ImproperlyConfigured("KUNDEKORT_OIDC_CLIENT_ID and KUNDEKORT_OIDC_CLIENT_SECRET belong to the issuer.")
    return [
        {
            "provider_id": sign_on_id(),
            "name": os.environ.get("KUNDEKORT_OIDC_NAME") or parts.hostname,
            "client_id": client,
            "secret": secret,
            "settings": {
                "server_url": issuer.removesuffix("/"),
                "oauth_pkce_enabled": True,
                "verified_email": listing("KUNDEKORT_OIDC_DOMAINS", ""),
            },
        }
    ]


def logging() -> dict[str, Any]:
    """Python's description of the log, by KUNDEKORT_LOG and KUNDEKORT_LOG_FORMAT: sentences, or JSON lines.

    In JSON lines every request and job is told of, unless another level is asked for.
    """
    form = choice("KUNDEKORT_LOG_FORMAT", "text", ("text", "json"))
    chosen = os.environ.get("KUNDEKORT_LOG")
    ours = chosen or ("INFO" if form == "json" else "WARNING")
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {
            "text": {"format": "%(asctime)s %(levelname)s %(name)s: %(message)s"},
            "json": {"()": "kundekort.logs.JsonFormatter"},
        },
        "handlers": {"console": {"class": "logging.StreamHandler", "formatter": form}},
        "loggers": {"kundekort": {"level": ours}},
        "root": {"handlers": ["console"], "level": chosen or "WARNING"},
    }


def refuse_telemetry_without_its_packages() -> None:
    """Raises ImproperlyConfigured where traces are wanted and there is nothing that sends them."""
    if telemetry.wanted() and not telemetry.installed():
        raise ImproperlyConfigured(f"{telemetry.SETTING}=1 needs OpenTelemetry: pip install 'kundekort[telemetry]'.")


def proxies(*, https: bool) -> list[str]:
    """KUNDEKORT_PROXY: the addresses of the reverse proxies; who only says that there is one has it on this machine.

    Raises ImproperlyConfigured for what is no address.
    """
    try:
        return reverse_proxies.addresses(listing("KUNDEKORT_PROXY", "127.0.0.1,::1" if https else ""))
    except ValueError as error:
        raise ImproperlyConfigured(f"KUNDEKORT_PROXY names addresses or networks; {error}.") from error
