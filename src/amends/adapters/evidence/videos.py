"""Video and sound: the container walked from end to end, the content kept as it came."""

from __future__ import annotations

from collections.abc import Iterator

from amends.adapters.evidence.verdict import Kept, damaged, hides_content, not_allowed

_MOST_PARTS = 1_000_000

# --- ISO base media files: MP4 and QuickTime ----------------------------------------------------

_TOP_LEVEL = frozenset(
    b"ftyp moov mdat free skip wide uuid moof mfra sidx ssix styp pdin meta prft emsg pnot "
    b"udta PICT".split()
)
_SAID = {
    "gps": (b"\xa9xyz", b"location.ISO6709", b"loci"),
    "camera": (b"\xa9mod", b"\xa9mak", b"quicktime.model", b"quicktime.make"),
    "taken_at": (b"\xa9day", b"quicktime.creationdate"),
}

Span = tuple[int, int]


def check_mp4(data: bytes, media_type: str) -> Kept:
    """An MP4 or QuickTime file whose boxes fill it to the last byte.

    ``found`` names what it tells besides the pictures; nothing is removed, because the boxes'
    positions refer to one another. Raises NotAcceptable for a cut or padded file and for one
    without a track of pictures or sound.
    """
    tops = list(_boxes(data, (0, len(data)), media_type))
    for name, _ in tops:
        if name not in _TOP_LEVEL:
            raise hides_content(media_type)
    films = [span for name, span in tops if name == b"moov"]
    if len(films) != 1 or not any(name == b"mdat" for name, _ in tops):
        raise damaged(media_type)
    handlers = set(_handlers(data, films[0], media_type))
    film = data[slice(*films[0])]
    found = tuple(sorted(n for n, signs in _SAID.items() if any(sign in film for sign in signs)))
    if b"vide" in handlers:
        return Kept("video", media_type, found=found)
    if b"soun" in handlers:
        return Kept("audio", "audio/mp4", found=found)
    raise not_allowed(media_type)


def _boxes(data: bytes, within: Span, media_type: str) -> Iterator[tuple[bytes, Span]]:
    """Each box's name and the span of its body."""
    at, end = within
    for _ in range(_MOST_PARTS):
        if at == end:
            return
        size, name = int.from_bytes(data[at : at + 4], "big"), data[at + 4 : at + 8]
        head = 8
        if size == 1:
            size, head = int.from_bytes(data[at + 8 : at + 16], "big"), 16
        elif size == 0:
            size = end - at
        if size < head or at + size > end:
            raise _broken_box(name, media_type)
        yield name, (at + head, at + size)
        at += size
    raise damaged(media_type)


def _broken_box(name: bytes, media_type: str) -> Exception:
    # A box that is known and does not end was cut off; bytes that are none were put there.
    return damaged(media_type) if name in _TOP_LEVEL else hides_content(media_type)


def _handlers(data: bytes, film: Span, media_type: str) -> Iterator[bytes]:
    for track in _inside(data, film, b"trak", media_type):
        for media in _inside(data, track, b"mdia", media_type):
            for start, _ in _inside(data, media, b"hdlr", media_type):
                yield data[start + 8 : start + 12]


def _inside(data: bytes, within: Span, name: bytes, media_type: str) -> Iterator[Span]:
    return (span for found, span in _boxes(data, within, media_type) if found == name)


# --- WebM ---------------------------------------------------------------------------------------

WEBM = "video/webm"
_HEADER, _SEGMENT, _TRACKS, _CLUSTER = 0x1A45DFA3, 0x18538067, 0x1654AE6B, 0x1F43B675
_DOCTYPE, _TRACK, _TRACK_TYPE, _VOID, _CRC = 0x4282, 0xAE, 0x83, 0xEC, 0xBF
_IN_SEGMENT = frozenset(
    {_TRACKS, _CLUSTER, _VOID, _CRC, 0x114D9B74, 0x1549A966, 0x1C53BB6B, 0x1043A770, 0x1254C367}
)
# A recorder that does not know how long a cluster will be leaves its size open; its parts then
# follow on the segment's level.
_IN_CLUSTER = frozenset({0xE7, 0xA3, 0xA0, 0xAB, 0xA7, 0x5854})


def check_webm(data: bytes) -> Kept:
    """A WebM file whose elements fill it to the last byte, without attached files.

    Raises NotAcceptable for a cut or padded file, for other Matroska files and for one without a
    track of pictures or sound.
    """
    tops = list(_elements(data, (0, len(data))))
    if [name for name, _ in tops if name not in (_VOID, _CRC)] != [_HEADER, _SEGMENT]:
        raise hides_content(WEBM)
    spans = dict(tops)
    types = [
        data[slice(*span)] for name, span in _elements(data, spans[_HEADER]) if name == _DOCTYPE
    ]
    if [t.rstrip(b"\0") for t in types] != [b"webm"]:
        raise not_allowed("video/x-matroska")
    kinds: set[int] = set()
    clusters = 0
    for name, span in _elements(data, spans[_SEGMENT]):
        if name not in _IN_SEGMENT | _IN_CLUSTER:
            raise hides_content(WEBM)
        clusters += name == _CLUSTER
        if name == _TRACKS:
            kinds.update(_track_types(data, span))
    if not clusters:
        raise damaged(WEBM)
    if 1 in kinds:
        return Kept("video", WEBM)
    if 2 in kinds:
        return Kept("audio", "audio/webm")
    raise not_allowed(WEBM)


def _track_types(data: bytes, tracks: Span) -> Iterator[int]:
    for name, track in _elements(data, tracks):
        if name == _TRACK:
            for inner, span in _elements(data, track):
                if inner == _TRACK_TYPE:
                    yield int.from_bytes(data[slice(*span)], "big")


def _elements(data: bytes, within: Span) -> Iterator[tuple[int, Span]]:
    """Each element's id and the span of its body; one of open size is followed by its own parts.

    A segment of open size lasts to the end.
    """
    at, end = within
    for _ in range(_MOST_PARTS):
        if at == end:
            return
        name, at = _number(data, at, end, keep_length=True)
        size, body = _number(data, at, end, keep_length=False)
        if size is None and name == _CLUSTER:
            yield name, (body, body)
            at = body
            continue
        at = end if size is None and name == _SEGMENT else body + (size or 0)
        if name is None or at > end or (size is None and name != _SEGMENT):
            raise damaged(WEBM)
        yield name, (body, at)
    raise damaged(WEBM)


def _number(data: bytes, at: int, end: int, *, keep_length: bool) -> tuple[int | None, int]:
    """A number of 1 to 8 bytes whose leading zeros tell its length, and where it ends.

    None for the one with all bits set, which means that a size is open.
    """
    first = data[at] if at < end else 0
    length = 9 - first.bit_length()
    if first == 0 or at + length > end:
        raise damaged(WEBM)
    value = int.from_bytes(data[at : at + length], "big")
    bits = value & ((1 << 7 * length) - 1)
    if bits == (1 << 7 * length) - 1:
        return None, at + length
    return (value if keep_length else bits), at + length
