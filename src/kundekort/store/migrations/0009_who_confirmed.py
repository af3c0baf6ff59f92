"""The values of imports as they are now; apart from the columns, which cannot be made while rows are being written."""

import shutil
from functools import partial
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import migrations, transaction
from django.db.models import F


def forward(apps: Any, schema_editor: Any) -> None:
    """Give the values of imports the form that they have now; what waits in a preview has to be uploaded again."""
    imports = apps.get_model("kundekort", "Import").objects
    for imp in imports.iterator():
        imp.decisions = {"leave_out_errors": False, "choices": [], **(imp.decisions or {})}
        if imp.facts:
            imp.facts = {**imp.facts, "newer": 0, "conflicts": [], "conflict_rows": 0}
        imp.touched_at = imp.finished_at or imp.created_at
        if imp.revision:
            imp.confirmer_name = imp.revision.actor_name
        elif imp.state == "done":
            imp.confirmer_name = imp.actor_name
        if imp.state in ("preview", "confirming"):  # its plan is kept in a form that is no longer read
            imp.state = "cancelled"
            folder = Path(settings.DATA) / "imports" / str(imp.pk)
            transaction.on_commit(partial(shutil.rmtree, folder, ignore_errors=True))
        imp.save()
    # The account of the one who uploaded stood on every revision of an import, whoever confirmed it.
    named = imports.filter(revision__actor_name=F("actor_name"))
    for imp in named.iterator():
        imp.confirmed_by_id = imp.created_by_id
        imp.save(update_fields=["confirmed_by"])
    others = imports.exclude(revision__actor_name=F("actor_name")).exclude(revision=None)
    revisions = others.values_list("revision", flat=True)
    apps.get_model("kundekort", "Revision").objects.filter(pk__in=list(revisions)).update(created_by=None)


class Migration(migrations.Migration):
    dependencies = [("kundekort", "0008_take_it_back")]
    operations = [migrations.RunPython(forward, migrations.RunPython.noop)]
