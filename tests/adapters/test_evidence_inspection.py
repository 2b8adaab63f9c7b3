"""Through the child process, as the server asks."""

from __future__ import annotations

import hashlib
import os
import signal
import sys
from concurrent.futures import ThreadPoolExecutor
from io import BytesIO
from pathlib import Path

import pytest
from PIL import Image

from amends.adapters.evidence.inspection import ChildInspector
from amends.adapters.evidence.verdict import MEGABYTE
from amends.engine.outside import Inspected, Inspector, Rejected
from tests.adapters.uploads import encoded, mp4, picture, telling_exif


@pytest.fixture
def inspector() -> Inspector:
    return ChildInspector()


def test_a_photo_comes_back_cleaned(inspector: Inspector) -> None:
    seen = inspector.inspect(encoded(picture(), "JPEG", exif=telling_exif()), "a.jpg", "image/jpeg")
    assert isinstance(seen, Inspected)
    assert (seen.kind, seen.media_type) == ("photo", "image/jpeg")
    assert "gps" in seen.removed
    assert seen.digest == hashlib.sha256(seen.data).hexdigest()
    assert Image.open(BytesIO(seen.data)).size == (40, 20)


def test_a_video_comes_back_as_it_was(inspector: Inspector) -> None:
    data = mp4()
    seen = inspector.inspect(data, "a.mp4", "video/mp4")
    assert isinstance(seen, Inspected)
    assert (seen.kind, seen.data) == ("video", data)


def test_a_refusal_comes_back_with_rule_facts_and_next_step(inspector: Inspector) -> None:
    seen = inspector.inspect(b"<svg/>", "a.svg", "image/svg+xml")
    assert isinstance(seen, Rejected)
    assert (seen.rule, seen.next) == ("file_type_not_allowed", ("send_a_photo_pdf_text_or_video",))
    assert seen.facts["looks_like"] == "image/svg+xml"


def test_nothing_and_too_much_are_refused_at_once() -> None:
    inspector = ChildInspector(wall_seconds=0)  # a child would be given up on
    nothing = inspector.inspect(b"", "a.jpg", "image/jpeg")
    assert isinstance(nothing, Rejected)
    assert nothing.rule == "file_empty"
    too_much = inspector.inspect(bytes(100 * MEGABYTE + 1), "a.mp4", "video/mp4")
    assert isinstance(too_much, Rejected)
    assert (too_much.rule, too_much.facts["most_megabytes"]) == ("file_too_large", 100)


@pytest.fixture(scope="module")
def slow() -> bytes:
    """A photo within all bounds that takes several seconds to encode anew."""
    noise = Image.effect_noise((1400, 1400), 90).resize((7000, 7000))
    turned = [noise, noise.rotate(90), noise.rotate(180), noise]
    data = encoded(Image.merge("RGBA", turned), "WEBP", quality=1, method=0, alpha_quality=0)
    assert len(data) < 10 * MEGABYTE
    return data


@pytest.mark.parametrize(
    "limited", [ChildInspector(cpu_seconds=1), ChildInspector(wall_seconds=0.5)]
)
def test_a_slow_upload_is_given_up_on(limited: ChildInspector, slow: bytes) -> None:
    seen = limited.inspect(slow, "a.webp", "image/webp")
    assert isinstance(seen, Rejected)
    assert (seen.rule, seen.next) == ("inspection_took_too_long", ("send_a_smaller_file",))


def test_a_large_upload_gets_no_more_memory_than_there_is() -> None:
    data = encoded(Image.new("RGB", (7000, 7000)), "PNG", compress_level=1)
    seen = ChildInspector(memory_bytes=160 * MEGABYTE).inspect(data, "a.png", "image/png")
    assert isinstance(seen, Rejected)
    assert seen.rule == "inspection_needs_too_much"


def test_a_child_that_dies_is_a_refusal(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    killed = tmp_path / "killed"
    killed.write_text("#!/bin/sh\nkill -9 $$\n")  # as a machine does that has run out of memory
    killed.chmod(0o755)
    monkeypatch.setattr(sys, "executable", str(killed))
    seen = ChildInspector().inspect(b"words", "a.txt", "text/plain")
    assert isinstance(seen, Rejected)
    assert (seen.rule, seen.next) == ("inspection_failed", ("send_it_in_another_format",))
    assert seen.facts["exit"] == -signal.SIGKILL


def test_a_child_that_can_not_even_start_is_a_refusal() -> None:
    # Whether it can still say that it was memory it lacked depends on what the machine gave it.
    seen = ChildInspector(memory_bytes=8 * MEGABYTE).inspect(b"words", "a.txt", "text/plain")
    assert isinstance(seen, Rejected)
    assert seen.rule in {"inspection_failed", "inspection_needs_too_much"}


def test_many_at_once_each_get_their_own_answer(inspector: Inspector) -> None:
    def inspect(number: int) -> bool:
        data = f"chat number {number}".encode()
        seen = inspector.inspect(data, "a.txt", "text/plain")
        return isinstance(seen, Inspected) and seen.data == data

    with ThreadPoolExecutor(6) as pool:
        assert all(pool.map(inspect, range(6)))


def test_the_surroundings_do_not_reach_the_child(
    inspector: Inspector, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    planted = tmp_path / "PIL.py"
    planted.write_text("raise SystemExit('planted')")
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    monkeypatch.chdir(tmp_path)
    assert os.environ["PYTHONPATH"] == str(tmp_path)
    assert isinstance(inspector.inspect(encoded(picture(), "PNG"), "", ""), Inspected)
