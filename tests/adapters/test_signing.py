"""Signatures: the key is made once and kept, and anybody can check with its other half."""

from __future__ import annotations

from pathlib import Path

import pytest
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import load_pem_public_key

from amends.adapters.signing import KeptSigner


def test_what_is_signed_can_be_checked(tmp_path: Path) -> None:
    signer = KeptSigner(tmp_path / "casefile.key")
    signature = signer.sign(b"proof")
    assert signature == KeptSigner(tmp_path / "casefile.key").sign(b"proof")
    public = load_pem_public_key(signer.public_key)
    assert isinstance(public, Ed25519PublicKey)
    public.verify(signature, b"proof")
    with pytest.raises(InvalidSignature):
        public.verify(signature, b"another")
    assert KeptSigner(tmp_path / "other.key").public_key != signer.public_key


def test_no_key_is_made_before_one_is_needed(tmp_path: Path) -> None:
    signer = KeptSigner(tmp_path / "casefile.key")
    assert list(tmp_path.iterdir()) == []
    assert signer.public_key
    assert (tmp_path / "casefile.key").stat().st_mode & 0o777 == 0o600


def test_a_file_that_holds_no_key_is_not_taken_for_one(tmp_path: Path) -> None:
    (tmp_path / "casefile.key").write_bytes(b"short")
    with pytest.raises(ValueError, match="signed with another one"):
        KeptSigner(tmp_path / "casefile.key").sign(b"proof")
