"""An index that is built without keeping anybody from writing, for migrations of large tables."""

from __future__ import annotations

from typing import Any

from django.db import migrations


class AddIndexBeside(migrations.AddIndex):
    """AddIndex beside others who write; one that was broken off, or was there before, is begun anew.

    It stands alone in its migration, which may not be one transaction ("atomic = False"; PostgreSQL 15, CREATE INDEX,
    "Building Indexes Concurrently"). On SQLite, which has one writer at a time anyway, it is an index like any other.
    """

    atomic = False

    def database_forwards(self, app_label: str, schema_editor: Any, from_state: Any, to_state: Any) -> None:
        """See AddIndex."""
        schema_editor.execute(f"DROP INDEX IF EXISTS {schema_editor.quote_name(self.index.name)}")
        if schema_editor.connection.vendor != "postgresql":
            super().database_forwards(app_label, schema_editor, from_state, to_state)
            return
        schema_editor.add_index(to_state.apps.get_model(app_label, self.model_name), self.index, concurrently=True)
