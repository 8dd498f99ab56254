"""How Django reaches the database: a server that is silent is not waited for, and whoever runs Faro may say otherwise."""

from __future__ import annotations

import socket
import time

import psycopg
import pytest

from bot.web.django_settings import _database


def test_a_server_that_takes_the_connection_and_says_nothing_is_given_up_within_seconds() -> None:
    with socket.socket() as silent:
        silent.bind(("127.0.0.1", 0))
        silent.listen()
        config = _database(f"postgresql://faro@127.0.0.1:{silent.getsockname()[1]}/faro")
        config["OPTIONS"].pop("server_side_binding")  # for Django, which keeps it to itself
        begun = time.monotonic()
        with pytest.raises(psycopg.OperationalError):
            psycopg.connect(
                host=config["HOST"], port=config["PORT"], user=config["USER"], dbname="faro", **config["OPTIONS"]
            )
        assert 2 < time.monotonic() - begun < 6


def test_what_the_address_says_wins() -> None:
    options = _database("postgresql://faro@127.0.0.1/faro?connect_timeout=30&sslmode=require")["OPTIONS"]
    assert (int(options["connect_timeout"]), options["sslmode"], options["keepalives_idle"]) == (30, "require", 10)


def test_a_file_has_none_of_them() -> None:
    assert "connect_timeout" not in _database("sqlite:////srv/faro.sqlite3")["OPTIONS"]
