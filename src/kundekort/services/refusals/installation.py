"""What went wrong on the server, and what an installation does not do."""

from __future__ import annotations

from kundekort.services.refusals.refusal import Refusal


class Failed(Refusal):
    """A fault of the program stopped the import; nothing was written, and the fault is in the log."""

    code = "failed"


class DiskFull(Refusal):
    """The disk was full for longer than a job tries again; nothing was written."""

    code = "disk_full"


class StorageFailed(Refusal):
    """Files could not be read or written for longer than a job tries again; nothing was written."""

    code = "storage_failed"


class WorkerDied(Refusal):
    """Worker after worker died at the same job; nothing was written."""

    code = "worker_died"


class StorageForeign(Refusal):
    """The files of this database are kept elsewhere; params: storage (where they are looked for)."""

    code = "storage_foreign"


class StorageTaken(Refusal):
    """The storage keeps the files of another database; params: storage."""

    code = "storage_taken"


class RegisterNotEmpty(Refusal):
    """A demonstration is to be made of a register that is somebody's."""

    code = "register_not_empty"


class DemoPublic(Refusal):
    """The register is the demonstration's, and the site is not for this machine alone."""

    code = "demo_public"


class NothingToBackUp(Refusal):
    """There is no register here."""

    code = "nothing_to_back_up"


class BackupDamaged(Refusal):
    """A backup is not as it was written, was cut short, or never was one; params: path."""

    code = "backup_damaged"


class BackupNewer(Refusal):
    """A backup was made by a newer version, which knows more than this one; params: made_by, version."""

    code = "backup_newer"


class DatabaseNotEmpty(Refusal):
    """A backup is to be restored into a database that has tables already; params: table, one of them."""

    code = "database_not_empty"


class StorageNotEmpty(Refusal):
    """A backup is to be restored where files are kept already; params: place, name, that of one of them."""

    code = "storage_not_empty"


class PoolerBetween(Refusal):
    """A connection pooler stands before the database, where a dump needs a session of its own."""

    code = "pooler_between"


class ToolsTooOld(Refusal):
    """The server is newer than the tools that come with the package; params: server, tools (major versions)."""

    code = "tools_too_old"


class DumpFailed(Refusal):
    """The database could not be copied; params: why."""

    code = "dump_failed"


class RestoreFailed(Refusal):
    """The database did not take what a backup holds, and has nothing of it; params: why."""

    code = "restore_failed"
