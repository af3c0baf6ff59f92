"""django-import-export at its best: a table of its own beside ours on the same server; run by the peers' own Python."""

from __future__ import annotations

import csv
from typing import Any, Final
from urllib.parse import parse_qs, urlsplit

import django
from bench.clock import Clock
from django.conf import settings

KEY: Final = "CustomerID"


def both(clock: Clock, *, address: str, before: str, file: str) -> dict[str, Any]:
    """A preview (dry run) and the import after it, as its admin does them, of a file in CSV."""
    settings.configure(
        INSTALLED_APPS=["import_export"],
        DATABASES={
            "default": {
                "ENGINE": "django.db.backends.postgresql",
                "NAME": "postgres",
                "USER": "postgres",
                "HOST": parse_qs(urlsplit(address).query)["host"][0],
            }
        },
        DEFAULT_AUTO_FIELD="django.db.models.BigAutoField",
    )
    django.setup()
    from django.db import connection, models
    from import_export import instance_loaders, resources
    from tablib import Dataset

    with open(before, newline="", encoding="utf-8") as source:
        names = next(csv.reader(source, delimiter=";"))
    texts = [name for name in names if name != KEY]
    columns: dict[str, Any] = {name: models.TextField(default="", blank=True) for name in texts}
    meta = type("Meta", (), {"app_label": "import_export", "db_table": "peers_person"})
    person: Any = type(
        "Person",
        (models.Model,),
        {"__module__": __name__, "Meta": meta, KEY: models.BigAutoField(primary_key=True), **columns},
    )
    with connection.schema_editor() as editor:
        editor.create_model(person)
    listed = ", ".join(_quoted(names))
    options = f"FORMAT csv, HEADER, DELIMITER ';', FORCE_NOT_NULL ({', '.join(_quoted(texts))})"
    connection.ensure_connection()
    with (
        open(before, "rb") as source,
        connection.connection.cursor() as cursor,
        cursor.copy(f"COPY peers_person ({listed}) FROM STDIN ({options})") as copy,
    ):
        while block := source.read(2**20):
            copy.write(block)
    with connection.cursor() as cursor:
        last = 'SELECT max("CustomerID") FROM peers_person'
        cursor.execute(f"SELECT setval(pg_get_serial_sequence('peers_person', 'CustomerID'), ({last}))")
        cursor.execute("ANALYZE peers_person")

    class Options:
        """What makes it quickest: `skip_diff` would be slower, for then nothing is skipped."""

        model = person
        import_id_fields = (KEY,)
        fields = (KEY, *texts)
        use_bulk = True
        batch_size = 1_000
        skip_unchanged = True
        report_skipped = False
        skip_html_diff = True
        instance_loader_class = instance_loaders.CachedInstanceLoader

    resource = type("PersonResource", (resources.ModelResource,), {"Meta": Options})()
    with clock:
        for dry in (True, False):
            with open(file, newline="", encoding="utf-8") as source:
                rows = csv.reader(source, delimiter=";")
                head = next(rows)
                kept = [head.index(name) for name in (KEY, *texts)]
                data = Dataset(headers=[KEY, *texts])
                for row in rows:
                    # A new one has no number there; with ours, 0, all of them would be one and the same.
                    values = [row[place] for place in kept]
                    data.append([values[0] if values[0] != "0" else "", *values[1:]])
            result = resource.import_data(data, dry_run=dry, raise_errors=True)
    return {"totals": dict(result.totals)}


def _quoted(names: list[str]) -> list[str]:
    return [f'"{name}"' for name in names]
