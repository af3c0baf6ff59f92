"""Whom another service knows: people whom an administrator has added, found by their e-mail address the first time.

From then on it is the service's own number for the person that counts; addresses are given to others some day.
"""

from __future__ import annotations

import logging
from collections.abc import Sequence

from allauth.account.models import EmailAddress
from allauth.socialaccount.models import SocialAccount
from django.contrib.auth.models import AbstractBaseUser, User
from django.db import transaction

from kundekort.services.refusals import SignOnRefused

logger = logging.getLogger(__name__)


@transaction.atomic
def connect(account: SocialAccount, addresses: Sequence[EmailAddress], *, user: AbstractBaseUser | None) -> None:
    """Find the person an account of the service belongs to, `user` where that is known; `account.user` afterwards.

    Raises SignOnRefused: nobody is added here, and nobody found by an address that the service has not verified.
    """
    if user is not None and user.pk is not None:
        return
    if not addresses:
        raise SignOnRefused(reason="sign_on_no_email")
    verified = [address.email for address in addresses if address.verified]
    if not verified:
        raise SignOnRefused(reason="sign_on_unverified")
    found = list(User.objects.select_for_update().filter(email__iexact=verified[0]))
    if not found:
        raise SignOnRefused(reason="sign_on_unknown")
    if len(found) > 1:
        raise SignOnRefused(reason="sign_on_ambiguous")
    if SocialAccount.objects.filter(user=found[0], provider=account.provider).exists():
        raise SignOnRefused(reason="sign_on_other")
    account.user = found[0]
    account.save()


def forget(user: User) -> None:
    """Let somebody be found anew by their address, as when it has just been mended."""
    SocialAccount.objects.filter(user=user).delete()
