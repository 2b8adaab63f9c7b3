"""A marketplace's server that takes webhooks: real HTTP, signatures checked by the library."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from standardwebhooks import Webhook, WebhookVerificationError


class Receiver:
    """What came in. ``answers`` are the next statuses, 204 when there are no more; ``held``:
    whoever posts is kept waiting until it is set."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.answers: list[int] = []
        self.held: threading.Event | None = None
        self.posted: list[tuple[dict[str, str], str]] = []

    @property
    def ids(self) -> list[str]:
        """The messages' ids, in the order of their arrival."""
        return [headers["webhook-id"] for headers, _ in self.posted]

    @property
    def bodies(self) -> list[dict[str, Any]]:
        """What they say."""
        return [json.loads(body) for _, body in self.posted]

    def signed_with(self, secret: str, which: int = -1) -> bool:
        """Whether one was signed with ``secret``."""
        headers, body = self.posted[which]
        try:
            Webhook(secret).verify(body, headers)
        except WebhookVerificationError:
            return False
        return True


@contextmanager
def receiver() -> Iterator[Receiver]:
    """One on a port of its own."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["content-length"])).decode()
            received.posted.append(({k.lower(): v for k, v in self.headers.items()}, body))
            if received.held is not None:
                received.held.wait(20)
            self.send_response(received.answers.pop(0) if received.answers else 204)
            self.send_header("location", "http://127.0.0.1:1/elsewhere")
            self.end_headers()

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    received = Receiver(f"http://127.0.0.1:{server.server_port}/hook?x=1")
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield received
    finally:
        server.shutdown()
        server.server_close()
