"""The words of the console in every language: gettext catalogues, one file a subject, so that each stays short.

`console/locale/<language>/<subject>.po` are what translators edit. Django reads one compiled catalogue a language, which
is made from them here, when it is missing or older: at start, and by `make test`. The English words are the keys.
"""

from __future__ import annotations

import logging
import os
from collections.abc import Iterable
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

log = logging.getLogger("faro.console")

FOLDER = Path(__file__).parent / "locale"

#: Languages of the console beside English, which needs no catalogue. The first is what nobody has to choose.
DEFAULT = "es"
TRANSLATED = ("es", "fr")
LANGUAGES = (("es", "Español"), ("en", "English"), ("fr", "Français"))


def compile_stale() -> None:
    """Compile what changed. A folder that cannot be written to (a container) must have been compiled before."""
    for language in TRANSLATED:
        target = FOLDER / language / "LC_MESSAGES" / "django.mo"
        sources = sorted((FOLDER / language).glob("*.po"))
        newest = max((one.stat().st_mtime for one in sources), default=0.0)
        if target.exists() and target.stat().st_mtime >= newest:
            continue
        try:
            _compile(language, sources, target)
        except OSError as error:
            log.warning("catalogue not compiled", extra={"language": language, "error": type(error).__name__})


def read(language: str, sources: Iterable[Path] | None = None) -> Catalog:
    """The catalogue of a language, all subjects together."""
    whole = Catalog(locale=language)
    for path in sorted((FOLDER / language).glob("*.po")) if sources is None else sources:
        with path.open(encoding="utf-8") as file:
            for message in read_po(file, locale=language):
                if message.id:
                    whole.add(message.id, message.string, context=message.context, locations=[(path.name, 0)])
    return whole


def _compile(language: str, sources: Iterable[Path], target: Path) -> None:
    target.parent.mkdir(exist_ok=True)
    # Written aside: several processes may start at once, and none may read half a file.
    aside = target.with_name(f".django.{os.getpid()}.mo")
    with aside.open("wb") as file:
        write_mo(file, read(language, sources))
    aside.replace(target)
