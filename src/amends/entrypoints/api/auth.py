"""Who asks: a key's actor, or on a sandbox the one its token names."""

from __future__ import annotations

import re

from amends.engine.store import Access
from amends.entrypoints.api.calls import EVERYBODY, Problem
from amends.kernel.decision import Facts, Refused
from amends.kernel.people import Actor, Role

_SANDBOX = re.compile(r"sandbox\.(?P<role>[a-z]+)\.(?P<id>[A-Za-z0-9][A-Za-z0-9._~:@-]{0,63})")
_REALM = 'Bearer realm="amends"'
READ, WRITE = "read", "write"


class Asker:
    """Finds out who is behind an ``Authorization`` header."""

    def __init__(self, access: Access, *, sandbox: bool) -> None:
        """Tokens of the form ``sandbox.<role>.<id>`` count on a sandbox only."""
        self._access = access
        self._sandbox = sandbox

    def of(self, authorization: str | None) -> tuple[Actor, tuple[str, ...]]:
        """The actor and the scopes of their key (none named: all). Raises Problem 401."""
        scheme, _, token = (authorization or "").strip().partition(" ")
        token = token.strip()
        if scheme.casefold() != "bearer" or not token:
            raise _unauthorised("credentials_missing", _REALM)
        if self._sandbox and (named := _SANDBOX.fullmatch(token)):
            role = named["role"]
            if role in {allowed.value for allowed in EVERYBODY}:
                return Actor(named["id"], Role(role)), ()
        elif key := self._access.key_of(token):
            return key.actor, key.scopes
        raise _unauthorised("credentials_unknown", f'{_REALM}, error="invalid_token"')


def refuse_scope(scopes: tuple[str, ...], method: str) -> None:
    """Raises Problem 403 when a key is only for reading and the call changes something."""
    needed = READ if method == "GET" else WRITE
    if scopes and needed not in scopes:
        facts: Facts = {"needed": needed, "scopes": scopes}
        raise Problem(Refused("scope_missing", facts, ("use_other_key",), "forbidden"), 403)


def _unauthorised(rule: str, challenge: str) -> Problem:
    refused = Refused(rule, {}, ("send_bearer_key",), "forbidden")
    return Problem(refused, 401, {"WWW-Authenticate": challenge})
