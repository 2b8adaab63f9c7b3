"""The same picture is found again in another size and quality, and no other one is taken for it."""

from __future__ import annotations

from io import BytesIO

import pytest
from PIL import Image, ImageDraw

from amends.adapters.evidence.examine import examine
from amends.adapters.evidence.photos import likeness
from amends.projections.pictures import alike


def drawn(*, mirrored: bool = False) -> Image.Image:
    """A light dress on a dark floor, with a stain."""
    made = Image.new("RGB", (640, 480), (40, 44, 52))
    draw = ImageDraw.Draw(made)
    draw.polygon([(250, 60), (380, 60), (480, 440), (130, 440)], fill=(225, 205, 190))
    draw.ellipse((60, 70, 170, 180), fill=(120, 180, 90))
    draw.ellipse((300, 280, 360, 330), fill=(90, 40, 30))
    draw.rectangle((520, 200, 610, 420), fill=(170, 170, 200))
    draw.rectangle((560, 20, 640, 190), fill=(250, 240, 220))
    draw.ellipse((10, 260, 120, 470), fill=(200, 150, 110))
    return made.transpose(Image.Transpose.FLIP_LEFT_RIGHT) if mirrored else made


def as_file(picture: Image.Image, file_format: str, **options: int) -> bytes:
    out = BytesIO()
    picture.save(out, file_format, **options)
    return out.getvalue()


def found(data: bytes) -> str:
    return examine(data, "a.jpg", "image/jpeg").likeness


@pytest.mark.parametrize(
    ("size", "file_format", "quality"),
    [((640, 480), "JPEG", 50), ((320, 240), "JPEG", 85), ((901, 677), "WEBP", 70)],
)
def test_another_size_and_quality_is_the_same_picture(
    size: tuple[int, int], file_format: str, quality: int
) -> None:
    first = found(as_file(drawn(), "PNG"))
    again = found(as_file(drawn().resize(size), file_format, quality=quality))
    assert len(first) == 16
    assert alike(first, again)


def test_another_picture_is_not() -> None:
    assert not alike(likeness(drawn()), likeness(drawn(mirrored=True)))


@pytest.mark.parametrize("colour", ["white", "black", "grey"])
def test_an_even_picture_is_like_none(colour: str) -> None:
    assert likeness(Image.new("RGB", (300, 200), colour)) == ""


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "RGBA", "I", "I;16"])
def test_every_kind_of_picture_that_is_kept_can_be_looked_at(mode: str) -> None:
    grey = drawn().convert("L")
    assert isinstance(likeness(grey.convert(mode)), str)


def test_what_is_no_still_picture_has_none() -> None:
    assert examine(b"bust 86 cm", "size.txt", "text/plain").likeness == ""
