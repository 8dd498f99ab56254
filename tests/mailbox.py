"""A mail server for tests."""

from __future__ import annotations

import socketserver
import threading


class MailBox(socketserver.ThreadingTCPServer):
    """A mail server (RFC 5321) that keeps what it takes. `refuse` is the answer to a message, when it takes none."""

    daemon_threads = True
    allow_reuse_address = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.taken: list[tuple[str, list[str], bytes]] = []
        self.logins: list[str] = []
        self.refuse = ""
        threading.Thread(target=self.serve_forever, daemon=True).start()

    def handle_error(self, *_: object) -> None:
        """Whoever hangs up in the middle is meant to."""

    @property
    def port(self) -> int:
        return int(self.server_address[1])


class _Handler(socketserver.StreamRequestHandler):
    server: MailBox

    def handle(self) -> None:
        self._say("220 here")
        sender, people = "", []
        while line := self.rfile.readline().decode(errors="replace").strip():
            verb, _, rest = line.partition(" ")
            match verb.upper():
                case "EHLO" | "HELO":
                    self._say("250-here\r\n250 AUTH PLAIN")
                case "AUTH":
                    self.server.logins.append(rest)
                    self._say("235 welcome")
                case "MAIL":
                    sender = rest
                    self._say("250 ok")
                case "RCPT":
                    people.append(rest.split("<")[1].split(">")[0])
                    self._say(self.server.refuse or "250 ok")
                case "DATA":
                    self._say("354 go on")
                    text = b"".join(iter(self.rfile.readline, b".\r\n"))
                    self.server.taken.append((sender, people, text))
                    self._say("250 taken")
                case "QUIT":
                    self._say("221 bye")
                    return
                case _:
                    self._say("250 ok")

    def _say(self, line: str) -> None:
        self.wfile.write(f"{line}\r\n".encode())
