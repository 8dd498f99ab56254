"""What `bot content show` and `report` say to whoever types them, in the languages of the staff."""

from __future__ import annotations

from bot.answers.problems import fill

_SENTENCES: dict[str, dict[str, str]] = {
    "unknown": {
        "es": "argumento {option}: no se conoce «{given}». {hint}",
        "en": "argument {option}: “{given}” is not known. {hint}",
        "fr": "argument {option} : « {given} » est inconnu. {hint}",
    },
    "did_you_mean": {
        "es": "¿Quiso decir: {near}?",
        "en": "Did you mean: {near}?",
        "fr": "Vouliez-vous dire : {near} ?",
    },
    "choose_from": {
        "es": "Se admite: {known}.",
        "en": "Known: {known}.",
        "fr": "Admis : {known}.",
    },
    "broken": {
        "es": "El contenido tiene errores graves; no se puede mostrar:",
        "en": "The content has grave errors; it cannot be shown:",
        "fr": "Le contenu a de graves erreurs ; il ne peut pas être montré :",
    },
    "expired": {
        "es": "!!! La respuesta «{name}» venció el {date}. El {day} las personas ven esto en su lugar:",
        "en": "!!! The answer “{name}” expired on {date}. On {day} people see this instead:",
        "fr": "!!! La réponse « {name} » a expiré le {date}. Le {day} les gens voient ceci à la place :",
    },
    "not_yet_valid": {
        "es": "!!! La respuesta «{name}» vale desde el {date}. El {day} las personas ven esto en su lugar:",
        "en": "!!! The answer “{name}” is valid from {date}. On {day} people see this instead:",
        "fr": "!!! La réponse « {name} » est valable dès le {date}. Le {day} les gens voient ceci à la place :",
    },
    "sample": {
        "es": "!!! Ejemplo: los tres servicios de los que más se dice, desde el lugar de nombre más largo.",
        "en": "!!! A sample: the three services of which most is said, from the place with the longest name.",
        "fr": "!!! Exemple : les trois services dont on dit le plus, depuis le lieu au nom le plus long.",
    },
    "no_text": {
        "es": "!!! La respuesta «{name}» no tiene texto en ningún idioma. El {day} las personas ven esto en su lugar:",
        "en": "!!! The answer “{name}” has no text in any language. On {day} people see this instead:",
        "fr": "!!! La réponse « {name} » n'a de texte dans aucune langue. Le {day} les gens voient ceci :",
    },
}


def said(code: str, language: str, /, **values: object) -> str:
    """A sentence with its values put in."""
    return fill(_SENTENCES, code, language, **values)
