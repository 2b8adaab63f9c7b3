from __future__ import annotations

import hashlib
import os
import time
from io import BytesIO
from pathlib import Path

import pytest

from amends.adapters.files.folder import FolderFiles
from tests.adapters.contract_files import KEY, FilesContract


class TestFolderFiles(FilesContract):
    @pytest.fixture
    def files(self, tmp_path: Path) -> FolderFiles:
        self.root = tmp_path / "files"
        return FolderFiles(self.root)

    def kept(self) -> list[Path]:
        return [path for path in self.root.rglob("*") if path.is_file()]

    def test_stays_after_a_restart(self, files: FolderFiles) -> None:
        files.put(KEY, b"kept")
        assert self.read(FolderFiles(self.root), KEY) == b"kept"

    def test_shows_no_key_to_who_lists_the_folder_and_nothing_to_others(
        self, files: FolderFiles
    ) -> None:
        files.put(KEY, b"kept")
        assert all(KEY not in str(path) for path in self.kept())
        for path in (self.root, *self.root.rglob("*")):
            assert path.stat().st_mode & 0o077 == 0

    def test_a_stream_that_breaks_leaves_nothing(self, files: FolderFiles) -> None:
        class Broken(BytesIO):
            def read(self, size: int | None = -1, /) -> bytes:
                raise ConnectionError("gone")

        with pytest.raises(ConnectionError):
            files.put(KEY, Broken())
        assert self.kept() == []

    def test_does_not_follow_a_planted_link(self, files: FolderFiles, tmp_path: Path) -> None:
        files.put(KEY, b"kept")
        [path] = self.kept()
        secret = tmp_path / "secret"
        secret.write_bytes(b"not yours")
        path.unlink()
        path.symlink_to(secret)
        with pytest.raises(OSError, match="symbolic link"):
            files.open(KEY)

    def test_removes_what_a_crash_left_but_not_what_another_process_writes(
        self, files: FolderFiles
    ) -> None:
        old, young = self.root / "incoming" / "old", self.root / "incoming" / "young"
        old.write_bytes(b"half")
        young.write_bytes(b"half")
        long_ago = time.time() - 3 * 86400
        os.utime(old, (long_ago, long_ago))
        FolderFiles(self.root)
        assert self.kept() == [young]


def test_what_is_kept_can_be_taken_elsewhere_and_put_back(tmp_path: Path) -> None:
    files, other = FolderFiles(tmp_path / "files"), FolderFiles(tmp_path / "other")
    assert files.is_empty()
    files.put("k" * 40, b"picture")
    files.put("l" * 40, b"film")
    assert not files.is_empty()
    for name, content in files.all_kept():
        with content:
            other.put_back(name, content)
    for key, data in (("k" * 40, b"picture"), ("l" * 40, b"film")):
        with other.open(key) as content:
            assert content.read() == data
    taken = "a" * 64
    assert other.put_back(taken, BytesIO(b"x")) == hashlib.sha256(b"x").hexdigest()
    with pytest.raises(FileExistsError):
        other.put_back(taken, BytesIO(b"y"))
    for bad in ("../etc/passwd", "a" * 63, "A" * 64, ""):
        with pytest.raises(ValueError, match="not the name"):
            other.put_back(bad, BytesIO(b"x"))
