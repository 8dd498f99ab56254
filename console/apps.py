"""The Django app."""

from django.apps import AppConfig
from django.db.models.signals import post_migrate


class ConsoleConfig(AppConfig):
    """The console: its pages and tables, one folder a subject."""

    name = "console"
    label = "console"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Bring the catalogues of words up to date, and the roles after every migration."""
        from console import catalogues, roles
        from console.login import signals

        catalogues.compile_stale()
        signals.connect()
        post_migrate.connect(roles.keep_equal, sender=self)
