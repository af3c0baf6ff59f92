"""Secrets that have to be read again, as the database keeps them: nobody can read them without the secret key."""

from __future__ import annotations

import base64

from cryptography.fernet import Fernet, InvalidToken
from django.utils.crypto import salted_hmac

from kundekort.services.refusals import SecretUnreadable


def encrypt(secret: str) -> str:
    """A secret as it is kept."""
    return _cipher().encrypt(secret.encode()).decode()


def decrypt(kept: str) -> str:
    """The secret that was kept. Raises SecretUnreadable where the installation has another secret key by now."""
    try:
        return _cipher().decrypt(kept.encode()).decode()
    except InvalidToken as error:
        raise SecretUnreadable from error


def _cipher() -> Fernet:
    key = salted_hmac("kundekort.services.encryption", "secrets", algorithm="sha256").digest()
    return Fernet(base64.urlsafe_b64encode(key))
