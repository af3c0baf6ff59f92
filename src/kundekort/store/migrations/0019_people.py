"""Colleagues: passwords that were handed over, who has put what into an import, and a log that is read page by page.

The audit log cannot be emptied either, but in a test run, which says that it is one when it connects.
"""

import django.contrib.postgres.fields
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

GUARD = """
CREATE OR REPLACE FUNCTION kundekort_audit_guard() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'TRUNCATE' AND current_setting('kundekort.test_run', true) = 'on' THEN
        RETURN NULL;
    END IF;
    RAISE EXCEPTION 'the audit log can only be added to' USING ERRCODE = 'insufficient_privilege';
END
$$;
CREATE TRIGGER audit_truncate_guard BEFORE TRUNCATE ON kundekort_auditentry
    FOR EACH STATEMENT EXECUTE FUNCTION kundekort_audit_guard();
"""


class Migration(migrations.Migration):
    dependencies = [migrations.swappable_dependency(settings.AUTH_USER_MODEL), ("kundekort", "0018_cache")]
    operations = [
        migrations.CreateModel(
            name="Profile",
            fields=[
                (
                    "user",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        primary_key=True,
                        related_name="profile",
                        serialize=False,
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                ("handed_over", models.TextField(db_default="", default="")),
            ],
        ),
        migrations.AddField(
            model_name="import",
            name="authors",
            field=django.contrib.postgres.fields.ArrayField(
                base_field=models.BigIntegerField(), db_default=[], default=list, size=None
            ),
        ),
        migrations.AddIndex("auditentry", models.Index(fields=["created_at", "id"], name="audit_when")),
        migrations.AddIndex("auditentry", models.Index(fields=["event", "created_at", "id"], name="audit_event")),
        migrations.AddIndex("auditentry", models.Index(fields=["user", "created_at", "id"], name="audit_user")),
        migrations.RunSQL(GUARD, "DROP TRIGGER audit_truncate_guard ON kundekort_auditentry;"),
    ]
