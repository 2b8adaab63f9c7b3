"""Posting to addresses that others chose: what they resolve to is looked at first, and exactly
that is connected to."""

from __future__ import annotations

import http.client
import ipaddress
import socket
import ssl
import threading
from collections.abc import Mapping
from contextlib import suppress
from urllib.parse import urlsplit

from amends.engine.outside import Unanswered

_SECONDS = 10.0
_READ, _SHOWN = 4096, 300


class WebhookPoster:
    """See ``amends.engine.outside.Post``. ``private``: addresses in networks of our own, and http,
    are taken too."""

    def __init__(self, *, private: bool, seconds: float = _SECONDS) -> None:
        self._private = private
        self._seconds = seconds
        self._tls = ssl.create_default_context()

    def __call__(self, url: str, headers: Mapping[str, str], body: bytes) -> tuple[int, str]:
        """A redirect is an answer like any other: it is not followed."""
        parts = urlsplit(url)
        secure = parts.scheme == "https"
        if not secure and not self._private:
            raise Unanswered("not_https")
        host, port = parts.hostname or "", parts.port or (443 if secure else 80)
        sock = self._connected(host, port)
        # Each read has its own patience; somebody who sends a byte now and then is cut off here.
        cut = threading.Timer(self._seconds, _shut, (sock,))
        cut.daemon = True
        cut.start()
        try:
            if secure:
                sock = self._tls.wrap_socket(sock, server_hostname=host)
            connection = http.client.HTTPConnection(host, port)
            connection.sock = sock
            path = parts.path or "/"
            path = f"{path}?{parts.query}" if parts.query else path
            named = host if ":" not in host else f"[{host}]"
            usual = port == (443 if secure else 80)
            sent = {"host": named if usual else f"{named}:{port}", "user-agent": "amends"}
            connection.request("POST", path, body, {**headers, **sent, "connection": "close"})
            answer = connection.getresponse()
            text = answer.read(_READ).decode("utf-8", "replace").replace("\x00", "")
            return answer.status, text[:_SHOWN]
        except TimeoutError:
            raise Unanswered("timeout") from None
        except ssl.SSLError:
            raise Unanswered("tls") from None
        except (OSError, http.client.HTTPException):
            raise Unanswered("timeout" if not cut.is_alive() else "connection") from None
        finally:
            cut.cancel()
            sock.close()

    def _connected(self, host: str, port: int) -> socket.socket:
        try:
            found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
        except (OSError, UnicodeError):
            raise Unanswered("unknown_host") from None
        if not self._private and not all(_is_public(str(at[4][0])) for at in found):
            raise Unanswered("private_address")
        family, kind, protocol, _, address = found[0]
        sock = socket.socket(family, kind, protocol)
        sock.settimeout(self._seconds)
        try:
            sock.connect(address)
        except OSError as error:
            sock.close()
            slow = isinstance(error, TimeoutError)
            raise Unanswered("timeout" if slow else "connection") from None
        return sock


def _is_public(address: str) -> bool:
    ip = ipaddress.ip_address(address.partition("%")[0])
    if isinstance(ip, ipaddress.IPv6Address):
        # An address of the older kind in the clothes of the newer one is judged as what it is.
        inner = ip.ipv4_mapped or ip.sixtofour or (ip.teredo[1] if ip.teredo else None)
        if inner is not None:
            return inner.is_global and not inner.is_multicast
        if ip in _TRANSLATED:
            return False
    return ip.is_global and not ip.is_multicast


_TRANSLATED = ipaddress.ip_network("64:ff9b::/96")


def _shut(sock: socket.socket) -> None:
    with suppress(OSError):
        sock.shutdown(socket.SHUT_RDWR)
