"""The port on SQLite: one file, one writer at a time, readers beside it."""

from __future__ import annotations

from pathlib import Path

from amends.store.callbacks import SqlCallbacks
from amends.store.correspondence import SqlCorrespondence
from amends.store.drafts import SqlDrafts
from amends.store.emails import Digests, SqlEmails
from amends.store.imports import SqlImportAnswers
from amends.store.leases import SqlLeases
from amends.store.papers import SqlPapers
from amends.store.plain import SqlitePlain
from amends.store.ruling_words import SqlRulingWords
from amends.store.service import SqlMeta, SqlUptime
from amends.store.sessions import SqlSessions, SqlTries
from amends.store.sqlite.access import SqliteAccess
from amends.store.sqlite.connections import Connections
from amends.store.sqlite.jobs import SqliteJobs
from amends.store.sqlite.records import SqliteRecords
from amends.store.sqlite.upkeep import SqliteUpkeep
from amends.store.sqlite.views import SqliteViews
from amends.store.staff import SqlStaff
from amends.store.watching import SqlWatching
from amends.store.webhooks import SqlWebhooks

__all__ = ["SqliteStore"]


class SqliteStore:
    """A migrated database file. See ``amends.engine.store.Store``.

    ``synced`` False gives up its durability until it is closed: for one that is thrown away when it
    is not finished.
    """

    def __init__(self, path: Path, *, synced: bool = True) -> None:
        self._connections = Connections(path, synced=synced)
        plain = SqlitePlain(self._connections)
        digests = Digests(plain)
        self.records = SqliteRecords(self._connections, digests)
        self.jobs = SqliteJobs(self._connections)
        self.views = SqliteViews(self._connections)
        self.access = SqliteAccess(self._connections)
        self.drafts = SqlDrafts(plain)
        self.leases = SqlLeases(plain)
        self.callbacks = SqlCallbacks(plain)
        self.staff = SqlStaff(plain, digests)
        self.sessions = SqlSessions(plain)
        self.tries = SqlTries(plain, digests)
        self.emails = SqlEmails(plain, digests)
        self.papers = SqlPapers(plain)
        self.ruling_words = SqlRulingWords(plain)
        self.watching = SqlWatching(plain)
        self.correspondence = SqlCorrespondence(plain, digests)
        self.import_answers = SqlImportAnswers(plain)
        self.webhooks = SqlWebhooks(plain)
        self.uptime = SqlUptime(plain)
        self.meta = SqlMeta(plain)
        self.upkeep = SqliteUpkeep(self._connections)

    def close(self) -> None:
        """Let go of every connection."""
        self._connections.close()
