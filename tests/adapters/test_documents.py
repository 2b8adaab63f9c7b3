"""Documents set on pages: as text only, alike each time, whatever they are made of."""

from __future__ import annotations

import io

import pytest
from msgspec.structs import replace
from PIL import Image

from amends.adapters.documents.typesetting import ChildTypesetter
from amends.engine.documents import (
    Document,
    Exhibit,
    Facts,
    Line,
    NotTypeset,
    Prose,
    Said,
    Section,
    Step,
    Table,
    Timeline,
)
from tests.adapters.pdf_text import text_of


def said(text: str) -> Said:
    return (Line(text, "ltr"),)


def document(*sections: Section) -> Document:
    return Document(
        "en", "ltr", "Dispute A-1-D1", "Not as described", sections, "A-1-D1", "page {n} of {all}",
        1_800_000_000,
    )  # fmt: skip


def photo() -> bytes:
    file = io.BytesIO()
    Image.new("RGB", (900, 600), (200, 30, 30)).save(file, "PNG")
    return file.getvalue()


EVERYTHING = document(
    Section("Parties", (Facts((("Buyer", said("Ольга")), ("Seller", said("衬衫屋 (Ltd.)")))),)),
    Section("Money", (Table(("Refund", "Amount"), ((said("R1"), said("RUB 720.00")),)),)),
    Section("Story", (Timeline((Step("9 March 2026 12:00 UTC", said("Opened"), said("So.")),)),)),
    Section(
        "Evidence",
        (
            Exhibit("E1", (("By", said("buyer")),), "ab" * 32, "E1", "A photo of evidence E1"),
            Exhibit("E2", (("By", said("buyer")),), "cd" * 32, "", ""),
            Prose(said("It is torn."), quoted=True),
        ),
    ),
)


def test_what_a_document_says_can_be_read_and_copied_and_is_the_same_each_time() -> None:
    typesetter = ChildTypesetter()
    pdf = typesetter.typeset(EVERYTHING, {"E1": photo()})
    text = text_of(pdf)
    for words in ("Ольга", "衬衫屋", "RUB 720.00", "9 March 2026 12:00 UTC", "page 1 of 1"):
        assert words in text
    assert b"pdfaid:part" in pdf
    assert b"pdfuaid:part" in pdf
    assert b"/DCTDecode" in pdf
    assert typesetter.typeset(EVERYTHING, {"E1": photo()}) == pdf


def test_a_text_is_never_markup() -> None:
    text = '#panic("x") $a$ *b* _c_ <d> @e // f\n= g\n#read("/etc/passwd") \\ `h` ~ --- "i"'
    shown = text_of(ChildTypesetter().typeset(document(Section("*", (Prose(said(text)),))), {}))
    for part in ('#panic("x") $a$ *b* _c_ <d> @e // f', "= g", '#read("/etc/passwd")', "~ ---"):
        assert part in shown


@pytest.mark.parametrize("data", [b"", b"no picture", b"\xff\xd8\xff\xe0" + b"\0" * 40])
def test_a_picture_that_cannot_be_read_is_left_out(data: bytes) -> None:
    pdf = ChildTypesetter().typeset(EVERYTHING, {"E1": data})
    assert b"/DCTDecode" not in pdf
    assert "RUB 720.00" in text_of(pdf)


def test_pictures_of_too_many_pixels_are_left_out() -> None:
    large = io.BytesIO()
    Image.new("1", (20_000, 10_001)).save(large, "PNG")
    pdf = ChildTypesetter().typeset(EVERYTHING, {"E1": large.getvalue()})
    assert b"/DCTDecode" not in pdf


@pytest.mark.parametrize(
    "text",
    ["x" * 10_000, "字" * 10_000, "\u202e" * 500 + "ab", "\ue000\U0010fffd", "e\u0301" * 3000, ""],
    ids=["one word", "one Chinese word", "overrides", "no font has them", "accents", "nothing"],
)
def test_any_text_can_be_set(text: str) -> None:
    shown = document(
        Section(text, (Prose(said(text)), Facts(((text, said(text)),)))),
        Section("After it", (Prose(said("This is still there.")),)),
    )
    assert "This is still there." in text_of(ChildTypesetter().typeset(shown, {}))


@pytest.mark.parametrize("language", ["en", "es", "ru", "zh", "ar"])
def test_each_language_has_its_letters(language: str) -> None:
    rtl = language == "ar"
    letters = {"en": "quick", "es": "año", "ru": "съел", "zh": "汉字", "ar": "قضية"}[language]
    shown = replace(
        document(Section(letters, (Prose((Line(letters, "rtl" if rtl else "ltr"),)),))),
        language=language,
        direction="rtl" if rtl else "ltr",
    )
    pdf = ChildTypesetter().typeset(shown, {})
    assert b"pdfaid:part" in pdf  # which it is only when there is a font for every letter
    text = text_of(pdf)
    assert (letters[::-1] if rtl else letters) in text


def test_what_takes_too_long_is_given_up() -> None:
    with pytest.raises(NotTypeset, match="took too long"):
        ChildTypesetter(wall_seconds=0.01).typeset(EVERYTHING, {})


def test_what_takes_too_much_is_given_up() -> None:
    with pytest.raises(NotTypeset):
        ChildTypesetter(memory_bytes=1 << 20).typeset(EVERYTHING, {})
