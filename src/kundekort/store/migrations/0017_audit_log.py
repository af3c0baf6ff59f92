"""The audit log, which can be added to and read; the database itself refuses to change or remove an entry."""

from django.db import migrations, models
from django.db.models.functions import Now

GUARD = """
CREATE FUNCTION kundekort_audit_guard() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'the audit log can only be added to' USING ERRCODE = 'insufficient_privilege';
END
$$;
CREATE TRIGGER audit_guard BEFORE UPDATE OR DELETE ON kundekort_auditentry
    FOR EACH ROW EXECUTE FUNCTION kundekort_audit_guard();
"""


class Migration(migrations.Migration):
    dependencies = [("kundekort", "0016_export_notice")]
    operations = [
        migrations.CreateModel(
            name="AuditEntry",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("created_at", models.DateTimeField(db_default=Now())),
                ("user", models.BigIntegerField(null=True)),
                ("actor_name", models.TextField()),
                ("address", models.TextField()),
                ("event", models.TextField()),
                ("params", models.JSONField()),
            ],
        ),
        migrations.RunSQL(
            GUARD, "DROP TRIGGER audit_guard ON kundekort_auditentry; DROP FUNCTION kundekort_audit_guard();"
        ),
    ]
