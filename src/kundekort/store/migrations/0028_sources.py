"""Places from which files are read by themselves, and the files that have been."""

import django.contrib.postgres.fields
import django.db.models.deletion
import django.db.models.functions.datetime
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("kundekort", "0027_webhooks"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Source",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("name", models.TextField(unique=True)),
                ("url", models.TextField()),
                ("pattern", models.TextField(default="*")),
                ("username", models.TextField(blank=True, default="")),
                ("secret", models.TextField(blank=True, default="")),
                ("host_key", models.TextField(blank=True, default="")),
                ("minutes", models.IntegerField(default=60)),
                ("keeps_empty", models.BooleanField(default=False)),
                ("confirms", models.BooleanField(default=False)),
                ("most_cards", models.IntegerField(default=100)),
                ("active", models.BooleanField(default=True)),
                (
                    "notify",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.BigIntegerField(), default=list, size=None
                    ),
                ),
                ("etag", models.TextField(blank=True, default="")),
                ("site", models.TextField(blank=True, default="")),
                ("look_at", models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ("looked_at", models.DateTimeField(null=True)),
                ("fault", models.TextField(blank=True, default="")),
                ("fault_params", models.JSONField(default=dict)),
                (
                    "owner",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="SourceFile",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("name", models.TextField()),
                ("mark", models.TextField()),
                ("size", models.BigIntegerField(null=True)),
                ("sha256", models.TextField(blank=True, default="")),
                (
                    "state",
                    models.TextField(
                        choices=[
                            ("seen", "Seen"),
                            ("imported", "Imported"),
                            ("known", "Known"),
                            ("refused", "Refused"),
                        ],
                        default="seen",
                    ),
                ),
                ("judged", models.BooleanField(default=False)),
                (
                    "waits_for",
                    django.contrib.postgres.fields.ArrayField(base_field=models.TextField(), default=list, size=None),
                ),
                ("seen_at", models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                (
                    "imp",
                    models.OneToOneField(
                        db_column="import_id",
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="source_file",
                        to="kundekort.import",
                    ),
                ),
                (
                    "source",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="files", to="kundekort.source"
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(
                        condition=models.Q(("judged", False), ("state", "imported")),
                        fields=["source"],
                        name="source_file_unjudged",
                    )
                ],
                "constraints": [
                    models.UniqueConstraint(fields=("source", "name", "mark"), name="source_file_mark"),
                    models.UniqueConstraint(
                        condition=models.Q(("state", "imported")), fields=("source", "sha256"), name="source_file_once"
                    ),
                ],
            },
        ),
    ]
