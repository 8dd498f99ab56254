"""The words of `bot content report`, in the languages of the staff who read it."""

from __future__ import annotations

from bot.answers.problems import fill

#: code -> language -> words.
REPORT: dict[str, dict[str, str]] = {
    "title": {
        "es": "Faro: estado del contenido el {day}",
        "en": "Faro: state of the content on {day}",
        "fr": "Faro : état du contenu le {day}",
    },
    "none": {"es": "Nada.", "en": "Nothing.", "fr": "Rien."},
    # Reviews
    "overdue": {"es": "Revisiones vencidas", "en": "Overdue reviews", "fr": "Révisions en retard"},
    "overdue_line": {
        "es": "{topic}: había que revisarla antes del {day} (hace {days} días)",
        "en": "{topic}: was to be reviewed by {day} ({days} days ago)",
        "fr": "{topic} : à revoir avant le {day} (il y a {days} jours)",
    },
    "due_soon": {
        "es": "Revisiones de los próximos {limit} días",
        "en": "Reviews of the next {limit} days",
        "fr": "Révisions des {limit} prochains jours",
    },
    "due_soon_line": {
        "es": "{topic}: antes del {day} (en {days} días)",
        "en": "{topic}: by {day} (in {days} days)",
        "fr": "{topic} : avant le {day} (dans {days} jours)",
    },
    "review_how": {
        "es": "Lea la respuesta; si sigue siendo cierta: bot content review TEMA",
        "en": "Read the answer; if it is still true: bot content review TOPIC",
        "fr": "Lisez la réponse ; si elle est toujours vraie : bot content review THÈME",
    },
    # Validity
    "validity": {
        "es": "Respuestas vencidas, que vencen en {limit} días o que todavía no valen",
        "en": "Answers that expired, that expire within {limit} days, or that are not valid yet",
        "fr": "Réponses expirées, qui expirent dans {limit} jours ou pas encore valables",
    },
    "expired_line": {
        "es": "{topic}: venció el {day}; las personas reciben «sin respuesta comprobada»",
        "en": "{topic}: expired on {day}; people get “no checked answer”",
        "fr": "{topic} : expirée le {day} ; les gens reçoivent « pas de réponse vérifiée »",
    },
    "ending_line": {
        "es": "{topic}: vence el {day} (en {days} días)",
        "en": "{topic}: expires on {day} (in {days} days)",
        "fr": "{topic} : expire le {day} (dans {days} jours)",
    },
    "coming_line": {
        "es": "{topic}: vale desde el {day} (en {days} días)",
        "en": "{topic}: valid from {day} (in {days} days)",
        "fr": "{topic} : valable dès le {day} (dans {days} jours)",
    },
    # Calls
    "calls": {
        "es": "Contactos que la OIM debe confirmar ({count})",
        "en": "Contacts that IOM has to confirm ({count})",
        "fr": "Contacts que l'OIM doit confirmer ({count})",
    },
    "calls_how": {
        "es": 'Llame y pregunte, de arriba abajo. Al confirmar: bot content confirm CONTACTO --source "llamada a ..."',
        "en": 'Call and ask, from the top down. Once confirmed: bot content confirm CONTACT --source "call to ..."',
        "fr": 'Appelez et demandez, de haut en bas. Une fois confirmé : bot content confirm CONTACT --source "appel à ..."',
    },
    "ask_phone": {
        "es": "¿Contesta este número? ¿Es de este servicio? ¿Atiende a personas migrantes, sin costo?",
        "en": "Does this number answer? Is it this service? Does it help migrants, free of charge?",
        "fr": "Ce numéro répond-il ? Est-ce bien ce service ? Aide-t-il les migrants, gratuitement ?",
    },
    "ask_whatsapp": {
        "es": "Escriba un mensaje: ¿contesta alguien de este servicio?",
        "en": "Write a message: does somebody of this service answer?",
        "fr": "Écrivez un message : quelqu'un de ce service répond-il ?",
    },
    "ask_email": {
        "es": "Escriba: ¿llega el correo y alguien lo lee?",
        "en": "Write: does the mail arrive and does somebody read it?",
        "fr": "Écrivez : le courriel arrive-t-il et quelqu'un le lit-il ?",
    },
    "ask_url": {
        "es": "Abra la página: ¿es la de este servicio y está al día?",
        "en": "Open the page: is it this service's, and up to date?",
        "fr": "Ouvrez la page : est-ce celle de ce service, et à jour ?",
    },
    "ask_address": {
        "es": "¿Siguen en esta dirección? ¿Se puede llegar sin cita?",
        "en": "Are they still at this address? Can people come without an appointment?",
        "fr": "Sont-ils toujours à cette adresse ? Peut-on venir sans rendez-vous ?",
    },
    "ask_hours": {
        "es": "¿Es este el horario? ¿También en días feriados?",
        "en": "Are these the hours? On holidays too?",
        "fr": "Sont-ce les horaires ? Les jours fériés aussi ?",
    },
    "fact_source": {
        "es": "fuente ({date}): {source}",
        "en": "source ({date}): {source}",
        "fr": "source ({date}) : {source}",
    },
    "no_source": {"es": "ninguna", "en": "none", "fr": "aucune"},
    "no_date": {"es": "sin fecha", "en": "no date", "fr": "sans date"},
    "not_printed": {
        "es": "no se muestra hasta confirmarlo",
        "en": "not shown until it is confirmed",
        "fr": "pas montré avant confirmation",
    },
    "used_by": {"es": "lo nombran: {names}", "en": "named by: {names}", "fr": "nommé par : {names}"},
    "near": {"es": "ayuda cercana", "en": "nearest help", "fr": "aide proche"},
    "nobody": {"es": "nadie", "en": "nobody", "fr": "personne"},
    # Readability
    "readability": {
        "es": "Facilidad de lectura, de 0 a 100; primero lo más difícil (aviso bajo {least})",
        "en": "How easy it is to read, from 0 to 100; the hardest first (warning below {least})",
        "fr": "Facilité de lecture, de 0 à 100 ; le plus difficile d'abord (avertissement sous {least})",
    },
    "language_line": {
        "es": "{language}: {count} respuestas, mediana {median}, {hard} con aviso",
        "en": "{language}: {count} answers, median {median}, {hard} with a warning",
        "fr": "{language} : {count} réponses, médiane {median}, {hard} avec avertissement",
    },
    "unmeasured": {
        "es": "{language}: no hay fórmula publicada en este programa; no se mide",
        "en": "{language}: this program has no published formula for it; not measured",
        "fr": "{language} : ce programme n'a pas de formule publiée ; non mesuré",
    },
    # Translation, unused, brochure
    "untranslated": {"es": "Textos sin traducir", "en": "Untranslated texts", "fr": "Textes non traduits"},
    "unused": {
        "es": "Lo que nadie usa",
        "en": "What nobody uses",
        "fr": "Ce que personne n'utilise",
    },
    "unused_contacts": {
        "es": "Contactos que ninguna respuesta nombra: {names}",
        "en": "Contacts that no answer names: {names}",
        "fr": "Contacts qu'aucune réponse ne nomme : {names}",
    },
    "unused_words": {
        "es": "Palabras de interface.yml que el programa no pide: {names}",
        "en": "Words of interface.yml that the program does not ask for: {names}",
        "fr": "Mots d'interface.yml que le programme ne demande pas : {names}",
    },
    "unreached": {
        "es": "Temas a los que no lleva ningún botón (solo escribiendo): {names}",
        "en": "Topics that no button leads to (only typing): {names}",
        "fr": "Thèmes auxquels aucun bouton ne mène (seulement en écrivant) : {names}",
    },
    "brochure": {"es": "El folleto de la OIM", "en": "IOM's brochure", "fr": "La brochure de l'OIM"},
    "brochure_line": {
        "es": "{covered} de {count} párrafos tienen todas sus respuestas; de {left_out} se deja algo fuera a propósito",
        "en": "{covered} of {count} paragraphs have all their answers; of {left_out} something is left out on purpose",
        "fr": "{covered} paragraphes sur {count} ont toutes leurs réponses ; dans {left_out}, une omission est voulue",
    },
    "brochure_missing": {
        "es": "Falta para «{begins}»: {names}",
        "en": "Missing for “{begins}”: {names}",
        "fr": "Manque pour « {begins} » : {names}",
    },
}


def words(code: str, language: str, /, **values: object) -> str:
    """The words of the report with their values put in."""
    return fill(REPORT, code, language, **values)
