"""The shapes of personal data in what people write, in Spanish, English and French: for bot/conversations/masking.py.

Every pattern takes time in proportion to the length of the text: parts that may repeat begin with different signs.
"""

from __future__ import annotations

import regex

#: Signs that people put between the digits of one number, the invisible ones too.
BETWEEN = " \t\u00a0\u2009\u202f\u200b\u200c\u200d\u200e\u200f\u2060\ufeff().-/\u2010\u2011\u2012\u2013\u2014_"

_BETWEEN = regex.escape(BETWEEN, special_only=False)

#: A run of digits with at most three of those signs between two of them.
NUMBER = regex.compile(rf"\+?\(?\d(?:[{_BETWEEN}]{{0,3}}\d)+")

INVISIBLE = regex.compile(r"\p{Cf}+")

#: Digits without anything between them.
GROUP = regex.compile(r"\d+")

YEAR = regex.compile(r"(?:19|20)\d\d")

#: Fewest digits behind the name of a document that are its number.
FEWEST_SAID = 4

_DAY, _MONTH = r"(?:0?[1-9]|[12]\d|3[01])", r"(?:0?[1-9]|1[0-2])"

DATE = regex.compile(
    rf"(?<![\d-])(?:{_DAY}(?P<a>[/.-])(?:{_MONTH})(?P=a)(?:(?:19|20)\d\d|\d\d)"
    rf"|{_MONTH}(?P<b>[/.-]){_DAY}(?P=b)(?:19|20)\d\d"
    rf"|(?:19|20)\d\d(?P<c>[/.-]){_MONTH}(?P=c){_DAY})(?![\d-])"
)

_AMOUNT = r"\d+(?:[.,' \u00a0]\d{3})*(?:[.,]\d{1,2})?(?!\d)"
_MONEY = (
    r"(?:US\$|B/\.?|[$€£]|USD|PAB|EUR|COP|VES|Bs\.?|HTG|XAF|FCFA|CFA"
    r"|d[oó]lar(?:es)?|dollars?|balboas?|pesos?|bol[ií]vares|euros?|gourdes?|soles|reales|lempiras|quetzales|francos?|francs?"
    r"|millones|millions?|mil|km|kil[oó]metros?|kilometers?|kilom[eè]tres?|personas|people|personnes|habitantes)"
)

#: An amount with what it is of: money, people, kilometres.
PRICE = regex.compile(
    rf"(?<!\w){_MONEY}\s?{_AMOUNT}|(?<![\w.+-]){_AMOUNT}\s?{_MONEY}(?!\w)|(?<![\w.+-])\d{{1,3}}(?:,\d{{3}})+(?:\.\d{{1,2}})?(?![\d,-])",
    regex.IGNORECASE,
)

_AT = r"(?:\s?@\s?|\s?[(\[]\s?(?:at|arroba|arobase)\s?[)\]]\s?|\s(?:arroba|arobase)\s)"
_DOT = r"(?:\.|\s?[(\[]\s?(?:dot|punto|point)\s?[)\]]\s?|\s(?:punto|dot|point)\s)"

EMAIL = regex.compile(
    rf"(?P<it>(?<![\w.+%-])[\w.+%-]{{1,64}}+{_AT}[\w-]{{1,63}}(?:{_DOT}[\w-]{{2,24}}){{1,4}})", regex.IGNORECASE
)

_PLACES = (
    r"(?:t\.me|telegram\.me|wa\.me|fb\.me|m\.me|instagr\.am|(?:chat\.|api\.|web\.)?whatsapp\.com"
    r"|(?:[a-z-]{1,10}\.)?(?:facebook|fb|instagram|tiktok|twitter|x|linkedin|snapchat|youtube|messenger)\.com"
    r"|maps\.app\.goo\.gl|goo\.gl/maps|(?:www\.|maps\.)?google\.[a-z.]{2,6}/maps|maps\.google\.[a-z.]{2,6})"
)

#: A page of somebody's, or a place on a map, as a link.
PROFILE_LINK = regex.compile(rf"(?P<it>(?:https?://)?(?<![\w.]){_PLACES}[/?][^\s<>]{{1,300}})", regex.IGNORECASE)

PROFILE = regex.compile(r"(?<![\w@.])(?P<it>@[\w.]{2,40}\w)")

_NETWORK = (
    r"(?:instagram|insta|ig|facebook|face|fb|messenger|tik\s?tok|telegram|twitter|snapchat|snap|skype"
    r"|usuario|username|user|pseudo)"
)

#: A name behind that of its network, when it looks like one: with a digit, a dot or an underscore in it.
PROFILE_SAID = regex.compile(
    rf"(?<!\w){_NETWORK}\b[\s:=]{{0,3}}(?:(?:es|is|est|as|como|soy|c'est|me llamo)\b[\s:=]{{0,3}})?"
    r"(?P<it>(?=[\w.]{0,38}[\d_.][\w.]{0,38}\w)\p{L}[\w.]{2,38}\w)",
    regex.IGNORECASE,
)

POSITION = regex.compile(
    r"(?P<it>(?<![\d.])[-+]?\d{1,3}[.]\d{3,}\s?[,;/ ]\s{0,3}[-+]?\d{1,3}[.]\d{3,}(?!\d)"
    r"|\d{1,3}\s?°\s?(?:\d{1,2}(?:[.,]\d+)?\s?['′’]\s?(?:\d{1,2}(?:[.,]\d+)?\s?(?:\"|″|''|”)\s?)?)?[NSEWO](?!\w)"
    r"|(?<!\w)[2-9CFGHJMPQRVWX]{4,8}\+[2-9CFGHJMPQRVWX]{2,3}(?!\w))"
)

_PAPER = (
    r"(?:pasaporte|passport|passeport|pasapote|c[eé]dula|ced|carn[eé]t?|carnet|dni|rut|curp|cpf|nif|cin|nui|ppt|pep|tps"
    r"|dimex|documento|identidad|document|identit[eé]|expediente|dossier|caso|case|file|r[eé]gistro|registro|visa|id"
    r"|c\.\s?i\.|ci|cuenta|account|compte|iban|tr[aá]mite|folio)"
)
_LINK = (
    r"(?:[\s:#°º.,=]|n[°º]|\b(?:de|d'|la|el|le|mi|my|mon|identidad|identity|identit[eé]|venezolan[oa]|refugiad[oa]"
    r"|n[uú]mero|number|num[eé]ro|num|nro|no|es|is|est|card|unhcr|acnur|hcr)\b)"
)

#: What stands behind the name of a document.
DOCUMENT_SAID = regex.compile(
    rf"(?<!\w){_PAPER}\b{_LINK}{{0,12}}+(?P<it>[A-Z]{{0,4}}[-\s]?\d[\dA-Z]{{0,18}}(?:[.\-/][\dA-Z]{{1,12}}){{0,6}})(?![\w])",
    regex.IGNORECASE,
)

DOCUMENT = regex.compile(
    r"(?<![\w-])(?:"
    r"(?:1[0-3]|[1-9]|PE|E|N|(?:1[0-3]|[1-9])(?:AV|PI))-\d{1,4}-\d{1,6}"  # Panama: cédula
    r"|[VEJGP]\s?-?\s?\d{1,2}[.\s]?\d{3}[.\s]?\d{3}"  # Venezuela: cédula, RIF
    r"|\d{1,3}\.\d{3}\.\d{3}(?:[.-]\d{0,3}[\dkK])?"  # Colombia, Chile, Brazil: with points
    r"|[A-Z]{4}\d{6}[A-Z0-9]{8}"  # Mexico: CURP
    r"|[A-Z]{2}\d{2}(?:\s?[A-Z0-9]{4}){3,7}(?:\s?[A-Z0-9]{1,4})?"  # IBAN
    r"|[A-Z]{1,3}[\s-]?\d{6,9}|[a-z]{1,2}\d{6,9}|[A-Z]{2}\d{5}|\d{2}[A-Z]{2}\d{5}"  # passports
    r")(?![\w])"
)
