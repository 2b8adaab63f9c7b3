"""The child process: limits itself, reads one upload, examines it, answers, ends."""

from __future__ import annotations

import resource
import sys

import msgspec

from amends.adapters.evidence.verdict import Kept, NotAcceptable, TurnedDown, Upload


def main() -> None:
    """Standard input: four bytes of length, an Upload in MessagePack, the file.

    Standard output: Kept or TurnedDown in MessagePack.
    """
    length = int.from_bytes(sys.stdin.buffer.read(4), "big")
    upload = msgspec.msgpack.decode(sys.stdin.buffer.read(length), type=Upload)
    _limit(upload)
    verdict: Kept | TurnedDown
    try:
        from amends.adapters.evidence.examine import examine  # noqa: PLC0415 - within the limits

        verdict = examine(sys.stdin.buffer.read(), upload.name, upload.media_type)
    except NotAcceptable as no:
        verdict = no.verdict
    except MemoryError:
        verdict = TurnedDown("inspection_needs_too_much", next=("send_a_smaller_file",))
    sys.stdout.buffer.write(msgspec.msgpack.encode(verdict))


def _limit(upload: Upload) -> None:
    """No more than this much time and memory, no files, no processes, no core dump."""
    for kind, soft, hard in (
        # At the soft limit of time comes a signal that says so, at the hard one only the end.
        (resource.RLIMIT_CPU, upload.cpu_seconds, upload.cpu_seconds + 1),
        (resource.RLIMIT_AS, upload.memory_bytes, upload.memory_bytes),
        (resource.RLIMIT_FSIZE, 0, 0),
        (resource.RLIMIT_NOFILE, 32, 32),
        (resource.RLIMIT_NPROC, 0, 0),
        (resource.RLIMIT_CORE, 0, 0),
    ):
        _, given = resource.getrlimit(kind)
        most = hard if given == resource.RLIM_INFINITY else min(hard, given)
        resource.setrlimit(kind, (min(soft, most), most))
