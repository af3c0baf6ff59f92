"""The words of `doctor`: what is looked at, and how it is with it; tables only."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy, pgettext_lazy

CHECKS: Final[Mapping[str, str | Promise]] = {
    "version": _("Versions"),
    "settings": _("Settings"),
    "data": _("Data folder"),
    "disk": _("Disk"),
    "key": _("Secret key"),
    "storage": _("Storage"),
    "database": _("Database"),
    "pooler": _("Connection"),
    "migrations": _("Tables"),
    "files": _("Files"),
    "workers": _("Workers"),
    "jobs": _("Jobs"),
    "imports": _("Imports"),
    "sources": _("Sources"),
    "webhooks": _("Webhooks"),
    "clock": _("Clock"),
}

MARKS: Final[Mapping[str, str | Promise]] = {
    "ok": pgettext_lazy("health", "ok"),
    "warning": pgettext_lazy("health", "warning"),
    "fault": pgettext_lazy("health", "fault"),
}

HEALTH: Final[Mapping[str, str | Promise]] = {
    "versions": _("This is Kundekort %(version)s with Python %(python)s."),
    "settings_read": _("All of them can be used."),
    "data_writable": _("“%(path)s” can be written."),
    "data_of_another": _("“%(path)s” belongs to %(owner)s. Run Kundekort as that user."),
    "data_open": _("Everybody on this machine can write to “%(path)s”. Take that right away: chmod o-w."),
    "disk_free": _("%(size)s are free."),
    "disk_nearly_full": _("Only %(size)s are free. Make room, or move the data folder."),
    "key_set": _("KUNDEKORT_SECRET_KEY is set."),
    "key_kept": _("“%(path)s” is there, and nobody else can read it."),
    "key_open": _("Others can read “%(path)s”. Take that right away: chmod go-rwx."),
    "storage_works": _("Files can be kept, read and removed in “%(place)s”."),
    "storage_forgets": _("What was kept in “%(place)s” was not the same when it was read."),
    "database_answers": _("PostgreSQL %(server)s answers in %(milliseconds)s ms."),
    "database_slow": _(
        "PostgreSQL %(server)s takes %(milliseconds)s ms to answer, so every page is slow. Put it nearer to Kundekort."
    ),
    "database_old": _("PostgreSQL %(server)s is too old. Use %(oldest)s or newer."),
    "database_without_letters": _(
        "The database is not in UTF-8, or its locale knows no letters beyond A to Z. Make another one and restore a "
        "backup into it."
    ),
    "register_missing": _("There is no register here yet. The first start makes one."),
    "register_newer": _("The database was prepared by a newer Kundekort than this one. Install that version."),
    "migrations_missing": ngettext_lazy(
        "%(count)s change of the tables is missing. Run “kundekort migrate”.",
        "%(count)s changes of the tables are missing. Run “kundekort migrate”.",
        "count",
    ),
    "migrated": _("They are those of this version."),
    "files_own": _("They belong to this database."),
    "pooled": _("There is a connection pooler before the database. Backups need the database’s own address."),
    "not_pooled": _("Nothing stands between Kundekort and the database."),
    "no_worker": _("No worker is running, so large files wait. Start “kundekort serve” or “kundekort worker”."),
    "workers_alive": ngettext_lazy("%(count)s is running.", "%(count)s are running.", "count"),
    "jobs_run": ngettext_lazy("%(count)s is waiting.", "%(count)s are waiting.", "count"),
    "jobs_failed": ngettext_lazy(
        "%(failed)s has failed within %(days)s days. The log of the worker says why.",
        "%(failed)s have failed within %(days)s days. The log of the worker says why.",
        "failed",
    ),
    "jobs_wait": ngettext_lazy(
        "%(count)s is waiting, for more than %(minutes)s minutes. Start a worker, or one more.",
        "%(count)s are waiting, the first for more than %(minutes)s minutes. Start a worker, or one more.",
        "count",
    ),
    "imports_move": _("None is stuck."),
    "imports_stuck": _("Worked on for more than %(minutes)s minutes: %(ids)s. The log of the worker may say why."),
    "sources_read": _("None is unreadable."),
    "sources_unreadable": _("Not to be read when they were last looked at: %(names)s. Their pages say why."),
    "webhooks_reach": _("None fails."),
    "webhooks_failing": _("Not reached, or switched off because of that: %(names)s. Their logs say why."),
    "clock_agrees": _("It agrees with that of the database."),
    "clock_differs": _("It differs from that of the database by %(seconds)s s. Have both set by a time server."),
    "not_looked_at": _("This cannot be looked at yet."),
    "look_failed": _("This cannot be looked at: %(why)s."),
}
"""By the code of a finding; a refusal may stand there too, with its own words."""
