"""Indexes for the console: lists by what was understood, and words in what people wrote."""

from django.db import migrations, models

from bot.conversations.search import COLUMN, postgres_vector


WRITTEN = models.Q(direction="in")


def add_words(apps, editor):
    """PostgreSQL only: SQLite reads the texts, see bot/conversations/search.py.

    A column of the database's own, which no model names: to fold a text takes 0.1 ms, too much for each row that a search
    looks at. Both are of what was written by people, not by Faro.
    """
    if editor.connection.vendor == "postgresql":
        written = "direction = 'in' OR operator_id IS NOT NULL"
        editor.execute(
            f"ALTER TABLE conversations_message ADD COLUMN {COLUMN} tsvector GENERATED ALWAYS AS "
            f"(CASE WHEN {written} THEN {postgres_vector('text')} END) STORED"
        )
        editor.execute(f"CREATE INDEX message_words ON conversations_message USING gin ({COLUMN})")


def remove_words(apps, editor):
    if editor.connection.vendor == "postgresql":
        editor.execute(f"ALTER TABLE conversations_message DROP COLUMN {COLUMN}")


class Migration(migrations.Migration):
    dependencies = [
        ("conversations", "0004_console"),
    ]

    operations = [
        migrations.AddIndex("message", models.Index(fields=["topic", "id"], name="message_by_topic", condition=WRITTEN)),
        migrations.AddIndex("message", models.Index(fields=["outcome", "id"], name="message_by_outcome", condition=WRITTEN)),
        migrations.AddIndex("message", models.Index(fields=["channel", "id"], name="message_by_channel", condition=WRITTEN)),
        migrations.AddIndex("message", models.Index(fields=["language", "id"], name="message_by_language", condition=WRITTEN)),
        migrations.AddIndex(
            "message", models.Index(fields=["id"], name="message_of_danger", condition=WRITTEN & models.Q(safety=True))
        ),
        migrations.AddIndex(
            "message",
            models.Index(
                fields=["id"],
                name="message_doubtful",
                condition=WRITTEN & models.Q(confidence__gt=0, confidence__lt=0.5),
            ),
        ),
        migrations.AddIndex(
            "feedback", models.Index(fields=["message"], name="feedback_unhelpful", condition=models.Q(verdict="unhelpful"))
        ),
        migrations.RunPython(add_words, remove_words),
    ]
