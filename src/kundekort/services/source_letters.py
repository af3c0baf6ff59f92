"""Letters about sources: that an import waits for somebody, or that a source cannot be read. No customer's data."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from smtplib import SMTPException

from django.conf import settings
from django.contrib.auth.models import User
from django.core.mail import send_mail
from django.utils import translation

from kundekort import wording
from kundekort.services.refusals import Refusal
from kundekort.store.models import Import, Source

logger = logging.getLogger(__name__)


def tell_of_import(source: Source, imp: Import, reasons: Sequence[str]) -> None:
    """Tell people that an import waits for one of them, and why."""
    with translation.override(settings.LANGUAGE_CODE):
        why = "\n".join(f"- {wording.source_reason(reason)}" for reason in reasons)
        counts = {name: getattr(imp.totals, name) if imp.totals else 0 for name in ("rows", "changed", "new", "errors")}
        where = f"{source.site.rstrip('/')}/imports/{imp.pk}/" if source.site else ""
        words = {"source": source.name, "import_id": imp.pk, "why": why, "where": where, **counts}
        _send(source, *(str(wording.SOURCE_MAIL[part]) % words for part in ("import.subject", "import.body")))


def tell_of_fault(source: Source, refusal: Refusal) -> None:
    """Tell people that a source cannot be read, and why."""
    with translation.override(settings.LANGUAGE_CODE):
        words = {"source": source.name, "why": wording.refusal(refusal.code, refusal.params)}
        _send(source, *(str(wording.SOURCE_MAIL[part]) % words for part in ("fault.subject", "fault.body")))


def _send(source: Source, subject: str, body: str) -> None:
    """A letter to each of those who are to be told, where mail is set up; it is on the site in any case."""
    if not settings.KUNDEKORT_MAIL:
        return
    for user in User.objects.filter(pk__in=source.notify, is_active=True).exclude(email=""):
        try:
            send_mail(subject, body, None, [user.email])
        except (OSError, SMTPException):
            logger.exception("A letter about source %s could not be sent.", source.pk)
