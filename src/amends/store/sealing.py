"""Sealing people's texts with a key of their own, and digests of secrets."""

from __future__ import annotations

import hashlib
import os

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from msgspec import Struct

from amends.engine.store import SealedText
from amends.kernel.decision import Content
from amends.kernel.people import PersonId

_NONCE = 12
_DRAFT = "draft"  # stands where a text has its reference
_NO_ORDER = ""  # stands where a text has its order


class PersonKey(Struct, frozen=True):
    """A person's key. After an erasure a new one has another ``id``, so that a text of the old
    key is known to be erased, and one that does not open with its own key to be damaged."""

    id: str
    secret: bytes


def new_key() -> PersonKey:
    """A fresh 256-bit key."""
    return PersonKey(os.urandom(16).hex(), AESGCM.generate_key(bit_length=256))


def seal(key: PersonKey, order: str, content: Content) -> bytes:
    """Nonce and AES-GCM ciphertext; bound to its order, reference and owner."""
    nonce = os.urandom(_NONCE)
    bound = _bound(order, content.ref, content.owner)
    return nonce + AESGCM(key.secret).encrypt(nonce, content.text.encode(), bound)


def unseal(secret: bytes, order: str, ref: str, owner: PersonId, sealed: bytes) -> str:
    """The text again. Raises ValueError when it is not what was sealed for this place."""
    bound = _bound(order, ref, owner)
    try:
        return AESGCM(secret).decrypt(sealed[:_NONCE], sealed[_NONCE:], bound).decode()
    except InvalidTag:
        raise ValueError(f"text {ref} of order {order} is not the one that was sealed") from None


def seal_draft(key: PersonKey, order: str, person: PersonId, text: str) -> bytes:
    """As ``seal``, for what ``person`` has begun to write about an order."""
    return seal(key, order, Content(_DRAFT, person, text))


def open_draft(secret: bytes, order: str, person: PersonId, sealed: bytes) -> str:
    """The draft again. Raises ValueError when it is not what was sealed for this place."""
    return unseal(secret, order, _DRAFT, person, sealed)


def seal_own(key: PersonKey, person: PersonId, what: str, text: str) -> bytes:
    """As ``seal``, for what belongs to ``person`` and to no order."""
    return seal(key, _NO_ORDER, Content(what, person, text))


def open_own(secret: bytes, person: PersonId, what: str, sealed: bytes) -> str:
    """It again. Raises ValueError when it is not what was sealed for this place."""
    return unseal(secret, _NO_ORDER, what, person, sealed)


def sealed_text(ref: str, owner: PersonId, sealed: bytes) -> SealedText:
    """What the chain of hashes holds of a sealed text."""
    return SealedText(ref, owner, hashlib.sha256(sealed).digest())


def digest_of(token: str) -> bytes:
    """What is kept of a random token: enough to know it again, not to use it."""
    return hashlib.sha256(token.encode()).digest()


def _bound(order: str, ref: str, owner: PersonId) -> bytes:
    return "\x00".join((order, ref, owner)).encode()
