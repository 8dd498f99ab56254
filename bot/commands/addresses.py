"""`bot addresses rotate`: seal every address anew, after a new key was put first into ADDRESS_KEY."""

from __future__ import annotations

import argparse
import sys

from bot.web import setup


def run(arguments: list[str]) -> int:
    """Seal everything with the newest key; then the older ones may go from ADDRESS_KEY.

    Raises:
        DatabaseUnusable: there is no database to be had.
    """
    parser = argparse.ArgumentParser(prog="bot addresses")
    parser.add_argument(
        "what", choices=("rotate",), help="rotate: seal every address with the first key of ADDRESS_KEY"
    )
    parser.parse_args(arguments)
    setup()
    from bot.conversations.addresses import AddressBook
    from bot.conversations.models import Address
    from bot.web import database
    from bot.web.django_settings import SETTINGS

    if not SETTINGS.address_keys:
        print("bot addresses: ADDRESS_KEY is not set", file=sys.stderr)  # noqa: T201
        return 1
    with database.usable():
        total = Address.objects.count()
        done = AddressBook(SETTINGS.pseudonym_key, SETTINGS.address_keys).rotate()
    print(f"sealed anew: {done}", file=sys.stderr)  # noqa: T201
    if done < total:
        print(f"not opened by any key of ADDRESS_KEY: {total - done}", file=sys.stderr)  # noqa: T201
    return 0 if done == total else 1
