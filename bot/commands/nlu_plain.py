"""What `bot nlu --plain` says of a message, in the languages of the staff."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from bot.answers.problems import fill

#: The languages that these sentences are in; the first is the default.
LANGUAGES = ("es", "en", "fr")

SENTENCES: dict[str, dict[str, str]] = {
    "slow": {
        "es": "Se leen todos los ejemplos; medio minuto, una vez por cada modelo.",
        "en": "Reading all examples; half a minute, once for each model.",
        "fr": "Lecture de tous les exemples ; une demi-minute, une fois par modèle.",
    },
    "topic": {
        "es": "  Tema: {topic}, confianza {confidence:.2f}. Idioma: {language}.",
        "en": "  Topic: {topic}, confidence {confidence:.2f}. Language: {language}.",
        "fr": "  Sujet : {topic}, confiance {confidence:.2f}. Langue : {language}.",
    },
    "safety": {
        "es": "  La persona puede estar en peligro.",
        "en": "  The person may be in danger.",
        "fr": "  La personne est peut-être en danger.",
    },
    "named": {
        "es": "  Nombra: {names}",
        "en": "  It names: {names}",
        "fr": "  Il nomme : {names}",
    },
    "repaired": {
        "es": "  Leído como: {text}",
        "en": "  Read as: {text}",
        "fr": "  Lu comme : {text}",
    },
    "ranking": {
        "es": "  Los más probables:",
        "en": "  Likeliest:",
        "fr": "  Les plus probables :",
    },
    "examples": {
        "es": "  Ejemplos más cercanos:",
        "en": "  Nearest examples:",
        "fr": "  Exemples les plus proches :",
    },
    "pieces": {
        "es": "  Parte por parte:",
        "en": "  Piece by piece:",
        "fr": "  Morceau par morceau :",
    },
    "parts": {
        "es": "  {topic} frente a {against}: {difference:+.1f}, de lo cual {shares}",
        "en": "  {topic} against {against}: {difference:+.1f}, of which {shares}",
        "fr": "  {topic} face à {against} : {difference:+.1f}, dont {shares}",
    },
    "characters": {"es": "letras", "en": "letters", "fr": "lettres"},
    "words": {"es": "palabras", "en": "words", "fr": "mots"},
    "vector": {"es": "sentido de la frase", "en": "meaning of the sentence", "fr": "sens de la phrase"},
    "bias": {"es": "punto de partida", "en": "starting point", "fr": "point de départ"},
    "nearest": {"es": "ejemplo más cercano", "en": "nearest example", "fr": "exemple le plus proche"},
    "summary": {
        "es": "lo que el modelo ve en las palabras",
        "en": "what the model sees in its words",
        "fr": "ce que le modèle voit dans les mots",
    },
    "density": {"es": "cuántos ejemplos cercanos", "en": "how many near examples", "fr": "combien d'exemples proches"},
    "speak_for": {"es": "  Por {topic}: {ngrams}", "en": "  For {topic}: {ngrams}", "fr": "  Pour {topic} : {ngrams}"},
    "rule": {"es": "  Decidió: {rule}.", "en": "  Decided by: {rule}.", "fr": "  A décidé : {rule}."},
    "likeliest": {"es": "el tema más probable", "en": "the likeliest topic", "fr": "le sujet le plus probable"},
    "likeliest in its pieces": {
        "es": "sumando lo que dicen sus partes, el tema más probable",
        "en": "the likeliest topic, with what its pieces say added",
        "fr": "le sujet le plus probable, avec ce que disent ses morceaux",
    },
    "safety margin": {
        "es": "un tema de peligro va primero aunque otro sea algo más probable",
        "en": "a topic of danger comes first though another is somewhat likelier",
        "fr": "un sujet de danger passe avant un autre, un peu plus probable",
    },
    "danger in one piece": {
        "es": "una parte del mensaje habla de un peligro",
        "en": "one piece of the message tells of a danger",
        "fr": "un morceau du message parle d'un danger",
    },
    "fallback threshold": {
        "es": "ningún tema es bastante probable; Faro pregunta",
        "en": "no topic is likely enough; Faro asks",
        "fr": "aucun sujet n'est assez probable ; Faro demande",
    },
    "out of scope threshold": {
        "es": "quizás no es un asunto de Faro; Faro pregunta",
        "en": "perhaps nothing that Faro knows about; Faro asks",
        "fr": "peut-être rien que Faro connaisse ; Faro demande",
    },
    "only a name": {
        "es": "el mensaje es solo el nombre de un lugar, un país o una organización",
        "en": "the message is only the name of a place, a country or an organisation",
        "fr": "le message n'est que le nom d'un lieu, d'un pays ou d'une organisation",
    },
    "no_words": {"es": "no hay palabras", "en": "there are no words", "fr": "il n'y a pas de mots"},
    "other_language": {"es": "otra escritura", "en": "another script", "fr": "une autre écriture"},
}

#: Topics of the ranking that are shown.
_RANKED = 3


def said(code: str, language: str, /, **values: object) -> str:
    """A sentence with its values put in; a code that has no sentence speaks for itself."""
    return fill(SENTENCES, code, language, **values) if code in SENTENCES else code


def plain(told: dict[str, Any], language: str) -> str:
    """The object that `bot nlu` writes as lines for people, with an empty one behind them."""
    return "\n".join([*_lines(told, language), ""])


def _lines(told: dict[str, Any], language: str) -> Iterator[str]:
    yield told["text"]
    yield said("topic", language, **{**told, "language": told["language"] or "?"})
    if told["safety"]:
        yield said("safety", language)
    if names := [*told["nationality"], *told["organisation"]]:
        yield said("named", language, names=", ".join(names))
    why = told.get("explanation")
    if why and why["repaired"]:
        yield said("repaired", language, text=why["repaired"])
    if why:
        yield said("rule", language, rule=said(why["rules"][-1], language))
    if told["ranking"]:
        yield said("ranking", language)
        yield from (f"    {one['confidence']:.2f}  {one['topic']}" for one in told["ranking"][:_RANKED])
    if why:
        yield from _reasons(why, language)


def _reasons(why: dict[str, Any], language: str) -> Iterator[str]:
    if why["nearest"]:
        yield said("examples", language)
        for near in why["nearest"]:
            yield f"    {near['similarity']:.2f}  {near['topic']}  [{near['language']}]  {near['text']}"
    if parts := why["parts"]:
        shares = ", ".join(f"{said(name, language)} {share:+.1f}" for name, share in parts["shares"].items())
        yield said("parts", language, **{**parts, "shares": shares})
        for topic, speaking in ((parts["topic"], parts["speak_for"]), (parts["against"], parts["speak_against"])):
            if speaking:
                ngrams = ", ".join(f"«{_shown(one)}» {abs(one['share']):.2f}" for one in speaking)
                yield said("speak_for", language, topic=topic, ngrams=ngrams)
    if why["pieces"]:
        yield said("pieces", language)
        yield from (f"    {one['confidence']:.2f}  {one['topic']}  {one['text']}" for one in why["pieces"])


def _shown(one: dict[str, Any]) -> str:
    """An n-gram; of a part of a word, dots say where the word goes on."""
    ngram: str = one["ngram"]
    if one["part"] == "words":
        return ngram
    return ("" if ngram[0].isspace() else "…") + ngram.strip() + ("" if ngram[-1].isspace() else "…")
