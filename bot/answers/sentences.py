"""The catalogue of `bot content check`: one sentence a problem, in the languages of the staff who read it."""

from __future__ import annotations

#: code -> language -> sentence. Placeholders are filled from the problem's values, never from message texts.
SENTENCES: dict[str, dict[str, str]] = {
    # The file
    "yaml_broken": {
        "es": "El archivo no se puede leer como YAML ({detail}).",
        "en": "The file cannot be read as YAML ({detail}).",
        "fr": "Le fichier n'est pas lisible comme YAML ({detail}).",
    },
    "not_utf8": {
        "es": "El archivo no está guardado en UTF-8.",
        "en": "The file is not saved as UTF-8.",
        "fr": "Le fichier n'est pas enregistré en UTF-8.",
    },
    "unreadable": {
        "es": "El archivo no se puede abrir.",
        "en": "The file cannot be opened.",
        "fr": "Le fichier ne peut pas être ouvert.",
    },
    "too_big": {
        "es": "El archivo es demasiado grande (más de {limit} KB).",
        "en": "The file is too big (more than {limit} KB).",
        "fr": "Le fichier est trop gros (plus de {limit} Ko).",
    },
    "control_character": {
        "es": "Hay un carácter invisible que no se admite.",
        "en": "There is an invisible character that is not allowed.",
        "fr": "Il y a un caractère invisible qui n'est pas admis.",
    },
    "alias": {
        "es": "No se admiten referencias de YAML (*nombre); escriba el valor.",
        "en": "References of YAML (*name) are not allowed; write the value.",
        "fr": "Les références YAML (*nom) ne sont pas admises ; écrivez la valeur.",
    },
    "tag": {
        "es": "No se admiten etiquetas de YAML (!nombre). Ponga el texto entre comillas.",
        "en": "Tags of YAML (!name) are not allowed. Put the text in quotes.",
        "fr": "Les étiquettes YAML (!nom) ne sont pas admises. Mettez le texte entre guillemets.",
    },
    "too_deep": {
        "es": "Hay demasiados niveles, uno dentro de otro.",
        "en": "There are too many levels, one inside another.",
        "fr": "Il y a trop de niveaux les uns dans les autres.",
    },
    "several_documents": {
        "es": "Hay más de un documento en el archivo (una línea ---).",
        "en": "There is more than one document in the file (a line ---).",
        "fr": "Il y a plus d'un document dans le fichier (une ligne ---).",
    },
    "empty_file": {
        "es": "El archivo está vacío.",
        "en": "The file is empty.",
        "fr": "Le fichier est vide.",
    },
    "missing_file": {
        "es": "Falta el archivo {file}.",
        "en": "The file {file} is missing.",
        "fr": "Le fichier {file} manque.",
    },
    "unread_file": {
        "es": "Este archivo no se lee: no está en answers/<área>/<tema>.yml.",
        "en": "This file is not read: it is not at answers/<area>/<topic>.yml.",
        "fr": "Ce fichier n'est pas lu : il n'est pas dans answers/<domaine>/<thème>.yml.",
    },
    # The shape
    "duplicate_key": {
        "es": "«{key}» está dos veces.",
        "en": "“{key}” is there twice.",
        "fr": "« {key} » figure deux fois.",
    },
    "unknown_key": {
        "es": "No se conoce «{key}» aquí. Se admite: {known}.",
        "en": "“{key}” is not known here. Known: {known}.",
        "fr": "« {key} » est inconnu ici. Admis : {known}.",
    },
    "missing_field": {
        "es": "Falta «{field}».",
        "en": "“{field}” is missing.",
        "fr": "« {field} » manque.",
    },
    "expected_mapping": {
        "es": "«{field}» debe tener nombres con su valor (nombre: valor).",
        "en": "“{field}” must hold names with their value (name: value).",
        "fr": "« {field} » doit contenir des noms avec leur valeur (nom: valeur).",
    },
    "expected_list": {
        "es": "«{field}» debe ser una lista.",
        "en": "“{field}” must be a list.",
        "fr": "« {field} » doit être une liste.",
    },
    "expected_text": {
        "es": "«{field}» debe ser un texto.",
        "en": "“{field}” must be a text.",
        "fr": "« {field} » doit être un texte.",
    },
    "empty_text": {
        "es": "«{field}» está vacío.",
        "en": "“{field}” is empty.",
        "fr": "« {field} » est vide.",
    },
    "bad_date": {
        "es": "«{field}» no es una fecha (AAAA-MM-DD).",
        "en": "“{field}” is not a date (YYYY-MM-DD).",
        "fr": "« {field} » n'est pas une date (AAAA-MM-JJ).",
    },
    "bad_number": {
        "es": "«{field}» debe ser un número entero entre {least} y {most}.",
        "en": "“{field}” must be a whole number from {least} to {most}.",
        "fr": "« {field} » doit être un nombre entier entre {least} et {most}.",
    },
    "bad_choice": {
        "es": "«{field}» debe ser uno de estos: {choices}.",
        "en": "“{field}” must be one of: {choices}.",
        "fr": "« {field} » doit être l'un de ceux-ci : {choices}.",
    },
    "bad_value": {
        "es": "El valor no tiene la forma de «{kind}».",
        "en": "The value does not look like “{kind}”.",
        "fr": "La valeur n'a pas la forme de « {kind} ».",
    },
    "single_value": {
        "es": "«{kind}» debe tener un solo valor, igual en todos los idiomas.",
        "en": "“{kind}” must have one value, the same in every language.",
        "fr": "« {kind} » doit avoir une seule valeur, la même dans toutes les langues.",
    },
    "dates_reversed": {
        "es": "«valid_to» es anterior a «valid_from».",
        "en": "“valid_to” is before “valid_from”.",
        "fr": "« valid_to » précède « valid_from ».",
    },
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
        "es": "Falta la respuesta del tema «{topic}».",
        "en": "The answer for the topic “{topic}” is missing.",
        "fr": "La réponse du thème « {topic} » manque.",
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
        "es": "El contacto «{contact}» no está en contacts.yml.",
        "en": "The contact “{contact}” is not in contacts.yml.",
        "fr": "Le contact « {contact} » n'est pas dans contacts.yml.",
    },
    "unknown_next": {
        "es": "El tema siguiente «{topic}» no tiene respuesta.",
        "en": "The next topic “{topic}” has no answer.",
        "fr": "Le thème suivant « {topic} » n'a pas de réponse.",
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
