"""Pictures of things that went wrong, drawn: what a phone would have photographed."""

from __future__ import annotations

import io
import random
from typing import Literal

from PIL import Image, ImageDraw, ImageFilter

Kind = Literal[
    "measure", "stain", "crack", "report", "label", "colour", "logo", "glasses",
    "letter", "invoice", "slip", "note", "sheet",
]  # fmt: skip
_SIZE = (1200, 900)
_CLOTH = {
    "measure": (238, 234, 224),
    "stain": (36, 52, 96),
    "crack": (58, 60, 66),
    "label": (186, 146, 98),
    "colour": (28, 28, 32),
    "logo": (70, 84, 78),
    "glasses": (150, 116, 82),
}
_PAPER = (252, 252, 250)
# What is written on papers, a line each; the first is its heading.
_PAPERS = {
    "report": ("TEST REPORT",),
    "letter": (
        "NORDFELL  Customer service",
        "Dear Ms Doyle,",
        "the number NF-2209-0417 on your pictures",
        "is none of ours. Our numbers have nine",
        "digits and no letters.",
        "We do not supply Alpine Outlet.",
        "I. Berg, Nordfell Service",
    ),
    "invoice": (
        "INVOICE  4471",
        "Sunrise Garment Trading Co.",
        "To: Alpine Outlet",
        "Jacket, down type, women, mixed  x 240",
        "9.80 USD each",
        "Brand: as buyer's label",
    ),
    "slip": (
        "PACKING SLIP  C-3002",
        "GL-12  Wine glasses, box of six",
        "Boxes in order:   2",
        "Boxes packed:     1",
        "Weight:           2.1 kg",
        "Packed by: 07",
    ),
    "note": (
        "Calle Sorni 14, porter's lodge",
        "I was on duty from 8 to 15.",
        "No parcel came for Ms Ruiz,",
        "and nobody left one with me.",
        "V. Soler, porter",
    ),
    "sheet": (
        "DELIVERY SHEET  Valencia 46004",
        "Parcel RB618402757HK",
        "Address: C/ Sorni 41",
        "Received by: M. Gil",
        "Signature:   m gil",
        "14:02",
    ),
}


def draw(kind: Kind, name: str) -> bytes:
    """A picture as a file, PNG or JPEG by its name; the same for the same name."""
    # Only to make drawings differ from one another.
    chance = random.Random(name)  # noqa: S311
    image = _ground(kind, chance)
    pen = ImageDraw.Draw(image)
    match kind:
        case "measure":
            _tape(pen)
        case "stain":
            image = _stain(image, chance)
        case "crack":
            _crack(pen, chance)
        case "report":
            _paper(pen, _PAPERS[kind])
            _bars(pen, chance)
        case "letter" | "invoice" | "slip" | "note" | "sheet":
            _paper(pen, _PAPERS[kind])
        case "logo":
            pen.rounded_rectangle((240, 260, 960, 620), 30, fill=(20, 24, 30), outline=(9, 9, 9))
            pen.text((310, 360), "NORDFEL", fill=(232, 232, 226), font_size=130)
        case "glasses":
            _glasses(pen)
        case "label":
            _label(pen)
        case "colour":
            pen.rectangle((90, 90, 420, 300), fill=(24, 44, 110), outline=(240, 240, 240), width=6)
            pen.text((110, 320), "as listed", fill=(235, 235, 235), font_size=44)
            pen.text((700, 780), "as it came", fill=(235, 235, 235), font_size=44)
    file = io.BytesIO()
    image.save(file, "PNG" if name.endswith(".png") else "JPEG", quality=85)
    return file.getvalue()


def _ground(kind: Kind, chance: random.Random) -> Image.Image:
    """Cloth or paper with some grain and light from one side."""
    image = Image.new("RGB", _SIZE, _CLOTH.get(kind, _PAPER))
    if kind not in _CLOTH:
        return image
    pen = ImageDraw.Draw(image)
    red, green, blue = _CLOTH[kind]
    for x in range(0, _SIZE[0], 6):
        shade = chance.randint(-9, 9) - x // 60
        colour = tuple(max(0, min(255, part + shade)) for part in (red, green, blue))
        pen.line((x, 0, x + chance.randint(-14, 14), _SIZE[1]), fill=colour, width=6)
    return image.filter(ImageFilter.GaussianBlur(2))


def _tape(pen: ImageDraw.ImageDraw) -> None:
    pen.rectangle((60, 420, 1140, 520), fill=(245, 208, 66))
    for mark in range(92):
        x = 70 + mark * 11.5
        pen.line((x, 420, x, 470 if mark % 10 == 0 else 445), fill=(20, 20, 20), width=3)
        if mark % 10 == 0:
            pen.text((x - 14, 472), str(mark), fill=(20, 20, 20), font_size=34)
    pen.line((1116, 300, 1116, 600), fill=(190, 30, 40), width=8)
    pen.text((960, 620), "91 cm", fill=(190, 30, 40), font_size=80)


def _stain(image: Image.Image, chance: random.Random) -> Image.Image:
    mark = Image.new("L", _SIZE, 0)
    pen = ImageDraw.Draw(mark)
    for _ in range(40):
        x, y = 560 + chance.randint(-150, 150), 450 + chance.randint(-90, 90)
        size = chance.randint(20, 90)
        pen.ellipse((x - size, y - size // 2, x + size, y + size // 2), fill=170)
    dark = Image.new("RGB", _SIZE, (62, 34, 20))
    return Image.composite(dark, image, mark.filter(ImageFilter.GaussianBlur(12)))


def _crack(pen: ImageDraw.ImageDraw, chance: random.Random) -> None:
    pen.rounded_rectangle((200, 150, 1000, 750), 90, fill=(128, 132, 140), outline=(20, 20, 20))
    for _ in range(5):
        x, y = 600, 450
        for _ in range(9):
            to = (x + chance.randint(-80, 90), y + chance.randint(-80, 80))
            pen.line((x, y, *to), fill=(245, 245, 248), width=chance.randint(2, 7))
            x, y = to


def _paper(pen: ImageDraw.ImageDraw, lines: tuple[str, ...]) -> None:
    heading, *rows = lines
    pen.text((80, 60), heading, fill=(20, 20, 20), font_size=64)
    pen.line((80, 150, 1120, 150), fill=(20, 20, 20), width=4)
    for row, text in enumerate(rows):
        pen.text((80, 200 + row * 100), text, fill=(40, 40, 40), font_size=52)


def _glasses(pen: ImageDraw.ImageDraw) -> None:
    """One box of six places, each with a glass seen from above."""
    pen.rectangle((180, 130, 1020, 770), fill=(196, 164, 122), outline=(110, 82, 52), width=12)
    for place in range(6):
        x, y = 320 + place % 3 * 280, 300 + place // 3 * 300
        pen.ellipse((x - 110, y - 110, x + 110, y + 110), fill=(222, 232, 236), outline="white")
        pen.ellipse((x - 70, y - 70, x + 70, y + 70), outline=(160, 176, 184), width=5)


def _bars(pen: ImageDraw.ImageDraw, chance: random.Random) -> None:
    for row in range(9):
        y = 190 + row * 70
        pen.text((80, y), f"Test {row + 1}", fill=(40, 40, 40), font_size=40)
        pen.rectangle((320, y + 6, 320 + chance.randint(150, 700), y + 44), fill=(90, 120, 170))


def _label(pen: ImageDraw.ImageDraw) -> None:
    pen.rectangle((330, 200, 870, 720), fill=(246, 244, 238), outline=(150, 150, 150), width=4)
    for row, text in enumerate(("40 % WOOL", "60 % ACRYL", "MADE 2022", "DRY CLEAN")):
        pen.text((390, 260 + row * 110), text, fill=(30, 30, 30), font_size=64)
