"""The part of the catalogue of `bot content check` about files and their form: YAML, names, lists, dates, numbers."""

from __future__ import annotations

#: code -> language -> sentence, as in bot/answers/sentences.py.
FORM: dict[str, dict[str, str]] = {
    # The file
    "yaml_broken": {
        "es": "No se puede leer desde aquí (columna {column}). Mire esta línea y la de arriba: comillas, espacios, signos.",
        "en": "Unreadable from here on (column {column}). Look at this line and the one above: quotes, blank spaces, signs.",
        "fr": "Illisible dès ici (colonne {column}). Voyez cette ligne et celle d'avant : guillemets, espaces, signes.",
    },
    "yaml_colon": {
        "es": "Hay dos puntos que sobran (columna {column}). Si son parte del texto, ponga el texto entre comillas.",
        "en": "There is a colon too many (column {column}). If it belongs to the text, put the text in quotes.",
        "fr": "Il y a un deux-points de trop (colonne {column}). S'il fait partie du texte, mettez-le entre guillemets.",
    },
    "yaml_quote": {
        "es": "Las comillas que empiezan aquí (columna {column}) no se cierran.",
        "en": "The quotes that open here (column {column}) are not closed.",
        "fr": "Les guillemets ouverts ici (colonne {column}) ne sont pas fermés.",
    },
    "yaml_bracket": {
        "es": "El corchete o la llave que se abre aquí (columna {column}) no se cierra, o le falta una coma.",
        "en": "The bracket that opens here (column {column}) is not closed, or a comma is missing in it.",
        "fr": "Le crochet ou l'accolade qui s'ouvre ici (colonne {column}) n'est pas fermé, ou il y manque une virgule.",
    },
    "yaml_sign": {
        "es": "Un texto no puede empezar con este signo (columna {column}). Ponga el texto entre comillas.",
        "en": "A text cannot begin with this sign (column {column}). Put the text in quotes.",
        "fr": "Ce signe ne peut commencer un texte (colonne {column}). Mettez le texte entre guillemets.",
    },
    "yaml_dash": {
        "es": "La lista debe empezar en una línea nueva (columna {column}).",
        "en": "The list must begin on a new line (column {column}).",
        "fr": "La liste doit commencer sur une nouvelle ligne (colonne {column}).",
    },
    "yaml_blank": {
        "es": "La línea comienza con un tabulador o espacio raro (columna {column}). Bórrelo y use la barra espaciadora.",
        "en": "The line begins with a tab or another odd blank (column {column}). Delete it and use the space bar.",
        "fr": "La ligne commence par une tabulation ou un blanc étrange (colonne {column}). Mettez des espaces simples.",
    },
    "yaml_no_blank": {
        "es": "Falta un espacio después de los dos puntos (columna {column}).",
        "en": "A blank space is missing behind the colon (column {column}).",
        "fr": "Il manque une espace après le deux-points (colonne {column}).",
    },
    "yaml_moved": {
        "es": "No encaja con la línea de arriba (columna {column}). Cuente los espacios del comienzo; ¿falta arriba «|-»?",
        "en": "This line does not fit the one above (column {column}). Count the blanks before it; is “|-” missing above?",
        "fr": "Ne va pas avec la ligne d'avant (colonne {column}). Comptez les espaces du début ; manque-t-il « |- » ?",
    },
    "not_utf8": {
        "es": "El archivo no es un texto en UTF-8. Guárdelo otra vez: «Guardar como», codificación UTF-8.",
        "en": "The file is not a text in UTF-8. Save it again: “Save as”, encoding UTF-8.",
        "fr": "Le fichier n'est pas un texte en UTF-8. « Enregistrer sous », encodage UTF-8.",
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
        "es": "Hay un carácter invisible que no se admite. Borre la línea y escríbala otra vez a mano, sin copiar y pegar.",
        "en": "There is an invisible character that is not allowed. Delete the line and type it again, without pasting.",
        "fr": "Il y a un caractère invisible non admis. Effacez la ligne et retapez-la, sans copier-coller.",
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
        "es": "No se conoce «{key}» aquí. Se admite (lo más parecido primero): {known}.",
        "en": "“{key}” is not known here. Known (most alike first): {known}.",
        "fr": "« {key} » est inconnu ici. Admis (le plus proche d'abord) : {known}.",
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
        "es": "«{field}» no es una fecha (AAAA-MM-DD: año, mes y día, como 2026-11-23).",
        "en": "“{field}” is not a date (YYYY-MM-DD: year, month and day, as 2026-11-23).",
        "fr": "« {field} » n'est pas une date (AAAA-MM-JJ : année, mois et jour, comme 2026-11-23).",
    },
    "bad_number": {
        "es": "«{field}» debe ser un número entero entre {least} y {most}.",
        "en": "“{field}” must be a whole number from {least} to {most}.",
        "fr": "« {field} » doit être un nombre entier entre {least} et {most}.",
    },
    "bad_decimal": {
        "es": "«{field}» debe ser un número con punto decimal entre {least} y {most}.",
        "en": "“{field}” must be a number with a decimal point from {least} to {most}.",
        "fr": "« {field} » doit être un nombre à point décimal entre {least} et {most}.",
    },
    "unknown_category": {
        "es": "La categoría «{category}» no está en categories.",
        "en": "The category “{category}” is not in categories.",
        "fr": "La catégorie « {category} » n'est pas dans categories.",
    },
    "no_category": {
        "es": "El contacto «{contact}» no tiene categoría (category).",
        "en": "The contact “{contact}” has no category.",
        "fr": "Le contact « {contact} » n'a pas de catégorie (category).",
    },
    "no_follow_up": {
        "es": "Falta qué tema sigue a «{question}» en follow_ups.",
        "en": "follow_ups does not say which topic follows “{question}”.",
        "fr": "follow_ups ne dit pas quel thème suit « {question} ».",
    },
    "unknown_follow_up": {
        "es": "«{question}» no es una pregunta de seguimiento. Se admite: {known}.",
        "en": "“{question}” is not a follow-up question. Known: {known}.",
        "fr": "« {question} » n'est pas une question de suite. Admis : {known}.",
    },
    "menu_area_missing": {
        "es": "El área «{area}» falta en el menú (menu).",
        "en": "The area “{area}” is missing from the menu.",
        "fr": "Le domaine « {area} » manque dans le menu (menu).",
    },
    "menu_area_unknown": {
        "es": "El menú nombra un área que no existe: «{area}».",
        "en": "The menu names an area that does not exist: “{area}”.",
        "fr": "Le menu nomme un domaine qui n'existe pas : « {area} ».",
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
    # Countries
    "unknown_code": {
        "es": "«{country}» no es el código de un país: dos letras mayúsculas de la norma ISO 3166-1, como VE.",
        "en": "“{country}” is no code of a country: two capital letters of ISO 3166-1, as VE.",
        "fr": "« {country} » n'est pas le code d'un pays : deux majuscules de la norme ISO 3166-1, comme VE.",
    },
    "unknown_country": {
        "es": "El país «{country}» no está en countries.yml.",
        "en": "The country “{country}” is not in countries.yml.",
        "fr": "Le pays « {country} » n'est pas dans countries.yml.",
    },
    "country_without_line": {
        "es": "«countries_for_all» nombra «{country}», que no tiene línea en «countries».",
        "en": "“countries_for_all” names “{country}”, which has no line under “countries”.",
        "fr": "« countries_for_all » nomme « {country} », qui n'a pas de ligne dans « countries ».",
    },
    "ambiguous_unlisted": {
        "es": "«{name}» está en «ambiguous», pero no en «people» ni en «called».",
        "en": "“{name}” is under “ambiguous”, but neither under “people” nor under “called”.",
        "fr": "« {name} » est dans « ambiguous », mais ni dans « people » ni dans « called ».",
    },
    "name_twice": {
        "es": "«{name}» ya es un nombre de {other}: vale el primero.",
        "en": "“{name}” is a name of {other} already: the first one counts.",
        "fr": "« {name} » est déjà un nom de {other} : le premier compte.",
    },
    # The hours of the office
    "bad_hours": {
        "es": "«{field}» debe decir desde y hasta cuándo, con 24 horas: 08:00-12:00.",
        "en": "“{field}” must say from when to when, with 24 hours: 08:00-12:00.",
        "fr": "« {field} » doit dire de quand à quand, sur 24 heures : 08:00-12:00.",
    },
    "hours_overlap": {
        "es": "«{field}»: este horario empieza antes de que termine el anterior.",
        "en": "“{field}”: these hours begin before those above them end.",
        "fr": "« {field} » : cet horaire commence avant la fin du précédent.",
    },
    "bad_timezone": {
        "es": "«{zone}» no es una zona horaria. La de Panamá es America/Panama.",
        "en": "“{zone}” is not a time zone. That of Panama is America/Panama.",
        "fr": "« {zone} » n'est pas un fuseau horaire. Celui du Panama est America/Panama.",
    },
}
