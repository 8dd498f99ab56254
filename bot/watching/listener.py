"""The page of a process that has no address of its own: worker, Rasa and actions say their figures on METRICS_PORT.

A thread and a port beside the work, and not a page of Rasa's server: that one answers nobody while it thinks.
"""

from __future__ import annotations

import logging
import socket
import threading
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from prometheus_client import CollectorRegistry
from prometheus_client.exposition import choose_encoder

from bot.watching.figures import REGISTRY
from bot.watching.gate import Gate

log = logging.getLogger("faro.watching")

PATH = "/metrics"

#: Seconds that a request may take to arrive.
PATIENCE = 5.0


def page(accept: str, registry: CollectorRegistry = REGISTRY) -> tuple[bytes, str]:
    """The figures of this process and the type of the text, as whoever asks can read it."""
    encode, kind = choose_encoder(accept)
    return encode(registry), kind


class Listener:
    """Serves the page in threads of its own until `stop`."""

    def __init__(self, host: str, port: int, gate: Gate) -> None:
        """Begin to listen.

        Raises:
            OSError: the port cannot be had.
        """
        self._server = _server(host, port, gate)
        self.port = int(self._server.server_address[1])
        self._thread = threading.Thread(target=self._server.serve_forever, name="metrics", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """Listen no more."""
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()


def listen(host: str, port: int, gate: Gate) -> None:
    """Serve the page as long as the process lives. A port that is taken is only said: people get answers."""
    try:
        Listener(host, port, gate)
    except OSError as error:
        log.error("metrics cannot be read", extra={"port": port, "error": type(error).__name__})
    else:
        log.info("metrics are ready", extra={"port": port})


def _server(host: str, port: int, gate: Gate) -> ThreadingHTTPServer:
    class Handler(BaseHTTPRequestHandler):
        timeout = PATIENCE
        server_version = sys_version = ""

        def do_GET(self) -> None:
            headers = {name.lower(): value for name, value in self.headers.items()}
            status = gate.judge(str(self.client_address[0]), headers)
            if status is HTTPStatus.OK and self.path.partition("?")[0] != PATH:
                status = HTTPStatus.NOT_FOUND
            body, kind = page(headers.get("accept", "")) if status is HTTPStatus.OK else (b"", "text/plain")
            self.send_response(status)
            self.send_header("Content-Type", kind)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_arguments: object) -> None:
            """No line a look: there is one every few seconds."""

    class Server(ThreadingHTTPServer):
        daemon_threads = True
        address_family = socket.AF_INET6 if ":" in host else socket.AF_INET

        def handle_error(self, *_arguments: object) -> None:
            """Whoever asked has gone, or asked nonsense; the library would print their address and a traceback."""

    return Server((host, port), Handler)
