"""Receivers that are told of changes, and how each telling went."""

import django.db.models.deletion
from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import migrations, models
from django.db.models.functions import Now


class Migration(migrations.Migration):
    dependencies = [("kundekort", "0026_change_feed"), migrations.swappable_dependency(settings.AUTH_USER_MODEL)]
    operations = [
        migrations.CreateModel(
            "Webhook",
            [
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("name", models.TextField(unique=True)),
                ("url", models.TextField()),
                ("events", ArrayField(models.TextField())),
                ("values", models.BooleanField(default=False)),
                ("active", models.BooleanField(default=True)),
                ("secret", models.TextField()),
                ("position", models.BigIntegerField()),
                ("failing_since", models.DateTimeField(null=True)),
                ("retry_at", models.DateTimeField(null=True)),
                ("notice", models.TextField(blank=True, default="")),
                ("created_at", models.DateTimeField(db_default=Now())),
                ("actor_name", models.TextField()),
                (
                    "created_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            "Delivery",
            [
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("event_id", models.TextField()),
                ("type", models.TextField()),
                ("position", models.BigIntegerField(null=True)),
                (
                    "state",
                    models.TextField(
                        choices=[
                            ("waiting", "Waiting"),
                            ("delivered", "Delivered"),
                            ("skipped", "Skipped"),
                            ("failed", "Failed"),
                        ],
                        default="waiting",
                    ),
                ),
                ("attempts", models.IntegerField(default=0)),
                ("status", models.IntegerField(null=True)),
                ("fault", models.TextField(blank=True, default="")),
                ("milliseconds", models.IntegerField(null=True)),
                ("created_at", models.DateTimeField(db_default=Now())),
                ("attempted_at", models.DateTimeField(null=True)),
                (
                    "webhook",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="deliveries", to="kundekort.webhook"
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(
                        fields=["webhook", "id"], condition=models.Q(state="waiting"), name="delivery_waiting"
                    ),
                    models.Index(fields=["created_at"], name="delivery_created"),
                ],
            },
        ),
    ]
