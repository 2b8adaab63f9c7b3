"""A way to a database that breaks just when it matters."""

from __future__ import annotations

import socket
import threading
from contextlib import suppress
from pathlib import Path
from typing import Literal

from psycopg.conninfo import conninfo_to_dict, make_conninfo

Said = Literal["", "asked", "answered"]


class Lossy:
    """Passes on what clients and the server of ``url`` say to each other, through a socket in
    ``folder``, whose path has to be short. ``breaks`` says where the connection breaks, once: when
    a COMMIT is asked for, before it is heard, or when it is answered."""

    def __init__(self, url: str, folder: Path) -> None:
        self._to = {key: str(value) for key, value in conninfo_to_dict(url).items()}
        self.conninfo = make_conninfo(url, host=str(folder), port=5432)
        self.breaks: Said = ""
        self._listening = socket.socket(socket.AF_UNIX)
        self._listening.bind(str(folder / ".s.PGSQL.5432"))
        self._listening.listen()
        threading.Thread(target=self._accept, daemon=True).start()

    def close(self) -> None:
        """Let nobody in any more."""
        with suppress(OSError):
            self._listening.shutdown(socket.SHUT_RDWR)
        self._listening.close()

    def _accept(self) -> None:
        with suppress(OSError):
            while True:
                client, _ = self._listening.accept()
                server = self._server()
                for said, by, to in (("asked", client, server), ("answered", server, client)):
                    threading.Thread(target=self._pass_on, args=(said, by, to), daemon=True).start()

    def _server(self) -> socket.socket:
        host, port = self._to["host"], self._to.get("port", "5432")
        if not host.startswith("/"):
            return socket.create_connection((host, int(port)))
        server = socket.socket(socket.AF_UNIX)
        server.connect(f"{host}/.s.PGSQL.{port}")
        return server

    def _pass_on(self, said: Said, by: socket.socket, to: socket.socket) -> None:
        with suppress(OSError):
            while heard := by.recv(65536):
                if self.breaks == said and b"COMMIT\0" in heard:
                    self.breaks = ""
                    break
                to.sendall(heard)
        for end in (by, to):
            with suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)
            end.close()
