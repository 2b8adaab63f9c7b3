"""The port on PostgreSQL 15 or newer: many processes, on one machine or several."""

from __future__ import annotations

from amends.store.callbacks import SqlCallbacks
from amends.store.correspondence import SqlCorrespondence
from amends.store.drafts import SqlDrafts
from amends.store.emails import Digests, SqlEmails
from amends.store.imports import SqlImportAnswers
from amends.store.leases import SqlLeases
from amends.store.papers import SqlPapers
from amends.store.plain import PostgresPlain
from amends.store.postgres.access import PostgresAccess
from amends.store.postgres.connections import Connections
from amends.store.postgres.jobs import PostgresJobs
from amends.store.postgres.records import PostgresRecords
from amends.store.postgres.upkeep import PostgresUpkeep
from amends.store.postgres.views import PostgresViews
from amends.store.ruling_words import SqlRulingWords
from amends.store.service import SqlMeta, SqlUptime
from amends.store.sessions import SqlSessions, SqlTries
from amends.store.staff import SqlStaff
from amends.store.urls import Target
from amends.store.watching import SqlWatching
from amends.store.webhooks import SqlWebhooks

__all__ = ["PostgresStore"]


class PostgresStore:
    """A migrated database. See ``amends.engine.store.Store``."""

    def __init__(self, target: Target) -> None:
        self._connections = Connections(target)
        plain = PostgresPlain(self._connections)
        digests = Digests(plain)
        self.records = PostgresRecords(self._connections, digests)
        self.jobs = PostgresJobs(self._connections)
        self.views = PostgresViews(self._connections)
        self.access = PostgresAccess(self._connections)
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
        self.upkeep = PostgresUpkeep(self._connections)

    def close(self) -> None:
        """Let go of every connection."""
        self._connections.close()
