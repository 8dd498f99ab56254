"""What `bot content` says when it changes something, in the languages of the staff."""

from __future__ import annotations

from bot.answers.problems import fill

#: The languages that these sentences are in.
SPOKEN = ("es", "en", "fr")

_SENTENCES: dict[str, dict[str, str]] = {
    # What was done
    "reviewed": {
        "es": "{topic}: revisada el {day}. Si algo ya no es cierto, cambie el texto ahora.",
        "en": "{topic}: reviewed on {day}. If something is no longer true, change the text now.",
        "fr": "{topic} : revue le {day}. Si quelque chose n'est plus vrai, changez le texte maintenant.",
    },
    "withdrawn": {
        "es": "{topic}: esta respuesta se da hasta el {day} y después no se da más.",
        "en": "{topic}: this answer is given until {day} and no longer after that.",
        "fr": "{topic} : cette réponse est donnée jusqu'au {day}, puis elle ne l'est plus.",
    },
    "instead": {
        "es": "Ahora la gente lee en su lugar:",
        "en": "People now read instead:",
        "fr": "Les gens lisent maintenant à la place :",
    },
    "restored": {
        "es": "{topic}: esta respuesta se da otra vez.",
        "en": "{topic}: this answer is given again.",
        "fr": "{topic} : cette réponse est de nouveau donnée.",
    },
    "confirmed": {
        "es": "{contact}: comprobado el {day}: {facts}.",
        "en": "{contact}: confirmed on {day}: {facts}.",
        "fr": "{contact} : confirmé le {day} : {facts}.",
    },
    "left": {
        "es": "No se tocó: {facts}. Para uno solo: --fact y su nombre.",
        "en": "Not touched: {facts}. For one of them: --fact and its name.",
        "fr": "Non touché : {facts}. Pour l'un d'eux : --fact et son nom.",
    },
    "language_added": {
        "es": "«{name}» ({code}) está en preparación. Ya se ofrece; lo que falta se da en otro idioma, que se nombra.",
        "en": "“{name}” ({code}) is a draft. It is offered already; what it lacks is given in another language, named.",
        "fr": "« {name} » ({code}) est en préparation. Elle est déjà offerte ; le reste est donné dans une autre langue.",
    },
    "language_next": {
        "es": (
            "Lo que sigue:\n"
            "1. Traduzca: busque «{code}:» en {folder} y escriba detrás. Donde dice «null», escriba en su lugar.\n"
            "2. En {folder}/interface.yml, diga en choose_language y greet que Faro habla también este idioma.\n"
            "3. Ejemplos de cómo pregunta la gente: data/nlu/{code}/, un archivo por área, como en data/nlu/{model}/.\n"
            "4. Mire cuánto falta: bot content check\n"
            "5. Cuando esté completo y revisado, borre la línea «draft: true» en {folder}/languages.yml."
        ),
        "en": (
            "What comes next:\n"
            "1. Translate: look for “{code}:” in {folder} and write behind it. Where it says “null”, write instead of it.\n"
            "2. In {folder}/interface.yml, say in choose_language and greet that Faro speaks this language too.\n"
            "3. Examples of how people ask: data/nlu/{code}/, one file an area, as in data/nlu/{model}/.\n"
            "4. See how much is missing: bot content check\n"
            "5. When it is complete and reviewed, delete the line “draft: true” in {folder}/languages.yml."
        ),
        "fr": (
            "La suite :\n"
            "1. Traduisez : cherchez « {code}: » dans {folder} et écrivez derrière. À la place de « null », écrivez.\n"
            "2. Dans {folder}/interface.yml, dites dans choose_language et greet que Faro parle aussi cette langue.\n"
            "3. Exemples de questions : data/nlu/{code}/, un fichier par domaine, comme dans data/nlu/{model}/.\n"
            "4. Voyez ce qui manque : bot content check\n"
            "5. Quand tout est complet et revu, effacez la ligne « draft: true » dans {folder}/languages.yml."
        ),
    },
    "language_removed": {
        "es": "«{code}» se quitó de {count} archivos.",
        "en": "“{code}” was taken out of {count} files.",
        "fr": "« {code} » a été retirée de {count} fichiers.",
    },
    "changed": {
        "es": "Qué cambió en {file}:",
        "en": "What changed in {file}:",
        "fr": "Ce qui a changé dans {file} :",
    },
    "changed_files": {
        "es": "Cambiaron {count} archivos de {folder}.",
        "en": "{count} files of {folder} changed.",
        "fr": "{count} fichiers de {folder} ont changé.",
    },
    "unchanged": {
        "es": "Ya estaba así; no cambió nada.",
        "en": "It was so already; nothing changed.",
        "fr": "C'était déjà ainsi ; rien n'a changé.",
    },
    "undo_command": {
        "es": "Para deshacer: {command}",
        "en": "To undo: {command}",
        "fr": "Pour annuler : {command}",
    },
    "undo_lines": {
        "es": "Para deshacer: abra el archivo, borre las líneas con + y ponga otra vez las líneas con -.",
        "en": "To undo: open the file, delete the lines with + and put the lines with - back.",
        "fr": "Pour annuler : ouvrez le fichier, effacez les lignes avec + et remettez les lignes avec -.",
    },
    # Why nothing was done
    "nothing": {
        "es": "No se cambió nada.",
        "en": "Nothing was changed.",
        "fr": "Rien n'a été changé.",
    },
    "worsened": {
        "es": "Con este cambio el contenido tendría errores nuevos:",
        "en": "With this change the content would have new errors:",
        "fr": "Avec ce changement le contenu aurait de nouvelles erreurs :",
    },
    "no_topic": {
        "es": "No hay respuesta con el nombre «{topic}». El nombre es el del archivo, sin .yml: {near} ...",
        "en": "There is no answer called “{topic}”. The name is that of the file, without .yml: {near} ...",
        "fr": "Il n'y a pas de réponse « {topic} ». Le nom est celui du fichier, sans .yml : {near} ...",
    },
    "own_topic": {
        "es": "«{topic}» es parte de la conversación misma y no se puede retirar; se puede cambiar en interface.yml.",
        "en": "“{topic}” is part of the conversation itself and cannot be withdrawn; change it in interface.yml.",
        "fr": "« {topic} » fait partie de la conversation même et ne peut être retirée ; changez-la dans interface.yml.",
    },
    "not_withdrawn": {
        "es": "«{topic}» no está retirada: no tiene fecha de fin.",
        "en": "“{topic}” is not withdrawn: it has no end date.",
        "fr": "« {topic} » n'est pas retirée : elle n'a pas de date de fin.",
    },
    "future": {
        "es": "El {day} todavía no llegó.",
        "en": "{day} has not come yet.",
        "fr": "Le {day} n'est pas encore arrivé.",
    },
    "bad_day": {
        "es": "«{day}» no es una fecha (AAAA-MM-DD).",
        "en": "“{day}” is not a date (YYYY-MM-DD).",
        "fr": "« {day} » n'est pas une date (AAAA-MM-JJ).",
    },
    "no_source": {
        "es": "Diga cómo se comprobó: --source y, por ejemplo, «llamada a la recepción».",
        "en": "Say how it was confirmed: --source and, for example, “call to the front desk”.",
        "fr": "Dites comment cela a été confirmé : --source et, par exemple, « appel à l'accueil ».",
    },
    "no_contact": {
        "es": "No hay contacto «{contact}». Hay: {known}",
        "en": "There is no contact “{contact}”. There are: {known}",
        "fr": "Il n'y a pas de contact « {contact} ». Il y a : {known}",
    },
    "no_fact": {
        "es": "«{contact}» no tiene «{fact}» que confirmar. Tiene: {known}",
        "en": "“{contact}” has no “{fact}” to confirm. It has: {known}",
        "fr": "« {contact} » n'a pas de « {fact} » à confirmer. Il a : {known}",
    },
    "one_fact": {
        "es": "Un valor nuevo es para un solo dato. Diga cuál con --fact: {facts}",
        "en": "A new value is for one fact. Say which with --fact: {facts}",
        "fr": "Une nouvelle valeur est pour une seule donnée. Dites laquelle avec --fact : {facts}",
    },
    "translated_value": {
        "es": "«{fact}» está en varios idiomas: cámbielo en contacts.yml, en todos, y después confírmelo sin --value.",
        "en": "“{fact}” is in several languages: change it in contacts.yml, in each, then confirm it without --value.",
        "fr": "« {fact} » est en plusieurs langues : changez-le dans contacts.yml, puis confirmez-le sans --value.",
    },
    "bad_value": {
        "es": "El valor nuevo no tiene la forma de «{fact}».",
        "en": "The new value does not look like “{fact}”.",
        "fr": "La nouvelle valeur n'a pas la forme de « {fact} ».",
    },
    "forbidden": {
        "es": "Ese dato no se debe publicar nunca: contacts.yml, línea {line} (do_not_publish) dice por qué.",
        "en": "That must never be published: contacts.yml, line {line} (do_not_publish) says why.",
        "fr": "Cette donnée ne doit jamais être publiée : contacts.yml, ligne {line} (do_not_publish) dit pourquoi.",
    },
    "no_code": {
        "es": "«{code}» no es el código de un idioma: dos o tres letras pequeñas, como «pt».",
        "en": "“{code}” is not the code of a language: two or three small letters, such as “pt”.",
        "fr": "« {code} » n'est pas le code d'une langue : deux ou trois petites lettres, comme « pt ».",
    },
    "no_name": {
        "es": "Diga cómo se llama el idioma en ese idioma: --name",
        "en": "Say what the language is called in that language: --name",
        "fr": "Dites comment la langue s'appelle dans cette langue : --name",
    },
    "language_there": {
        "es": "«{code}» ya está en languages.yml.",
        "en": "“{code}” is in languages.yml already.",
        "fr": "« {code} » est déjà dans languages.yml.",
    },
    "no_language": {
        "es": "«{code}» no está en languages.yml. Están: {known}",
        "en": "“{code}” is not in languages.yml. There are: {known}",
        "fr": "« {code} » n'est pas dans languages.yml. Il y a : {known}",
    },
    "not_draft": {
        "es": "«{code}» no está en preparación (draft: true): no se quita por comando.",
        "en": "“{code}” is not a draft (draft: true): it is not removed by command.",
        "fr": "« {code} » n'est pas en préparation (draft: true) : elle n'est pas retirée par commande.",
    },
    "translated": {
        "es": "«{code}» ya tiene textos ({file}): no se borra por comando lo que alguien tradujo.",
        "en": "“{code}” has texts already ({file}): what somebody translated is not deleted by command.",
        "fr": "« {code} » a déjà des textes ({file}) : ce qui est traduit n'est pas effacé par commande.",
    },
    "no_section": {
        "es": "En {file} falta la parte «{section}».",
        "en": "The part “{section}” is missing in {file}.",
        "fr": "Dans {file} il manque la partie « {section} ».",
    },
    "not_editable": {
        "es": "{file} no se puede cambiar por comando ({reason}). Corríjalo a mano: bot content check dice dónde.",
        "en": "{file} cannot be changed by command ({reason}). Mend it by hand: bot content check says where.",
        "fr": "{file} ne peut être changé par commande ({reason}). Corrigez-le : bot content check dit où.",
    },
    "changed_meanwhile": {
        "es": "Otra persona guardó {file} al mismo tiempo. Repita el comando.",
        "en": "Somebody else saved {file} at the same time. Repeat the command.",
        "fr": "Quelqu'un d'autre a enregistré {file} en même temps. Répétez la commande.",
    },
    "disk": {
        "es": "No se pudo leer o guardar {file} ({reason}).",
        "en": "{file} could not be read or saved ({reason}).",
        "fr": "{file} n'a pas pu être lu ou enregistré ({reason}).",
    },
    # The schemas for editors
    "schema_written": {
        "es": "Se escribieron los esquemas: {files}.",
        "en": "The schemas were written: {files}.",
        "fr": "Les schémas ont été écrits : {files}.",
    },
    "schema_current": {
        "es": "Los esquemas están al día.",
        "en": "The schemas are up to date.",
        "fr": "Les schémas sont à jour.",
    },
    "schema_old": {
        "es": "Esquemas atrasados: {files}. Escriba: bot content schema",
        "en": "Schemas out of date: {files}. Type: bot content schema",
        "fr": "Schémas périmés : {files}. Tapez : bot content schema",
    },
    "schema_broken": {
        "es": "El contenido no se puede leer; primero: bot content check",
        "en": "The content cannot be read; first: bot content check",
        "fr": "Le contenu est illisible ; d'abord : bot content check",
    },
}


def said(code: str, language: str, /, **values: object) -> str:
    """A sentence with its values put in."""
    return fill(_SENTENCES, code, language, **values)
