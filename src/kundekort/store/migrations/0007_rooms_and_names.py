"""Names that people search for, and values instead of loose JSON."""

import shutil
from pathlib import Path
from typing import Any

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

ANSWERABLE = ("no_known_column", "column_twice", "no_key_column")


def policy(data: dict[str, Any]) -> dict[str, Any]:
    """A policy whose key was called match."""
    return {"key" if name == "match" else name: value for name, value in data.items()}


def forward(apps: Any, schema_editor: Any) -> None:
    """Give the JSON of imports and exports the form that their values have now."""
    for imp in apps.get_model("kundekort", "Import").objects.iterator():
        if imp.recipe:
            imp.recipe["policy"] = policy(imp.recipe["policy"])
        old = imp.answers
        if old:
            dialect = dict(zip(("encoding", "separator", "header_row", "sheet"), old["dialect"]))
            imp.answers = {"dialect": dialect, "policy": policy(old["policy"]), "columns": old["columns"]}
        if imp.question:
            kind = "columns" if imp.question["code"] in ANSWERABLE else "refused"
            imp.question = {"kind": kind, **imp.question}
        imp.totals = imp.totals or None
        facts = imp.facts or {}
        imp.facts = {
            "samples": facts.get("samples", []),
            "sheets": facts.get("sheets", []),
            "blank_rows": facts.get("blank_rows", 0),
            "emptied": facts.get("emptied", 0),
            "changes": facts.get("changes", {}),
            "problems": facts.get("codes", []),
        } if facts else None
        imp.progress = None
        if imp.state in ("preview", "confirming"):  # its plan is kept in a form that is no longer read
            imp.state = "cancelled"
            shutil.rmtree(Path(settings.DATA) / "imports" / str(imp.pk), ignore_errors=True)
        imp.save()
    for export in apps.get_model("kundekort", "Export").objects.iterator():
        export.language = export.selection.get("language", "nb")
        export.streamed = bool(export.selection.get("straight"))
        export.selection = {name: export.selection.get(name) for name in ("segment", "search")}
        export.progress = None
        export.save()


class Migration(migrations.Migration):
    dependencies = [("kundekort", "0006_segment_indexes")]
    operations = [
        migrations.RenameModel("OwnField", "CustomField"),
        migrations.RenameModel("HeaderName", "HeaderAlias"),
        migrations.RenameModel("DifferentPeople", "NotDuplicates"),
        migrations.RenameModel("Merged", "RemovedCard"),
        migrations.RenameField("Customer", "own", "custom"),
        migrations.AlterField(
            "RemovedCard",
            "into",
            models.ForeignKey(
                db_constraint=False,
                null=True,
                on_delete=django.db.models.deletion.DO_NOTHING,
                related_name="+",
                to="kundekort.customer",
            ),
        ),
        migrations.AlterField(
            "RemovedCard",
            "revision",
            models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="removed", to="kundekort.revision"
            ),
        ),
        migrations.RenameField("Import", "chosen", "answers"),
        migrations.RenameField("Import", "refusal", "question"),
        migrations.AlterField("Import", "totals", models.JSONField(null=True)),
        migrations.AlterField("Import", "facts", models.JSONField(null=True)),
        migrations.AddField("Export", "language", models.TextField(default="nb")),
        migrations.AddField("Export", "streamed", models.BooleanField(default=False)),
        migrations.RunPython(forward, migrations.RunPython.noop),
    ]
