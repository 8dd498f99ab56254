"""The index of what still stands as it was written. In a database of before it may be there already, from 0014."""

from django.db import migrations, models

from bot.conversations.index_beside import AddIndexBeside


class Migration(migrations.Migration):
    atomic = False

    dependencies = [
        ("conversations", "0016_sender"),
    ]

    operations = [
        AddIndexBeside(
            "message",
            models.Index(fields=["id"], name="message_as_written", condition=models.Q(as_written=True)),
        ),
    ]
