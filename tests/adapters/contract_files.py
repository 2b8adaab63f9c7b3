"""What every keeper of files does."""

from __future__ import annotations

import hashlib
from abc import ABC, abstractmethod
from concurrent.futures import ThreadPoolExecutor
from io import BytesIO

import pytest

from amends.engine.outside import FileConflict, Files, FileUnknown, StoredFile

KEY = "kX2v9QdLr0aZb7Ty-_3m"


class FilesContract(ABC):
    @pytest.fixture
    @abstractmethod
    def files(self) -> Files:
        """The implementation, empty."""

    def read(self, files: Files, key: str) -> bytes:
        with files.open(key) as file:
            return file.read()

    @pytest.mark.parametrize(
        "data", [b"", b"a photo", bytes(3 << 20)], ids=["empty", "few", "many"]
    )
    def test_gives_back_what_was_kept(self, files: Files, data: bytes) -> None:
        stored = files.put(KEY, data)
        assert stored == StoredFile(hashlib.sha256(data).hexdigest(), len(data))
        assert self.read(files, KEY) == data

    def test_takes_a_stream(self, files: Files) -> None:
        assert files.put(KEY, BytesIO(b"streamed")).size == 8
        assert self.read(files, KEY) == b"streamed"

    def test_the_same_again_changes_nothing_and_another_content_is_refused(
        self, files: Files
    ) -> None:
        first = files.put(KEY, b"first")
        assert files.put(KEY, b"first") == first
        with pytest.raises(FileConflict):
            files.put(KEY, b"other")
        assert self.read(files, KEY) == b"first"

    def test_keys_that_differ_in_case_only_are_two(self, files: Files) -> None:
        files.put(KEY, b"one")
        files.put(KEY.swapcase(), b"two")
        assert (self.read(files, KEY), self.read(files, KEY.swapcase())) == (b"one", b"two")

    def test_what_was_deleted_is_unknown(self, files: Files) -> None:
        files.put(KEY, b"gone")
        files.delete(KEY)
        files.delete(KEY)
        with pytest.raises(FileUnknown):
            files.open(KEY)
        files.put(KEY, b"new")
        assert self.read(files, KEY) == b"new"

    @pytest.mark.parametrize(
        "key",
        [
            "", "short", "../../../../etc/passwd", "/etc/passwd-and-so-on-and-on", "a" * 129,
            f"{KEY}/..", f"{KEY}\x00", f"{KEY}\n", "..\\..\\..\\..\\windows\\x",
            "ключключключключключ",
        ],
    )  # fmt: skip
    def test_a_key_is_only_a_key(self, files: Files, key: str) -> None:
        for ask in (lambda: files.put(key, b"x"), lambda: files.open(key)):
            with pytest.raises(ValueError, match="key"):
                ask()
        with pytest.raises(ValueError, match="key"):
            files.delete(key)

    def test_of_many_at_once_one_content_stays_whole(self, files: Files) -> None:
        def put(number: int) -> bytes | None:
            data = bytes([number]) * 200_000
            try:
                files.put(KEY, data)
            except FileConflict:
                return None
            return data

        with ThreadPoolExecutor(8) as pool:
            kept = [data for data in pool.map(put, range(16)) if data is not None]
        assert kept == [self.read(files, KEY)]
