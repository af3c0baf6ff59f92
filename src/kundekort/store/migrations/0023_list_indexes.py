"""Every order of the customer list has an index that begins and ends as it does; by e-mail, with the cards without one."""

from django.db import migrations, models
from django.db.models.functions import Lower


class Migration(migrations.Migration):
    dependencies = [("kundekort", "0022_room_on_pages")]
    operations = [
        migrations.RemoveIndex(model_name="customer", name="customer_email"),
        migrations.AddIndex(
            model_name="customer",
            index=models.Index(Lower("email"), "id", include=("email",), name="customer_email"),
        ),
        migrations.AddIndex(
            model_name="customer",
            index=models.Index(fields=["city", "id"], name="customer_city"),
        ),
    ]
