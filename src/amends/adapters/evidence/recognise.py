"""What a file is, told from its first bytes, whatever it is called."""

from __future__ import annotations

from pathlib import PurePath

import puremagic

from amends.adapters.evidence.verdict import ALLOWED, NotAcceptable, not_allowed

_PHOTOS_NOT_READ = {
    b"heic": "image/heic", b"heix": "image/heic", b"hevc": "image/heic", b"heim": "image/heic",
    b"heis": "image/heic", b"mif1": "image/heif", b"msf1": "image/heif", b"avif": "image/avif",
    b"avis": "image/avif",
}  # fmt: skip
# Old QuickTime files begin without saying what they are.
_QUICKTIME_STARTS = (b"moov", b"mdat", b"wide", b"free", b"skip")
_MARKUP = (
    "<!doctype", "<html", "<head", "<body", "<svg", "<?xml", "<script", "<iframe", "<!--", "<xml",
)  # fmt: skip
_OTHER_TEXT_FORMATS = ("{\\rtf", "%!ps")
_TEXT_TYPES = ("text/plain", "text/csv", "text/markdown")
_TEXT_SUFFIXES = ("", ".txt", ".log", ".csv", ".md")
_NOT_IN_TEXT = frozenset(map(chr, [*range(0x09), 0x0B, *range(0x0E, 0x20), 0x7F]))


def recognise(data: bytes, declared_name: str, declared_type: str) -> str:
    """The media type of ``data``, one of those that are taken or have a chance to be.

    Content without any signature counts as text when it is text and was not sent as something
    else. Raises NotAcceptable otherwise, saying what the file looks like.
    """
    known = _by_signature(data)
    if known is not None:
        return known
    text = read_text(data)
    if text is None:
        raise not_allowed(_guess(data))
    start = text.lstrip().lower()
    if start.startswith(_MARKUP):
        raise not_allowed("image/svg+xml" if "<svg" in start else "text/html")
    if start.startswith(_OTHER_TEXT_FORMATS):
        raise not_allowed(_guess(data))
    if not _sent_as_text(declared_name, declared_type):
        raise NotAcceptable(
            "file_is_not_what_it_says",
            "send_the_file_again",
            declared=declared_type[:100],
            looks_like="text/plain",
        )
    return "text/plain"


def _by_signature(data: bytes) -> str | None:
    if data.startswith(b"\xff\xd8\xff"):
        return "image/jpeg"
    if data.startswith(b"\x89PNG\r\n\x1a\n"):
        return "image/png"
    if data.startswith((b"GIF87a", b"GIF89a")):
        return "image/gif"
    if data.startswith(b"RIFF") and data[8:12] == b"WEBP":
        return "image/webp"
    if data.startswith(b"%PDF-"):
        return "application/pdf"
    if data.startswith(b"\x1a\x45\xdf\xa3"):
        return "video/webm"
    if data[4:8] == b"ftyp":
        return _by_brand(data[8:12])
    if data[4:8] in _QUICKTIME_STARTS:
        return "video/quicktime"
    return None


def _by_brand(brand: bytes) -> str:
    if brand in _PHOTOS_NOT_READ:
        raise NotAcceptable(
            "photo_format_not_read",
            "save_the_photo_as_jpeg",
            looks_like=_PHOTOS_NOT_READ[brand],
        )
    return "video/quicktime" if brand == b"qt  " else "video/mp4"


def read_text(data: bytes) -> str | None:
    """``data`` as text (UTF-8, or UTF-16 with a byte order mark), or None when it is none."""
    encoding = "utf-16" if data.startswith((b"\xff\xfe", b"\xfe\xff")) else "utf-8-sig"
    try:
        text = data.decode(encoding)
    except UnicodeDecodeError:
        return None
    return None if _NOT_IN_TEXT & set(text) else text


def _sent_as_text(declared_name: str, declared_type: str) -> bool:
    kind = declared_type.partition(";")[0].strip().lower()
    if kind in ("", "application/octet-stream"):
        return PurePath(declared_name).suffix.lower() in _TEXT_SUFFIXES
    return kind in _TEXT_TYPES


def _guess(data: bytes) -> str:
    try:
        guesses = puremagic.magic_string(data)
    except puremagic.PureError:
        return "unknown"
    return next((g.mime_type for g in guesses if g.mime_type not in ("", *ALLOWED)), "unknown")
