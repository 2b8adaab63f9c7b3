"""The case file as a ZIP: the same record gives the same bytes, whenever it is made."""

from __future__ import annotations

import hashlib
import io
import re
import zipfile
from typing import IO, BinaryIO

import msgspec
from msgspec import Struct

from amends.engine.outside import Files, FileUnknown, Signer
from amends.entrypoints.casefile.contents import FORMAT, Contents, MadeFor
from amends.entrypoints.casefile.readme import read_me
from amends.kernel.instants import Instant
from amends.order.state import Evidence

READ_ME, PDF, DATA, EVENTS = "READ ME.txt", "case.pdf", "case.json", "events.ndjson"
PROOF, SIGNATURE, KEY, SUMS = "proof.json", "proof.json.sig", "platform-key.pem", "SHA256SUMS"
# What vouches for the others and so is not among the files it vouches for.
VOUCHING = (PROOF, SIGNATURE, KEY, SUMS)
_EPOCH = (1980, 1, 1, 0, 0, 0)
_CHUNK = 1 << 20
_ENDINGS = {
    "image/jpeg": ".jpg", "image/png": ".png", "image/webp": ".webp", "image/gif": ".gif",
    "application/pdf": ".pdf", "text/plain": ".txt", "video/mp4": ".mp4", "video/webm": ".webm",
    "video/quicktime": ".mov", "audio/mp4": ".m4a", "audio/webm": ".webm",
}  # fmt: skip


class FileDigest(Struct, frozen=True):
    """A file of the ZIP as it was packed: its SHA-256 in hex, and its size."""

    sha256: str
    bytes: int


class Proof(Struct, frozen=True):
    """What the platform signs: whose case file it is, where the order's chain stood, and every
    file. ``number`` and ``head`` are the last event's, ``hidden`` the events that are in it as
    hashes only."""

    format: str
    dispute: str
    order: str
    made_for: MadeFor
    as_of: Instant
    number: int
    head: str
    hidden: tuple[int, ...]
    files: dict[str, FileDigest]


def pack(
    target: BinaryIO, contents: Contents, pdf: bytes, files: Files, signer: Signer, address: str
) -> None:
    """Write the ZIP into ``target``; evidence is copied a piece at a time. ``address`` is where the
    platform states its key."""
    view = contents.view
    with zipfile.ZipFile(target, "w") as archive:
        packed = {
            READ_ME: _put(archive, READ_ME, read_me(view.dispute.id, address, view.language)),
            PDF: _put(archive, PDF, pdf),
            DATA: _put(archive, DATA, _json(view)),
            EVENTS: _put(archive, EVENTS, msgspec.json.Encoder().encode_lines(contents.links)),
        }
        for proof in contents.proofs:
            file_key = contents.looking.texts.entry(proof.ref, "file_key")
            if file_key:  # else its owner was erased, and the file with them
                name = evidence_name(proof)
                try:
                    with files.open(str(file_key)) as file:
                        packed[name] = _copy(archive, name, file)
                except FileUnknown:
                    continue  # the evidence list still names it, with its digest
        proven = _json(_proof(contents, packed))
        sums = {name: digest.sha256 for name, digest in packed.items()}
        vouching = ((PROOF, proven), (SIGNATURE, signer.sign(proven)), (KEY, signer.public_key))
        for name, data in vouching:
            sums[name] = _put(archive, name, data).sha256
        _put(archive, SUMS, sums_text(sums))


def sums_text(sums: dict[str, str]) -> bytes:
    """What ``sha256sum --check`` reads."""
    return "".join(f"{sums[name]}  {name}\n" for name in sorted(sums)).encode()


def evidence_name(proof: Evidence) -> str:
    """Where a piece of evidence lies in the ZIP; of what its owner called it nothing is taken."""
    kind = re.sub(r"[^A-Za-z0-9_-]", "", proof.kind)
    return f"evidence/{proof.id}-{kind}{_ENDINGS.get(proof.media_type, '.bin')}"


def _proof(contents: Contents, packed: dict[str, FileDigest]) -> Proof:
    view, last = contents.view, contents.links[-1]
    return Proof(
        format=FORMAT,
        dispute=view.dispute.id,
        order=view.order.id,
        made_for=view.made_for,
        as_of=view.as_of,
        number=last.number,
        head=last.hash,
        hidden=tuple(link.number for link in contents.links if link.event is None),
        files=packed,
    )


def _json(value: object) -> bytes:
    return msgspec.json.format(msgspec.json.encode(value), indent=1) + b"\n"


def _put(archive: zipfile.ZipFile, name: str, data: bytes) -> FileDigest:
    return _copy(archive, name, io.BytesIO(data), zipfile.ZIP_DEFLATED)


def _copy(
    archive: zipfile.ZipFile, name: str, source: IO[bytes], how: int = zipfile.ZIP_STORED
) -> FileDigest:
    entry = zipfile.ZipInfo(name, _EPOCH)
    entry.create_system, entry.external_attr, entry.compress_type = 3, 0o644 << 16, how
    digest, size = hashlib.sha256(), 0
    with archive.open(entry, "w") as packed:
        while chunk := source.read(_CHUNK):
            digest.update(chunk)
            size += len(chunk)
            packed.write(chunk)
    return FileDigest(digest.hexdigest(), size)
