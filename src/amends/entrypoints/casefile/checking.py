"""Checking a case file: with the file alone, and against what was kept of an earlier one."""

from __future__ import annotations

import hashlib
import re
import zipfile
import zlib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

import msgspec
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    PublicFormat,
    load_pem_public_key,
)
from msgspec import Struct

from amends.entrypoints.casefile.links import Link, faults_of
from amends.entrypoints.casefile.packing import (
    DATA,
    EVENTS,
    KEY,
    PROOF,
    SIGNATURE,
    SUMS,
    VOUCHING,
    FileDigest,
    Proof,
    sums_text,
)

_CHUNK = 1 << 20
# What is read whole; a case of thousands of messages is smaller by far.
_LARGEST_READ = 256 << 20
# What reading a broken or hostile ZIP comes to.
_UNREADABLE = (
    zipfile.BadZipFile, zlib.error, OSError, EOFError, NotImplementedError, RuntimeError,
    ValueError,
)  # fmt: skip
_NOT_THOSE_DATA = (msgspec.MsgspecError, RecursionError)
_HEAD = re.compile(r"(\d{1,9}):([0-9a-f]{64})")


class NoCaseFile(ValueError):
    """It is no case file, or one too damaged to say anything about it; in words."""


class Checked(Struct, frozen=True):
    """What came of it: the proof, the key it is signed with in hex, and what is wrong, in words."""

    proof: Proof
    key: str
    faults: tuple[str, ...]


class _Recorded(Struct, frozen=True):
    """Of an event's body, what says which file was put on record."""

    evidence: _OnRecord


class _OnRecord(Struct, frozen=True):
    id: str
    digest: str


class _Listed(Struct, frozen=True):
    """Of case.json, the digests of the evidence."""

    order: _Evidence


class _Evidence(Struct, frozen=True):
    evidence: tuple[_OnRecord, ...]


class _Opened:
    """A case file as it lies there; nothing of it is unpacked."""

    def __init__(self, archive: zipfile.ZipFile) -> None:
        self.archive = archive
        self.names = archive.namelist()

    def read(self, name: str) -> bytes | None:
        """The whole file; None where there is none that can be read."""
        if name not in self.names or self.archive.getinfo(name).file_size > _LARGEST_READ:
            return None
        try:
            return self.archive.read(name)
        except _UNREADABLE:
            return None

    def digest(self, name: str, most: int) -> FileDigest | None:
        """What it is now, as far as ``most`` bytes; None where it cannot be read."""
        digest, size = hashlib.sha256(), 0
        try:
            with self.archive.open(name) as file:
                while size <= most and (chunk := file.read(_CHUNK)):
                    digest.update(chunk)
                    size += len(chunk)
        except _UNREADABLE:
            return None
        return FileDigest(digest.hexdigest(), size)

    def proof(self) -> Proof:
        """What it says of itself. Raises NoCaseFile."""
        try:
            return msgspec.json.decode(self.read(PROOF) or b"", type=Proof)
        except _NOT_THOSE_DATA:
            raise NoCaseFile(f"{PROOF} is missing, or cannot be read") from None

    def links(self) -> Sequence[Link] | None:
        """The record's links; None where they cannot be read."""
        try:
            return msgspec.json.Decoder(Link).decode_lines(self.read(EVENTS) or b"")
        except _NOT_THOSE_DATA:
            return None


@contextmanager
def _open(path: str) -> Iterator[_Opened]:
    try:
        archive = zipfile.ZipFile(path)
    except (zipfile.BadZipFile, NotImplementedError, ValueError):
        raise NoCaseFile(f"{path} is no ZIP file, or a part of it is missing") from None
    with archive:
        yield _Opened(archive)


def check(path: str, *, against: str = "", key: str = "") -> Checked:
    """What is wrong with a case file; nothing when every file is as it was given out.

    ``against``: an earlier case file, or ``NUMBER:HASH`` of an event as it was then. ``key``: the
    platform's, as a PEM file. Raises NoCaseFile, and OSError.
    """
    with _open(path) as opened:
        proof = opened.proof()
        stated, faults = _signed(opened, key)
        faults += _files(opened, proof)
        links = opened.links()
        if links is None:
            faults.append(f"{EVENTS} cannot be read")
        else:
            faults += _chain(proof, links)
            faults += _on_record(opened, proof, links)
            if against:
                faults += _since(against, proof, links)
    return Checked(proof, stated, tuple(faults))


def _signed(opened: _Opened, wanted: str) -> tuple[str, list[str]]:
    """The key in hex, and what is wrong with the signature or the key."""
    public = _public(opened.read(KEY) or b"")
    if public is None:
        return "", [f"missing: {KEY} holds no key"]
    raw = public.public_bytes(Encoding.Raw, PublicFormat.Raw).hex()
    faults = []
    if wanted:
        with open(wanted, "rb") as file:  # noqa: PTH123 - its own error is told
            known = _public(file.read())
        if known is None:
            raise NoCaseFile(f"{wanted} holds no Ed25519 key")
        if known.public_bytes(Encoding.Raw, PublicFormat.Raw).hex() != raw:
            faults.append(f"altered: {KEY} is not the platform's key")
    try:
        public.verify(opened.read(SIGNATURE) or b"", opened.read(PROOF) or b"")
    except InvalidSignature:
        faults.append(f"altered: {PROOF}, {SIGNATURE} or {KEY}: the signature does not fit")
    return raw, faults


def _public(pem: bytes) -> Ed25519PublicKey | None:
    try:
        key = load_pem_public_key(pem)
    except (ValueError, UnsupportedAlgorithm):
        return None
    return key if isinstance(key, Ed25519PublicKey) else None


def _files(opened: _Opened, proof: Proof) -> list[str]:
    faults, sums = [], {}
    for name, packed in proof.files.items():
        found = opened.digest(name, packed.bytes) if name in opened.names else None
        if name not in opened.names:
            faults.append(f"missing: {name}")
        elif found != packed:
            faults.append(f"altered: {name} is not the file that was packed")
        sums[name] = packed.sha256
    for name in VOUCHING:
        if name not in opened.names:
            faults.append(f"missing: {name}")
        elif name != SUMS:
            sums[name] = hashlib.sha256(opened.read(name) or b"").hexdigest()
    if SUMS in opened.names and opened.read(SUMS) != sums_text(sums):
        faults.append(f"altered: {SUMS} does not name what the other files are")
    known = {*proof.files, *VOUCHING}
    faults += [f"added: {name}" for name in dict.fromkeys(opened.names) if name not in known]
    twice = {name for name in opened.names if opened.names.count(name) > 1}
    return faults + [f"added: {name} is there more than once" for name in sorted(twice)]


def _chain(proof: Proof, links: Sequence[Link]) -> list[str]:
    faults = [f"altered: {EVENTS}: {fault}" for fault in faults_of(proof.order, links)]
    if not links or (links[-1].number, links[-1].hash) != (proof.number, proof.head):
        faults.append(f"altered: {EVENTS} does not end with the event that {PROOF} names")
    return faults


def _on_record(opened: _Opened, proof: Proof, links: Sequence[Link]) -> list[str]:
    """Holds each file of evidence against the digest on record."""
    digests = {}
    try:
        listed = msgspec.json.decode(opened.read(DATA) or b"", type=_Listed)
        digests = {of.id: of.digest for of in listed.order.evidence}
        for link in links:
            if link.event and link.event.type == "evidence_uploaded":
                put = msgspec.json.decode(link.event.body, type=_Recorded).evidence
                digests[put.id] = put.digest
    except _NOT_THOSE_DATA:
        return [f"altered: the evidence in {DATA} and {EVENTS} cannot be read"]
    faults = []
    for name, packed in proof.files.items():
        folder, _slash, rest = name.partition("/")
        of = rest.partition("-")[0]
        if folder == "evidence" and digests.get(of) != packed.sha256:
            faults.append(f"altered: {name} is not the file that was put on record as {of}")
    return faults


def _since(against: str, proof: Proof, links: Sequence[Link]) -> list[str]:
    """Whether what was on record then is still there, unchanged."""
    if head := _HEAD.fullmatch(against):
        earlier = {int(head[1]): head[2]}
    else:
        with _open(against) as opened:
            before, kept = opened.proof(), opened.links()
        if before.order != proof.order or kept is None:
            raise NoCaseFile(f"{against} is no case file of order {proof.order}")
        earlier = {link.number: link.hash for link in kept}
    now = {link.number: link.hash for link in links}
    changed = sorted(number for number, hash_ in earlier.items() if now.get(number) != hash_)
    if not changed:
        return []
    return [f"altered since: event {changed[0]} is not what it was, nor what follows it"]
