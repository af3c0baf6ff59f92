"""Passwords that were handed over are kept as their own hash, which hashing the password anew leaves as it is."""

import hashlib

from django.db import migrations


def keep_hashes(apps, schema_editor):
    for profile in apps.get_model("kundekort", "Profile").objects.exclude(handed_over="").select_related("user"):
        password = profile.user.password
        still = profile.handed_over == hashlib.sha256(password.encode()).hexdigest()
        profile.handed_over = password if still else ""
        profile.save(update_fields=["handed_over"])


class Migration(migrations.Migration):
    dependencies = [("kundekort", "0020_anonymisation")]
    operations = [migrations.RunPython(keep_hashes, migrations.RunPython.noop)]
