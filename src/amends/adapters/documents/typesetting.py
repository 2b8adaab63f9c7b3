"""Has documents set in a child process, so that a hostile text or picture meets nothing of value
and can take no more than its share of time and memory."""

from __future__ import annotations

import subprocess
import sys
import tempfile
import threading
from collections.abc import Mapping
from pathlib import Path

import msgspec

import amends
from amends.adapters.documents.order import Done, Failed, Order
from amends.engine.documents import Document, NotTypeset

_MEGABYTE = 1024 * 1024
_START = (
    "import sys; sys.path.append(sys.argv[1]); "
    "from amends.adapters.documents.child import main; main()"
)
_PACKAGE_LIES_IN = str(Path(amends.__file__).parents[1])


class ChildTypesetter:
    """Sets each document in a process of its own, in a folder of its own.

    ``at_once`` bounds the processes; further documents wait. Blocks, so call it from a thread.
    Needs an operating system with POSIX resource limits.
    """

    def __init__(
        self,
        cpu_seconds: int = 30,
        wall_seconds: float = 60,
        memory_bytes: int = 2048 * _MEGABYTE,
        at_once: int = 2,
    ) -> None:
        self._cpu_seconds = cpu_seconds
        self._wall_seconds = wall_seconds
        self._memory_bytes = memory_bytes
        self._places = threading.BoundedSemaphore(at_once)

    def typeset(self, document: Document, pictures: Mapping[str, bytes]) -> bytes:
        """The document as PDF; a picture that cannot be read is left out. Raises NotTypeset."""
        order = Order(document, dict(pictures), self._cpu_seconds, self._memory_bytes)
        with self._places, tempfile.TemporaryDirectory() as folder:
            answer = self._ask(msgspec.msgpack.encode(order), folder)
        if isinstance(answer, Failed):
            raise NotTypeset(answer.kind)
        return answer.pdf

    def _ask(self, order: bytes, folder: str) -> Done | Failed:
        try:
            child = subprocess.run(  # noqa: S603 - our own program, no word of the document in it
                [sys.executable, "-I", "-B", "-c", _START, _PACKAGE_LIES_IN],
                input=order,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,  # could quote the document
                timeout=self._wall_seconds,
                cwd=folder,
                env={},
                check=False,
                start_new_session=True,
            )
        except subprocess.TimeoutExpired:
            return Failed("took too long")
        try:
            return msgspec.msgpack.decode(child.stdout, type=Done | Failed)
        except msgspec.MsgspecError:
            return Failed(f"ended with {child.returncode}")
