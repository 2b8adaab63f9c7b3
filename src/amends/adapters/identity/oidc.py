"""OpenID Connect: the code flow with PKCE, state and nonce, and an ID token whose signature,
issuer, audience, times and nonce are all checked."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from authlib.integrations.requests_client import OAuth2Session
from authlib.oauth2.rfc7636 import create_s256_code_challenge
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet
from requests.exceptions import RequestException

from amends.adapters.identity.settings import OidcSettings
from amends.engine.outside import Clock, Identified, NotIdentified

_ALGORITHMS = ["RS256", "ES256", "PS256", "EdDSA"]
_CLOCKS_DIFFER_BY_SECONDS = 60


class OidcProvider:
    """An identity provider. Safe to share between threads."""

    def __init__(self, settings: OidcSettings, clock: Clock) -> None:
        """Nothing is asked of the provider before somebody signs in."""
        self._settings = settings
        self._clock = clock
        self._described: Mapping[str, Any] | None = None
        self._keys: KeySet | None = None

    def sign_in_at(self, state: str, nonce: str, verifier: str, back: str) -> str:
        """The provider's own page, told what it has to bring back."""
        with self._session(back) as session:
            address, _state = session.create_authorization_url(
                self._description()["authorization_endpoint"],
                state=state,
                nonce=nonce,
                code_challenge=create_s256_code_challenge(verifier),
                code_challenge_method="S256",
            )
        return str(address)

    def identify(self, code: str, nonce: str, verifier: str, back: str) -> Identified:
        """By the ID token that ``code`` is exchanged for."""
        try:
            with self._session(back) as session:
                answer = session.fetch_token(
                    self._description()["token_endpoint"],
                    code=code,
                    code_verifier=verifier,
                    timeout=self._settings.timeout_seconds,
                )
        except Exception as error:
            # Whatever authlib makes of what the provider answered: it did not tell us who it is.
            raise NotIdentified("the code was not exchanged for a token") from error
        claims = self._claims(str(answer.get("id_token", "")), nonce)
        return Identified(str(claims.get("email", "")), claims.get("email_verified") is True)

    def _claims(self, token: str, nonce: str) -> Mapping[str, Any]:
        """What a token says, if it is the provider's own, for us, for this sign-in, and of now."""
        try:
            try:
                decoded = jwt.decode(token, self._key_set(), _ALGORITHMS)
            except JoseError:
                # The provider may have changed its keys since.
                decoded = jwt.decode(token, self._key_set(afresh=True), _ALGORITHMS)
            jwt.JWTClaimsRegistry(
                now=int(self._clock.now().timestamp()),
                leeway=_CLOCKS_DIFFER_BY_SECONDS,
                exp={"essential": True},
                iat={"essential": True},
                iss={"essential": True, "value": self._settings.issuer},
                aud={"essential": True, "value": self._settings.client_id},
                nonce={"essential": True, "value": nonce},
            ).validate(decoded.claims)
        except (JoseError, ValueError) as error:
            raise NotIdentified("the token cannot be trusted") from error
        return decoded.claims

    def _session(self, back: str) -> Any:
        return OAuth2Session(
            self._settings.client_id, self._settings.client_secret,
            scope="openid email", redirect_uri=back,
        )  # fmt: skip

    def _description(self) -> Mapping[str, Any]:
        # Several may ask at once: behind a lock, all would wait one after the other for a provider
        # that does not answer.
        if self._described is None:
            issuer = self._settings.issuer
            described = self._get(f"{issuer.rstrip('/')}/.well-known/openid-configuration")
            if described.get("issuer") != issuer:
                raise NotIdentified(f"{issuer} says that it is somebody else")
            self._described = described
        return self._described

    def _key_set(self, *, afresh: bool = False) -> KeySet:
        keys = self._keys
        if keys is None or afresh:
            address = str(self._description()["jwks_uri"])
            keys = KeySet.import_key_set(self._get(address))  # type: ignore[arg-type]
            self._keys = keys
        return keys

    def _get(self, address: str) -> Mapping[str, Any]:
        try:
            with self._session("") as session:
                answer = session.get(
                    address, withhold_token=True, timeout=self._settings.timeout_seconds
                )
                answer.raise_for_status()
                found = answer.json()
        except (RequestException, ValueError) as error:
            raise NotIdentified("the identity provider cannot be reached") from error
        return found if isinstance(found, dict) else {}
