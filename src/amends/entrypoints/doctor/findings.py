"""What an examination finds, and what it is given to look at."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from msgspec import Struct

from amends.entrypoints.service import Service

Status = Literal["ok", "warning", "failure"]


class Finding(Struct, frozen=True):
    """One thing that was looked at: how it is, in a sentence, and what to do when it is not well.

    No secret and nothing personal is ever part of it.
    """

    check: str
    status: Status
    says: str
    do: str = ""


@dataclass(frozen=True)
class Premises:
    """What a service would be put together from, put together in ``bootstrap``.

    ``database`` is its name without a password. ``doubts`` are settings that hardly can be meant,
    each with what to do. ``folders`` are written to, ``private`` is for nobody else's eyes.
    ``check_mail`` raises MailFailed; None: mail is written to a folder. ``providers`` are the
    payment providers that are connected, by name.
    """

    database: str
    base_url: str
    doubts: tuple[tuple[str, str], ...]
    folders: tuple[Path, ...]
    private: tuple[Path, ...]
    check_mail: Callable[[], None] | None
    providers: tuple[str, ...]
    exists: Callable[[], bool]
    schema_is_current: Callable[[], bool]
    open_service: Callable[[], Service]


def ok(check: str, says: str) -> Finding:
    """Nothing to do."""
    return Finding(check, "ok", says)


def warning(check: str, says: str, do: str) -> Finding:
    """It works, and something may come of it."""
    return Finding(check, "warning", says, do)


def failure(check: str, says: str, do: str) -> Finding:
    """It does not work."""
    return Finding(check, "failure", says, do)
