"""The child process: limits itself, reads one document, sets it, answers, ends."""

from __future__ import annotations

import io
import resource
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Literal

import msgspec

from amends.adapters.documents.order import Done, Failed, Order

_HERE = Path(__file__).parent
_PICTURE_PIXELS = 480
# Decoded in one document; more would take longer than it may.
_MOST_PIXELS = 200_000_000
_LARGEST_FILE = 32 * 1024 * 1024
# The first that can be kept to: a character that no font shows is not allowed in an archive, and
# still no reason to refuse somebody their file.
_STANDARDS: tuple[tuple[Literal["a-2a", "ua-1"], ...], ...] = (("a-2a", "ua-1"), ())


def main() -> None:
    """Standard input: an Order in MessagePack. Standard output: Done or Failed. Works in the folder
    it is started in."""
    order = msgspec.msgpack.decode(sys.stdin.buffer.read(), type=Order)
    _limit(order)
    answer: Done | Failed
    try:
        answer = Done(_set(order))
    except Exception as error:  # its words may quote the document
        answer = Failed(type(error).__name__)
    sys.stdout.buffer.write(msgspec.msgpack.encode(answer))


def _set(order: Order) -> bytes:
    import typst  # noqa: PLC0415 - within the limits

    kept = _small_copies(order.pictures)
    content = {**msgspec.to_builtins(order.document), "pictures": kept}
    Path("document.json").write_bytes(msgspec.json.encode(content))
    Path("main.typ").write_bytes((_HERE / "document.typ").read_bytes())
    fonts = typst.Fonts(font_paths=[str(_HERE / "fonts")])
    for standards in _STANDARDS:
        try:
            pdf = typst.compile(
                "main.typ",
                font_paths=fonts,
                pdf_standards=[*standards],
                timestamp=datetime.fromtimestamp(order.document.made_at, UTC),
            )
        except typst.TypstError:
            if standards is _STANDARDS[-1]:
                raise
        else:
            return pdf
    raise AssertionError("the last one returns or raises")


def _small_copies(pictures: dict[str, bytes]) -> list[str]:
    """Make small copies with nothing of the originals' in them; the names of those made. One that
    cannot be read, or is too many pixels, is left out."""
    from PIL import Image, ImageOps  # noqa: PLC0415 - within the limits

    Image.MAX_IMAGE_PIXELS = None  # they are counted here
    kept, left = list[str](), _MOST_PIXELS
    for name, data in pictures.items():
        try:
            with Image.open(io.BytesIO(data), formats=("JPEG", "PNG", "WEBP", "GIF")) as image:
                left -= image.width * image.height
                if left < 0:
                    break
                image.draft("RGB", (_PICTURE_PIXELS, _PICTURE_PIXELS))
                shown = ImageOps.exif_transpose(image).convert("RGB")
            shown.thumbnail((_PICTURE_PIXELS, _PICTURE_PIXELS))
            shown.save(f"{name}.jpg", "JPEG", quality=80)
        except Exception:  # noqa: S112 - whatever a broken picture makes the decoder do
            continue
        kept.append(name)
    return kept


def _limit(order: Order) -> None:
    """No more than this much time and memory, no large files, no core dump."""
    for kind, most in (
        (resource.RLIMIT_CPU, order.cpu_seconds),
        (resource.RLIMIT_AS, order.memory_bytes),
        (resource.RLIMIT_FSIZE, _LARGEST_FILE),
        (resource.RLIMIT_CORE, 0),
    ):
        _, given = resource.getrlimit(kind)
        least = most if given == resource.RLIM_INFINITY else min(most, given)
        resource.setrlimit(kind, (least, least))
