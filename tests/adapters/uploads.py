"""Uploads to inspect, made by hand so that each holds exactly what its test is about."""

from __future__ import annotations

import zlib
from io import BytesIO

from PIL import ExifTags, Image

PAYLOAD = b"<script>alert('hidden payload')</script>"


def picture(width: int = 40, height: int = 20, mode: str = "RGB") -> Image.Image:
    """Left half red, right half blue (in ``RGB``), so that a turn shows."""
    image = Image.new("RGB", (width, height), (220, 20, 20))
    image.paste((20, 20, 220), (width // 2, 0, width, height))
    return image.convert(mode)


def encoded(image: Image.Image, file_format: str, **options: object) -> bytes:
    out = BytesIO()
    image.save(out, file_format, **options)
    return out.getvalue()


def telling_exif(orientation: int = 1) -> Image.Exif:
    """Everything a phone says about its owner."""
    exif = Image.Exif()
    exif[ExifTags.Base.Orientation] = orientation
    exif[ExifTags.Base.Make] = "Nokia"
    exif[ExifTags.Base.Artist] = "Olga Petrova"
    exif[ExifTags.Base.ImageDescription] = "in my flat"
    exif.get_ifd(ExifTags.IFD.Exif)[ExifTags.Base.DateTimeOriginal] = "2026:03:01 10:00:00"
    exif.get_ifd(ExifTags.IFD.GPSInfo)[ExifTags.GPS.GPSLatitudeRef] = "N"
    exif.get_ifd(ExifTags.IFD.GPSInfo)[ExifTags.GPS.GPSLatitude] = (55.0, 45.0, 7.0)
    return exif


def pdf(body: bytes = b"", tail: bytes = b"") -> bytes:
    """One empty page, with ``body`` among its objects and ``tail`` behind the end."""
    objects = [
        b"1 0 obj <</Type/Catalog/Pages 2 0 R>> endobj\n",
        b"2 0 obj <</Type/Pages/Kids[3 0 R]/Count 1>> endobj\n",
        b"3 0 obj <</Type/Page/Parent 2 0 R/MediaBox[0 0 9 9]>> endobj\n",
    ]
    head = b"%PDF-1.7\n" + b"".join(objects) + body
    table = b"xref\n0 1\n0000000000 65535 f \n"
    trailer = b"trailer <</Root 1 0 R/Size 4>>\nstartxref\n%d\n%%%%EOF\n" % len(head)
    return head + table + trailer + tail


def object_stream(content: bytes) -> bytes:
    packed = zlib.compress(content)
    head = b"9 0 obj <</Type/ObjStm/N 1/First 4/Filter/FlateDecode/Length %d>>\n" % len(packed)
    return head + b"stream\r\n" + packed + b"\nendstream endobj\n"


def box(name: bytes, body: bytes = b"") -> bytes:
    return (len(body) + 8).to_bytes(4, "big") + name + body


def track(handler: bytes) -> bytes:
    return box(b"trak", box(b"mdia", box(b"hdlr", bytes(8) + handler + bytes(13))))


def mp4(
    brand: bytes = b"isom", handlers: tuple[bytes, ...] = (b"vide", b"soun"), extra: bytes = b""
) -> bytes:
    """A film of boxes; ``extra`` goes into its ``moov``."""
    film = box(b"moov", box(b"mvhd", bytes(100)) + b"".join(map(track, handlers)) + extra)
    return box(b"ftyp", brand + bytes(4) + brand) + film + box(b"mdat", b"pictures" * 20)


def element(name: int, body: bytes, *, open_size: bool = False) -> bytes:
    length = b"\x01" + b"\xff" * 7 if open_size else (1 << 56 | len(body)).to_bytes(8, "big")
    return name.to_bytes((name.bit_length() + 7) // 8, "big") + length + body


def webm(
    doctype: bytes = b"webm",
    kinds: tuple[int, ...] = (1,),
    extra: bytes = b"",
    *,
    open_size: bool = False,
) -> bytes:
    """A WebM file; ``open_size`` as a browser records it, ``extra`` goes into its segment."""
    tracks = b"".join(element(0xAE, element(0x83, bytes([kind]))) for kind in kinds)
    cluster = element(0xE7, b"\0") + element(0xA3, b"\x81\0\0\x80pictures")
    segment = (
        element(0x1549A966, b"")
        + element(0x1654AE6B, tracks)
        + extra
        + element(0x1F43B675, cluster, open_size=open_size)
        + element(0x1F43B675, cluster, open_size=open_size)
    )
    if open_size:
        # As recorders write it: the length of the header is one byte, the segment's is open.
        head = element(0x1A45DFA3, element(0x4282, doctype))
        return head + (0x18538067).to_bytes(4, "big") + b"\xff" + segment
    return element(0x1A45DFA3, element(0x4282, doctype)) + element(0x18538067, segment)
