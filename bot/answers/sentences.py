"""The catalogue of `bot content check`: one sentence a problem, in the languages of the staff who read it."""

from __future__ import annotations

from bot.answers.sentences_of_form import FORM

#: code -> language -> sentence. Placeholders are filled from the problem's values, never from message texts.
SENTENCES: dict[str, dict[str, str]] = {
    **FORM,
    # Languages
    "unknown_default": {
        "es": "El idioma por defecto «{language}» no está en la lista.",
        "en": "The default language “{language}” is not in the list.",
        "fr": "La langue par défaut « {language} » n'est pas dans la liste.",
    },
    "unknown_fallback": {
        "es": "El idioma «{language}» de «fallback» no está en la lista.",
        "en": "The language “{language}” of “fallback” is not in the list.",
        "fr": "La langue « {language} » de « fallback » n'est pas dans la liste.",
    },
    "missing_default": {
        "es": "A «{field}» le falta el idioma por defecto ({language}).",
        "en": "“{field}” lacks the default language ({language}).",
        "fr": "Il manque à « {field} » la langue par défaut ({language}).",
    },
    "missing_language": {
        "es": "A «{field}» le falta el idioma «{language}».",
        "en": "“{field}” lacks the language “{language}”.",
        "fr": "Il manque à « {field} » la langue « {language} ».",
    },
    "draft_language": {
        "es": "Textos que faltan en «{language}» (en preparación): {count}. Se dan en otro idioma, y se dice en cuál.",
        "en": "Texts that “{language}” (a draft) lacks: {count}. They are given in another language, and it is named.",
        "fr": "Textes absents en « {language} » (en préparation) : {count}. Ils sont donnés dans une autre langue, nommée.",
    },
    "unknown_language": {
        "es": "«{field}» tiene el idioma «{language}», que no está en languages.yml.",
        "en": "“{field}” has the language “{language}”, which is not in languages.yml.",
        "fr": "« {field} » a la langue « {language} », absente de languages.yml.",
    },
    # Topics and references
    "topic_mismatch": {
        "es": "«topic» es «{topic}», pero el archivo se llama «{file}».",
        "en": "“topic” is “{topic}”, but the file is called “{file}”.",
        "fr": "« topic » est « {topic} », mais le fichier s'appelle « {file} ».",
    },
    "duplicate_topic": {
        "es": "El tema «{topic}» ya tiene una respuesta en {other}.",
        "en": "The topic “{topic}” already has an answer in {other}.",
        "fr": "Le thème « {topic} » a déjà une réponse dans {other}.",
    },
    "missing_answer": {
        "es": "Falta la respuesta del tema «{topic}». ¿Se borró o cambió de nombre?",
        "en": "The answer for the topic “{topic}” is missing. Was it deleted or renamed?",
        "fr": "La réponse du thème « {topic} » manque. A-t-elle été effacée ou renommée ?",
    },
    "unknown_topic": {
        "es": "El tema «{topic}» no está en la lista de temas.",
        "en": "The topic “{topic}” is not in the list of topics.",
        "fr": "Le thème « {topic} » n'est pas dans la liste des thèmes.",
    },
    "wrong_area": {
        "es": "El tema «{topic}» es del área «{right}», no de «{area}».",
        "en": "The topic “{topic}” belongs to the area “{right}”, not “{area}”.",
        "fr": "Le thème « {topic} » relève du domaine « {right} », pas de « {area} ».",
    },
    "unknown_contact": {
        "es": "El contacto «{contact}» no está en contacts.yml. Lo más parecido: {near}.",
        "en": "The contact “{contact}” is not in contacts.yml. Most alike: {near}.",
        "fr": "Le contact « {contact} » n'est pas dans contacts.yml. Le plus proche : {near}.",
    },
    "unknown_next": {
        "es": "El tema siguiente «{topic}» no tiene respuesta. Lo más parecido: {near}.",
        "en": "The next topic “{topic}” has no answer. Most alike: {near}.",
        "fr": "Le thème suivant « {topic} » n'a pas de réponse. Le plus proche : {near}.",
    },
    "next_itself": {
        "es": "El tema se ofrece a sí mismo en «next».",
        "en": "The topic offers itself in “next”.",
        "fr": "Le thème se propose lui-même dans « next ».",
    },
    "repeated": {
        "es": "«{item}» está dos veces en «{field}».",
        "en": "“{item}” is twice in “{field}”.",
        "fr": "« {item} » figure deux fois dans « {field} ».",
    },
    "dead_end": {
        "es": "La respuesta no ofrece ningún tema siguiente.",
        "en": "The answer offers no next topic.",
        "fr": "La réponse ne propose aucun thème suivant.",
    },
    "too_many_next": {
        "es": "Hay {count} temas siguientes; caben {limit}.",
        "en": "There are {count} next topics; there is room for {limit}.",
        "fr": "Il y a {count} thèmes suivants ; il y a place pour {limit}.",
    },
    "no_sources": {
        "es": "La respuesta no nombra ninguna fuente.",
        "en": "The answer names no source.",
        "fr": "La réponse ne cite aucune source.",
    },
    "missing_key": {
        "es": "Falta «{key}» en «{section}».",
        "en": "“{key}” is missing in “{section}”.",
        "fr": "« {key} » manque dans « {section} ».",
    },
    # What is written
    "title_too_long": {
        "es": "El título ({language}) tiene {length} caracteres; caben {limit}.",
        "en": "The title ({language}) has {length} characters; there is room for {limit}.",
        "fr": "Le titre ({language}) a {length} caractères ; il y a place pour {limit}.",
    },
    "button_too_long": {
        "es": "El botón «{key}» ({language}) tiene {length} caracteres; caben {limit}.",
        "en": "The button “{key}” ({language}) has {length} characters; there is room for {limit}.",
        "fr": "Le bouton « {key} » ({language}) a {length} caractères ; il y a place pour {limit}.",
    },
    "rendered_too_long": {
        "es": "El mensaje de «{key}» ({language}), con contactos y botones, tiene {length} caracteres; caben {limit}.",
        "en": "The message of “{key}” ({language}), with contacts and buttons, has {length} characters; limit {limit}.",
        "fr": "Le message « {key} » ({language}), contacts et boutons compris, a {length} caractères (limite {limit}).",
    },
    "rendered_long": {
        "es": "El mensaje de «{key}» ({language}) tiene {length} caracteres; es mejor no pasar de {limit}.",
        "en": "The message of “{key}” ({language}) has {length} characters; better not more than {limit}.",
        "fr": "Le message de « {key} » ({language}) a {length} caractères ; mieux vaut ne pas dépasser {limit}.",
    },
    # What a channel really shows
    "shown_parts": {
        "es": "En {channel}, «{key}» ({language}) no cabe en un mensaje: {length} caracteres, caben {limit}.",
        "en": "On {channel}, “{key}” ({language}) does not fit into one message: {length} characters, limit {limit}.",
        "fr": "Sur {channel}, « {key} » ({language}) ne tient pas en un message : {length} caractères (limite {limit}).",
    },
    "shown_options": {
        "es": "En {channel}, «{key}» ({language}) ofrece {length} opciones; caben {limit}.",
        "en": "On {channel}, “{key}” ({language}) offers {length} choices; there is room for {limit}.",
        "fr": "Sur {channel}, « {key} » ({language}) propose {length} choix ; il y a place pour {limit}.",
    },
    "shown_title": {
        "es": "En {channel}, la opción {name} de «{key}» ({language}) tiene {length} caracteres; caben {limit}.",
        "en": "On {channel}, the choice {name} of “{key}” ({language}) has {length} characters; limit {limit}.",
        "fr": "Sur {channel}, le choix {name} de « {key} » ({language}) a {length} caractères (limite {limit}).",
    },
    "shown_id": {
        "es": "En {channel}, el nombre de tema de la opción {name} de «{key}» ({language}) es muy largo ({length}/{limit}).",
        "en": "On {channel}, the topic name of the choice {name} of “{key}” ({language}) is too long ({length}/{limit}).",
        "fr": "Sur {channel}, le nom de thème du choix {name} de « {key} » ({language}) est trop long ({length}/{limit}).",
    },
    "shown_twins": {
        "es": "En {channel}, «{key}» ({language}) ofrece {length} veces la misma opción: {name} (caben {limit}).",
        "en": "On {channel}, “{key}” ({language}) offers the same choice {length} times: {name} (limit {limit}).",
        "fr": "Sur {channel}, « {key} » ({language}) propose {length} fois le même choix : {name} (limite {limit}).",
    },
    "shown_label": {
        "es": "En {channel}, el botón que abre la lista de «{key}» ({language}) tiene {length} caracteres; caben {limit}.",
        "en": "On {channel}, the button that opens the list of “{key}” ({language}) has {length} characters; limit {limit}.",
        "fr": "Sur {channel}, le bouton de la liste de « {key} » ({language}) a {length} caractères (limite {limit}).",
    },
    "hard_to_read": {
        "es": "El texto ({language}) es difícil de leer: {score} puntos de 100, mejor {least} o más. Acorte las frases.",
        "en": "The text ({language}) is hard to read: {score} points of 100, better {least} or more. Shorten the sentences.",
        "fr": "Le texte ({language}) est difficile à lire : {score} points sur 100, mieux {least} ou plus. Raccourcissez.",
    },
    "typed_phone": {
        "es": "Hay un teléfono escrito en «{field}» ({language}). Ponga el contacto en «contacts».",
        "en": "A phone number is typed into “{field}” ({language}). Put the contact into “contacts”.",
        "fr": "Un téléphone est écrit dans « {field} » ({language}). Mettez le contact dans « contacts ».",
    },
    "typed_email": {
        "es": "Hay un correo escrito en «{field}» ({language}). Ponga el contacto en «contacts».",
        "en": "An e-mail address is typed into “{field}” ({language}). Put the contact into “contacts”.",
        "fr": "Un courriel est écrit dans « {field} » ({language}). Mettez le contact dans « contacts ».",
    },
    "typed_url": {
        "es": "Hay una dirección web escrita en «{field}» ({language}). Ponga el contacto en «contacts».",
        "en": "A web address is typed into “{field}” ({language}). Put the contact into “contacts”.",
        "fr": "Une adresse web est écrite dans « {field} » ({language}). Mettez le contact dans « contacts ».",
    },
    "forbidden": {
        "es": "Aquí hay un dato que no se debe publicar nunca (do_not_publish, línea {listed}).",
        "en": "Here is something that must never be published (do_not_publish, line {listed}).",
        "fr": "Il y a ici une donnée à ne jamais publier (do_not_publish, ligne {listed}).",
    },
    "numbers_differ_phone": {
        "es": "Los números de llamada de «{field}» no son iguales en «{language}» y «{other}»: {numbers}.",
        "en": "The numbers to call in “{field}” differ between “{language}” and “{other}”: {numbers}.",
        "fr": "Les numéros d'appel de « {field} » diffèrent entre « {language} » et « {other} » : {numbers}.",
    },
    "numbers_differ": {
        "es": "Los números de «{field}» no son iguales en «{language}» y «{other}»: {numbers}.",
        "en": "The numbers in “{field}” differ between “{language}” and “{other}”: {numbers}.",
        "fr": "Les nombres de « {field} » diffèrent entre « {language} » et « {other} » : {numbers}.",
    },
    "safety_number": {
        "es": "La primera frase ({language}) debe decir a qué número llamar ({numbers}).",
        "en": "The first sentence ({language}) must say which number to call ({numbers}).",
        "fr": "La première phrase ({language}) doit dire quel numéro appeler ({numbers}).",
    },
    # Dates
    "review_overdue": {
        "es": "Había que revisar esta respuesta antes del {due}.",
        "en": "This answer was to be reviewed by {due}.",
        "fr": "Cette réponse devait être revue avant le {due}.",
    },
    "review_future": {
        "es": "La fecha de revisión ({reviewed}) todavía no llegó.",
        "en": "The date of review ({reviewed}) has not come yet.",
        "fr": "La date de révision ({reviewed}) n'est pas encore arrivée.",
    },
    "expired": {
        "es": "La respuesta venció el {ended}: ya no se da.",
        "en": "The answer expired on {ended}: it is no longer given.",
        "fr": "La réponse a expiré le {ended} : elle n'est plus donnée.",
    },
    # The last line of the check
    "summary": {
        "es": "{files} archivos: {errors} errores, {warnings} avisos.",
        "en": "{files} files: {errors} errors, {warnings} warnings.",
        "fr": "{files} fichiers : {errors} erreurs, {warnings} avertissements.",
    },
}
