"""A message's place in the queue. On its own, as 0011_flood_and_erasures says."""

from django.db import migrations, models
from django.db.models import F


def place(apps, schema_editor):
    """What waits stands in the queue by when it came."""
    messages = apps.get_model("conversations", "Message").objects.using(schema_editor.connection.alias)
    messages.filter(state="waiting", due_at=None).update(due_at=F("created_at"))


class Migration(migrations.Migration):
    dependencies = [
        ("conversations", "0011_flood_and_erasures"),
    ]

    operations = [
        migrations.AddField("message", "due_at", models.DateTimeField(blank=True, null=True)),
        migrations.RunPython(place, migrations.RunPython.noop),
    ]
