"""What `bot content --help` and its refusals say, in the languages of the staff."""

from __future__ import annotations

from bot.answers.problems import fill

#: Name -> language -> text. The names of verbs say what the verb is for.
WORDS: dict[str, dict[str, str]] = {
    "check": {
        "es": "todos los problemas del contenido; cada uno comienza con archivo:línea",
        "en": "every problem of the content, each starting with path:line",
        "fr": "tous les problèmes du contenu ; chacun commence par fichier:ligne",
    },
    "show": {
        "es": "exactamente lo que lee una persona en un canal, en un idioma, en un día",
        "en": "exactly what a person sees on a channel, in a language, on a day",
        "fr": "exactement ce que voit une personne sur un canal, dans une langue, un jour donné",
    },
    "report": {
        "es": "lo que espera a alguien: revisiones, llamadas a contactos, traducciones, textos difíciles",
        "en": "what waits for somebody: reviews, calls to contacts, translations, hard texts",
        "fr": "ce qui attend quelqu'un : révisions, appels aux contacts, traductions, textes difficiles",
    },
    "review": {
        "es": "alguien leyó una respuesta y sigue siendo cierta",
        "en": "an answer was read and is still true",
        "fr": "une réponse a été lue et elle est toujours vraie",
    },
    "withdraw": {
        "es": "dejar de dar una respuesta; la gente lee entonces que no hay una comprobada, y a quién preguntar",
        "en": "stop giving an answer; people then read that there is no checked one, and whom to ask",
        "fr": "ne plus donner une réponse ; les gens lisent qu'il n'y en a pas de vérifiée, et à qui demander",
    },
    "restore": {
        "es": "dar otra vez una respuesta retirada",
        "en": "give a withdrawn answer again",
        "fr": "donner de nouveau une réponse retirée",
    },
    "confirm": {
        "es": "alguien comprobó los datos de un contacto: con una llamada, una visita, una carta",
        "en": "somebody made sure of a contact's facts: by a call, a visit, a letter",
        "fr": "quelqu'un a vérifié les données d'un contact : par un appel, une visite, une lettre",
    },
    "add-language": {
        "es": "comenzar un idioma: se ofrece enseguida, y cada texto tiene un lugar para su traducción",
        "en": "begin a language: it is offered at once, and every text gets a place for its translation",
        "fr": "commencer une langue : elle est offerte tout de suite, et chaque texte a une place pour sa traduction",
    },
    "schema": {
        "es": "escribir los esquemas con que los editores muestran errores mientras se escribe",
        "en": "write the schemas by which editors show mistakes while typing",
        "fr": "écrire les schémas par lesquels les éditeurs montrent les erreurs pendant la frappe",
    },
    # The parts of a help
    "content": {
        "es": "Ver las respuestas, revisarlas y cambiarlas.",
        "en": "Look at the answers, check them and change them.",
        "fr": "Voir les réponses, les vérifier et les changer.",
    },
    "verbs": {"es": "órdenes", "en": "verbs", "fr": "commandes"},
    "verb": {"es": "una de las de abajo", "en": "one of those below", "fr": "une de celles ci-dessous"},
    "more": {
        "es": "bot content VERB --help dice más de cada una",
        "en": "bot content VERB --help says more",
        "fr": "bot content VERB --help en dit plus",
    },
    "positionals": {"es": "qué se escribe", "en": "what is typed", "fr": "ce qu'on tape"},
    "options": {"es": "opciones", "en": "options", "fr": "options"},
    "help": {"es": "mostrar esta ayuda", "en": "show this help", "fr": "montrer cette aide"},
    # The options
    "lang": {
        "es": "idioma en que habla este comando",
        "en": "language in which this command speaks",
        "fr": "langue dans laquelle parle cette commande",
    },
    "dir": {
        "es": "otra carpeta que CONTENT_DIR",
        "en": "another folder than CONTENT_DIR",
        "fr": "un autre dossier que CONTENT_DIR",
    },
    "quiet": {
        "es": "no decir nada si no hay errores",
        "en": "say nothing when there is no error",
        "fr": "ne rien dire s'il n'y a pas d'erreur",
    },
    "on": {
        "es": "el día (AAAA-MM-DD); sin esto, hoy en Panamá",
        "en": "the day (YYYY-MM-DD); today in Panama without it",
        "fr": "le jour (AAAA-MM-JJ) ; sinon aujourd'hui au Panama",
    },
    "shown": {
        "es": "un tema, menu.ÁREA, nearest.CATEGORÍA o sentences.CLAVE; sin esto, todo",
        "en": "a topic, menu.AREA, nearest.CATEGORY or sentences.KEY; all without it",
        "fr": "un thème, menu.DOMAINE, nearest.CATÉGORIE ou sentences.CLÉ ; sinon tout",
    },
    "person_lang": {
        "es": "idioma de la persona; sin esto, todos los de languages.yml",
        "en": "language of the person; all of languages.yml without it",
        "fr": "langue de la personne ; sinon toutes celles de languages.yml",
    },
    "channel": {"es": "{channels}; sin esto, web", "en": "{channels}; web without it", "fr": "{channels} ; sinon web"},
    "topic": {
        "es": "nombre de la respuesta: el de su archivo, sin .yml",
        "en": "name of the answer: that of its file, without .yml",
        "fr": "nom de la réponse : celui de son fichier, sans .yml",
    },
    "until": {
        "es": "último día en que se da (AAAA-MM-DD); sin esto, ayer",
        "en": "last day on which it is given (YYYY-MM-DD); yesterday without it",
        "fr": "dernier jour où elle est donnée (AAAA-MM-JJ) ; sinon hier",
    },
    "contact": {
        "es": "nombre del contacto en contacts.yml",
        "en": "id of the contact in contacts.yml",
        "fr": "identifiant du contact dans contacts.yml",
    },
    "source": {
        "es": "cómo se comprobó: «llamada a la recepción»; nunca el nombre de una persona particular",
        "en": "how: “call to the front desk”; no names of private persons",
        "fr": "comment : « appel à l'accueil » ; pas de noms de personnes privées",
    },
    "by": {
        "es": "cuenta del equipo que lo comprobó; queda en el archivo, la gente no la ve",
        "en": "account of the team that made sure of it; it stays in the file, people never see it",
        "fr": "compte de l'équipe qui l'a vérifié ; il reste dans le fichier, les gens ne le voient pas",
    },
    "fact": {
        "es": "solo este dato: phone, whatsapp, email, url, address u hours; phone:2 es el segundo",
        "en": "only this one: phone, whatsapp, email, url, address or hours; phone:2 is the second",
        "fr": "seulement celle-ci : phone, whatsapp, email, url, address ou hours ; phone:2 est la deuxième",
    },
    "value": {
        "es": "el valor nuevo, si cambió",
        "en": "what it is now, when it changed",
        "fr": "la nouvelle valeur, si elle a changé",
    },
    "code": {
        "es": "código del idioma (ISO 639), como pt, ht o zh",
        "en": "code of the language (ISO 639), such as pt, ht or zh",
        "fr": "code de la langue (ISO 639), comme pt, ht ou zh",
    },
    "name": {
        "es": "cómo se llama en ese mismo idioma: Português",
        "en": "what it is called in itself: Português",
        "fr": "comment elle s'appelle elle-même : Português",
    },
    "fallback": {
        "es": "qué idioma se da mientras falta un texto: en, o es,en",
        "en": "where to look when a text is missing: en, or es,en",
        "fr": "langue donnée quand un texte manque : en, ou es,en",
    },
    "called": {
        "es": "cómo lo pide la gente, con comas: portugués,portuguese",
        "en": "how people ask for it, with commas: portugués,portuguese",
        "fr": "comment les gens la demandent, avec des virgules : portugués,portuguese",
    },
    "undo": {
        "es": "quitarlo otra vez, mientras no hay nada traducido",
        "en": "take it away again, while nothing is translated",
        "fr": "la retirer, tant que rien n'est traduit",
    },
    "schema_check": {
        "es": "no escribir nada; 1 si están atrasados",
        "en": "write nothing; 1 when they are out of date",
        "fr": "ne rien écrire ; 1 s'ils sont périmés",
    },
    # Refusals
    "missing": {"es": "falta: {given}", "en": "missing: {given}", "fr": "il manque : {given}"},
    "too_much": {
        "es": "sobra: {given}. Un texto de varias palabras va entre comillas",
        "en": "not known: {given}. A text of several words stands in quotes",
        "fr": "en trop : {given}. Un texte de plusieurs mots se met entre guillemets",
    },
    "no_value": {
        "es": "{option}: falta el valor que va detrás",
        "en": "{option}: the value behind it is missing",
        "fr": "{option} : il manque la valeur qui suit",
    },
    "no_choice": {
        "es": "{option}: no se conoce {given}. Se admite: {known}",
        "en": "{option}: {given} is not known. Known: {known}",
        "fr": "{option} : {given} est inconnu. Admis : {known}",
    },
    "no_day": {
        "es": "{given} no es una fecha como 2026-11-30 (año-mes-día)",
        "en": "{given} is not a date such as 2026-11-30 (year-month-day)",
        "fr": "{given} n'est pas une date comme 2026-11-30 (année-mois-jour)",
    },
    "no_folder": {
        "es": "no hay carpeta {given}",
        "en": "there is no folder {given}",
        "fr": "il n'y a pas de dossier {given}",
    },
    "ask_help": {
        "es": "Ayuda: {command} --help",
        "en": "Help: {command} --help",
        "fr": "Aide : {command} --help",
    },
}


def word(name: str, language: str, /, **values: object) -> str:
    """A text with its values put in."""
    return fill(WORDS, name, language, **values)
