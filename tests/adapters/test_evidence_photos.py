from __future__ import annotations

import struct
import zlib
from io import BytesIO

import pytest
from PIL import ExifTags, Image, ImageCms, PngImagePlugin

from amends.adapters.evidence.examine import examine
from amends.adapters.evidence.verdict import MOST_PIXELS, Kept, NotAcceptable
from tests.adapters.uploads import PAYLOAD, encoded, picture, telling_exif

FORMATS = {"JPEG": "image/jpeg", "PNG": "image/png", "WEBP": "image/webp", "GIF": "image/gif"}


def kept(data: bytes) -> tuple[Kept, Image.Image]:
    """The verdict, and the picture in it. The declared type is a lie that must not matter."""
    verdict = examine(data, "photo.bmp", "image/bmp")
    assert verdict.data is not None
    image = Image.open(BytesIO(verdict.data))
    image.load()
    return verdict, image


def is_red(pixel: object) -> bool:
    """Near enough: half a small picture is not coloured exactly by every format."""
    return isinstance(pixel, tuple) and pixel[0] > 170 and max(pixel[1:]) < 70


def is_blue(pixel: object) -> bool:
    return isinstance(pixel, tuple) and pixel[2] > 170 and max(pixel[:2]) < 70


def refused(data: bytes) -> NotAcceptable:
    with pytest.raises(NotAcceptable) as caught:
        examine(data, "photo.jpg", "image/jpeg")
    return caught.value


@pytest.mark.parametrize("file_format", FORMATS)
def test_a_picture_stays_what_it_is(file_format: str) -> None:
    verdict, image = kept(encoded(picture(), file_format))
    assert (verdict.kind, verdict.media_type) == ("photo", FORMATS[file_format])
    assert (verdict.found, verdict.removed) == ((), ())
    assert (image.format, image.size) == (file_format, (40, 20))
    left, right = image.convert("RGB").resize((2, 1), Image.Resampling.BOX).get_flattened_data()
    assert (is_red(left), is_blue(right)) == (True, True)


@pytest.mark.parametrize("file_format", ["JPEG", "PNG", "WEBP"])
def test_what_a_phone_tells_is_named_and_gone(file_format: str) -> None:
    verdict, image = kept(encoded(picture(), file_format, exif=telling_exif()))
    assert verdict.found == verdict.removed
    assert set(verdict.found) == {"author", "camera", "comment", "gps", "taken_at"}
    assert dict(image.getexif()) == {}
    assert verdict.data is not None
    for word in (b"Olga", b"Nokia", b"flat", b"2026:03", b"Exif"):
        assert word not in verdict.data


@pytest.mark.parametrize("file_format", ["JPEG", "PNG", "WEBP"])
def test_a_turned_photo_stands_upright(file_format: str) -> None:
    turned = 6  # the camera was held upright: the right half comes to lie below
    _, image = kept(encoded(picture(), file_format, exif=telling_exif(turned)))
    assert image.size == (20, 40)
    upper, lower = image.convert("RGB").resize((1, 2), Image.Resampling.BOX).get_flattened_data()
    assert (is_red(upper), is_blue(lower)) == (True, True)


@pytest.mark.parametrize("file_format", FORMATS)
@pytest.mark.parametrize("payload", [PAYLOAD, b"PK\x03\x04" + PAYLOAD], ids=["script", "zip"])
def test_what_stands_behind_the_picture_is_gone(file_format: str, payload: bytes) -> None:
    verdict, _ = kept(encoded(picture(), file_format) + payload)
    assert verdict.removed == ("appended_data",)
    assert verdict.data is not None
    assert payload not in verdict.data


def test_comments_and_other_words_are_gone() -> None:
    words = PngImagePlugin.PngInfo()
    words.add_text("Comment", PAYLOAD.decode())
    words.add_itxt("XML:com.adobe.xmp", "<x:xmpmeta>Olga</x:xmpmeta>")
    for data in (
        encoded(picture(), "PNG", pnginfo=words),
        encoded(picture(), "JPEG", comment=PAYLOAD),
        encoded(picture(), "GIF", comment=PAYLOAD),
        encoded(picture(), "WEBP", xmp=b"<x:xmpmeta>Olga</x:xmpmeta>"),
    ):
        verdict, image = kept(data)
        assert verdict.found in (("comment",), ("xmp",), ("comment", "xmp"))
        assert verdict.data is not None
        assert PAYLOAD not in verdict.data
        assert b"Olga" not in verdict.data
        assert "comment" not in image.info


def test_an_editors_notes_are_gone() -> None:
    plain = encoded(picture(), "JPEG")
    notes = b"Photoshop 3.0\x008BIM\x04\x04\0\0\0\0\0\x04Olga"
    segment = b"\xff\xed" + (len(notes) + 2).to_bytes(2, "big") + notes
    verdict, _ = kept(plain[:2] + segment + plain[2:])
    assert verdict.removed == ("photoshop",)
    assert verdict.data is not None
    assert b"Olga" not in verdict.data


def test_a_phones_second_picture_is_gone() -> None:
    second = picture().rotate(180)
    data = encoded(picture(), "MPO", save_all=True, append_images=[second])
    verdict, image = kept(data)
    assert verdict.found == ("extra_pictures",)
    assert (image.format, getattr(image, "n_frames", 1)) == ("JPEG", 1)


def test_colours_stay_though_their_profile_goes() -> None:
    srgb = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB"))
    _, image = kept(encoded(picture(), "PNG", icc_profile=srgb.tobytes()))
    assert "icc_profile" not in image.info
    assert image.getpixel((0, 0)) == (220, 20, 20)
    _, image = kept(encoded(picture(), "PNG", icc_profile=b"no profile at all" + PAYLOAD))
    assert image.getpixel((0, 0)) == (220, 20, 20)


@pytest.mark.parametrize("file_format", ["JPEG", "PNG", "WEBP"])
def test_colours_are_shown_as_their_profile_meant_them(file_format: str) -> None:
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    # A camera whose red is a screen's blue.
    swapped = profile.replace(b"rXYZ", b"????").replace(b"bXYZ", b"rXYZ").replace(b"????", b"bXYZ")
    _, image = kept(encoded(picture(), file_format, icc_profile=swapped))
    assert is_blue(image.convert("RGB").getpixel((2, 2)))


def test_a_print_shops_colours_become_a_screens() -> None:
    _, image = kept(encoded(picture(mode="CMYK"), "JPEG"))
    assert image.mode == "RGB"


@pytest.mark.parametrize("file_format", ["PNG", "WEBP", "GIF"])
def test_transparency_stays(file_format: str) -> None:
    image = Image.new("RGBA", (8, 8), (0, 0, 0, 0))
    image.paste((220, 20, 20, 255), (0, 0, 4, 8))
    _, cleaned = kept(encoded(image, file_format))
    alpha = cleaned.convert("RGBA").getchannel("A")
    assert (alpha.getpixel((0, 0)), alpha.getpixel((7, 0))) == (255, 0)


@pytest.mark.parametrize("file_format", ["PNG", "WEBP", "GIF"])
def test_an_animation_stays_one(file_format: str) -> None:
    frames = [picture(), picture().rotate(180), picture().rotate(90)]
    data = encoded(frames[0], file_format, save_all=True, append_images=frames[1:], duration=250)
    _, image = kept(data + PAYLOAD)
    assert getattr(image, "n_frames", 1) == 3
    image.seek(1)
    image.load()
    assert image.info["duration"] == 250
    assert is_blue(image.convert("RGB").getpixel((2, 2)))


@pytest.mark.parametrize("file_format", FORMATS)
def test_a_cut_file_is_damaged(file_format: str) -> None:
    data = encoded(Image.effect_noise((200, 200), 90), file_format)
    for cut in (20, len(data) // 2):
        no = refused(data[:cut]).verdict
        assert (no.rule, no.facts) == ("file_damaged", {"media_type": FORMATS[file_format]})


def png_of(width: int, height: int, rows: bytes) -> bytes:
    def chunk(name: bytes, body: bytes) -> bytes:
        check = zlib.crc32(name + body).to_bytes(4, "big")
        return len(body).to_bytes(4, "big") + name + body + check

    head = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    packed = chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b"")
    return b"\x89PNG\r\n\x1a\n" + packed


@pytest.mark.parametrize(("width", "height"), [(5001, 10_000), (30_000, 30_000), (2**31 - 1, 9)])
def test_a_bomb_of_pixels_is_refused_before_it_unpacks(width: int, height: int) -> None:
    no = refused(png_of(width, height, bytes(1000))).verdict
    assert (no.rule, no.facts["most"]) == ("photo_too_many_pixels", MOST_PIXELS)


def test_a_bomb_of_frames_is_refused() -> None:
    frames = [Image.new("L", (1000, 1000), shade) for shade in range(51)]
    data = encoded(frames[0], "GIF", save_all=True, append_images=frames[1:])
    assert refused(data).verdict.rule == "photo_too_many_pixels"


def test_a_bomb_of_words_is_refused() -> None:
    word = zlib.compress(bytes(200 << 20))
    plain = encoded(picture(), "PNG")
    body = b"zTXt" + b"Comment\0\0" + word
    chunk = (len(body) - 4).to_bytes(4, "big") + body + zlib.crc32(body).to_bytes(4, "big")
    assert refused(plain[:33] + chunk + plain[33:]).verdict.rule == "file_damaged"


def test_broken_metadata_harms_nothing() -> None:
    verdict, image = kept(encoded(picture(), "JPEG", exif=b"Exif\0\0MM\0*\xff\xff\xff\xff"))
    assert verdict.data is not None
    assert dict(image.getexif()) == {}


def test_a_thumbnail_is_found() -> None:
    # A cropped photo's thumbnail may still show what was cut away.
    first = struct.pack("<HHHIII", 1, ExifTags.Base.Orientation, 3, 1, 1, 26)
    second = struct.pack("<HHHIII", 1, ExifTags.Base.Compression, 3, 1, 6, 0)
    exif = b"Exif\0\0II*\0" + struct.pack("<I", 8) + first + second
    assert kept(encoded(picture(), "JPEG", exif=exif))[0].found == ("thumbnail",)


def test_a_location_alone_is_found() -> None:
    exif = Image.Exif()
    exif.get_ifd(ExifTags.IFD.GPSInfo)[ExifTags.GPS.GPSLatitudeRef] = "N"
    assert kept(encoded(picture(), "JPEG", exif=exif))[0].found == ("gps",)
