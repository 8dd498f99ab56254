"""A file that only BACKUP_KEY opens, of any size, and that is whole or is not opened at all.

The STREAM construction (Hoang, Reyhanitabar, Rogaway and Vizár, CRYPTO 2015) with AES-256-GCM, as the file format age
(age-encryption.org/v1) has it with another cipher: pieces of 64 KiB, each sealed under its number and whether it is the
last, so that none can be left out, exchanged or cut off. The key of a file is derived from BACKUP_KEY and a random salt
(HKDF, RFC 5869), so that no number is ever used twice with one key.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterable, Iterator
from typing import BinaryIO

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from bot.errors import BackupError

#: What a sealed file begins with: the name of the format and its version.
MAGIC = b"FARO-BACKUP-1\n"

#: Bytes of a piece before it is sealed, and by how much it grows.
PIECE, GROWS = 64 * 1024, 16

_SALT = 16


def seal(out: BinaryIO, key: str, chunks: Iterable[bytes]) -> None:
    """Write chunks of any length into `out`, sealed.

    Args:
        out: where to.
        key: BACKUP_KEY.
        chunks: what to seal, in order.
    """
    head = MAGIC + secrets.token_bytes(_SALT)
    box = AESGCM(_key_of(head, key))
    out.write(head)
    number, rest = 0, b""
    for chunk in chunks:
        rest += chunk
        while len(rest) > PIECE:  # more than one piece: so the last is never empty unless all is
            out.write(box.encrypt(_nonce(number, last=False), rest[:PIECE], head))
            number, rest = number + 1, rest[PIECE:]
    out.write(box.encrypt(_nonce(number, last=True), rest, head))


def unseal(source: BinaryIO, key: str) -> Iterator[bytes]:
    """What was sealed, piece by piece. Only after the last one it is certain that nothing is missing.

    Raises:
        BackupError: it is no backup, the key is another one, or a bit of it is not as it was.
    """
    head = source.read(len(MAGIC) + _SALT)
    if not head.startswith(MAGIC) or len(head) < len(MAGIC) + _SALT:
        raise BackupError("this is no backup of Faro")
    box = AESGCM(_key_of(head, key))
    number, piece = 0, source.read(PIECE + GROWS)
    while True:
        after = source.read(PIECE + GROWS)
        try:
            yield box.decrypt(_nonce(number, last=not after), piece, head)
        except InvalidTag:
            why = "BACKUP_KEY is not the one that sealed it, or it is damaged" if number == 0 else "it is damaged"
            raise BackupError(f"the backup cannot be opened: {why}") from None
        if not after:
            return
        number, piece = number + 1, after


def _key_of(head: bytes, key: str) -> bytes:
    return HKDF(algorithm=SHA256(), length=32, salt=head[len(MAGIC) :], info=b"faro backup").derive(key.encode())


def _nonce(number: int, *, last: bool) -> bytes:
    return number.to_bytes(11, "big") + bytes([last])
