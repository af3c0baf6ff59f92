"""The register's tables: customers, imports, and the log of every change. No workflow here.

A cell without a value is '' in text columns and null in the others; `bulk.statements` says how each kind of field
becomes canonical text. Customers, revisions and changes refer to each other by number without database constraints, so
that bulk writes stay fast and history outlives the card it tells of.
"""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower, Now

from kundekort.engine.decisions import Decisions
from kundekort.engine.facts import Facts, Question, Totals
from kundekort.engine.recipe import Answers, Recipe
from kundekort.store.anonymisation import Anonymisation as Anonymisation
from kundekort.store.anonymisation import RetentionHold as RetentionHold
from kundekort.store.api import ApiToken as ApiToken
from kundekort.store.api import IdempotencyKey as IdempotencyKey
from kundekort.store.cache_entries import CacheEntry as CacheEntry
from kundekort.store.columns import ColumnLayout, ColumnMapping, HeaderAlias
from kundekort.store.people import AuditEntry, Profile
from kundekort.store.progress import Progress
from kundekort.store.selection import Selection
from kundekort.store.sources import Source as Source
from kundekort.store.sources import SourceFile as SourceFile
from kundekort.store.step_totals import StepTotal as StepTotal
from kundekort.store.values import ValueField
from kundekort.store.webhooks import Delivery as Delivery
from kundekort.store.webhooks import Webhook as Webhook

__all__ = [
    "AuditEntry",
    "Change",
    "ColumnLayout",
    "ColumnMapping",
    "CustomField",
    "Customer",
    "Export",
    "HeaderAlias",
    "Import",
    "NotDuplicates",
    "PeopleSketch",
    "Profile",
    "RemovedCard",
    "Revision",
    "Segment",
    "Setting",
]


class Customer(models.Model):
    """A customer card. Its columns are named by the keys of `store.fields`; `custom` holds the venue's own fields."""

    id = models.BigAutoField(primary_key=True)
    version = models.IntegerField(db_default=1)
    first_name = models.TextField(db_default="")
    last_name = models.TextField(db_default="")
    company = models.TextField(db_default="")
    address = models.TextField(db_default="")
    address2 = models.TextField(db_default="")
    zip_code = models.TextField(db_default="")
    city = models.TextField(db_default="")
    country = models.TextField(db_default="")
    email = models.TextField(db_default="")
    mobile = models.TextField(db_default="")
    phone = models.TextField(db_default="")
    gender = models.SmallIntegerField(db_default=0)
    date_of_birth = models.DateField(null=True)
    language = models.TextField(db_default="")
    email_consent = models.BooleanField(null=True)
    sms_consent = models.BooleanField(null=True)
    tags = ArrayField(models.TextField(), db_default=[])
    internal_note = models.TextField(db_default="")
    external_id = models.TextField(db_default="")
    custom = models.JSONField(db_default={})
    created_at = models.DateTimeField(db_default=Now())
    changed_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["external_id"], condition=~Q(external_id=""), name="customer_external_id"),
        ]
        indexes: ClassVar = [
            # Each order of the customer list has its index, with the number at the end: see `bulk.customer_pages`.
            # The address is carried along, so that shared addresses are found from the index alone.
            models.Index(Lower("email"), "id", include=["email"], name="customer_email"),
            models.Index(fields=["last_name", "first_name", "id"], name="customer_name"),
            models.Index(fields=["city", "id"], name="customer_city"),
            models.Index(fields=["mobile"], condition=~Q(mobile=""), name="customer_mobile"),
            models.Index(fields=["phone"], condition=~Q(phone=""), name="customer_phone"),
            models.Index(
                "date_of_birth",
                Lower("last_name"),
                Lower("first_name"),
                condition=Q(date_of_birth__isnull=False),
                name="customer_person",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.pk} {self.first_name} {self.last_name}".strip()


class Import(models.Model):
    """One uploaded file, or one revision that is to be taken back, and what became of it.

    The file and its plan stand in `store.packages`; `sha256` is that of the file in hexadecimal digits, '' where it is
    not known. `created_by` and `actor_name` uploaded it, `confirmed_by` and `confirmer_name` confirmed it; `touched_at`
    is when somebody last did something with it. `authors` are the numbers of all from whom comes what it would write:
    besides who uploaded it, whoever said what its columns or cells are. With `undoes` there is no file: the plan takes
    that revision back.
    """

    class State(models.TextChoices):
        """Where an import is on its way."""

        RECEIVED = "received"
        COLUMNS = "columns"
        PREVIEW = "preview"
        CONFIRMING = "confirming"
        DONE = "done"
        CANCELLED = "cancelled"
        REFUSED = "refused"

    created_at = models.DateTimeField(db_default=Now())
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    actor_name = models.TextField()
    confirmed_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    confirmer_name = models.TextField(default="")
    authors = ArrayField(models.BigIntegerField(), default=list, db_default=[])
    touched_at = models.DateTimeField(db_default=Now())
    undoes = models.ForeignKey("Revision", null=True, on_delete=models.PROTECT, related_name="undoings")
    filename = models.TextField()
    size = models.BigIntegerField()
    sha256 = models.TextField(default="")
    state = models.TextField(choices=State, default=State.RECEIVED)
    answers = ValueField(Answers, default=Answers)
    recipe = ValueField(Recipe, null=True)
    decisions = ValueField(Decisions, default=Decisions)
    question = ValueField(Question, null=True)
    facts = ValueField(Facts, null=True)
    totals = ValueField(Totals, null=True)
    digest = models.TextField(default="")
    notice = models.TextField(default="")
    progress = ValueField(Progress, null=True)
    revision = models.OneToOneField("Revision", null=True, on_delete=models.PROTECT, related_name="source")
    finished_at = models.DateTimeField(null=True)

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["-created_at"], name="import_created"),
            models.Index(fields=["sha256"], condition=~Q(sha256=""), name="import_sha256"),
        ]

    def __str__(self) -> str:
        return f"{self.pk} {self.filename}"


class PeopleSketch(models.Model):
    """Whom an import that is done has created: how many people, and some of their hashes as bytes.

    What they are says `engine.guards.repetition`. It outlives the file and the plan.
    """

    source = models.OneToOneField(Import, primary_key=True, on_delete=models.CASCADE, related_name="sketch")
    people = models.IntegerField()
    hashes = models.BinaryField()

    class Meta:
        indexes: ClassVar = [models.Index(fields=["people"], name="people_sketch_people")]

    def __str__(self) -> str:
        return f"{self.source_id}: {self.people}"


class Revision(models.Model):
    """One act that changed customers: who, when, why. Its cells are in `Change`, within the numbers of two rows.

    Once it is in the register it is given its `position` in the change feed, and then keeps it.
    """

    class Kind(models.TextChoices):
        """Why customers were changed."""

        IMPORT = "import"
        EDIT = "edit"
        MERGE = "merge"
        UNDO = "undo"
        ANONYMISATION = "anonymisation"

    created_at = models.DateTimeField(db_default=Now())
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    actor_name = models.TextField()
    kind = models.TextField(choices=Kind)
    created = models.IntegerField(default=0)
    changed = models.IntegerField(default=0)
    undoes = models.OneToOneField("self", null=True, on_delete=models.PROTECT, related_name="undone_by")
    position = models.BigIntegerField(null=True)
    first_change = models.BigIntegerField(null=True)
    last_change = models.BigIntegerField(null=True)

    class Meta:
        # In part, so that a position can be given while others refer to the revision.
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["position"], condition=Q(position__gt=0), name="revision_position"),
        ]
        indexes: ClassVar = [models.Index(fields=["id"], condition=Q(position=None), name="revision_unplaced")]

    def __str__(self) -> str:
        return f"{self.pk} {self.kind} {self.actor_name}"


class Change(models.Model):
    """One cell that changed on one card, as canonical text.

    `version` is the card's version after the change. A card that came into being has one row: field `id`, from '' to
    its number; the values it began with follow from today's values by taking its changes back. A card that leaves the
    register has one row too: field `id`, from its number to '', and in `card` all the values it had, by field key; one
    that comes back has the same the other way round. Earlier versions left a row for each of these values instead.
    A card that another was merged into has a row of field `merged`, from '' to the number of that one.
    """

    revision = models.ForeignKey(Revision, on_delete=models.DO_NOTHING, db_constraint=False, related_name="changes")
    customer = models.ForeignKey(Customer, on_delete=models.DO_NOTHING, db_constraint=False, db_index=False)
    version = models.IntegerField()
    field = models.TextField()
    old = models.TextField()
    new = models.TextField()
    card = models.JSONField(null=True)

    class Meta:
        indexes: ClassVar = [models.Index(fields=["customer", "version"], name="change_customer")]

    def __str__(self) -> str:
        return f"{self.customer_id} {self.field}: {self.old!r} → {self.new!r}"


class RemovedCard(models.Model):
    """A card that is no longer in the register: merged into another, which may be merged later, taken back, or
    anonymised, which the kind of its revision says.

    `into` is null unless it was merged; `created_at` is when the card was made.
    """

    id = models.BigIntegerField(primary_key=True)
    created_at = models.DateTimeField(db_default=Now())
    into = models.ForeignKey(
        Customer, null=True, on_delete=models.DO_NOTHING, db_constraint=False, db_index=False, related_name="+"
    )
    revision = models.ForeignKey(
        Revision, on_delete=models.DO_NOTHING, db_constraint=False, db_index=False, related_name="removed"
    )

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["into"], condition=Q(into__isnull=False), name="removed_card_into"),
        ]

    def __str__(self) -> str:
        return f"{self.pk} → {self.into_id}"


class NotDuplicates(models.Model):
    """A decision that these cards are no duplicates of each other, however alike they look."""

    customers = ArrayField(models.BigIntegerField())
    created_at = models.DateTimeField(db_default=Now())
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    actor_name = models.TextField()

    class Meta:
        indexes: ClassVar = [GinIndex(fields=["customers"], name="different_people_customers")]

    def __str__(self) -> str:
        return " ≠ ".join(map(str, self.customers))


class Setting(models.Model):
    """One choice of an administrator for the whole register; the choices there are stand in `services.settings`."""

    key = models.TextField(primary_key=True)
    value = models.JSONField()

    def __str__(self) -> str:
        return f"{self.key}: {self.value}"


class CustomField(models.Model):
    """A column that a venue has made itself. Its key never changes; a retired one keeps its values and history."""

    key = models.TextField(unique=True)
    header = models.TextField()
    kind = models.TextField()
    labels = models.JSONField(default=dict)
    help = models.JSONField(default=dict)
    required = models.BooleanField(default=False)
    choices = models.JSONField(default=list)
    position = models.IntegerField(default=0)
    retired_at = models.DateTimeField(null=True)

    class Meta:
        ordering: ClassVar = ["position", "pk"]

    def __str__(self) -> str:
        return f"{self.key} ({self.kind})"


class Segment(models.Model):
    """A saved set of rules: `condition` is the JSON form of an `engine.segments.condition.Condition`."""

    name = models.TextField(unique=True)
    description = models.TextField(default="", blank=True)
    condition = models.JSONField()
    created_at = models.DateTimeField(db_default=Now())
    changed_at = models.DateTimeField(db_default=Now())
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    actor_name = models.TextField()

    def __str__(self) -> str:
        return self.name


class Export(models.Model):
    """One list of customers that left the register: who took what, when. The file stands in `store.packages`."""

    class State(models.TextChoices):
        """Where an export is on its way."""

        WAITING = "waiting"
        DONE = "done"
        FAILED = "failed"
        CANCELLED = "cancelled"

    created_at = models.DateTimeField(db_default=Now())
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    actor_name = models.TextField()
    segment = models.ForeignKey(Segment, null=True, on_delete=models.SET_NULL, related_name="+")
    selection = ValueField(Selection, default=Selection)
    language = models.TextField(default="nb")
    streamed = models.BooleanField(default=False)
    layout = models.TextField(default="")
    form = models.TextField()
    state = models.TextField(choices=State, default=State.WAITING)
    notice = models.TextField(default="", db_default="")
    progress = ValueField(Progress, null=True)
    rows = models.IntegerField(null=True)
    size = models.BigIntegerField(null=True)
    finished_at = models.DateTimeField(null=True)

    class Meta:
        indexes: ClassVar = [models.Index(fields=["-created_at"], name="export_created")]

    def __str__(self) -> str:
        return f"{self.pk} {self.form}"
