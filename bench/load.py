"""Sends requests that were made before over connections that stay open, as cheaply as can be.

A process of its own, started by ``bench.http``: on stdin an address and one list of requests for
each connection, on stdout for each request its status and how long it took. Each connection sends
its next request when it has the answer to the one before.

    python -m bench.load < PLAN > ANSWERS
"""

from __future__ import annotations

import selectors
import socket
import sys
import time

import msgspec
from msgspec import Struct

_HEAD_ENDS = b"\r\n\r\n"
_LENGTH = b"content-length: "


class Plan(Struct):
    """Where to, and what each connection sends, one after the other."""

    host: str
    port: int
    connections: list[list[bytes]]


class Answers(Struct):
    """By connection, in the order of the requests: statuses and latencies in seconds; and how long
    it took from the first request to the last answer."""

    statuses: list[list[int]]
    latencies: list[list[float]]
    seconds: float


class _Connection:
    def __init__(self, address: tuple[str, int], requests: list[bytes]) -> None:
        self.socket = socket.create_connection(address)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.coming = iter(requests)
        self.statuses: list[int] = []
        self.latencies: list[float] = []
        self.sent = 0.0
        self.got = b""

    def ask(self) -> bool:
        """Send the next request; False: there is none."""
        request = next(self.coming, None)
        if request is None:
            return False
        self.got = b""
        self.sent = time.perf_counter()
        self.socket.sendall(request)
        return True

    def hear(self) -> bool:
        """Whether the answer is complete with what came now."""
        chunk = self.socket.recv(262_144)
        if not chunk:
            raise ConnectionError("the server closed a connection")
        self.got = got = self.got + chunk if self.got else chunk
        end = got.find(_HEAD_ENDS)
        if end < 0:
            return False
        at = got.lower().index(_LENGTH, 0, end + 2) + len(_LENGTH)
        if len(got) < end + len(_HEAD_ENDS) + int(got[at : got.index(b"\r", at)]):
            return False
        self.latencies.append(time.perf_counter() - self.sent)
        self.statuses.append(int(got[9:12]))
        return True


def run(plan: Plan) -> Answers:
    """Carry it out."""
    connections = [_Connection((plan.host, plan.port), each) for each in plan.connections]
    begun = time.perf_counter()
    with selectors.DefaultSelector() as selector:
        for connection in connections:
            selector.register(connection.socket, selectors.EVENT_READ, connection)
        busy = sum(connection.ask() for connection in connections)
        while busy:
            for key, _ in selector.select():
                if key.data.hear() and not key.data.ask():
                    busy -= 1
    seconds = time.perf_counter() - begun
    for connection in connections:
        connection.socket.close()
    return Answers([c.statuses for c in connections], [c.latencies for c in connections], seconds)


if __name__ == "__main__":
    given = msgspec.msgpack.decode(sys.stdin.buffer.read(), type=Plan)
    sys.stdout.buffer.write(msgspec.msgpack.encode(run(given)))
