"""The text of a PDF as our typesetter writes them, in the order it is drawn; no general reader."""

from __future__ import annotations

import re
import zlib

_OBJECT = re.compile(rb"(?m)^(\d+) 0 obj\s(.*?)\sendobj", re.DOTALL)
_STREAM = re.compile(rb"stream\r?\n(.*)\r?\nendstream", re.DOTALL)
_NEXT = re.compile(rb"/(f\d+) [\d.]+ Tf|\(|TJ")
_OCTAL = re.compile(rb"[0-7]{1,3}")
_LETTERS = {b"n": b"\n", b"r": b"\r", b"t": b"\t", b"b": b"\b", b"f": b"\f"}


def text_of(pdf: bytes) -> str:
    """What can be marked and copied, a line for each run."""
    objects = {int(number): body for number, body in _OBJECT.findall(pdf)}
    runs: list[str] = []
    for page in objects.values():
        if contents := re.search(rb"/Contents (\d+) 0 R", page):
            runs += _runs(_stream(objects[int(contents[1])]), _fonts(page, objects))
    return "\n".join(runs)


def _stream(body: bytes) -> bytes:
    found = _STREAM.search(body)
    if found is None:
        return b""
    return zlib.decompress(found[1]) if b"/FlateDecode" in body else found[1]


def _fonts(page: bytes, objects: dict[int, bytes]) -> dict[str, dict[str, str]]:
    resources = re.search(rb"/Resources (\d+) 0 R", page)
    fonts = {}
    for name, number in re.findall(
        rb"/(f\d+) (\d+) 0 R", objects[int(resources[1])] if resources else page
    ):
        unicode = re.search(rb"/ToUnicode (\d+) 0 R", objects[int(number)])
        if unicode is not None:
            fonts[name.decode()] = _cmap(_stream(objects[int(unicode[1])]).decode("latin-1"))
    return fonts


def _cmap(text: str) -> dict[str, str]:
    return {
        glyph.lower(): bytes.fromhex(characters).decode("utf-16-be")
        for glyph, characters in re.findall(r"<([0-9A-F]{4})> <([0-9A-F]+)>", text)
        if len(characters) % 4 == 0
    }


def _runs(stream: bytes, fonts: dict[str, dict[str, str]]) -> list[str]:
    runs, font, at = [], dict[str, str](), 0
    while found := _NEXT.search(stream, at):
        at = found.end()
        if found[1]:
            font = fonts.get(found[1].decode(), {})
        elif found[0] == b"TJ":
            runs.append("")
        else:
            glyphs, at = _string(stream, at)
            shown = (font.get(glyphs[i : i + 2].hex(), "") for i in range(0, len(glyphs), 2))
            runs[-1:] = [(runs or [""])[-1] + "".join(shown)]
    return runs


def _string(stream: bytes, at: int) -> tuple[bytes, int]:
    """The string that begins at ``at``, and where it ends; pairs of brackets in it are its own."""
    out, depth = bytearray(), 1
    while True:
        byte = stream[at : at + 1]
        at += 1
        if byte == b"\\":
            octal = _OCTAL.match(stream, at)
            letter = stream[at : at + 1]
            out += bytes([int(octal[0], 8)]) if octal else _LETTERS.get(letter, letter)
            at += len(octal[0]) if octal else 1
            continue
        depth += (byte == b"(") - (byte == b")")
        if not depth:
            return bytes(out), at
        out += byte
