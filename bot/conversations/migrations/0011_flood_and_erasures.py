"""A person's allowance, a message's place in the queue, and who was erased.

Beside a Faro that runs: no table is rewritten. The columns may be empty, or the database knows their default.
"""

from django.db import migrations, models
from django.db.models import F


def place(apps, schema_editor):
    """What waits stands in the queue by when it came."""
    messages = apps.get_model("conversations", "Message").objects.using(schema_editor.connection.alias)
    messages.filter(state="waiting", due_at=None).update(due_at=F("created_at"))


class Migration(migrations.Migration):
    dependencies = [
        ("conversations", "0010_passage_and_doubt"),
    ]

    operations = [
        migrations.CreateModel(
            name="Erasure",
            fields=[
                ("contact", models.UUIDField(editable=False, primary_key=True, serialize=False)),
                ("at", models.DateTimeField()),
            ],
            options={"indexes": [models.Index(fields=["at"], name="erasure_at")]},
        ),
        migrations.AddField("contact", "flood_until", models.DateTimeField(blank=True, null=True)),
        migrations.AddField(
            "contact", "flood_notice", models.CharField(blank=True, db_default="", default="", max_length=4)
        ),
        migrations.AddField("message", "due_at", models.DateTimeField(blank=True, null=True)),
        migrations.RunPython(place, migrations.RunPython.noop),
    ]
