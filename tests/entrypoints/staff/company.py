"""A company's own sign-in: an OpenID Connect provider of the tests, over HTTP.

It holds to the flow as strictly as a real one: a registered address to return to, client
authentication, PKCE, codes that work once.
"""

from __future__ import annotations

import base64
import hashlib
import json
import secrets
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

from joserfc import jwt
from joserfc.jwk import RSAKey

CLIENT, SECRET = "amends", "s3cret of the client"


class Company:
    """Whoever is asked to sign in is ``email``; ``changes`` go into the token, for what must not be
    trusted."""

    def __init__(self, issuer: str) -> None:
        self.issuer = issuer
        self.email = "mia@amends.example"
        self.verified: Any = True
        self.changes: dict[str, Any] = {}
        self.rotate()
        self.codes: dict[str, dict[str, str]] = {}
        self.token_asked = 0

    def rotate(self) -> None:
        """Another key from now on."""
        self.kid = secrets.token_hex(4)
        self.key = self.signs_with = RSAKey.generate_key(2048, {"kid": self.kid})

    def describe(self) -> dict[str, str]:
        return {
            "issuer": self.issuer,
            "authorization_endpoint": f"{self.issuer}/authorize",
            "token_endpoint": f"{self.issuer}/token",
            "jwks_uri": f"{self.issuer}/keys",
        }

    def authorize(self, query: dict[str, str]) -> str:
        """Where the browser goes after the person has said yes."""
        assert query["client_id"] == CLIENT
        assert query["response_type"] == "code"
        assert query["code_challenge_method"] == "S256"
        assert "openid" in query["scope"].split()
        code = secrets.token_urlsafe(16)
        self.codes[code] = query
        back = {"code": code, "state": query["state"]}
        return f"{query['redirect_uri']}?{urlencode(back)}"

    def token(self, form: dict[str, str], authorization: str) -> dict[str, Any] | None:
        """The answer to a code; None when it is not to be had."""
        self.token_asked += 1
        known = base64.b64encode(f"{CLIENT}:{SECRET}".replace(" ", "+").encode()).decode()
        plain = base64.b64encode(f"{CLIENT}:{SECRET}".encode()).decode()
        asked = self.codes.pop(form.get("code", ""), None)
        if authorization not in (f"Basic {known}", f"Basic {plain}") or asked is None:
            return None
        challenge = base64.urlsafe_b64encode(
            hashlib.sha256(form.get("code_verifier", "").encode()).digest()
        ).rstrip(b"=")
        if challenge.decode() != asked["code_challenge"]:
            return None
        if form.get("redirect_uri") != asked["redirect_uri"]:
            return None
        now = int(time.time())
        claims = {
            "iss": self.issuer, "sub": "7", "aud": CLIENT, "iat": now, "exp": now + 300,
            "nonce": asked["nonce"], "email": self.email, "email_verified": self.verified,
        } | self.changes  # fmt: skip
        header = {"alg": "RS256", "kid": self.kid}
        token = jwt.encode(header, claims, self.signs_with)
        return {"access_token": "a", "token_type": "Bearer", "id_token": token}


@contextmanager
def company() -> Iterator[Company]:
    """The provider, running."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            path, query = urlsplit(self.path).path, parse_qs(urlsplit(self.path).query)
            if path == "/.well-known/openid-configuration":
                self.answer(made.describe())
            elif path == "/keys":
                self.answer({"keys": [made.key.as_dict(private=False)]})
            elif path == "/authorize":
                self.send_response(302)
                to = made.authorize({name: values[0] for name, values in query.items()})
                self.send_header("Location", to)
                self.end_headers()
            else:
                self.send_error(404)

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"])).decode()
            form = {name: values[0] for name, values in parse_qs(body).items()}
            answer = made.token(form, self.headers.get("Authorization", ""))
            if answer is None:
                self.answer({"error": "invalid_grant"}, 400)
            else:
                self.answer(answer)

        def answer(self, value: Any, status: int = 200) -> None:
            body = json.dumps(value).encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *args: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    made = Company(f"http://127.0.0.1:{server.server_port}")
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield made
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
