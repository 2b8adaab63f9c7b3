from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from amends.adapters.evidence.examine import examine
from amends.adapters.evidence.verdict import MEGABYTE, NotAcceptable, TurnedDown
from tests.adapters.uploads import (
    PAYLOAD,
    box,
    element,
    encoded,
    mp4,
    object_stream,
    pdf,
    picture,
    telling_exif,
    webm,
)

SCRIPT = b"<</S/JavaScript/JS(app.alert(1))>>"


def refused(data: bytes, name: str = "file", media_type: str = "") -> TurnedDown:
    with pytest.raises(NotAcceptable) as caught:
        examine(data, name, media_type)
    verdict = caught.value.verdict
    assert verdict.next, "a refusal says what would help"
    return verdict


class TestPdf:
    def test_is_kept_as_it_came(self) -> None:
        kept = examine(pdf(b"5 0 obj (words) endobj\n"), "scan.pdf", "application/pdf")
        assert (kept.kind, kept.media_type, kept.data) == ("document", "application/pdf", None)
        assert kept.found == ()

    def test_names_its_author(self) -> None:
        assert examine(pdf(b"5 0 obj <</Author (Olga)>> endobj\n"), "", "").found == ("author",)

    def test_packed_objects_are_fine(self) -> None:
        assert examine(pdf(object_stream(b"10 0 <</Type/Font>>")), "", "").kind == "document"

    @pytest.mark.parametrize(
        ("body", "found"),
        [
            (b"5 0 obj " + SCRIPT + b" endobj\n", "JavaScript"),
            (b"5 0 obj <</S/Java#53cript/JS(x)>> endobj\n", "JavaScript"),
            (b"5 0 obj <</S/Launch/F(cmd.exe)>> endobj\n", "Launch"),
            (b"5 0 obj <</Type/EmbeddedFile>> endobj\n", "EmbeddedFile"),
            (b"% stream\n5 0 obj " + SCRIPT + b" endobj\n% endstream\n", "JavaScript"),
            (object_stream(b"10 0 " + SCRIPT), "JavaScript"),
        ],
        ids=["script", "escaped", "launch", "file", "in a false stream", "in packed objects"],
    )
    def test_with_something_that_acts_is_refused(self, body: bytes, found: str) -> None:
        no = refused(pdf(body))
        assert (no.rule, no.facts) == ("document_has_active_content", {"found": found})

    def test_with_a_password_is_refused(self) -> None:
        assert refused(pdf(b"trailer <</Encrypt 5 0 R>>\n")).rule == "document_is_encrypted"

    def test_cut_short_is_damaged(self) -> None:
        assert refused(pdf()[:-20]).rule == "file_damaged"
        assert refused(b"%PDF-1.7\n%%EOF").rule == "file_damaged"
        broken = object_stream(b"10 0 <<>>").replace(b"stream\r\nx", b"stream\r\nq")
        assert refused(pdf(broken)).rule == "file_damaged"

    @pytest.mark.parametrize("tail", [PAYLOAD, b"PK\x03\x04", b"\xff\xd8\xff"])
    def test_with_something_behind_its_end_is_refused(self, tail: bytes) -> None:
        assert refused(pdf(tail=tail)).rule == "file_hides_content"

    def test_that_unpacks_without_end_is_refused(self) -> None:
        no = refused(pdf(object_stream(bytes(21 * MEGABYTE))))
        assert no.rule == "file_unpacks_too_large"
        many = b"".join(object_stream(bytes(5 * MEGABYTE)) for _ in range(5))
        assert refused(pdf(many)).rule == "file_unpacks_too_large"


class TestText:
    @pytest.mark.parametrize(
        ("data", "text"),
        [
            ("Чат: привет\r\nok\rend".encode(), "Чат: привет\nok\nend"),
            (b"\xef\xbb\xbfwith a mark", "with a mark"),
            ("utf-16 привет".encode("utf-16"), "utf-16 привет"),
            (b"<Olga> it does not fit", "<Olga> it does not fit"),
        ],
    )
    def test_becomes_plain_utf8(self, data: bytes, text: str) -> None:
        kept = examine(data, "chat.txt", "text/plain; charset=utf-8")
        assert (kept.kind, kept.media_type, kept.data) == ("text", "text/plain", text.encode())

    @pytest.mark.parametrize(
        ("name", "media_type"),
        [("chat.txt", ""), ("CHAT.LOG", "application/octet-stream"), ("a.html", "text/plain")],
    )
    def test_sent_as_text_counts(self, name: str, media_type: str) -> None:
        assert examine(b"words", name, media_type).kind == "text"

    @pytest.mark.parametrize(
        ("name", "media_type"),
        [("a.jpg", "image/jpeg"), ("a.js", ""), ("a.html", "text/html"), ("a", "image/svg+xml")],
    )
    def test_sent_as_something_else_is_refused(self, name: str, media_type: str) -> None:
        assert refused(b"words", name, media_type).rule == "file_is_not_what_it_says"


class TestVideo:
    @pytest.mark.parametrize(
        ("data", "kind", "media_type"),
        [
            (mp4(), "video", "video/mp4"),
            (mp4(b"mp42", (b"vide",)), "video", "video/mp4"),
            (mp4(b"qt  "), "video", "video/quicktime"),
            (box(b"wide") + mp4()[20:], "video", "video/quicktime"),
            (mp4(b"M4A ", (b"soun",)), "audio", "audio/mp4"),
            (webm(), "video", "video/webm"),
            (webm(kinds=(1, 2), open_size=True), "video", "video/webm"),
            (webm(kinds=(2,)), "audio", "audio/webm"),
            (webm() + element(0xEC, bytes(9)), "video", "video/webm"),
        ],
    )
    def test_is_kept_as_it_came(self, data: bytes, kind: str, media_type: str) -> None:
        kept = examine(data, "film.avi", "video/x-msvideo")
        assert (kept.kind, kept.media_type, kept.data, kept.removed) == (kind, media_type, None, ())

    def test_a_large_box_may_say_so_or_last_to_the_end(self) -> None:
        head = mp4()[: -len(box(b"mdat", b"pictures" * 20))]
        wide = b"\0\0\0\x01mdat" + (16 + 5).to_bytes(8, "big") + b"12345"
        assert examine(head + wide, "", "").kind == "video"
        assert examine(head + b"\0\0\0\0mdat12345", "", "").kind == "video"

    def test_what_it_tells_is_named_though_it_stays(self) -> None:
        place = box(b"udta", box(b"\xa9xyz", b"\0\x12\x15\xc7+55.7522+037.6156/"))
        kept = examine(mp4(extra=place + box(b"meta", b"com.apple.quicktime.model")), "", "")
        assert (kept.found, kept.removed) == (("camera", "gps"), ())

    @pytest.mark.parametrize("data", [mp4(), mp4(b"qt  "), webm()])
    def test_cut_short_is_damaged(self, data: bytes) -> None:
        for cut in (1, 30, len(data) // 2):
            assert refused(data[:-cut]).rule == "file_damaged"

    @pytest.mark.parametrize("data", [mp4(), mp4(b"qt  "), webm()])
    @pytest.mark.parametrize("tail", [PAYLOAD, b"PK\x03\x04" + bytes(40), box(b"html", PAYLOAD)])
    def test_with_something_behind_its_end_is_refused(self, data: bytes, tail: bytes) -> None:
        assert refused(data + tail).rule in ("file_hides_content", "file_damaged")

    def test_with_files_attached_is_refused(self) -> None:
        assert refused(webm(extra=element(0x1941A469, PAYLOAD))).rule == "file_hides_content"

    @pytest.mark.parametrize(
        "data",
        [mp4(handlers=()), mp4(handlers=(b"text",)), webm(kinds=()), webm(kinds=(17,))],
    )
    def test_without_picture_or_sound_is_refused(self, data: bytes) -> None:
        assert refused(data).rule == "file_type_not_allowed"

    def test_of_another_matroska_kind_is_refused(self) -> None:
        no = refused(webm(b"matroska"))
        assert (no.rule, no.facts["looks_like"]) == ("file_type_not_allowed", "video/x-matroska")

    def test_without_any_film_is_damaged(self) -> None:
        assert refused(box(b"ftyp", b"isom") + box(b"mdat", b"12345")).rule == "file_damaged"
        assert refused(box(b"ftyp", b"isom") + box(b"moov")).rule == "file_damaged"
        header = element(0x1A45DFA3, element(0x4282, b"webm"))
        assert refused(header + element(0x18538067, b"")).rule == "file_damaged"

    def test_of_nothing_but_heads_ends(self) -> None:
        assert refused(box(b"ftyp", b"isom") + box(b"free") * 1_000_001).rule == "file_damaged"


@pytest.mark.parametrize(
    ("data", "looks_like"),
    [
        (b'<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>', "image/svg+xml"),
        (b'<?xml version="1.0"?>\n<svg></svg>', "image/svg+xml"),
        (b" \n<!DOCTYPE html><script>alert(1)</script>", "text/html"),
        ("<HTML>".encode("utf-16"), "text/html"),
        (b"\xef\xbb\xbf<script>alert(1)</script>", "text/html"),
        (b"{\\rtf1 words}", "application/rtf"),
        (b"PK\x03\x04" + bytes(60), "application/vnd.openxmlformats"),
        (b"MZ\x90\0" + bytes(100), "application/vnd.microsoft"),
        (b"II*\0" + bytes(60), "image/tiff"),
        (bytes(100), "unknown"),
        (b"\xff\xfea", "unknown"),
    ],
)
def test_other_types_are_refused_by_what_they_look_like(data: bytes, looks_like: str) -> None:
    no = refused(data, "photo.txt", "text/plain")
    assert no.rule == "file_type_not_allowed"
    assert str(no.facts["looks_like"]).startswith(looks_like)
    assert "image/jpeg" in str(no.facts["allowed"])


@pytest.mark.parametrize("brand", [b"heic", b"mif1", b"avif"])
def test_a_phones_newer_photos_are_refused_with_what_to_do(brand: bytes) -> None:
    no = refused(box(b"ftyp", brand + bytes(4)), "IMG_1.HEIC", "image/heic")
    assert (no.rule, no.next) == ("photo_format_not_read", ("save_the_photo_as_jpeg",))


@pytest.mark.parametrize(
    ("data", "kind", "most"),
    [
        (b"\xff\xd8\xff" + bytes(10 * MEGABYTE), "photo", 10),
        (b"%PDF-" + bytes(10 * MEGABYTE), "document", 10),
        (b"a" * (MEGABYTE + 1), "text", 1),
        (box(b"ftyp", b"isom") + bytes(100 * MEGABYTE), "video", 100),
    ],
)
def test_each_kind_has_its_size(data: bytes, kind: str, most: int) -> None:
    no = refused(data)
    assert (no.rule, no.facts["kind"], no.facts["most_megabytes"]) == ("file_too_large", kind, most)
    assert no.facts["bytes"] == len(data)


@settings(max_examples=300, deadline=None)
@given(data=st.data())
def test_no_broken_file_breaks_the_examination(data: st.DataObject) -> None:
    whole = data.draw(
        st.sampled_from(
            [
                mp4(),
                webm(),
                webm(open_size=True),
                pdf(object_stream(b"10 0 <<>>")),
                encoded(picture(), "JPEG", exif=telling_exif()),
                encoded(picture(), "PNG", exif=telling_exif()),
                encoded(picture(), "GIF"),
                encoded(picture(), "WEBP"),
            ]
        )
    )
    broken = bytearray(whole)
    for _ in range(data.draw(st.integers(1, 6))):
        broken[data.draw(st.integers(4, len(broken) - 1))] = data.draw(st.integers(0, 255))
    try:
        verdict = examine(bytes(broken), "a.bin", "")
    except NotAcceptable:
        return
    assert verdict.kind in ("photo", "video", "audio", "document")
