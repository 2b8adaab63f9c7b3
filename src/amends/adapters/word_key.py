"""Digests of words under a key of this installation, in a file beside its other ones."""

from __future__ import annotations

import hashlib
import hmac
import os
from collections.abc import Callable
from pathlib import Path

_KEY_BYTES = 32
_DIGEST_BYTES = 6


def kept_key(path: Path, otherwise: str = "remove it and run: amends db rebuild") -> bytes:
    """The key, made when there is none at ``path``; nobody but the server's user may read it.

    Raises ValueError for a file that holds no key; ``otherwise`` is what to do when the one that
    was there is lost.
    """
    if not path.exists():
        _make(path)
    key = path.read_bytes()
    if len(key) != _KEY_BYTES:
        raise ValueError(f"{path} holds no key: put back the one that was there, or {otherwise}")
    return key


def word_digests(key: bytes) -> Callable[[str], int]:
    """What gives a word's digest, a whole number of 48 bits, under ``key``.

    Under another key no digest made before is found.
    """

    def digest(word: str) -> int:
        signed = hmac.digest(key, word.encode(), hashlib.sha256)
        return int.from_bytes(signed[:_DIGEST_BYTES])

    return digest


def _make(path: Path) -> None:
    """One that is whole as soon as it is there, and the same for all who start at once."""
    unfinished = path.with_name(f".{path.name}.{os.getpid()}")
    with os.fdopen(os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
        file.write(os.urandom(_KEY_BYTES))
        file.flush()
        os.fsync(file.fileno())
    try:
        # Unlike a rename, a link never replaces what is there.
        path.hardlink_to(unfinished)
    except FileExistsError:
        pass  # another process was quicker
    finally:
        unfinished.unlink()
