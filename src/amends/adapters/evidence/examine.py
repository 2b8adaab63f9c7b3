"""The examination of one upload, by what it is."""

from __future__ import annotations

from amends.adapters.evidence.documents import PDF, check_pdf, clean_text
from amends.adapters.evidence.photos import clean_photo
from amends.adapters.evidence.recognise import recognise
from amends.adapters.evidence.verdict import MEGABYTE, MOST_BYTES, Kept, NotAcceptable
from amends.adapters.evidence.videos import WEBM, check_mp4, check_webm
from amends.engine.outside import FileKind


def examine(data: bytes, declared_name: str, declared_type: str) -> Kept:
    """Recognise ``data``, hold it against its kind's size, and check or clean it.

    Raises NotAcceptable, and MemoryError when that takes more memory than there is.
    """
    media_type = recognise(data, declared_name, declared_type)
    _check_size(data, _kind(media_type))
    if media_type == PDF:
        return check_pdf(data)
    if media_type == "text/plain":
        return clean_text(data)
    if media_type == WEBM:
        return check_webm(data)
    if media_type.startswith("video/"):
        return check_mp4(data, media_type)
    return clean_photo(data, media_type)


def _kind(media_type: str) -> FileKind:
    if media_type == PDF:
        return "document"
    if media_type == "text/plain":
        return "text"
    return "video" if media_type.startswith("video/") else "photo"


def _check_size(data: bytes, kind: FileKind) -> None:
    most = MOST_BYTES[kind]
    if len(data) > most:
        raise NotAcceptable(
            "file_too_large",
            "send_a_smaller_file",
            kind=kind,
            bytes=len(data),
            most=most,
            most_megabytes=most // MEGABYTE,
        )
