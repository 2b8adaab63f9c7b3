"""What the composition root gives the command line, which may import no store and no adapter."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from socket import socket

    from amends.engine.backup import Manifest, Tell
    from amends.entrypoints.doctor.findings import Premises
    from amends.entrypoints.service import Service
    from amends.policy.library import Library
    from amends.policy.problems import PackProblem


class OpenService(Protocol):
    """Puts a service together on a database that is migrated."""

    def __call__(
        self,
        database: str,
        *,
        base_url: str = "",
        sandbox: bool | None = False,
        synced: bool = True,
    ) -> Service:
        """``sandbox`` None: as the database was made. ``synced`` False: what is written need not
        survive a power cut, for making a sample.

        Raises SchemaNotCurrent, PackError or PinnedPackError, or ValueError for a database that is
        of another kind than asked for; each message says what to do.
        """


class Serve(Protocol):
    """Runs the web server until it is told to stop."""

    def __call__(self, service: Service, listening: socket, worker: str) -> None:
        """Pages, API and the background clock, in this process, which is called ``worker``."""


@dataclass(frozen=True)
class Toolkit:
    """Put together in ``bootstrap.main``. ``premises`` are what the doctor looks at, of a database
    and a base URL."""

    open_service: OpenService
    serve: Serve
    migrate: Callable[[str], None]
    database_exists: Callable[[str], bool]
    back_up: Callable[[str, Path, Tell], Manifest]
    restore: Callable[[Path, str, Tell], Manifest]
    premises: Callable[[str, str], Premises]
    load_packs: Callable[[Path], Library]
    check_packs: Callable[[Path], Sequence[PackProblem]]
    shipped_packs: Callable[[], Path]
