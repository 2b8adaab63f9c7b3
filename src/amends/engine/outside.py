"""The outside world as the engine's jobs and the entry points see it.

Each protocol is implemented in ``amends.adapters`` and picked in ``bootstrap``. Every
implementation passes the contract suite of its protocol in ``tests/adapters``.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import BinaryIO, Literal, Protocol

from msgspec import Struct

from amends.kernel.decision import Facts
from amends.kernel.instants import Calendar, Instant
from amends.kernel.money import Money

# --- Time and names -----------------------------------------------------------------------------

Ids = Callable[[], str]
CalendarFor = Callable[[str | None, Instant], Calendar]


class Clock(Protocol):
    """What time it is, in UTC."""

    def now(self) -> Instant:
        """The present instant; never earlier than an answer given before on a virtual clock."""


class ClockWouldGoBack(ValueError):
    """A virtual clock was asked to move to an instant it has passed."""


class MovableClock(Clock, Protocol):
    """A clock that stands still until it is moved."""

    def move_to(self, at: Instant) -> None:
        """Move forward to ``at``. Raises ClockWouldGoBack when ``at`` lies before ``now()``."""


# --- Payments -----------------------------------------------------------------------------------


class ProviderUnclear(Exception):
    """The provider may or may not have done what was asked: read before asking again.

    ``reason`` is ``timeout`` (no answer came) or ``unavailable`` (it answered that it is down).
    """

    def __init__(self, reason: Literal["timeout", "unavailable"]) -> None:
        super().__init__(f"the payment provider gave no clear answer: {reason}")
        self.reason = reason


class ProviderConflict(Exception):
    """A name already used was used for something else: a mistake of ours, never retried."""


class Capture(Struct, frozen=True):
    """What was taken from the payer under the provider's ``reference``."""

    reference: str
    amount: Money


class ProviderRefund(Struct, frozen=True):
    """A refund as the provider has booked it; ``intent`` is the metadata we sent along."""

    id: str
    reference: str
    intent: str
    amount: Money
    state: Literal["pending", "succeeded", "failed"]


class RefundReply(Struct, frozen=True):
    """A clear answer. ``id`` is the provider's refund, ``code`` why it was declined.

    A declined refund was not booked, so it has no ``id``.
    """

    state: Literal["succeeded", "pending", "declined"]
    id: str | None = None
    code: str | None = None


class PaymentProvider(Protocol):
    """Gives captured money back, and says what it has booked."""

    def refund(
        self, intent: str, reference: str, amount: Money, idempotency_key: str
    ) -> RefundReply:
        """Give ``amount`` of the capture ``reference`` back.

        The same key with the same parameters answers what it answered first, for as long as the
        provider remembers keys (24 hours at some). Raises ProviderUnclear when nobody can say
        what happened, ProviderConflict when the key stands for other parameters.
        """

    def find_refund(self, intent: str) -> ProviderRefund | None:
        """The refund booked for ``intent`` as it stands now; None when there is none.

        Were there several, the first that has not failed.
        """

    def refunds(self) -> Iterable[ProviderRefund]:
        """All refunds as they stand now, in the order they were booked."""

    def captures(self) -> Iterable[Capture]:
        """All captures, in the order they were booked."""


Behaviour = Literal[
    "ok", "decline", "pending", "timeout", "timeout_but_done", "fail_later", "unavailable"
]


class Callback(Struct, frozen=True):
    """A change of a refund's state that the provider reports of its own accord.

    ``id`` is the same each time this change is reported; ``refund`` shows the state it changed to.
    """

    id: str
    at: Instant
    refund: ProviderRefund


class BookedPayments(Struct, frozen=True):
    """What a provider has booked, as the sandbox shows it."""

    captures: tuple[Capture, ...]
    refunds: tuple[ProviderRefund, ...]


class SimulatedPayments(PaymentProvider, Protocol):
    """A provider whose behaviour can be set, on a given clock."""

    def book_capture(self, reference: str, amount: Money, share: str = "") -> None:
        """Book a capture, or what ``share`` has in one, in place of what was booked for it before.

        Shares of one reference and currency are one capture.
        """

    def set_next(self, behaviours: Sequence[Behaviour]) -> None:
        """What the next calls to ``refund`` meet, one each; ``ok`` after the last.

        Replaces what was set before. Raises ValueError for an unknown behaviour.
        """

    def booked(self) -> BookedPayments:
        """All captures and refunds as they stand now."""

    def due_callbacks(self, now: Instant) -> tuple[Callback, ...]:
        """Changes that have happened by ``now`` and were not marked delivered, oldest first."""

    def mark_delivered(self, callback: str) -> None:
        """Do not report this change again. Marking twice or an unknown id changes nothing."""

    def next_change_at(self) -> Instant | None:
        """When the earliest change not yet delivered happens or happened; None: nothing to come."""


# --- Mail ---------------------------------------------------------------------------------------


class MailRefused(Exception):
    """This mail will never be accepted (no such recipient, malformed address): do not retry."""


class MailFailed(Exception):
    """The mail could not be handed over now; it may be sent again with the same id."""


class Mail(Struct, frozen=True):
    """One message to one person.

    ``message_id`` is a bare unique id (letters, digits, ``.``, ``_``, ``-``; at most 120): sent
    again, a mail keeps it, so that the recipient's mail program recognises the double.
    """

    to: str
    subject: str
    text: str
    html: str | None
    message_id: str


class Mailer(Protocol):
    """Hands mail over."""

    def send(self, mail: Mail) -> None:
        """Hand ``mail`` over. Raises MailRefused (for good) or MailFailed (for now)."""


# --- Files --------------------------------------------------------------------------------------


class FileUnknown(LookupError):
    """No file is kept under this key."""


class FileConflict(ValueError):
    """Another content is kept under this key; what is kept never changes."""


class StoredFile(Struct, frozen=True):
    """What was kept: SHA-256 of the content in hex, and its size in bytes."""

    digest: str
    size: int


class Files(Protocol):
    """Keeps contents under unguessable keys that the caller makes.

    A key is 20 to 128 of ``A-Z a-z 0-9 _ -``; anything else raises ValueError.
    """

    def put(self, key: str, data: bytes | BinaryIO) -> StoredFile:
        """Keep ``data``; durable on return. The same content again changes nothing.

        Raises FileConflict when ``key`` holds another content.
        """

    def open(self, key: str) -> BinaryIO:
        """The content, to be read and closed by the caller. Raises FileUnknown."""

    def delete(self, key: str) -> None:
        """Forget the content; nothing happens when there is none."""


# --- Uploads ------------------------------------------------------------------------------------

FileKind = Literal["photo", "video", "audio", "document", "text"]


class Inspected(Struct, frozen=True, tag="inspected"):
    """A file that may be kept: ``data`` is what to keep, ``digest`` its SHA-256 in hex.

    ``found`` names private or foreign data in the upload (``gps``, ``camera``, ``taken_at``, ...),
    ``removed`` what of it is no longer in ``data``.
    """

    kind: FileKind
    media_type: str
    data: bytes
    digest: str
    found: tuple[str, ...] = ()
    removed: tuple[str, ...] = ()


class Rejected(Struct, frozen=True, tag="rejected"):
    """A file that may not be kept: the rule, what it was held against, what would help."""

    rule: str
    facts: Facts = {}
    next: tuple[str, ...] = ()


class Inspector(Protocol):
    """Looks into what strangers upload, without being hurt by it."""

    def inspect(self, data: bytes, declared_name: str, declared_type: str) -> Inspected | Rejected:
        """Recognise ``data`` by its content, clean it, or say why it cannot be kept."""


# --- Carriers -----------------------------------------------------------------------------------


class NumberCheck(Struct, frozen=True):
    """Whether a tracking number can be one of that carrier's.

    ``valid``: a format of the carrier, and its check digit is right. ``invalid``: it cannot be one.
    ``unchecked``: nothing is known to hold it against. ``suggests`` names carriers whose format and
    check digit it does fit.
    """

    status: Literal["valid", "invalid", "unchecked"]
    carrier_known: bool
    normalised: str
    suggests: tuple[str, ...] = ()


CheckNumber = Callable[[str, str], NumberCheck]
