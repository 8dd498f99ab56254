from django.db import migrations, models


def only_what_people_wrote(apps, schema_editor):
    """What Faro said is the same for everybody, but for how far something is from where a person was."""
    messages = apps.get_model("conversations", "Message").objects.using(schema_editor.connection.alias)
    said = messages.filter(direction="out", operator__isnull=True).exclude(provider_id__startswith="answer:team-")
    said.exclude(text__contains="≈").update(as_written=False)


class Migration(migrations.Migration):
    dependencies = [
        ("conversations", "0013_trace"),
    ]

    operations = [
        migrations.AddField("message", "as_written", models.BooleanField(db_default=True, default=True)),
        migrations.AddIndex(
            "message",
            models.Index(fields=["id"], name="message_as_written", condition=models.Q(as_written=True)),
        ),
        migrations.RunPython(only_what_people_wrote, migrations.RunPython.noop),
    ]
