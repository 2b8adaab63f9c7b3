"""PDF and plain text."""

from __future__ import annotations

import re
import zlib

from amends.adapters.evidence.recognise import read_text
from amends.adapters.evidence.verdict import (
    MEGABYTE,
    Kept,
    NotAcceptable,
    damaged,
    hides_content,
)

PDF = "application/pdf"
_MOST_UNPACKED = 20 * MEGABYTE
_ESCAPED = re.compile(rb"#([0-9A-Fa-f]{2})")
# Long names only: "/JS" would turn up by chance in compressed pictures, and every script's action
# says "/JavaScript" as well.
_ACTIVE = re.compile(
    rb"/(JavaScript|Launch|EmbeddedFiles?|RichMedia|SubmitForm|ImportData|GoToR|GoToE)(?![A-Za-z])"
)
_ENCRYPTED = re.compile(rb"/Encrypt(?![A-Za-z])")
_STREAM = re.compile(rb"stream\r?\n")
_DICTIONARY_REACH = 2000


def check_pdf(data: bytes) -> Kept:
    """A PDF that only shows pages, kept as it came.

    Raises NotAcceptable when it is cut short, has something behind its end, is encrypted, or
    carries scripts, other files, or actions that start or send something. Names are looked for in
    the packed object lists too. It is a net against what is common, so a PDF is still to be handed
    out as a download only.
    """
    end = data.rfind(b"%%EOF")
    if end < 0 or b"startxref" not in data:
        raise damaged(PDF)
    if data[end + len(b"%%EOF") :].strip(b"\r\n\t \x00"):
        raise hides_content(PDF)
    _check_names(_readable(data))
    unpacked = 0
    for found in _STREAM.finditer(data):
        before = data[max(0, found.start() - _DICTIONARY_REACH) : found.start()]
        dictionary = _readable(before[before.rfind(b" obj") + 1 :])
        if b"/ObjStm" in dictionary and b"/FlateDecode" in dictionary:
            objects = _inflate(data[found.end() :], _MOST_UNPACKED - unpacked)
            unpacked += len(objects)
            _check_names(_readable(objects))
    author = re.search(rb"/Author\s*[(<]", data)
    return Kept("document", PDF, found=("author",) if author else ())


def _readable(data: bytes) -> bytes:
    """``data`` with names' escapes undone: ``/Java#53cript`` is ``/JavaScript``."""
    return _ESCAPED.sub(lambda found: bytes([int(found[1], 16)]), data)


def _check_names(readable: bytes) -> None:
    active = _ACTIVE.search(readable)
    if active:
        raise NotAcceptable(
            "document_has_active_content", "print_it_to_a_new_pdf", found=active[1].decode()
        )
    if _ENCRYPTED.search(readable):
        raise NotAcceptable("document_is_encrypted", "save_it_without_a_password")


def _inflate(packed: bytes, most: int) -> bytes:
    inflater = zlib.decompressobj()
    try:
        unpacked = inflater.decompress(packed, most + 1)
    except zlib.error as error:
        raise damaged(PDF) from error
    if len(unpacked) > most:
        raise NotAcceptable("file_unpacks_too_large", "print_it_to_a_new_pdf", most=_MOST_UNPACKED)
    return unpacked


def clean_text(data: bytes) -> Kept:
    """What was recognised as text, as UTF-8 with plain line ends, without a byte order mark."""
    text = read_text(data) or ""
    return Kept("text", "text/plain", text.replace("\r\n", "\n").replace("\r", "\n").encode())
