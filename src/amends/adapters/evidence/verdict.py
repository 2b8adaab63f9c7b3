"""What the server and the child process tell each other, and the limits and types taken."""

from __future__ import annotations

from msgspec import Struct

from amends.engine.outside import MOST_MEGABYTES, FileKind

MEGABYTE = 1024 * 1024
MOST_BYTES: dict[FileKind, int] = {k: most * MEGABYTE for k, most in MOST_MEGABYTES.items()}
MOST_PIXELS = 50_000_000
ALLOWED = (
    "image/jpeg",
    "image/png",
    "image/webp",
    "image/gif",
    "application/pdf",
    "text/plain",
    "video/mp4",
    "video/webm",
    "video/quicktime",
)


class Upload(Struct, frozen=True):
    """What the child is told before the file's own bytes: what was said of it, and the limits."""

    name: str
    media_type: str
    cpu_seconds: int
    memory_bytes: int


class Kept(Struct, frozen=True, tag="kept"):
    """The file may be kept: ``data`` cleaned, or None when it stays as it came. ``likeness``: of a
    still picture, see ``amends.adapters.evidence.photos``."""

    kind: FileKind
    media_type: str
    data: bytes | None = None
    found: tuple[str, ...] = ()
    removed: tuple[str, ...] = ()
    likeness: str = ""


class TurnedDown(Struct, frozen=True, tag="turned_down"):
    """The file may not be kept, by this rule."""

    rule: str
    facts: dict[str, str | int | tuple[str, ...]] = {}
    next: tuple[str, ...] = ()


class NotAcceptable(Exception):
    """Raised anywhere in the examination; carries the verdict."""

    def __init__(self, rule: str, *next_steps: str, **facts: str | int | tuple[str, ...]) -> None:
        super().__init__(rule)
        self.verdict = TurnedDown(rule, facts, next_steps)


def not_allowed(looks_like: str) -> NotAcceptable:
    """A type that is not among those taken."""
    return NotAcceptable(
        "file_type_not_allowed",
        "send_a_photo_pdf_text_or_video",
        looks_like=looks_like,
        allowed=ALLOWED,
    )


def damaged(media_type: str) -> NotAcceptable:
    """A file of a type that is taken, of which a part is missing or broken."""
    return NotAcceptable("file_damaged", "send_the_file_again", media_type=media_type)


def hides_content(media_type: str) -> NotAcceptable:
    """A file with something behind or beside what its type says."""
    return NotAcceptable("file_hides_content", "export_the_file_anew", media_type=media_type)
