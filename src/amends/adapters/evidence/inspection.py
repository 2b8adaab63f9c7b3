"""Has uploads examined in a child process, so that a hostile file meets nothing of value."""

from __future__ import annotations

import hashlib
import signal
import subprocess
import sys
import threading
from pathlib import Path

import msgspec

import amends
from amends.adapters.evidence.verdict import MEGABYTE, MOST_BYTES, Kept, TurnedDown, Upload
from amends.engine.outside import Inspected, Rejected

# Isolated from the environment and the working folder; only where this package lies is handed on.
_START = (
    "import sys; sys.path.append(sys.argv[1]); "
    "from amends.adapters.evidence.child import main; main()"
)
_PACKAGE_LIES_IN = str(Path(amends.__file__).parents[1])
_MOST = max(MOST_BYTES.values())


class ChildInspector:
    """Examines each upload in a process of its own, with limits of time and memory.

    ``at_once`` bounds the processes; further uploads wait. Blocks, so call it from a thread. Needs
    an operating system with POSIX resource limits.
    """

    def __init__(
        self,
        cpu_seconds: int = 30,
        wall_seconds: float = 60,
        memory_bytes: int = 1536 * MEGABYTE,
        at_once: int = 2,
    ) -> None:
        self._cpu_seconds = cpu_seconds
        self._wall_seconds = wall_seconds
        self._memory_bytes = memory_bytes
        self._places = threading.BoundedSemaphore(at_once)

    def inspect(self, data: bytes, declared_name: str, declared_type: str) -> Inspected | Rejected:
        """Recognise ``data`` by its content, clean it, or say why it cannot be kept.

        Rules: ``file_empty``, ``file_too_large``, ``file_type_not_allowed``, ``file_damaged``,
        ``file_hides_content``, ``file_is_not_what_it_says``, ``file_unpacks_too_large``,
        ``photo_format_not_read``, ``photo_too_many_pixels``, ``document_has_active_content``,
        ``document_is_encrypted``, ``inspection_took_too_long``, ``inspection_needs_too_much``,
        ``inspection_failed``.
        """
        if not data:
            return Rejected("file_empty", next=("send_the_file_again",))
        if len(data) > _MOST:
            facts = {"bytes": len(data), "most": _MOST, "most_megabytes": _MOST // MEGABYTE}
            return Rejected("file_too_large", facts, ("send_a_smaller_file",))
        upload = Upload(declared_name, declared_type, self._cpu_seconds, self._memory_bytes)
        with self._places:
            verdict = self._ask(upload, data)
        if isinstance(verdict, TurnedDown):
            return Rejected(verdict.rule, verdict.facts, verdict.next)
        kept = data if verdict.data is None else verdict.data
        return Inspected(
            verdict.kind,
            verdict.media_type,
            kept,
            hashlib.sha256(kept).hexdigest(),
            verdict.found,
            verdict.removed,
            verdict.likeness,
        )

    def _ask(self, upload: Upload, data: bytes) -> Kept | TurnedDown:
        head = msgspec.msgpack.encode(upload)
        try:
            child = subprocess.run(  # noqa: S603 - our own program, no word of the upload in it
                [sys.executable, "-I", "-B", "-c", _START, _PACKAGE_LIES_IN],
                input=b"".join((len(head).to_bytes(4, "big"), head, data)),
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,  # could quote the upload
                timeout=self._wall_seconds,
                env={},
                check=False,
                start_new_session=True,
            )
        except subprocess.TimeoutExpired:
            return _TOO_LONG
        if child.returncode == -signal.SIGXCPU:
            return _TOO_LONG
        try:
            return msgspec.msgpack.decode(child.stdout, type=Kept | TurnedDown)
        except msgspec.MsgspecError:
            return TurnedDown(
                "inspection_failed", {"exit": child.returncode}, ("send_it_in_another_format",)
            )


_TOO_LONG = TurnedDown("inspection_took_too_long", next=("send_a_smaller_file",))
