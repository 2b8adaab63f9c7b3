"""The doctor: each thing is broken in turn, and named, with what to do and no secret."""

from __future__ import annotations

import json
import shutil
import socket
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from io import BytesIO
from pathlib import Path
from typing import Any

import psycopg
import pytest

from amends.adapters.clock import VirtualClock
from amends.adapters.packs import shipped_packs
from amends.bootstrap import Settings, build_service
from amends.engine.outside import StoredFile
from amends.entrypoints.clock import drain
from amends.entrypoints.doctor.within import look_within
from amends.entrypoints.service import Service
from amends.kernel.instants import to_micros
from amends.store import migrate
from amends.store.urls import is_postgres
from tests.adapters.test_mail_smtp import Inbox, Serve, serve
from tests.entrypoints.cli.run import EXAMPLES, Terminal
from tests.entrypoints.cli.test_do import order_json
from tests.postgres_server import Server

__all__ = ["serve"]
HTTPS = "https://disputes.shop.example"
NAMES = {
    "settings", "address", "folders", "mail", "schema", "database", "packs", "clock", "files",
    "outbox", "deadlines", "replay", "similar", "payments", "webhooks",
}  # fmt: skip


class Well(Terminal):
    """A terminal on a database at which everything is well."""

    def found(self, code: int) -> dict[str, list[dict[str, str]]]:
        """What is found other than well, by the name of what was looked at."""
        result = self.run("doctor", "--json", "--base-url", HTTPS)
        assert result.exit_code == code, result.output
        told = json.loads(result.stdout)
        assert told["ok"] is (code == 0)
        wrong: dict[str, list[dict[str, str]]] = {}
        for finding in told["checks"]:
            assert bool(finding["do"]) is (finding["status"] != "ok")
            if finding["status"] != "ok":
                wrong.setdefault(finding["check"], []).append(finding)
        return wrong

    def one(self, check: str, status: str) -> str:
        """What the only finding says, which is about ``check``."""
        found = self.found(1 if status == "failure" else 0)
        assert list(found) == [check], found
        (finding,) = found[check]
        assert finding["status"] == status
        return finding["says"]

    def service(self, **how: Any) -> Service:
        return build_service(Settings(self.url or self.database, home=self.folder, **how))

    def break_(self, statement: str) -> None:
        """Change the database behind the product's back."""
        if is_postgres(self.url):
            with psycopg.connect(self.url) as db:
                db.execute(statement)
        else:
            self.damage(statement)


@pytest.fixture(autouse=True)
def mail_server(monkeypatch: pytest.MonkeyPatch, serve: Serve) -> None:
    """The environment of a server that sends mail."""
    monkeypatch.setenv("AMENDS_SMTP_HOST", "127.0.0.1")
    monkeypatch.setenv("AMENDS_SMTP_SECURITY", "none")
    monkeypatch.setenv("AMENDS_SMTP_PORT", str(serve(Inbox())))
    monkeypatch.setenv("AMENDS_SENDER", "amends@shop.example")


def lived(terminal: Well) -> Well:
    """Some orders, and nothing that waits."""
    lines = (EXAMPLES / "feed.ndjson").read_text("utf-8").splitlines()[:8]
    terminal.out("import", terminal.file("feed.ndjson", "\n".join(lines)))
    service = terminal.service()
    drain(service)
    service.store.uptime.beat(service.clock.now())
    service.close()
    return terminal


@pytest.fixture(scope="module")
def lived_in(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with all that belongs to a database, to copy."""
    folder = tmp_path_factory.mktemp("lived")
    lived(Well(folder))
    return folder


@pytest.fixture
def well_file(lived_in: Path, tmp_path: Path) -> Well:
    """On a file, for what is the same on either kind of database."""
    shutil.copytree(lived_in, tmp_path, dirs_exist_ok=True)
    well = Well(tmp_path)
    well.damage(f"UPDATE beats SET at = {to_micros(datetime.now(UTC))}")  # noqa: S608
    return well


@pytest.fixture
def well_server(tmp_path: Path, postgres: Server) -> Iterator[Well]:
    """On a server."""
    with postgres.database() as url:
        yield lived(Well(tmp_path, url))


@pytest.fixture(params=["well_file", "well_server"])
def well(request: pytest.FixtureRequest) -> Well:
    """On each."""
    found: Well = request.getfixturevalue(request.param)
    return found


def test_all_is_well(well: Well) -> None:
    result = well.run("doctor", "--json", "--base-url", HTTPS)
    told = json.loads(result.stdout)
    assert {finding["check"] for finding in told["checks"]} == NAMES
    assert [f for f in told["checks"] if f["status"] != "ok"] == []
    assert result.exit_code == 0
    said = well.out("doctor", "--base-url", HTTPS)
    assert said.count("\nok ") == len(told["checks"]) - 1
    assert "what is acknowledged outlives a crash" in said


def test_a_setting_that_cannot_be(well_file: Well, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AMENDS_SMTP_PORT", "many")
    assert "AMENDS_SMTP_PORT is a number" in well_file.one("settings", "failure")


def test_settings_that_hardly_can_be_meant(
    well_file: Well, monkeypatch: pytest.MonkeyPatch, serve: Serve
) -> None:
    monkeypatch.delenv("AMENDS_SENDER")
    assert "localhost.localdomain" in well_file.one("settings", "warning")
    monkeypatch.setenv("AMENDS_SENDER", "amends@shop.example")
    monkeypatch.setenv("AMENDS_SMTP_SECURITY", "starttls")
    monkeypatch.setenv("AMENDS_SMTP_USER", "shop")
    found = well_file.found(1)
    assert "AMENDS_SMTP_PASSWORD" in found["settings"][0]["do"]
    monkeypatch.setenv("AMENDS_STRIPE_KEY", "sk_test_t0ps3cret")
    monkeypatch.setenv("AMENDS_STRIPE_API_BASE", "http://127.0.0.1:1")
    asks = [finding["do"] for finding in well_file.found(1)["settings"]]
    assert any("AMENDS_STRIPE_WEBHOOK_SECRET" in do for do in asks)


@pytest.mark.parametrize(
    ("url", "status", "code"),
    [
        ("http://disputes.shop.example", "failure", 1),
        ("https://", "failure", 1),
        ("http://127.0.0.1:8000", "warning", 0),
        ("http://localhost", "warning", 0),
    ],
)
def test_an_address_that_is_not_https(well_file: Well, url: str, status: str, code: int) -> None:
    result = well_file.run("doctor", "--base-url", url)
    assert result.exit_code == code
    assert f"{status:8} address" in result.stdout
    assert "AMENDS_BASE_URL" in result.stdout


def test_folders_that_are_full_or_cannot_be_written_to(
    well: Well, monkeypatch: pytest.MonkeyPatch
) -> None:
    usage = shutil.disk_usage(well.folder)
    monkeypatch.setattr("shutil.disk_usage", lambda _: usage._replace(free=1_500_000_000))
    assert "1.5 GB are free" in well.one("folders", "warning")
    monkeypatch.setattr("shutil.disk_usage", lambda _: usage._replace(free=150_000_000))
    assert "GB are free" in well.one("folders", "failure")

    def forbidden(**_: Any) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr("tempfile.TemporaryFile", forbidden)
    assert "cannot be written to: Permission denied" in well.one("folders", "failure")


def test_a_folder_that_is_none(well: Well) -> None:
    (files,) = well.folder.glob("*.files")
    shutil.rmtree(files)
    files.touch(mode=0o600)
    assert str(files) in well.one("folders", "failure")


def test_what_others_may_read(well_file: Well) -> None:
    assert well_file.database.stat().st_mode & 0o077 == 0
    well_file.database.chmod(0o644)
    assert str(well_file.database) in well_file.one("folders", "warning")


def test_mail_that_goes_nowhere(well_file: Well, monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.socket() as nobody:
        nobody.bind(("127.0.0.1", 0))
        monkeypatch.setenv("AMENDS_SMTP_PORT", str(nobody.getsockname()[1]))
        assert "ConnectionRefusedError" in well_file.one("mail", "failure")
    monkeypatch.delenv("AMENDS_SMTP_HOST")
    assert "reaches nobody" in well_file.one("mail", "warning")


def test_no_mail_is_sent(well_file: Well, monkeypatch: pytest.MonkeyPatch, serve: Serve) -> None:
    inbox = Inbox()
    monkeypatch.setenv("AMENDS_SMTP_PORT", str(serve(inbox)))
    assert well_file.found(0) == {}
    assert inbox.messages == []


def test_a_database_that_is_not_there_or_is_none(well_file: Well) -> None:
    well_file.database.unlink()
    assert "there is no database" in well_file.one("database", "failure")
    well_file.database.write_bytes(b"something else entirely" * 100)
    well_file.database.chmod(0o600)
    assert "not a database" in well_file.one("database", "failure")


def test_a_server_that_is_not_there_is_named_without_its_password(tmp_path: Path) -> None:
    terminal = Terminal(tmp_path, "postgresql://ann:t0ps3cret@127.0.0.1:1/amends")
    result = terminal.run("doctor", "--json")
    assert result.exit_code == 1
    assert "t0ps3cret" not in result.output
    last = json.loads(result.stdout)["checks"][-1]
    assert (last["check"], last["status"]) == ("database", "failure")
    assert "cannot be reached" in last["says"]


def test_an_older_schema(well: Well, tmp_path: Path, postgres: Server) -> None:
    old = Well(tmp_path / "old", postgres.empty() if well.url else "")
    old.folder.mkdir()
    migrate(old.url or old.database, "0001")
    assert "another version" in old.one("schema", "failure")


def test_a_server_that_may_lose_what_it_acknowledged(well_server: Well) -> None:
    with psycopg.connect(well_server.url, autocommit=True) as db:
        alter = f'ALTER DATABASE "{db.info.dbname}"'
        db.execute(f"{alter} SET synchronous_commit = off")
        try:
            assert "synchronous_commit is off" in well_server.one("database", "warning")
        finally:
            db.execute(f"{alter} RESET synchronous_commit")


def test_packs_that_changed_or_are_broken(
    well_file: Well, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    packs = tmp_path / "packs"
    shutil.copytree(shipped_packs(), packs)
    monkeypatch.setenv("AMENDS_PACKS", str(packs))
    assert well_file.found(0) == {}
    limits = packs / "aliexpress" / "1" / "limits.toml"
    text = limits.read_text()
    limits.write_text(text + "\n[nonsense]\nx = 1\n")
    assert any("nonsense" in finding["says"] for finding in well_file.found(1)["packs"])
    limits.write_text(text)
    shutil.rmtree(packs / "aliexpress")
    assert "aliexpress 1" in well_file.one("packs", "failure")


def test_a_clock_that_went_back(well: Well) -> None:
    service = well.service()
    service.store.uptime.beat(service.clock.now() + timedelta(hours=3))
    service.close()
    assert "3 hours from now: this clock has gone back" in well.one("clock", "failure")


def test_no_server_is_up(well: Well) -> None:
    well.break_("UPDATE beats SET at = at - 10800000000")
    assert "no server has been up for 3 hours" in well.one("clock", "warning")
    well.break_("DELETE FROM beats")
    assert "no server was ever up" in well.one("clock", "warning")


@pytest.mark.parametrize(("seconds", "status"), [(10, "warning"), (600, "failure")])
def test_a_clock_that_differs_from_the_server_s(
    well_server: Well, seconds: int, status: str
) -> None:
    ahead = datetime.now(UTC) + timedelta(seconds=seconds)
    service = well_server.service(clock=VirtualClock(lambda: ahead, lambda _: None))
    (clock,) = [f for f in look_within(service, (), 1) if f.check == "clock"]
    service.close()
    assert clock.status == status
    assert "the database's differ" in clock.says


class OtherFiles:
    """Files on a disk that gives back what was never put there, or nothing at all."""

    def __init__(self, data: bytes | None) -> None:
        self._data = data

    def put(self, key: str, data: object) -> StoredFile:
        if self._data is None:
            raise OSError(5, "Input/output error")
        return StoredFile("", 0)

    def open(self, key: str) -> BytesIO:
        return BytesIO(self._data or b"")

    def delete(self, key: str) -> None:
        """Nothing is there."""


@pytest.mark.parametrize(
    ("data", "says"), [(None, "cannot be kept: OSError"), (b"other", "does not come back")]
)
def test_files_that_are_not_kept(well_file: Well, data: bytes | None, says: str) -> None:
    service = well_file.service()
    broken = replace(service, files=OtherFiles(data))
    (files,) = [f for f in look_within(broken, (), 1) if f.check == "files"]
    service.close()
    assert files.status == "failure"
    assert says in files.says


def test_nothing_is_left_of_the_probe(well_file: Well) -> None:
    files = well_file.folder / "amends.db.files"
    before = {path for path in files.rglob("*") if path.is_file()}
    assert well_file.found(0) == {}
    assert {path for path in files.rglob("*") if path.is_file()} == before


@pytest.mark.parametrize(("minutes", "status"), [(5, "warning"), (30, "failure")])
def test_what_waits_too_long(well: Well, minutes: int, status: str) -> None:
    micros = to_micros(datetime.now(UTC) - timedelta(minutes=minutes))
    well.break_(
        "INSERT INTO jobs (order_id, id, kind, run_at, payload, attempts, slot)"  # noqa: S608
        f" VALUES ('A', 'j', 'mail', {micros}, '{{}}', 0, 0)"
    )
    assert f"a job was to be done {minutes} minutes ago" in well.one("outbox", status)
    well.break_("DELETE FROM jobs WHERE id = 'j'")
    well.break_(
        f"UPDATE states SET next_due = {micros} WHERE order_id = 'A-1037'"  # noqa: S608
    )
    found = well.found(1)
    # A state that was tampered with shows in the replay as well.
    assert {"deadlines"} <= set(found) <= {"deadlines", "replay"}
    assert f"{minutes} minutes ago" in found["deadlines"][0]["says"]
    assert found["deadlines"][0]["status"] == status


def test_jobs_that_fail_again_and_again(well: Well) -> None:
    later = 4_000_000_000_000_000
    for n, attempts in enumerate((7, 8, 20)):
        well.break_(
            "INSERT INTO jobs (order_id, id, kind, run_at, payload, attempts, slot)"  # noqa: S608
            f" VALUES ('A{n}', 'j', 'mail', {later}, '{{}}', {attempts}, 0)"
        )
    said = well.one("jobs", "warning")
    assert said.startswith("2 of kind mail")
    assert "order A1" in said


def test_an_order_that_is_not_what_its_record_gives(well: Well) -> None:
    well.break_("UPDATE orders SET buyer = 'thief' WHERE order_id = 'A-1037'")
    assert "as A-1037" in well.one("replay", "failure")


def test_a_payment_provider_that_does_not_answer(
    well_file: Well, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AMENDS_STRIPE_KEY", "sk_test_t0ps3cret")
    monkeypatch.setenv("AMENDS_STRIPE_WEBHOOK_SECRET", "whsec_t0ps3cret")
    monkeypatch.setenv("AMENDS_STRIPE_API_BASE", "http://127.0.0.1:1")
    assert "stripe does not answer" in well_file.one("payments", "failure")
    assert "t0ps3cret" not in well_file.run("doctor").output


def test_a_refund_that_waits_for_a_provider_nobody_connected(well: Well) -> None:
    well.break_(
        "INSERT INTO refunds (order_id, refund_id, provider, reference, amount, currency, state,"
        " recorded_at) VALUES ('A-1037', 'A-1037-R1', 'stripe', 'pi_1', 5, 'USD', 'recorded', 1)"
    )
    found = well.found(1)
    assert "refunds that wait for stripe" in found["payments"][0]["says"]


def test_a_refund_at_a_provider_nobody_knows_is_named_and_asked_of_finance(well: Well) -> None:
    mistyped = json.loads(order_json())
    mistyped["payment"]["provider"] = "strpe"
    shop = ("--as", "marketplace:shop")
    well.out("do", "order", "A-9", "place_order", *shop, "--json", json.dumps(mistyped))
    well.out("do", "order", "A-9", "cancel_order", *shop)
    service = well.service()
    drain(service)
    service.close()
    said = well.one("payments", "failure")
    assert said == "refunds that wait for strpe, which is not connected: 1"
    (task,) = json.loads(well.out("money", "tasks", "--json"))["items"]
    assert (task["subject"], task["kind"]) == ("A-9-R1", "refund_failed")
    well.out("do", "order", "A-9", "record_trace", "--as", "finance:f1", "refund=A-9-R1",
             "outcome=paid_another_way", "note=Paid by bank transfer.")  # fmt: skip
    assert well.found(0) == {}


def test_a_sandbox_has_no_clock_to_be_wrong(tmp_path: Path) -> None:
    service = build_service(Settings(tmp_path / "amends.db", sandbox=True))
    service.close()
    told = json.loads(Terminal(tmp_path).out("doctor", "--json"))
    assert "clock" not in {finding["check"] for finding in told["checks"]}
