"""Back-ups: what is in them, of which instant, and that nothing else is ever restored."""

from __future__ import annotations

import sqlite3
import zipfile
from collections.abc import Iterator
from contextlib import closing
from datetime import timedelta
from io import BytesIO
from pathlib import Path
from typing import IO, Any, BinaryIO

import psycopg
import pytest
from psycopg import sql

from amends.engine.backup import Manifest, NotAnArchive, NotEmpty
from amends.engine.store import Unavailable, Write
from amends.kernel.decision import Content
from amends.kernel.record import Job
from amends.store import migrate, open_store, schema_is_current
from amends.store.backup import back_up, restore
from amends.store.migrate import database_path
from amends.store.urls import is_postgres
from tests.postgres_server import Server
from tests.store.given import NOW, answer, begin, dispute_row, event, order_row, state

KINDS = ("sqlite", "postgresql")
FILES = {"a" * 64: b"a picture", "b" * 64: bytes(3_000_000)}


@pytest.fixture(params=KINDS)
def source(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    url = empty(request, request.param, tmp_path / "source.db")
    migrate(url)
    return url


@pytest.fixture(params=KINDS)
def target(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    return empty(request, request.param, tmp_path / "target.db")


@pytest.fixture
def archive(tmp_path: Path) -> Path:
    return tmp_path / "backup.zip"


def empty(request: pytest.FixtureRequest, kind: str, path: Path) -> str:
    if kind == "sqlite":
        return f"sqlite:///{path}"
    postgres: Server = request.getfixturevalue("postgres")
    return postgres.empty()


def fill(url: str, orders: int = 40) -> None:
    store = open_store(url)
    for n in range(orders):
        texts = (Content("r", f"person {n % 7}", f"of {n}, été"), Content("s", "bob", ""))
        rows = (order_row("ann", n), dispute_row("D1", None))
        jobs = (Job("j", "mail", NOW, {"to": None, "n": n}),)
        said = (answer("k", 0, b"\x00{}"),)
        write = Write(f"O{n}", 0, (event(1, *texts),), state(1, NOW), rows, jobs, said)
        assert store.records.write([write]) == frozenset()
    store.meta.put("made_for", "live")
    store.uptime.beat(NOW)
    store.close()


def files() -> Iterator[tuple[str, BinaryIO]]:
    for name, content in FILES.items():
        yield name, BytesIO(content)


def quiet(_part: str, _step: int) -> None:
    pass


def backed_up(url: str, archive: Path) -> Manifest:
    return back_up(url, files, archive, lambda: NOW, quiet)


class Kept:
    """Files as a restore hands them over."""

    def __init__(self) -> None:
        self.files: dict[str, bytes] = {}

    def put(self, name: str, file: IO[bytes]) -> str:
        import hashlib

        self.files[name] = file.read()
        return hashlib.sha256(self.files[name]).hexdigest()


def restored(archive: Path, url: str) -> dict[str, bytes]:
    kept = Kept()
    restore(archive, url, kept.put, quiet)
    return kept.files


def everything(url: str) -> dict[str, list[tuple[Any, ...]]]:
    """Every row of every table, by the tables' columns in the order of their names."""
    if is_postgres(url):
        with psycopg.connect(url) as db:
            found = db.execute(
                "SELECT table_name, column_name FROM information_schema.columns"
                " WHERE table_schema = 'public' ORDER BY table_name, column_name"
            ).fetchall()
            columns: dict[str, list[str]] = {}
            for table, column in found:
                columns.setdefault(table, []).append(column)
            return {
                table: sorted(
                    db.execute(
                        sql.SQL("SELECT {} FROM {}").format(
                            sql.SQL(", ").join(map(sql.Identifier, names)), sql.Identifier(table)
                        )
                    ).fetchall(),
                    key=repr,
                )
                for table, names in columns.items()
            }
    with closing(sqlite3.connect(database_path(url))) as file:
        tables = [n for (n,) in file.execute("SELECT name FROM sqlite_master WHERE type='table'")]
        rows = {}
        for table in tables:
            named = sorted(name for _, name, *_ in file.execute(f"PRAGMA table_info({table})"))
            quoted = ", ".join(f'"{name}"' for name in named)
            rows[table] = sorted(file.execute(f"SELECT {quoted} FROM {table}"), key=repr)  # noqa: S608
        return rows


def test_all_of_it_is_restored_into_either_kind_of_database(
    source: str, target: str, archive: Path
) -> None:
    fill(source)
    manifest = backed_up(source, archive)
    assert manifest.rows("events") == 40
    assert manifest.rows("person_keys") == 8
    assert manifest.taken_at == NOW
    assert archive.stat().st_mode & 0o077 == 0
    assert restored(archive, target) == FILES
    assert everything(target) == everything(source)
    store = open_store(target)
    assert store.records.texts([("O3", "r")]) == {("O3", "r"): "of 3, été"}
    begin(store, "new")
    store.close()


def test_it_is_of_one_instant_whoever_writes_meanwhile(
    source: str, archive: Path, tmp_path: Path
) -> None:
    fill(source)
    before = everything(source)
    store = open_store(source)
    written = 0

    def write(_part: str, _step: int) -> None:
        nonlocal written
        written += 1
        begin(store, f"late {written}", Content("r", "ann", "late"))

    back_up(source, files, archive, lambda: NOW, write)
    store.close()
    assert written > 10
    restored(archive, str(tmp_path / "then.db"))
    assert everything(str(tmp_path / "then.db")) == before


def test_where_something_is_nothing_is_restored(source: str, target: str, archive: Path) -> None:
    fill(source, 3)
    backed_up(source, archive)
    migrate(target)
    fill(target, 5)
    there = everything(target)
    with pytest.raises(NotEmpty):
        restored(archive, target)
    assert everything(target) == there


def test_an_archive_is_never_written_over(source: str, archive: Path) -> None:
    archive.write_bytes(b"another")
    with pytest.raises(FileExistsError):
        backed_up(source, archive)
    assert archive.read_bytes() == b"another"


def test_a_back_up_that_fails_leaves_nothing(source: str, archive: Path) -> None:
    def broken() -> Iterator[tuple[str, BinaryIO]]:
        yield "c" * 64, BytesIO(b"")
        raise OSError("the disk is gone")

    with pytest.raises(OSError, match="gone"):
        back_up(source, broken, archive, lambda: NOW, quiet)
    assert not [path for path in archive.parent.iterdir() if "backup" in path.name]


def changed(archive: Path, name: str, data: bytes | None) -> None:
    """The archive with another content of one entry, None: without it."""
    with zipfile.ZipFile(archive) as zipped:
        entries = {n: zipped.read(n) for n in zipped.namelist()}
    if data is None:
        del entries[name]
    else:
        entries[name] = data
    with zipfile.ZipFile(archive, "w") as zipped:
        for n, content in entries.items():
            zipped.writestr(n, content)


def read(archive: Path, name: str) -> bytes:
    with zipfile.ZipFile(archive) as zipped:
        return zipped.read(name)


@pytest.mark.parametrize(
    ("name", "data", "why"),
    [
        ("manifest.json", None, "no manifest"),
        ("manifest.json", b"{}", "no manifest"),
        ("tables/events", None, "tables/events is missing"),
        ("tables/events", b"", "not those that were written"),
        ("tables/events", b"\x00\x00\x00\x09\x90", "cut off"),
        ("tables/events", b"\xff\xff\xff\xff\x90", "cut off"),
        ("tables/events", b"\x00\x00\x00\x01\xc1", "damaged"),
        ("files/" + "a" * 64, None, "not those that were written"),
        ("files/" + "a" * 64, b"another", "not those that were written"),
        ("files/" + "c" * 64, b"one more", "not those that were written"),
    ],
)
def test_what_is_not_as_it_was_written_is_not_restored(
    target: str, archive: Path, tmp_path: Path, name: str, data: bytes | None, why: str
) -> None:
    source = str(tmp_path / "s.db")
    migrate(source)
    fill(source, 3)
    backed_up(source, archive)
    changed(archive, name, data)
    with pytest.raises(NotAnArchive, match=why):
        restored(archive, target)
    if is_postgres(target):
        assert not any(
            rows for name, rows in everything(target).items() if name != "alembic_version"
        )
    else:
        assert not database_path(target).exists()


def test_a_row_that_was_exchanged_is_found_by_its_table_s_hash(
    archive: Path, tmp_path: Path
) -> None:
    source = str(tmp_path / "s.db")
    migrate(source)
    fill(source, 3)
    backed_up(source, archive)
    rows = read(archive, "tables/orders")
    changed(archive, "tables/orders", rows.replace(b"open", b"shut"))
    with pytest.raises(NotAnArchive, match="rows of orders"):
        restored(archive, str(tmp_path / "t.db"))


def test_a_damaged_or_foreign_file_is_told(archive: Path, tmp_path: Path) -> None:
    source, target = str(tmp_path / "s.db"), str(tmp_path / "t.db")
    migrate(source)
    fill(source)
    backed_up(source, archive)
    whole = archive.read_bytes()
    middle = whole.index(b"tables/events") + 200
    archive.write_bytes(whole[:middle] + bytes(8) + whole[middle + 8 :])
    with pytest.raises(NotAnArchive):
        restored(archive, target)
    for foreign in (whole[: len(whole) // 2], b"", b"something else"):
        archive.write_bytes(foreign)
        with pytest.raises(NotAnArchive, match="ZIP"):
            restored(archive, target)
    assert not Path(target).exists()


def test_what_a_newer_version_wrote_is_told(archive: Path, tmp_path: Path) -> None:
    source = str(tmp_path / "s.db")
    migrate(source)
    backed_up(source, archive)
    manifest = read(archive, "manifest.json")
    changed(archive, "manifest.json", manifest.replace(b'"format": 1', b'"format": 2'))
    with pytest.raises(NotAnArchive, match="newer version"):
        restored(archive, str(tmp_path / "t.db"))
    changed(archive, "manifest.json", manifest.replace(b'"schema": "', b'"schema": "9'))
    with pytest.raises(Exception, match="Can't locate revision"):
        restored(archive, str(tmp_path / "t.db"))
    assert not (tmp_path / "t.db").exists()


def test_an_older_version_s_database_is_backed_up_and_restored_into_this_one_s(
    target: str, archive: Path, tmp_path: Path
) -> None:
    source = str(tmp_path / "old.db")
    migrate(source, "0001")
    with closing(sqlite3.connect(source)) as db, db:
        db.execute("INSERT INTO meta VALUES ('made_for', 'live')")
        db.execute("INSERT INTO read_marks VALUES ('A', 'ann', 7)")
    assert backed_up(source, archive).schema == "0001"
    restored(archive, target)
    assert schema_is_current(target)
    store = open_store(target)
    assert store.access.read_marks("ann", ["A"]) == {"A": 7}
    store.close()


def test_a_server_that_is_not_there_is_told(archive: Path) -> None:
    nowhere = "postgresql://ann:secret@127.0.0.1:1/amends"
    with pytest.raises(Unavailable) as raised:
        backed_up(nowhere, archive)
    assert "secret" not in str(raised.value)
    assert not archive.exists()


def test_the_clock_is_asked_once_everything_is_seen(source: str, archive: Path) -> None:
    store = open_store(source)

    def clock() -> Any:
        # Whatever is written from here on is not in it.
        begin(store, "after")
        return NOW + timedelta(1)

    manifest = back_up(source, files, archive, clock, quiet)
    store.close()
    assert manifest.rows("events") == 0
