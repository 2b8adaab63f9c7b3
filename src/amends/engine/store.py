"""The port to whatever keeps the record: what the engine, the pages and the operators need of it.

Every method is one unit of work and one round trip, made for many orders at once. Nothing here
holds a transaction open between two calls: decisions are made on what ``load`` saw, and ``write``
takes only what was decided at the version that still stands. No method needs to lock two orders
together or to search for an order: whoever calls knows it.

All methods block; a web server calls them from a thread. All of them may be called from several
threads at once.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Protocol

from msgspec import Struct

from amends.engine.access import Access
from amends.engine.callbacks import Callbacks
from amends.engine.correspondence import Correspondence
from amends.engine.drafts import Drafts
from amends.engine.imports import ImportAnswers
from amends.engine.leases import Leases
from amends.engine.papers import Papers
from amends.engine.ruling_words import RulingWords
from amends.engine.service import Meta, Uptime
from amends.engine.sessions import Emails, KeptSessions, Tries
from amends.engine.slots import ALL_SLOTS
from amends.engine.staff import StaffAccounts
from amends.engine.watching import Watching
from amends.engine.webhooks import Webhooks
from amends.kernel.decision import Content
from amends.kernel.instants import Instant, Outage
from amends.kernel.people import Actor, PersonId
from amends.kernel.record import Column, Job, Row

AnswerKey = tuple[str, str, str]  # order, caller, idempotency key
ContentKey = tuple[str, str]  # order, reference
Due = tuple[Instant, str]  # when something of an order is due, and the order


class NotWritten(Exception):
    """A ``write`` was rolled back whole: nothing of it is in the record, its cause is chained."""


class Unavailable(Exception):
    """The database cannot be reached, or did not answer in time.

    What was under way may or may not have been recorded: whoever asked asks again under the same
    idempotency key.
    """


class SchemaNotCurrent(Exception):
    """The database was made by an older or newer version, or not made at all."""


class UnknownListing(ValueError):
    """A page was asked for by columns that have no index."""


class BadCursor(ValueError):
    """A cursor that no page of this listing gave out."""


class StoredState(Struct, frozen=True):
    """An order's state after event ``version``, as the code named ``code`` wrote it."""

    version: int
    state: bytes
    code: str
    next_due: Instant | None


class NewEvent(Struct, frozen=True):
    """An event to be recorded, with the texts that are to be kept with it."""

    at: Instant
    by: Actor
    command_id: str
    type: str
    body: bytes
    contents: tuple[Content, ...] = ()


class StoredEvent(Struct, frozen=True):
    """An event as it lies in the record; ``hash`` chains it to the one before."""

    number: int
    at: Instant
    by: Actor
    command_id: str
    type: str
    body: bytes
    hash: bytes


class SealedText(Struct, frozen=True):
    """What the chain holds of a text: whose it is, and the SHA-256 of its ciphertext."""

    ref: str
    owner: PersonId
    digest: bytes


class SavedAnswer(Struct, frozen=True):
    """What a caller was told under an idempotency key.

    The events of an accepted command are those after ``since`` up to ``version``; ``refusal`` holds
    the encoded no otherwise. ``digest`` is of the request's body.
    """

    caller: str
    key: str
    digest: str
    at: Instant
    since: int
    version: int
    refusal: bytes | None


class Write(Struct, frozen=True):
    """All that one batch changes about one order, decided at version ``expected``.

    ``state`` None leaves the stored state alone, which is right only without events. Rows are each
    named once; jobs already there are left alone. ``head`` is the chain's end that was loaded with
    that version; None has the store look for it. ``announced``: with the events, a job is written
    that has them told to whoever listens.
    """

    order: str
    expected: int
    events: tuple[NewEvent, ...] = ()
    state: StoredState | None = None
    rows: tuple[Row, ...] = ()
    jobs: tuple[Job, ...] = ()
    answers: tuple[SavedAnswer, ...] = ()
    head: bytes | None = None
    announced: bool = False


class Loaded(Struct, frozen=True):
    """One consistent look at several orders. What does not exist is not in the mappings.

    ``heads`` are the ends of the orders' chains of hashes. ``listened_to``: somebody has to be told
    of what is recorded from then on.
    """

    states: dict[str, StoredState]
    heads: dict[str, bytes]
    answers: dict[AnswerKey, SavedAnswer]
    outages: tuple[Outage, ...]
    listened_to: bool


class Records(Protocol):
    """The orders' streams, their states, and the texts kept apart from them."""

    def load(
        self,
        orders: Collection[str],
        keys: Collection[AnswerKey],
        outages_since: Instant,
        writers: Collection[PersonId] = (),
    ) -> Loaded:
        """States and saved answers, and the outages that ended after ``outages_since``.

        ``writers`` are those who may have texts in the ``write`` that follows: a store may look up
        in the same round trip what it will need for them.
        """

    def write(self, writes: Iterable[Write]) -> frozenset[str]:
        """Record all of it durably in one transaction, and return the orders that clashed.

        The writes may be made while they are taken, which must not use the store: a server can
        work on the first while the next are decided. They come by their orders' ids.

        An order clashes when its version is no longer the expected one or when one of its
        idempotency keys has got an answer meanwhile: nothing of it is written, its neighbours are.
        Each order comes once. Raises NotWritten when nothing at all was written.
        """

    def events(self, order: str, after: int = 0, upto: int | None = None) -> list[StoredEvent]:
        """The events numbered ``after + 1`` to ``upto``, in order."""

    def texts(self, wanted: Collection[ContentKey]) -> dict[ContentKey, str | None]:
        """Texts by order and reference; None when their person was erased.

        References nobody wrote are not in the answer. Raises ValueError when a text is not the
        one that was sealed.
        """

    def erase(self, person: PersonId) -> bool:
        """Destroy the person's key, and so every text of theirs; False when there was none.

        Their e-mails lead to them no more, their words to no ruling, and neither a link nor an
        account of theirs lets anybody in.
        """

    def due(self, at: Instant, each: int, slots: Mapping[int, Due | None]) -> list[Due]:
        """Orders of these slots with something due at or before ``at``, earliest first.

        Of each slot the first ``each`` past its place, or from its beginning where that is None.
        """

    def next_due(self, after: Instant | None = None) -> Instant | None:
        """The earliest instant, past ``after`` if given, at which any order has something due."""


class JobToRun(Struct, frozen=True):
    """A job taken for a while. ``attempts`` counts this one too.

    ``others`` are the payloads, by id, of the jobs that were gathered into it; None: it was never
    gathered.
    """

    order: str
    id: str
    kind: str
    run_at: Instant
    payload: dict[str, Column]
    attempts: int
    others: dict[str, dict[str, Column]] | None = None


class Jobs(Protocol):
    """The outbox. A job stays in it until it was finished."""

    def take(
        self, now: Instant, limit: int, until: Instant, slots: Collection[int] = ALL_SLOTS
    ) -> list[JobToRun]:
        """Take due jobs of these slots, earliest first; nobody else gets them before ``until``."""

    def finish(self, job: JobToRun) -> bool:
        """It is done. False when somebody else has taken it since."""

    def again(self, job: JobToRun, run_at: Instant) -> bool:
        """Run it again then. False when somebody else has taken it since."""

    def gather(self, job: JobToRun, alike: Collection[str]) -> JobToRun | None:
        """Make one job of this one and those of its order and kind that nobody else has and whose
        payloads are equal in ``alike``, due or not: they are in its ``others`` and in the outbox no
        more.

        What was gathered once stays as it is, however often the job comes again. None: the job is
        with somebody else by now, or in another one.
        """

    def hasten(self, kind: str, now: Instant) -> bool:
        """Have the jobs of a kind that nobody took yet run at ``now``; whether there were any that
        would have run later."""

    def waits(self, order: str, kind: str) -> bool:
        """Whether an order has a job of a kind in the outbox, be it under way."""

    def add(self, job: Job) -> None:
        """A job that belongs to no order, so that it comes back with "" for its order's id."""

    def next_run(self) -> Instant | None:
        """The earliest instant at which a job can be taken; None: the outbox is empty."""


class Page(Struct, frozen=True):
    """Rows of a projection, and the cursor after which the next ones come; None: no more."""

    rows: tuple[dict[str, Column], ...]
    next: str | None


class Views(Protocol):
    """Projections as lists. ``amends.store.tables`` says which there are."""

    def page(
        self,
        table: str,
        where: Mapping[str, Column],
        *,
        order_by: str,
        after: str | None = None,
        limit: int = 50,
        also: Mapping[str, Column] | None = None,
    ) -> Page:
        """Rows whose columns equal ``where``, by ``order_by`` (``-`` in front: last first).

        Those are found by an index; of them only rows that equal ``also`` are taken, which the
        database looks through. Rows without a value in ``order_by`` are left out. Raises
        UnknownListing or BadCursor.
        """

    def totals(
        self,
        table: str,
        column: str | None,
        by: Sequence[str],
        where: Mapping[str, Column] | None = None,
    ) -> dict[tuple[Column, ...], int]:
        """The sum of a column, or the number of rows when none is named, for each combination of
        the columns ``by``, sorted by these.

        Reads the whole table, or all rows whose columns equal ``where``. Raises UnknownListing for
        a table or column that does not exist, and when no list is by these columns.
        """

    def histogram(
        self, table: str, where: Mapping[str, Column], by: str, *, since: int, width: int
    ) -> dict[int, int]:
        """How many rows equal in ``where`` have ``by`` in which span of ``width`` from ``since``
        on, the first being 0; spans without any are left out. Raises UnknownListing."""

    def count(self, table: str, where: Mapping[str, Column], by: str, *, since: int) -> int:
        """How many rows equal in ``where`` have ``by`` from ``since`` on. Reads the entries of an
        index, and nothing else. Raises UnknownListing."""


class Snapshot(Struct, frozen=True):
    """Everything kept about one order, seen at one instant. ``sealed`` is by event number."""

    events: tuple[StoredEvent, ...]
    state: StoredState | None
    head: bytes | None
    rows: tuple[Row, ...]
    sealed: dict[int, tuple[SealedText, ...]]


class Durability(Struct, frozen=True):
    """What an operator should know of the database: which one it is, the settings that decide
    whether a commit outlives a crash, and in words what may lose one. No warning: nothing may.
    ``failures`` say why it cannot be served from at all."""

    database: str
    settings: dict[str, str]
    warnings: tuple[str, ...]
    failures: tuple[str, ...] = ()


class StuckJobs(Struct, frozen=True):
    """How many jobs of a kind do not get done, and one of their orders."""

    kind: str
    count: int
    order: str


class Upkeep(Protocol):
    """Looking at orders whole, and making what is derived anew."""

    def orders(self, after: str = "", limit: int = 500) -> list[str]:
        """Ids, in order, of whatever has an event, a state, a text or a row."""

    def snapshot(self, order: str) -> Snapshot:
        """All of one order."""

    def restore(self, order: str, state: StoredState, head: bytes, rows: Sequence[Row]) -> bool:
        """Replace state and rows; False, and nothing done, when there are newer events."""

    def durability(self) -> Durability:
        """Whether acknowledged commits are safe with the settings in force now."""

    def sample(self, limit: int) -> list[str]:
        """The ids of so many orders, taken at random."""

    def stuck(self, attempts: int) -> list[StuckJobs]:
        """Jobs that were begun so often or oftener and are not done, by kind."""

    def waiting_refunds(self) -> dict[str, int]:
        """How many refunds wait for each payment provider: under way, or failed and for finance."""

    def server_time(self) -> Instant | None:
        """What time it is for the database; None for one that has no clock of its own."""


class Store(Protocol):
    """The port as a whole; each part can be given alone to whoever needs no more."""

    @property
    def records(self) -> Records: ...
    @property
    def jobs(self) -> Jobs: ...
    @property
    def views(self) -> Views: ...
    @property
    def access(self) -> Access: ...
    @property
    def drafts(self) -> Drafts: ...
    @property
    def papers(self) -> Papers: ...
    @property
    def watching(self) -> Watching: ...
    @property
    def ruling_words(self) -> RulingWords: ...
    @property
    def leases(self) -> Leases: ...
    @property
    def callbacks(self) -> Callbacks: ...
    @property
    def staff(self) -> StaffAccounts: ...
    @property
    def sessions(self) -> KeptSessions: ...
    @property
    def tries(self) -> Tries: ...
    @property
    def emails(self) -> Emails: ...
    @property
    def correspondence(self) -> Correspondence: ...
    @property
    def import_answers(self) -> ImportAnswers: ...
    @property
    def webhooks(self) -> Webhooks: ...
    @property
    def uptime(self) -> Uptime: ...
    @property
    def meta(self) -> Meta: ...
    @property
    def upkeep(self) -> Upkeep: ...

    def close(self) -> None:
        """Let go of every connection."""
