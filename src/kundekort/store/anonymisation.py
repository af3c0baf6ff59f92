"""The tables about customers whose data go for good: who was anonymised, and who is not to be. Part of `models`."""

from __future__ import annotations

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models.functions import Now

from kundekort.store.progress import Progress
from kundekort.store.values import ValueField


class Anonymisation(models.Model):
    """Customers whose data are taken away for good, from the decision until no trace of them is left on the disk.

    `customers` are their numbers; `by_rule`: they were proposed, and whoever is edited or held meanwhile is not meant.
    With the `revision` they are out of the register; `imports` and `exports` are the numbers of those whose kept files
    are still to be removed, and `transaction` is the one (xid8) before which nobody may look at the tables any more
    when they are written anew. `progress` is that of the writing; `finished_at` is when that was done, and
    then when all was.
    """

    class State(models.TextChoices):
        """How far it is: to be written, to be cleared from the disk, all done; or given up."""

        WAITING = "waiting"
        CLEARING = "clearing"
        DONE = "done"
        FAILED = "failed"

    created_at = models.DateTimeField(db_default=Now())
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    actor_name = models.TextField()
    customers = ArrayField(models.BigIntegerField())
    by_rule = models.BooleanField(default=False)
    state = models.TextField(choices=State, default=State.WAITING)
    notice = models.TextField(default="")
    progress = ValueField(Progress, null=True)
    revision = models.OneToOneField(
        "kundekort.Revision", null=True, on_delete=models.PROTECT, related_name="anonymisation"
    )
    imports = ArrayField(models.BigIntegerField(), default=list)
    exports = ArrayField(models.BigIntegerField(), default=list)
    transaction = models.BigIntegerField(null=True)
    finished_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return f"{self.pk} {self.state}"


class RetentionHold(models.Model):
    """A customer who is not proposed for anonymising, however long nothing has happened; `id` is their number."""

    id = models.BigIntegerField(primary_key=True)
    created_at = models.DateTimeField(db_default=Now())
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    actor_name = models.TextField()

    def __str__(self) -> str:
        return str(self.pk)
