"""The index in whose order turns are taken, built on PostgreSQL without keeping anybody from writing.

For that it is alone in its migration, which may not be one transaction
(PostgreSQL 15, CREATE INDEX, "Building Indexes Concurrently").
"""

from django.db import migrations, models


class AddIndexBeside(migrations.AddIndex):
    """AddIndex beside others who write; one that was broken off is begun anew."""

    atomic = False

    def database_forwards(self, app_label, schema_editor, from_state, to_state):
        if schema_editor.connection.vendor != "postgresql":
            super().database_forwards(app_label, schema_editor, from_state, to_state)
            return
        schema_editor.execute(f"DROP INDEX IF EXISTS {schema_editor.quote_name(self.index.name)}")
        schema_editor.add_index(to_state.apps.get_model(app_label, self.model_name), self.index, concurrently=True)


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
