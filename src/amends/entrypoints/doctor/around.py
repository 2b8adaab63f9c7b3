"""What is looked at before there is a service: settings, folders, mail, and the database."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

from amends.engine.outside import MailFailed
from amends.entrypoints.doctor.findings import Finding, Premises, failure, ok, warning

_LITTLE_ROOM, _NO_ROOM = 2_000_000_000, 200_000_000  # bytes
_THIS_MACHINE = ("127.0.0.1", "localhost", "::1")


def look_around(premises: Premises) -> Iterator[Finding]:
    """The settings, and what they lead to."""
    yield from _settings(premises)
    yield _address(premises.base_url)
    yield from _folders(premises)
    yield _mail(premises)


def look_at_database(premises: Premises) -> Finding:
    """Whether there is a database of the right schema; raises what keeps it from being asked."""
    if not premises.exists():
        do = "name another with --database or AMENDS_DATABASE, or make one: amends db migrate"
        return failure("database", f"there is no database {premises.database}", do)
    if not premises.schema_is_current():
        says = "the database has the schema of another version of amends"
        return failure("schema", says, "back it up, and then: amends db migrate")
    return ok("schema", "the database has the schema this version needs")


def _settings(premises: Premises) -> Iterator[Finding]:
    for says, do in premises.doubts:
        yield warning("settings", says, do)
    if not premises.doubts:
        yield ok("settings", "every setting can be read")


def _address(base_url: str) -> Finding:
    split = urlsplit(base_url)
    do = "set AMENDS_BASE_URL to the https:// address at which people reach the service"
    if split.scheme == "https" and split.hostname:
        return ok("address", f"people reach the service at {base_url}")
    if split.hostname in _THIS_MACHINE:
        return warning("address", f"links in mails lead to {base_url}, on this machine only", do)
    return failure("address", f"{base_url} is not encrypted: sessions can be stolen on the way", do)


def _folders(premises: Premises) -> Iterator[Finding]:
    for folder in premises.folders:
        there = _nearest(folder)
        try:
            with tempfile.TemporaryFile(dir=there):
                free = shutil.disk_usage(there).free
        except OSError as error:
            do = f"let the user who runs amends write to {there}"
            yield failure("folders", f"{folder} cannot be written to: {error.strerror}", do)
            continue
        says, do = (
            f"{free / 1e9:.1f} GB are free in {folder}",
            "make room, or move it to a larger disk",
        )
        if free < _NO_ROOM:
            yield failure("folders", says, do)
        else:
            yield warning("folders", says, do) if free < _LITTLE_ROOM else ok("folders", says)
    for path in premises.private:
        if path.exists() and path.stat().st_mode & 0o077:
            says = f"others on this machine may open {path}, which holds people's keys and data"
            yield warning("folders", says, f"chmod go= {path}")


def _nearest(folder: Path) -> Path:
    """The folder, or what there is of the way to it: the rest is made when it is needed."""
    folder = folder.absolute()
    return next(part for part in (folder, *folder.parents) if part.is_dir())


def _mail(premises: Premises) -> Finding:
    if premises.check_mail is None:
        says = "mail is written to a folder and reaches nobody"
        return warning("mail", says, "name a mail server with AMENDS_SMTP_HOST")
    try:
        premises.check_mail()
    except MailFailed as error:
        do = "look at AMENDS_SMTP_HOST, _PORT, _SECURITY, _USER and _PASSWORD, and at the server"
        return failure("mail", str(error), do)
    return ok("mail", "the mail server lets us in")
