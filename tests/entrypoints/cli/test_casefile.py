"""``amends casefile``: made on one machine, checked on another."""

from __future__ import annotations

import zipfile
from pathlib import Path

import pytest

from tests.entrypoints.casefile.case import D1
from tests.entrypoints.cli.run import Terminal
from tests.entrypoints.sandbox import sandbox


@pytest.fixture
def disputed(terminal: Terminal) -> Terminal:
    """A sandbox with a dispute, left to itself."""
    terminal.out("db", "migrate")
    with sandbox(terminal.database, terminal.folder) as shop:
        shop.disputed()
    return terminal


def test_one_is_made_and_checked_elsewhere(disputed: Terminal, tmp_path: Path) -> None:
    made = tmp_path / "case.zip"
    assert "is made" in disputed.out("casefile", "make", D1, "--as", "buyer:b1", "--to", str(made))
    disputed.database.unlink()
    said = disputed.out("casefile", "check", str(made))
    assert "Nothing was changed: dispute A-1001-D1 as buyer b1 saw it after event" in said
    assert "Signed with the key" in said
    assert "there as hashes alone" in said
    with zipfile.ZipFile(made, "a") as archive:
        archive.writestr("mine.txt", "mine")
    told = disputed.run("casefile", "check", str(made))
    assert (told.exit_code, told.stdout) == (1, "added: mine.txt\n")


def test_a_pdf_alone_in_a_language(disputed: Terminal, tmp_path: Path) -> None:
    made = tmp_path / "case.pdf"
    disputed.out("casefile", "make", D1, "--as", "seller:s1", "--to", str(made), "--language", "es")
    assert made.read_bytes().startswith(b"%PDF-")


def test_what_cannot_be_done_is_said(disputed: Terminal, tmp_path: Path) -> None:
    def make(who: str, to: str = "case.zip") -> str:
        return disputed.refused("casefile", "make", D1, "--as", who, "--to", str(tmp_path / to))

    assert "unknown_dispute" in make("buyer:b2")
    assert "neither in .zip nor in .pdf" in make("buyer:b1", "case.docx")
    assert not (tmp_path / "case.zip").exists()
    assert "No such file" in disputed.refused("casefile", "check", str(tmp_path / "none.zip"))
    (tmp_path / "other.zip").write_bytes(b"no zip")
    assert "no ZIP file" in disputed.refused("casefile", "check", str(tmp_path / "other.zip"))
