"""What `bot telegram` says to whoever types it, in the languages of the staff."""

from __future__ import annotations

from bot.answers.problems import fill

SENTENCES: dict[str, dict[str, str]] = {
    "no_token": {
        "es": "Telegram está apagado: falta TELEGRAM_TOKEN. docs/tasks/es/telegram.md dice cómo obtenerlo.",
        "en": "Telegram is off: TELEGRAM_TOKEN is missing. docs/tasks/telegram.md says how to get it.",
        "fr": "Telegram est éteint : TELEGRAM_TOKEN manque. docs/tasks/telegram.md dit comment l'obtenir.",
    },
    "token_refused": {
        "es": "Telegram no reconoce TELEGRAM_TOKEN. Cópielo otra vez de BotFather (/mybots, «API Token»): si lo renovó, el "
        "anterior ya no vale.",
        "en": "Telegram does not know TELEGRAM_TOKEN. Copy it from BotFather again (/mybots, “API Token”): once renewed, "
        "the one before is void.",
        "fr": "Telegram ne reconnaît pas TELEGRAM_TOKEN. Copiez-le de nouveau chez BotFather (/mybots, « API Token ») : une "
        "fois renouvelé, l'ancien ne vaut plus.",
    },
    "not_reached": {
        "es": "No se pudo llegar a Telegram ({base}). Revise la conexión a internet de esta máquina y TELEGRAM_API_BASE, y "
        "repita la orden.",
        "en": "Telegram ({base}) was not reached. Check this machine's connection to the internet and TELEGRAM_API_BASE, "
        "and repeat the command.",
        "fr": "Telegram ({base}) n'a pas pu être joint. Vérifiez la connexion de cette machine à internet et "
        "TELEGRAM_API_BASE, puis répétez la commande.",
    },
    "too_many_requests": {
        "es": "Telegram pide esperar: se le llamó demasiado seguido. Repita la orden en unos minutos.",
        "en": "Telegram asks to wait: it was called too often. Repeat the command in a few minutes.",
        "fr": "Telegram demande d'attendre : il a été appelé trop souvent. Répétez la commande dans quelques minutes.",
    },
    "refused": {
        "es": "Telegram no acepta {url}: {why}",
        "en": "Telegram does not take {url}: {why}",
        "fr": "Telegram n'accepte pas {url} : {why}",
    },
    "mode_is_polling": {
        "es": "TELEGRAM_MODE es polling: Faro busca los mensajes él mismo, y con un webhook no recibiría ninguno. Ponga "
        "TELEGRAM_MODE=webhook y TELEGRAM_SECRET, reinicie Faro y repita la orden.",
        "en": "TELEGRAM_MODE is polling: Faro fetches the messages itself, and beside a webhook it would get none. Set "
        "TELEGRAM_MODE=webhook and TELEGRAM_SECRET, start Faro again and repeat the command.",
        "fr": "TELEGRAM_MODE est polling : Faro va chercher les messages lui-même, et avec un webhook il n'en recevrait "
        "aucun. Mettez TELEGRAM_MODE=webhook et TELEGRAM_SECRET, redémarrez Faro et répétez la commande.",
    },
    "no_https": {
        "es": "Telegram solo llama a direcciones https://, y PUBLIC_URL da {url}. Ponga en PUBLIC_URL la dirección pública "
        "con certificado, o use TELEGRAM_MODE=polling, que no necesita ninguna.",
        "en": "Telegram calls https:// addresses only, and PUBLIC_URL gives {url}. Set PUBLIC_URL to the public address "
        "with a certificate, or use TELEGRAM_MODE=polling, which needs none.",
        "fr": "Telegram n'appelle que des adresses https://, et PUBLIC_URL donne {url}. Mettez dans PUBLIC_URL l'adresse "
        "publique avec certificat, ou utilisez TELEGRAM_MODE=polling, qui n'en a pas besoin.",
    },
    "wrong_port": {
        "es": "Telegram solo llama a los puertos 443, 80, 88 y 8443, y PUBLIC_URL da {url}.",
        "en": "Telegram calls the ports 443, 80, 88 and 8443 only, and PUBLIC_URL gives {url}.",
        "fr": "Telegram n'appelle que les ports 443, 80, 88 et 8443, et PUBLIC_URL donne {url}.",
    },
    "webhook_set": {
        "es": "Listo: Telegram trae los mensajes a {url}",
        "en": "Done: Telegram brings the messages to {url}",
        "fr": "C'est fait : Telegram apporte les messages à {url}",
    },
    "webhook_deleted": {
        "es": "Listo: no hay webhook; Faro busca los mensajes él mismo. Los que esperaban no se perdieron.",
        "en": "Done: there is no webhook; Faro fetches the messages itself. Those that waited are not lost.",
        "fr": "C'est fait : il n'y a pas de webhook ; Faro va chercher les messages. Ceux qui attendaient ne sont pas "
        "perdus.",
    },
    "webhook_deleted_but": {
        "es": "Listo: no hay webhook. TELEGRAM_MODE es webhook: nadie recibe respuesta hasta `bot telegram set-webhook`, o "
        "hasta que ponga TELEGRAM_MODE=polling y reinicie Faro. Telegram guarda los mensajes 24 horas.",
        "en": "Done: there is no webhook. TELEGRAM_MODE is webhook: nobody is answered until `bot telegram set-webhook`, or "
        "until you set TELEGRAM_MODE=polling and start Faro again. Telegram keeps the messages for 24 hours.",
        "fr": "C'est fait : il n'y a pas de webhook. TELEGRAM_MODE est webhook : personne ne reçoit de réponse avant `bot "
        "telegram set-webhook`, ou avant TELEGRAM_MODE=polling et un redémarrage. Telegram garde les messages 24 heures.",
    },
    "profile_told": {
        "es": "Telegram muestra los comandos y la descripción de content/ en todos los idiomas.",
        "en": "Telegram shows the commands and the description of content/ in every language.",
        "fr": "Telegram montre les commandes et la description de content/ dans toutes les langues.",
    },
    "is": {
        "es": "{name}, @{username} (número {number}): https://t.me/{username}",
        "en": "{name}, @{username} (number {number}): https://t.me/{username}",
        "fr": "{name}, @{username} (numéro {number}) : https://t.me/{username}",
    },
    "waiting": {
        "es": "Mensajes que esperan en Telegram: {count}",
        "en": "Messages that wait at Telegram: {count}",
        "fr": "Messages qui attendent chez Telegram : {count}",
    },
    "joins_groups": {
        "es": "El bot puede ser agregado a grupos; Faro se va de ellos. En BotFather, /setjoingroups lo impide.",
        "en": "The bot can be added to groups; Faro leaves them. In BotFather, /setjoingroups prevents it.",
        "fr": "Le bot peut être ajouté à des groupes ; Faro les quitte. Chez BotFather, /setjoingroups l'empêche.",
    },
    "last_trouble": {
        "es": "La última entrega de Telegram falló: {why}",
        "en": "Telegram's last delivery failed: {why}",
        "fr": "La dernière livraison de Telegram a échoué : {why}",
    },
    "brings": {
        "es": "Telegram trae los mensajes a {url}",
        "en": "Telegram brings the messages to {url}",
        "fr": "Telegram apporte les messages à {url}",
    },
    "fetched": {
        "es": "No hay webhook: Faro busca los mensajes él mismo.",
        "en": "There is no webhook: Faro fetches the messages itself.",
        "fr": "Il n'y a pas de webhook : Faro va chercher les messages.",
    },
    "webhook_in_the_way": {
        "es": "TELEGRAM_MODE es polling, pero Telegram trae los mensajes a {url}: Faro no recibe ninguno. Si esa dirección "
        "ya no se usa: `bot telegram delete-webhook`.",
        "en": "TELEGRAM_MODE is polling, but Telegram brings the messages to {url}: Faro gets none. If that address is no "
        "longer used: `bot telegram delete-webhook`.",
        "fr": "TELEGRAM_MODE est polling, mais Telegram apporte les messages à {url} : Faro n'en reçoit aucun. Si cette "
        "adresse ne sert plus : `bot telegram delete-webhook`.",
    },
    "webhook_missing": {
        "es": "TELEGRAM_MODE es webhook, y Telegram debería traer los mensajes a {wanted}, pero los trae a: «{url}». Para "
        "cambiarlo: `bot telegram set-webhook`.",
        "en": "TELEGRAM_MODE is webhook, and Telegram should bring the messages to {wanted}, but brings them to: “{url}”. "
        "To change that: `bot telegram set-webhook`.",
        "fr": "TELEGRAM_MODE est webhook, et Telegram devrait apporter les messages à {wanted}, mais les apporte à : "
        "« {url} ». Pour le changer : `bot telegram set-webhook`.",
    },
}


def said(code: str, language: str, /, **values: object) -> str:
    """A sentence with its values put in."""
    return fill(SENTENCES, code, language, **values)
