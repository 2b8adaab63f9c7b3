"""Signatures with a key of this installation, in a file beside its other ones."""

from __future__ import annotations

from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from amends.adapters.word_key import kept_key

_OTHERWISE = "remove it, and what is signed from then on is signed with another one"


class KeptSigner:
    """Signs with the key at ``path``, which is made when first something is signed."""

    def __init__(self, path: Path) -> None:
        self._path = path

    @property
    def public_key(self) -> bytes:
        """As PEM. Raises ValueError for a file that holds no key."""
        return (
            self._key().public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
        )

    def sign(self, data: bytes) -> bytes:
        """The signature of ``data``, 64 bytes. Raises ValueError as ``public_key``."""
        return self._key().sign(data)

    def _key(self) -> Ed25519PrivateKey:
        return Ed25519PrivateKey.from_private_bytes(kept_key(self._path, _OTHERWISE))
