"""Times in words."""

from __future__ import annotations

from django.utils.translation import gettext, ngettext


def span(seconds: float | None) -> str:
    """A time in words, rounded down to its largest unit; "" for None."""
    if seconds is None:
        return ""
    if (days := int(seconds // 86_400)) >= 1:
        return ngettext("%(number)d day", "%(number)d days", days) % {"number": days}
    if (hours := int(seconds // 3_600)) >= 1:
        return ngettext("%(number)d hour", "%(number)d hours", hours) % {"number": hours}
    if (minutes := int(seconds // 60)) >= 1:
        return ngettext("%(number)d minute", "%(number)d minutes", minutes) % {"number": minutes}
    return gettext("less than a minute")
