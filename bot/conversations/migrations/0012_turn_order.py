"""The index in whose order turns are taken."""

from django.db import migrations, models

from bot.conversations.index_beside import AddIndexBeside


class Migration(migrations.Migration):
    atomic = False

    dependencies = [
        ("conversations", "0011_place_in_the_queue"),
    ]

    operations = [
        AddIndexBeside(
            "message",
            models.Index(fields=["due_at", "id"], condition=models.Q(state="waiting"), name="message_turn"),
        ),
    ]
