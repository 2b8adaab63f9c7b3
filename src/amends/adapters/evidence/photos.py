"""Photos: decoded and encoded anew, so that only the picture stays."""

from __future__ import annotations

import warnings
from io import BytesIO
from itertools import pairwise

from PIL import ExifTags, Image, ImageCms, ImageOps, ImageSequence

from amends.adapters.evidence.verdict import MOST_PIXELS, Kept, NotAcceptable, damaged

_FORMATS = {"image/jpeg": "JPEG", "image/png": "PNG", "image/webp": "WEBP", "image/gif": "GIF"}
_MODES = {
    "JPEG": ("L", "RGB"),
    "PNG": ("1", "L", "LA", "P", "RGB", "RGBA", "I", "I;16"),
    "WEBP": ("RGB", "RGBA"),
    "GIF": ("L", "P"),
}
_QUALITY = {"JPEG": {"quality": 90}, "WEBP": {"quality": 90, "method": 2}}
_ACROSS, _DOWN = 8, 8
# Less is what encoding anew makes of an even area.
_BRIGHTER = 2
# With fewer steps two pictures of much the same make could not be told apart.
_TELLING = 20
_ENDS = {"image/jpeg": b"\xff\xd9", "image/png": b"IEND\xaeB`\x82", "image/gif": b"\x3b"}

Tag, Part = ExifTags.Base, ExifTags.IFD
_EXIF = {
    "camera": (Tag.Make, Tag.Model, Tag.MakerNote, Tag.BodySerialNumber, Tag.LensModel,
               Tag.LensSerialNumber, Tag.Software, Tag.HostComputer),
    "taken_at": (Tag.DateTime, Tag.DateTimeOriginal, Tag.DateTimeDigitized),
    "author": (Tag.Artist, Tag.Copyright, Tag.XPAuthor, Tag.CameraOwnerName),
    "comment": (Tag.ImageDescription, Tag.UserComment, Tag.XPComment, Tag.XPTitle),
}  # fmt: skip

# This process serves one upload. Between once and twice as many Pillow only warns, which is made
# an error below.
Image.MAX_IMAGE_PIXELS = MOST_PIXELS


def clean_photo(data: bytes, media_type: str) -> Kept:
    """The picture alone: upright, in sRGB, without metadata or anything behind it.

    Animations stay animated. Raises NotAcceptable for a damaged file or too many pixels,
    MemoryError when it takes more memory than the process may have.
    """
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # Pillow's notes on odd metadata, which goes anyway
        warnings.simplefilter("error", Image.DecompressionBombWarning)
        try:
            return _clean(data, media_type)
        except (Image.DecompressionBombWarning, Image.DecompressionBombError):
            raise _too_many_pixels() from None
        except (NotAcceptable, MemoryError):
            raise
        except Exception as error:  # decoders of broken files raise whatever they stumble over
            raise damaged(media_type) from error


def _clean(data: bytes, media_type: str) -> Kept:
    file_format = _FORMATS[media_type]
    with Image.open(BytesIO(data), formats=[file_format]) as image:
        frames = 1 if file_format == "JPEG" else getattr(image, "n_frames", 1)
        if frames * image.width * image.height > MOST_PIXELS:
            raise _too_many_pixels()
        image.load()
        found = _private(image, data, media_type)
        if frames > 1:
            return Kept("photo", media_type, _animation(image, file_format), found, found)
        picture = image.copy()
    del image  # a decoder may hold the picture once more
    picture = _plain(picture, file_format)
    try:
        cleaned = _encoded(picture, file_format, **_QUALITY.get(file_format, {}))
    except (OSError, ValueError) as error:
        # What an encoder says that finds no memory for a picture that is whole.
        raise MemoryError from error
    return Kept("photo", media_type, cleaned, found, found, likeness(picture))


def likeness(picture: Image.Image) -> str:
    """64 bits in hex, nearly the same for the same picture in another size or quality: whether it
    grows brighter from each of 9 by 8 places to the next. "" for a picture that seldom does, which
    would be like many."""
    small = picture.convert("L").resize((_ACROSS + 1, _DOWN), Image.Resampling.BOX)
    places = small.tobytes()
    bits = 0
    for down in range(_DOWN):
        row = places[down * (_ACROSS + 1) : (down + 1) * (_ACROSS + 1)]
        for left, right in pairwise(row):
            bits = bits << 1 | (right > left + _BRIGHTER)
    return f"{bits:016x}" if bits.bit_count() >= _TELLING else ""


def _encoded(picture: Image.Image, file_format: str, **options: object) -> bytes:
    out = BytesIO()
    picture.save(out, file_format, **options)
    return out.getvalue()


def _too_many_pixels() -> NotAcceptable:
    return NotAcceptable("photo_too_many_pixels", "send_a_smaller_photo", most=MOST_PIXELS)


def _plain(picture: Image.Image, file_format: str) -> Image.Image:
    """The picture in a mode its format knows, with nothing said about it but transparency."""
    ImageOps.exif_transpose(picture, in_place=True)
    profile = picture.info.get("icc_profile")
    if profile:
        picture = _in_srgb(picture, profile)
    modes = _MODES[file_format]
    if picture.mode not in modes:
        clear = picture.has_transparency_data and "RGBA" in modes
        picture = picture.convert("RGBA" if clear else "RGB")
    picture.info = {k: v for k, v in picture.info.items() if k == "transparency"}
    return picture


def _in_srgb(picture: Image.Image, profile: bytes) -> Image.Image:
    # Colours are evidence: a phone's wide-gamut red must not turn brown when its profile goes.
    mode = "RGB" if picture.mode == "CMYK" else picture.mode
    try:
        converted = ImageCms.profileToProfile(
            picture,
            ImageCms.ImageCmsProfile(BytesIO(profile)),
            ImageCms.createProfile("sRGB"),
            outputMode=mode,
            inPlace=mode == picture.mode,
        )
    except (ImageCms.PyCMSError, OSError, ValueError):
        converted = None
    return picture if converted is None else converted


def _animation(image: Image.Image, file_format: str) -> bytes:
    loop = int(image.info.get("loop", 0))
    frames, durations = [], []
    for frame in ImageSequence.Iterator(image):
        frames.append(frame.convert("RGBA"))
        frames[-1].info = {}
        # Read last: in some formats it is known only once the frame is decoded.
        durations.append(max(int(frame.info.get("duration", 100)), 1))
    # Each frame is the whole picture, so none is to be drawn over the one before.
    options = {"disposal": 2} if file_format == "GIF" else _QUALITY.get(file_format, {})
    return _encoded(
        frames[0],
        file_format,
        save_all=True,
        append_images=frames[1:],
        duration=durations,
        loop=loop,
        **options,
    )


def _private(image: Image.Image, data: bytes, media_type: str) -> tuple[str, ...]:
    """Names of what the upload tells besides the picture."""
    found = set(_in_exif(image))
    if "comment" in image.info or getattr(image, "text", None):
        found.add("comment")
    if any("xmp" in str(key).lower() for key in image.info):
        found.add("xmp")
    if "photoshop" in image.info:
        found.add("photoshop")
    if media_type == "image/jpeg" and getattr(image, "n_frames", 1) > 1:
        found.add("extra_pictures")
    elif _has_appended(data, media_type):
        found.add("appended_data")
    return tuple(sorted(found))


def _in_exif(image: Image.Image) -> list[str]:
    exif = image.getexif()
    tags = {**exif, **exif.get_ifd(Part.Exif)}
    found = [name for name, codes in _EXIF.items() if any(tags.get(code) for code in codes)]
    if exif.get_ifd(Part.GPSInfo):
        found.append("gps")
    if exif.get_ifd(Part.IFD1):
        found.append("thumbnail")
    return found


def _has_appended(data: bytes, media_type: str) -> bool:
    if media_type == "image/webp":
        return len(data) > int.from_bytes(data[4:8], "little") + 8
    return not data.endswith(_ENDS[media_type])
