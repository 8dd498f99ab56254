"""What `bot whatsapp` says, in the languages of the staff. The task in docs/tasks/whatsapp.md has the steps at length."""

from __future__ import annotations

from bot.answers.problems import fill

#: Name -> language -> words. The names are those of bot/channels/whatsapp/check.py, and a few of our own.
SENTENCES: dict[str, dict[str, str]] = {
    "off": {
        "es": "WhatsApp está apagado. Ponga en .env las cuatro variables WHATSAPP_ (docs/tasks/es/whatsapp.md).",
        "en": "WhatsApp is off. Set the four WHATSAPP_ variables in .env (docs/tasks/whatsapp.md).",
        "fr": "WhatsApp est éteint. Mettez dans .env les quatre variables WHATSAPP_ (docs/tasks/whatsapp.md).",
    },
    "number": {
        "es": "Número: {display_phone_number}, se ve como «{verified_name}».",
        "en": "Number: {display_phone_number}, shown as “{verified_name}”.",
        "fr": "Numéro : {display_phone_number}, affiché comme « {verified_name} ».",
    },
    "token": {
        "es": "La clave de acceso (token) vale.",
        "en": "The access token is valid.",
        "fr": "Le jeton d'accès est valable.",
    },
    "token_refused": {
        "es": "Meta no acepta la clave de acceso (error 190): venció, fue retirada o está mal copiada. Haga una nueva, "
        "permanente, para un usuario del sistema y póngala en WHATSAPP_TOKEN (paso 3 de la guía).",
        "en": "Meta does not accept the access token (error 190): it expired, was withdrawn, or was copied wrongly. Make a "
        "new permanent one for a system user and put it into WHATSAPP_TOKEN (step 3 of the guide).",
        "fr": "Meta n'accepte pas le jeton d'accès (erreur 190) : il a expiré, a été retiré ou est mal copié. Créez-en un "
        "nouveau, permanent, pour un utilisateur système et mettez-le dans WHATSAPP_TOKEN (étape 3 du guide).",
    },
    "no_permission": {
        "es": "A la clave le falta un permiso (error {code}). Debe tener whatsapp_business_messaging y "
        "whatsapp_business_management, y el usuario del sistema debe tener asignadas la app y la cuenta (paso 3).",
        "en": "The token lacks a permission (error {code}). It needs whatsapp_business_messaging and "
        "whatsapp_business_management, and the system user must be assigned the app and the account (step 3).",
        "fr": "Il manque une autorisation au jeton (erreur {code}). Il faut whatsapp_business_messaging et "
        "whatsapp_business_management, et l'utilisateur système doit avoir l'application et le compte (étape 3).",
    },
    "wrong_number": {
        "es": "Con esta clave no existe ese identificador de número. Copie otra vez el «Phone number ID» (no es el número) "
        "en WHATSAPP_PHONE_NUMBER_ID (paso 4).",
        "en": "With this token there is no such number id. Copy the “Phone number ID” again (it is not the number) into "
        "WHATSAPP_PHONE_NUMBER_ID (step 4).",
        "fr": "Avec ce jeton, cet identifiant de numéro n'existe pas. Copiez de nouveau le « Phone number ID » (ce n'est "
        "pas le numéro) dans WHATSAPP_PHONE_NUMBER_ID (étape 4).",
    },
    "not_reached": {
        "es": "No se llega a Meta ({code}). Compruebe que este servidor puede abrir https://graph.facebook.com y que "
        "WHATSAPP_API_BASE y WHATSAPP_API_VERSION están vacías o son correctas.",
        "en": "Meta is not reached ({code}). Check that this server can open https://graph.facebook.com, and that "
        "WHATSAPP_API_BASE and WHATSAPP_API_VERSION are empty or right.",
        "fr": "Meta est injoignable ({code}). Vérifiez que ce serveur peut ouvrir https://graph.facebook.com, et que "
        "WHATSAPP_API_BASE et WHATSAPP_API_VERSION sont vides ou justes.",
    },
    "refused": {
        "es": "Meta no respondió a lo que se le preguntó: error {code}. Búsquelo en la lista de errores de la Cloud API.",
        "en": "Meta did not answer what it was asked: error {code}. Look it up in the list of errors of the Cloud API.",
        "fr": "Meta n'a pas répondu à la question : erreur {code}. Cherchez-la dans la liste d'erreurs de la Cloud API.",
    },
    "quality": {
        "es": "La calidad del número es {quality}: muchas personas lo bloquean o lo denuncian. Meta puede limitarlo.",
        "en": "The quality of the number is {quality}: many people block or report it. Meta may limit it.",
        "fr": "La qualité du numéro est {quality} : beaucoup de gens le bloquent ou le signalent. Meta peut le limiter.",
    },
    "may_send": {
        "es": "El número puede enviar mensajes.",
        "en": "The number may send messages.",
        "fr": "Le numéro peut envoyer des messages.",
    },
    "may_not_send": {
        "es": "Meta limita o impide enviar: {state} ({why}). Lo común: falta la forma de pago, la empresa no está "
        "verificada o el número no está registrado. Mire los avisos en business.facebook.com, WhatsApp Manager.",
        "en": "Meta limits or prevents sending: {state} ({why}). Usually there is no payment method, the business is not "
        "verified, or the number is not registered. See the notices at business.facebook.com, WhatsApp Manager.",
        "fr": "Meta limite ou empêche l'envoi : {state} ({why}). Souvent, il manque un moyen de paiement, l'entreprise "
        "n'est pas vérifiée ou le numéro n'est pas enregistré. Voyez business.facebook.com, WhatsApp Manager.",
    },
    "subscribed": {
        "es": "La app recibe los mensajes de la cuenta.",
        "en": "The app receives the messages of the account.",
        "fr": "L'application reçoit les messages du compte.",
    },
    "not_subscribed": {
        "es": "La app no está suscrita a la cuenta: no llega ningún mensaje. Escriba: bot whatsapp check --subscribe",
        "en": "The app is not subscribed to the account: no message arrives. Type: bot whatsapp check --subscribe",
        "fr": "L'application n'est pas abonnée au compte : aucun message n'arrive. Tapez : bot whatsapp check --subscribe",
    },
    "subscription_unknown": {
        "es": "Meta no dice a qué cuenta pertenece el número; no se pudo mirar si la app está suscrita. Compruebe que la "
        "clave tiene el permiso whatsapp_business_management (paso 3).",
        "en": "Meta does not tell which account the number belongs to, so the subscription of the app could not be looked "
        "at. Check that the token has the permission whatsapp_business_management (step 3).",
        "fr": "Meta ne dit pas à quel compte appartient le numéro ; l'abonnement n'a pas pu être vérifié. Vérifiez que le "
        "jeton a l'autorisation whatsapp_business_management (étape 3).",
    },
    "webhook": {
        "es": "Meta llama a {address}. En la app, el campo «messages» debe estar suscrito (paso 6).",
        "en": "Meta calls {address}. In the app, the field “messages” must be subscribed (step 6).",
        "fr": "Meta appelle {address}. Dans l'application, le champ « messages » doit être abonné (étape 6).",
    },
    "webhook_elsewhere": {
        "es": "Meta llama a {known}, y debería llamar a {address}. Corríjalo en la app: WhatsApp, Configuration (paso 6).",
        "en": "Meta calls {known}, and should call {address}. Correct it in the app: WhatsApp, Configuration (step 6).",
        "fr": "Meta appelle {known} au lieu de {address}. Corrigez-le dans l'application : WhatsApp, Configuration "
        "(étape 6).",
    },
    "webhook_unknown": {
        "es": "Meta no dice a qué dirección llama. En la app (WhatsApp, Configuration) debe ser {address} (paso 6).",
        "en": "Meta does not tell which address it calls. In the app (WhatsApp, Configuration) it must be {address} "
        "(step 6).",
        "fr": "Meta ne dit pas quelle adresse elle appelle. Dans l'application (WhatsApp, Configuration), il faut {address} "
        "(étape 6).",
    },
    "no_https": {
        "es": "Meta no puede llamar a {address}: PUBLIC_URL debe comenzar con https:// y abrirse desde internet.",
        "en": "Meta cannot call {address}: PUBLIC_URL must begin with https:// and be reachable from the internet.",
        "fr": "Meta ne peut pas appeler {address} : PUBLIC_URL doit commencer par https:// et s'ouvrir depuis internet.",
    },
    # bot whatsapp profile
    "now": {"es": "Ahora en Meta:", "en": "At Meta now:", "fr": "Maintenant chez Meta :"},
    "ours": {"es": "De nuestro contenido:", "en": "From our content:", "fr": "De notre contenu :"},
    "how_to_set": {
        "es": "Para ponerlo: bot whatsapp profile --set",
        "en": "To put it there: bot whatsapp profile --set",
        "fr": "Pour le mettre : bot whatsapp profile --set",
    },
    "set": {
        "es": "Puesto: el perfil, las órdenes y los primeros mensajes que WhatsApp ofrece.",
        "en": "Done: the profile, the commands, and the first messages that WhatsApp offers.",
        "fr": "Fait : le profil, les commandes et les premiers messages que WhatsApp propose.",
    },
    "too_long": {
        "es": "El texto «{key}» del contenido es más largo de lo que Meta permite; no se puso nada.",
        "en": "The text “{key}” of the content is longer than Meta allows; nothing was set.",
        "fr": "Le texte « {key} » du contenu est plus long que ce que Meta permet ; rien n'a été mis.",
    },
}


def said(name: str, language: str, /, **values: str) -> str:
    """A sentence with its values."""
    return fill(SENTENCES, name, language, **values)
