"""The second factor: codes of a telephone (TOTP), and ten codes on paper for the day on which it is gone."""

from __future__ import annotations

import re
import secrets
from base64 import b32encode
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum, auto

import segno
from django.contrib.auth.models import User
from django.db import transaction
from django.utils.crypto import salted_hmac
from django_otp import devices_for_user
from django_otp.models import Device
from django_otp.plugins.otp_static.models import StaticDevice, StaticToken
from django_otp.util import random_hex

from console.login.models import SecondFactor

#: How many recovery codes somebody gets, and of how many letters each: 50 bits, and wrong ones are slowed down.
CODES = 10
LETTERS = 10
_ALPHABET = "abcdefghijklmnopqrstuvwxyz234567"

_OF_TELEPHONE = re.compile("[0-9]{6}")


class Answer(Enum):
    """What became of a code."""

    RIGHT = auto()
    WRONG = auto()
    WAIT = auto()  # too many wrong ones; it was not even looked at


@dataclass(frozen=True, slots=True)
class Checked:
    """A code that was tried: with the device that took it, or the time until the next may be tried."""

    answer: Answer
    device: Device | None = None
    wait: timedelta = timedelta()


def has_one(user: User) -> bool:
    """Whether somebody has set up a telephone."""
    return bool(SecondFactor.objects.filter(user=user, confirmed=True).exists())


def codes_left(user: User) -> int:
    """How many recovery codes somebody has."""
    return int(StaticToken.objects.filter(device__user=user).count())


def offer() -> str:
    """A new key, which is kept in the session until its first code was right."""
    return str(random_hex(20))


def secret(key: str) -> str:
    """The secret of a key as people type it into their telephone: letters and digits in fours."""
    letters = b32encode(SecondFactor(key=key).bin_key).decode()
    return " ".join(letters[start : start + 4] for start in range(0, len(letters), 4))


def picture(user: User, key: str) -> str:
    """The QR code of a key, as SVG."""
    address = SecondFactor(user=user, key=key).config_url
    return str(segno.make_qr(address, error="m").svg_inline(border=4, omitsize=True, light="#fff"))


def confirm(user: User, key: str, typed: str) -> SecondFactor | None:
    """Make a key the second factor of somebody, in place of any other, if `typed` is a code of it."""
    with transaction.atomic():
        device: SecondFactor = SecondFactor.objects.create(user=user, name="telephone", key=key, confirmed=True)
        if _OF_TELEPHONE.fullmatch(_plain(typed)) and device.verify_token(_plain(typed)):
            SecondFactor.objects.filter(user=user).exclude(pk=device.pk).delete()
            return device
        device.delete()
        return None


def new_codes(user: User) -> Sequence[str]:
    """Give somebody new recovery codes; the old ones end. Only here can they be read: the database has their digests."""
    made = ["".join(secrets.choice(_ALPHABET) for _ in range(LETTERS)) for _ in range(CODES)]
    with transaction.atomic():
        device, _ = StaticDevice.objects.get_or_create(user=user, defaults={"name": "paper"})
        device.token_set.all().delete()
        StaticToken.objects.bulk_create(StaticToken(device=device, token=_digest(user, code)) for code in made)
        device.throttle_reset()
    return [f"{code[: LETTERS // 2]}-{code[LETTERS // 2 :]}" for code in made]


def remove(user: User) -> bool:
    """Take away telephone and codes. Returns whether there was anything."""
    found = list(devices_for_user(user, confirmed=None))
    for device in found:
        device.delete()
    return bool(found)


def check(user: User, typed: str, *, now: datetime) -> Checked:
    """Try a code: of the telephone, or one of the recovery codes, which is then used up.

    Wrong ones are slowed down for each of the two apart: 1, 2, 4, 8 ... seconds, whatever session they come from.
    """
    code = _plain(typed)
    of_telephone = bool(_OF_TELEPHONE.fullmatch(code))
    model = SecondFactor if of_telephone else StaticDevice
    # Locked, so that of two requests at once with the same code one is wrong; committed also when it is, or nothing slows.
    with transaction.atomic():
        device = model.objects.select_for_update().filter(user=user, confirmed=True).first()
        if device is None:
            return Checked(Answer.WRONG)
        allowed, why = device.verify_is_allowed()
        if not allowed:
            return Checked(Answer.WAIT, wait=why["locked_until"] - now)
        right = device.verify_token(code if of_telephone else _digest(user, code))
    return Checked(Answer.RIGHT, device) if right else Checked(Answer.WRONG)


def _plain(typed: str) -> str:
    return re.sub(r"[\s-]", "", typed).lower()


def _digest(user: User, code: str) -> str:
    return salted_hmac("console.recovery_code", f"{user.pk} {code}", algorithm="sha256").hexdigest()[:16]
