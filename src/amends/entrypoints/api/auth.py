"""Who asks: a key's actor, or on a sandbox the one its token names."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from amends.engine.access import ApiKey
from amends.engine.store import Store
from amends.entrypoints.api.calls import EVERYBODY, Problem
from amends.entrypoints.api.routes import Route
from amends.entrypoints.staff.standing import still_theirs
from amends.kernel.decision import Facts, Refused
from amends.kernel.people import Actor, Role

_SANDBOX = re.compile(r"sandbox\.(?P<role>[a-z]+)\.(?P<id>[A-Za-z0-9][A-Za-z0-9._~:@-]{0,63})")
_REALM = 'Bearer realm="amends"'
READ, WRITE = "read", "write"


class Asker:
    """Finds out who is behind an ``Authorization`` header."""

    def __init__(self, store: Store, *, sandbox: bool) -> None:
        """Tokens of the form ``sandbox.<role>.<id>`` count on a sandbox only."""
        self._store = store
        self._sandbox = sandbox

    def keys(self, authorizations: Iterable[str | None]) -> Mapping[str, ApiKey]:
        """The keys in force behind some headers, looked up at once.

        A key in a role that the account of its person no longer has is not in force.
        """
        tokens = {token for a in authorizations if (token := _token(a))}
        if self._sandbox:
            tokens = {token for token in tokens if not _SANDBOX.fullmatch(token)}
        found = self._store.access.keys_of(tokens) if tokens else {}
        staff = self._store.staff
        return {token: key for token, key in found.items() if still_theirs(staff, key.actor)}

    def of(
        self, authorization: str | None, keys: Mapping[str, ApiKey]
    ) -> tuple[Actor, tuple[str, ...]]:
        """The actor and the scopes of their key (none named: all), which is among ``keys``.

        Raises Problem 401.
        """
        token = _token(authorization)
        if not token:
            raise _unauthorised("credentials_missing", _REALM)
        if self._sandbox and (named := _SANDBOX.fullmatch(token)):
            role = named["role"]
            if role in {allowed.value for allowed in EVERYBODY}:
                return Actor(named["id"], Role(role)), ()
        elif key := keys.get(token):
            return key.actor, key.scopes
        raise _unauthorised("credentials_unknown", f'{_REALM}, error="invalid_token"')

    def admitted(
        self, route: Route, authorization: str | None, keys: Mapping[str, ApiKey]
    ) -> tuple[Actor, tuple[str, ...]]:
        """As ``of``; a hat the address is not for is refused before anything is looked at."""
        by, scopes = self.of(authorization, keys)
        refuse_scope(scopes, route.method)
        if by.role not in route.roles:
            allowed = tuple(sorted(role.value for role in route.roles))
            facts = {"role": by.role.value, "allowed": allowed}
            raise Problem(Refused("not_for_this_role", facts, (), "forbidden"), 403)
        return by, scopes


def _token(authorization: str | None) -> str:
    scheme, _, token = (authorization or "").strip().partition(" ")
    return token.strip() if scheme.casefold() == "bearer" else ""


def refuse_scope(scopes: tuple[str, ...], method: str) -> None:
    """Raises Problem 403 when a key is only for reading and the call changes something."""
    needed = READ if method == "GET" else WRITE
    if scopes and needed not in scopes:
        facts: Facts = {"needed": needed, "scopes": scopes}
        raise Problem(Refused("scope_missing", facts, ("use_other_key",), "forbidden"), 403)


def _unauthorised(rule: str, challenge: str) -> Problem:
    refused = Refused(rule, {}, ("send_bearer_key",), "forbidden")
    return Problem(refused, 401, {"WWW-Authenticate": challenge})
