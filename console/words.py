"""Words of the console that are not in its templates: Spanish, the language of the team in Panama."""

from __future__ import annotations

from bot.conversations.models import Message

LANGUAGE = "es"

#: What became of a message, as the figures name it. A message without an outcome still waits.
OUTCOMES = {
    Message.Outcome.ANSWERED.value: "Respondidos",
    Message.Outcome.SUGGESTED.value: "Con temas para elegir",
    Message.Outcome.NOT_UNDERSTOOD.value: "No entendidos",
    Message.Outcome.UNREADABLE.value: "Sin palabras (fotos, signos)",
    Message.Outcome.STALE.value: "Botones antiguos",
    Message.Outcome.LATE.value: "Llegados muy tarde",
    Message.Outcome.TROUBLE.value: "Con falla técnica",
    "": "Sin responder todavía",
}

#: Seconds of each unit, with its name for one and for several.
_UNITS = ((86_400, "día", "días"), (3_600, "hora", "horas"), (60, "minuto", "minutos"))


def span(seconds: float | None) -> str:
    """A time in words, rounded down to its largest unit; "" for None."""
    if seconds is None:
        return ""
    for length, one, several in _UNITS:
        if (number := int(seconds // length)) >= 1:
            return f"{number} {one if number == 1 else several}"
    return "menos de un minuto"
