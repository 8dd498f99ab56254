"""JSON Schemas of the content files, so that an editor shows a mistake while it is typed and offers the names there are.

Field names, choices and shapes are those that the parser goes by; languages, topics, contacts and categories are those
of the content as it is. The check stays the judge: a schema cannot count characters of a message with its contacts.
Draft 7, because that is what the YAML plug-ins of editors know.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import Any

from bot.answers import required
from bot.answers.choices import LANGUAGE_KEY
from bot.answers.countries import COUNTRY_FIELDS as FIELDS_OF_A_COUNTRY
from bot.answers.directory import (
    CONTACT_FIELDS,
    FACT_FIELDS,
    LATITUDES,
    LEAST_EXACT,
    LONGITUDES,
    ORGANISATION_FIELDS,
    PLACE_FIELDS,
    POINT_FIELDS,
    POSITION_FIELDS,
    SECTIONS,
    SHAPES,
    UNDATED,
)
from bot.answers.office import HOLIDAY_FIELDS, OFFICE_FIELDS, SHIFT
from bot.answers.parse import (
    ANSWER_FIELDS,
    CONVERSATION_FIELDS,
    COUNTRY_FIELDS,
    LANGUAGE_CODE,
    LANGUAGE_FIELDS,
    LONGEST_REVIEW,
    OPTIONAL_FIELDS,
)
from bot.answers.rules import BUTTON_LIMIT, MENU, MENU_LIMIT, MORE, NEXT_LIMIT, SHELF_LIMIT
from bot.answers.schema import WEEKDAYS, Confidence, Content, FactKind, Topic

#: Where the schemas are, inside the content folder.
FOLDER = "schema"

Schema = dict[str, Any]

#: What an editor shows beside a field, in the two languages of the staff.
_HINTS = {
    "topic": ("Nombre del tema: el del archivo, sin .yml.", "Name of the topic: that of the file, without .yml."),
    "title": ("Lo que dice el botón: 20 caracteres como máximo.", "What the button says: 20 characters at most."),
    "text": (
        "La respuesta. Primero lo más importante. Sin teléfonos ni enlaces: van en contacts. Varias líneas: |-",
        "The answer. The most important first. No phones, no links: they go into contacts. Several lines: |-",
    ),
    "contacts": ("A quién acudir, por su nombre en contacts.yml.", "Whom to turn to, by the name in contacts.yml."),
    "next": ("Temas que se ofrecen después: 3 como máximo.", "Topics offered afterwards: 3 at most."),
    "follow_ups": (
        "Qué tema responde a una pregunta corta después de este («¿y cuánto cuesta?»).",
        "Which topic answers a short question after this one (“and how much is it?”).",
    ),
    "countries": (
        "Lo que solo vale para quien es de un país, por su código de countries.yml.",
        "What is only true for who is of a country, by its code of countries.yml.",
    ),
    "countries_for_all": (
        "Cuáles de esas líneas lee quien no ha dicho de dónde es.",
        "Which of these lines somebody reads who has not said where they are from.",
    ),
    "people": (
        "Cómo se llama a su gente, en todos los idiomas. La s del plural sobra.",
        "What its people are called, in every language. No plurals with s.",
    ),
    "ambiguous": (
        "Nombres que también son otra cosa (un idioma): valen junto a «soy», «pasaporte».",
        "Names that also mean something else (a language): they count beside “I am”, “passport”.",
    ),
    "members": ("Los países de una unión.", "The countries of a union."),
    "organisations": (
        "Cómo llama la gente a una organización o programa, y el tema que responde.",
        "What people call an organisation or programme, and the topic that answers.",
    ),
    "sources": (
        "De dónde sale cada hecho: número, dirección web o ambos.",
        "Where each fact comes from: number, web address.",
    ),
    "fact": ("Número del hecho en la investigación.", "Number of the fact in the research."),
    "url": ("Dirección web, con https://", "Web address, with https://"),
    "reviewed": ("Día en que alguien la leyó y era cierta.", "Day on which somebody read it and it was true."),
    "review_every": ("Cada cuántos días se revisa.", "How often it is reviewed, in days."),
    "valid_from": ("Primer día en que se da.", "First day on which it is given."),
    "valid_to": ("Último día en que se da.", "Last day on which it is given."),
    "name": ("Cómo se llama.", "What it is called."),
    "purpose": ("Para qué sirve, en pocas palabras.", "What it is for, in a few words."),
    "category": ("Para qué se busca: una de categories.", "What it is looked for: one of categories."),
    "position": ("Punto en el mapa.", "Point on the map."),
    "facts": ("Cada dato con su fuente y su fecha.", "Each fact with its source and date."),
    "kind": ("Qué dato es.", "What the fact is."),
    "value": ("El dato. Si cambia con el idioma, uno por idioma.", "The fact. One a language if it differs."),
    "source": ("Cómo lo sabemos.", "How we know it."),
    "date": (
        f"De cuándo es: AAAA-MM-DD, 'AAAA-MM' o 'AAAA'; {UNDATED} si la fuente no lo dice.",
        f"When it is from: YYYY-MM-DD, 'YYYY-MM' or 'YYYY'; {UNDATED} if the source does not say.",
    ),
    "confidence": (
        "high: se muestra. medium: se muestra con su mes. low: no se muestra.",
        "high: shown. medium: shown with its month. low: not shown.",
    ),
    "confirm": ("true: alguien tiene que comprobarlo antes.", "true: somebody must check it first."),
    "confirmed_by": (
        "Cuenta del equipo que lo comprobó; la gente no la ve.",
        "Account of the team that made sure of it; people never see it.",
    ),
    "lat": ("Grados norte.", "Degrees north."),
    "lon": ("Grados este; en Panamá con signo menos.", "Degrees east; in Panama with a minus."),
    "accuracy_m": ("Cuántos metros puede estar mal.", "How many metres it may be off."),
    "map": ("false: no se enlaza en un mapa.", "false: never linked on a map."),
    "province": ("Provincia o comarca.", "Province or comarca."),
    "called": ("Cómo lo llama la gente.", "What people call it."),
    "fallback": ("Dónde buscar un texto que falta.", "Where to look for a text that is missing."),
    "draft": (
        "true: en preparación; lo que falta no es un error.",
        "true: being translated; what is missing is no mistake.",
    ),
    "default": ("El idioma en que está todo.", "The language that everything is in."),
    "languages": ("Los idiomas que Faro habla.", "The languages that Faro speaks."),
    "categories": ("Por qué se ordenan los contactos.", "What contacts are sorted by."),
    "places": ("Lugares que la gente nombra.", "Places that people name."),
    "do_not_publish": ("Lo que no se publica nunca, y por qué.", "What is never published, and why."),
    "topics": ("Los temas, en su orden.", "The topics, in their order."),
    "sentences": ("Frases de Faro.", "Sentences of Faro."),
    "buttons": ("Botones: 20 caracteres como máximo.", "Buttons: 20 characters at most."),
    "web": ("Palabras de las páginas.", "Words of the pages."),
    "timezone": ("Zona horaria de la oficina: America/Panama.", "Time zone of the office: America/Panama."),
    "hours": (
        "Cuándo puede responder alguien del equipo, por día (08:00-12:00). Vacío: no se sabe.",
        "When somebody of the team can answer, by day (08:00-12:00). Empty: not known.",
    ),
    "holidays": ("Días en que nadie trabaja.", "Days on which nobody works."),
    "menu": ("Las partes del menú y sus temas.", "The parts of the menu and their topics."),
}

_NAME: Schema = {"type": "string", "minLength": 1}
#: YAML reads 104 without quotes as a number; the parser takes what was typed.
_TYPED: Schema = {"type": ["string", "number"], "minLength": 1}
_DAY = r"^\d{4}-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])$"
_MONTH = rf"^(\d{{4}}(-(0[1-9]|1[0-2])(-(0[1-9]|[12]\d|3[01]))?)?|{UNDATED})$"


def files(content: Content, topics: Mapping[str, Topic]) -> dict[str, str]:
    """The text of each schema by its file name."""
    made = {
        "answer": _answer(content, topics, ANSWER_FIELDS, ANSWER_FIELDS, NEXT_LIMIT),
        "contacts": _contacts(content),
        "interface": _interface(content, topics),
        "languages": _languages(content),
        "office": _office(content),
        "countries": _countries(content),
    }
    return {f"{name}.schema.json": _text(name, schema) for name, schema in made.items()}


def _text(name: str, schema: Schema) -> str:
    head = {"$schema": "http://json-schema.org/draft-07/schema#", "title": f"Faro: {name}"}
    return json.dumps({**head, **schema}, ensure_ascii=False, indent=2) + "\n"


def _answer(
    content: Content, topics: Mapping[str, Topic], fields: Iterable[str], needed: Iterable[str], most: int
) -> Schema:
    spoken = [topic for topic in content.answers if topic] or list(topics)
    short = [topic.name for topic in topics.values() if topic.ellipsis]
    follow_ups = _named(_choice(spoken), short or None)
    if "topic" in fields:
        follow_ups["required"] = [MORE]
    shapes: dict[str, Schema] = {
        "topic": _choice(topics or content.answers),
        "title": _wording(content, BUTTON_LIMIT),
        "text": _wording(content),
        "contacts": _list(_choice(content.contacts)),
        "next": _list(_choice(spoken), most),
        "sources": {
            "type": "array",
            "minItems": 1,
            "items": {**_object({"fact": _TYPED, "url": _shaped(FactKind.URL)}), "minProperties": 1},
        },
        "reviewed": {"type": "string", "pattern": _DAY},
        "review_every": {"type": "integer", "minimum": 1, "maximum": LONGEST_REVIEW},
        "follow_ups": follow_ups,
        "countries": _named(_wording(content), content.countries),
        "countries_for_all": _list(_choice(content.countries)),
        "valid_from": {"type": "string", "pattern": _DAY},
        "valid_to": {"type": "string", "pattern": _DAY},
    }
    if "topic" in fields:
        shapes["next"]["minItems"] = 1
        needed = (*needed, "follow_ups")
        fields = (*fields, *COUNTRY_FIELDS)
    return _object({name: shapes[name] for name in (*fields, *OPTIONAL_FIELDS)}, needed)


def _interface(content: Content, topics: Mapping[str, Topic]) -> Schema:
    def words(keys: Iterable[str], most: int = 0) -> Schema:
        return {**_named(_wording(content, most)), "required": list(keys)}

    usual, menu = (
        _answer(content, topics, CONVERSATION_FIELDS, ("title", "text"), limit) for limit in (NEXT_LIMIT, MENU_LIMIT)
    )
    languages = (f"{LANGUAGE_KEY}{code}" for code, language in content.languages.items() if not language.draft)
    answered = list(content.answers)
    shelf = {"title": _wording(content, BUTTON_LIMIT), "topics": _list(_choice(answered), SHELF_LIMIT)}
    sections: dict[str, Schema] = {
        "topics": {"type": "object", "properties": {MENU: menu}, "additionalProperties": usual},
        "menu": _named(_object(shelf, shelf)),
        "sentences": words(required.SENTENCES),
        "buttons": words((*required.BUTTONS, *languages), BUTTON_LIMIT),
        "web": words(required.WEB),
    }
    return _object(sections, sections)


def _contacts(content: Content) -> Schema:
    sure = [one.value for one in Confidence if one is not Confidence.LOW]
    fact_shapes: dict[str, Schema] = {
        "kind": _choice(kind.value for kind in FactKind),
        "value": {"anyOf": [_TYPED, _wording(content)]},
        "source": _NAME,
        "date": {"type": ["string", "integer"], "pattern": _MONTH},
        "confidence": _choice(one.value for one in Confidence),
        "confirm": {"type": "boolean"},
        "confirmed_by": _NAME,
    }
    fact = _object({name: fact_shapes[name] for name in FACT_FIELDS}, ("kind", "value"))
    fact["allOf"] = [
        {
            "if": {"required": ["confidence"], "properties": {"confidence": {"enum": sure}}},
            "then": {"required": ["source", "date"]},
        },
        *(
            {
                "if": {"required": ["kind"], "properties": {"kind": {"const": kind.value}}},
                "then": {"properties": {"value": _shaped(kind)}},
            }
            for kind in SHAPES
        ),
    ]
    point: dict[str, Schema] = {
        "lat": {"type": "number", "minimum": LATITUDES[0], "maximum": LATITUDES[1]},
        "lon": {"type": "number", "minimum": LONGITUDES[0], "maximum": LONGITUDES[1]},
        "accuracy_m": {"type": "integer", "minimum": 1, "maximum": LEAST_EXACT},
    }
    position_shapes = {
        **point,
        "source": _NAME,
        "confidence": fact_shapes["confidence"],
        "map": {"type": "boolean"},
    }
    position = _object({name: position_shapes[name] for name in POSITION_FIELDS}, (*POINT_FIELDS, "source"))
    contact_shapes: dict[str, Schema] = {
        "name": _wording(content),
        "purpose": _wording(content),
        "category": _choice(content.categories),
        "position": position,
        "facts": {"type": "array", "items": fact},
    }
    contact = _object({name: contact_shapes[name] for name in CONTACT_FIELDS}, ("name", "purpose", "category", "facts"))
    place_shapes = {"name": _TYPED, "province": _NAME, **point, "called": _list(_TYPED)}
    place = _object({name: place_shapes[name] for name in (*PLACE_FIELDS, "called")}, PLACE_FIELDS)
    organisation_shapes = {"called": _list(_TYPED), "topic": _choice(content.answers)}
    organisation = _object({name: organisation_shapes[name] for name in ORGANISATION_FIELDS}, ORGANISATION_FIELDS)
    sections: dict[str, Schema] = {
        "categories": _named(_wording(content, BUTTON_LIMIT)),
        "contacts": _named(contact),
        "organisations": _named(organisation),
        "places": _named(place),
        "do_not_publish": {
            "type": "array",
            "items": _object({"value": _TYPED, "reason": {"type": ["object", "string"]}}, ("value",)),
        },
    }
    return _object({name: sections[name] for name in SECTIONS}, ("contacts", "do_not_publish"))


def _countries(content: Content) -> Schema:
    names = _list(_NAME)
    shapes = {"people": names, "called": names, "ambiguous": names, "members": _list(_choice(content.countries))}
    listed = _named(_object({name: shapes[name] for name in FIELDS_OF_A_COUNTRY}, ("people",)))
    listed["propertyNames"] = {"pattern": "^[A-Z]{2}$"}
    return _object({"countries": listed}, ("countries",))


def _languages(content: Content) -> Schema:
    shapes: dict[str, Schema] = {
        "name": {"type": "string", "minLength": 1, "maxLength": BUTTON_LIMIT},
        "fallback": _list(_choice(content.languages)),
        "called": _list(_NAME),
        "draft": {"type": "boolean"},
    }
    listed = _named(_object({name: shapes[name] for name in LANGUAGE_FIELDS}, ("name",)))
    listed["propertyNames"] = {"pattern": f"^{LANGUAGE_CODE.pattern}$"}
    return _object({"languages": listed, "default": _choice(content.languages)}, ("languages", "default"))


def _office(content: Content) -> Schema:
    shift: Schema = {"type": "string", "pattern": f"^{SHIFT}$"}
    holiday_shapes: dict[str, Schema] = {"date": {"type": "string", "pattern": _DAY}, "name": _wording(content)}
    holiday = _object({name: holiday_shapes[name] for name in HOLIDAY_FIELDS}, HOLIDAY_FIELDS)
    shapes: dict[str, Schema] = {
        "timezone": _NAME,
        "hours": _object({day: _list(shift) for day in WEEKDAYS}),
        "holidays": {"type": "array", "items": holiday},
    }
    return _object({name: shapes[name] for name in OFFICE_FIELDS})


def _wording(content: Content, most: int = 0) -> Schema:
    """A text in every language; a draft may leave its place empty."""
    length = {"maxLength": most} if most else {}
    ready: Schema = {"type": "string", "minLength": 1, **length}
    draft: Schema = {"type": ["string", "null"], **length}
    texts = {code: draft if language.draft else ready for code, language in content.languages.items()}
    return {
        "type": "object",
        "properties": texts,
        "required": [code for code, language in content.languages.items() if not language.draft],
        "additionalProperties": False,
    }


def _object(shapes: Mapping[str, Schema], needed: Iterable[str] = ()) -> Schema:
    """A mapping with these fields and no other."""
    described = {name: {**_hint(name), **shape} for name, shape in shapes.items()}
    return {"type": "object", "properties": described, "required": list(needed), "additionalProperties": False}


def _hint(name: str) -> Schema:
    return {"description": " / ".join(_HINTS[name])} if name in _HINTS else {}


def _named(shape: Schema, names: Iterable[str] | None = None) -> Schema:
    """A mapping of any names (or of these) to one shape."""
    allowed = {} if names is None else {"propertyNames": {"enum": list(names)}}
    return {"type": "object", **allowed, "additionalProperties": shape}


def _choice(names: Iterable[str]) -> Schema:
    return {"type": "string", "enum": list(names)}


def _list(items: Schema, most: int = 0) -> Schema:
    return {"type": "array", "items": items, "uniqueItems": True, **({"maxItems": most} if most else {})}


def _shaped(kind: FactKind) -> Schema:
    return {"type": ["string", "number"], "pattern": f"^{SHAPES[kind].pattern}$"}
