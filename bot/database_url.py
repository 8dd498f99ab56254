"""The address of the database: checked, and with the password that was given apart from it. Pure."""

from __future__ import annotations

from urllib.parse import quote, urlsplit


def checked(url: str, password: str) -> tuple[str, list[tuple[str, str]]]:
    """The address with its password, and what is wrong: names of variables with the reason.

    No reason repeats the address: it may carry a password.
    """
    if not url.startswith(("sqlite://", "postgres://", "postgresql://")):
        return url, [("DATABASE_URL", "must begin with sqlite:/// or postgresql://")]
    try:
        parts = urlsplit(url)
        named = len(parts.path) > 1 and parts.port != 0
    except ValueError:
        named = False
    if not named:
        return url, [("DATABASE_URL", "is no address of a database (signs like / # ? @ in a password are written %2F)")]
    if url.startswith("sqlite"):
        wrong = []
        if parts.netloc or not parts.path.startswith("//"):
            # One in memory would be another one in each process, a relative one depends on where a command is called.
            wrong.append(("DATABASE_URL", "must name a file by its whole path: sqlite:////srv/faro/faro.sqlite3"))
        if password:
            wrong.append(("DATABASE_PASSWORD", "is for PostgreSQL: the embedded SQLite has none"))
        return url, wrong
    if not password:
        return url, []
    if parts.password is not None:
        return url, [("DATABASE_PASSWORD", "is given twice: DATABASE_URL has a password too")]
    if not parts.username:
        return url, [("DATABASE_PASSWORD", "needs a user in DATABASE_URL: postgresql://user@host:5432/faro")]
    user, _, host = parts.netloc.rpartition("@")
    return parts._replace(netloc=f"{user.rstrip(':')}:{quote(password, safe='')}@{host}").geturl(), []
