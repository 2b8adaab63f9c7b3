"""The outside world as the engine's jobs and the entry points see it.

Each protocol is implemented in ``amends.adapters`` and picked in ``bootstrap``. Every
implementation passes the contract suite of its protocol in ``tests/adapters``.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import BinaryIO, Literal, Protocol

from msgspec import Struct

from amends.engine.callbacks import CallbackReader
from amends.kernel.decision import Facts
from amends.kernel.instants import Instant
from amends.kernel.money import Money

# --- Time and names -----------------------------------------------------------------------------

Ids = Callable[[], str]


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

    ``reason`` is ``timeout`` (no answer came), ``unavailable`` (it answered that it is down) or
    ``not_permitted`` (it does not take our key, which an operator has to mend).
    """

    def __init__(self, reason: Literal["timeout", "unavailable", "not_permitted"]) -> None:
        super().__init__(f"the payment provider gave no clear answer: {reason}")
        self.reason = reason


class ProviderConflict(Exception):
    """A name already used was used for something else: a mistake of ours, never retried."""


class Capture(Struct, frozen=True):
    """What was taken from the payer under the provider's ``reference``."""

    reference: str
    amount: Money


class ProviderRefund(Struct, frozen=True, omit_defaults=True):
    """A refund as the provider has booked it; ``intent`` is the metadata we sent along.

    ``requires_action``: on its way once the buyer has answered the provider, for example with an
    account. Money of a ``failed`` or ``canceled`` one lies with the provider again; ``reason`` is
    why. ``bank_ref`` is what the buyer's bank finds it by (a card's ARN), once there is one.
    """

    id: str
    reference: str
    intent: str
    amount: Money
    state: Literal["pending", "requires_action", "succeeded", "failed", "canceled"]
    reason: str = ""
    bank_ref: str = ""

    @property
    def stands(self) -> bool:
        """Whether the buyer has the money or will have it."""
        return self.state not in ("failed", "canceled")


class RefundReply(Struct, frozen=True):
    """A clear answer. ``id`` is the provider's refund, ``code`` why it was declined.

    A declined refund was not booked, so it has no ``id``.
    """

    state: Literal["succeeded", "pending", "declined"]
    id: str | None = None
    code: str | None = None


class ProviderChargeback(Struct, frozen=True):
    """Money of a capture that the payer's bank took back: the bank's own dispute.

    ``won``: the money came back to us. ``lost``: it stays with the payer. ``evidence_until``: up to
    when the bank hears our side; None when it does not. ``answered``: our side was handed over.
    """

    id: str
    reference: str
    amount: Money
    state: Literal["open", "won", "lost"]
    evidence_until: Instant | None = None
    answered: bool = False


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

    def find_refund(self, intent: str, reference: str) -> ProviderRefund | None:
        """The refund of the capture ``reference`` booked for ``intent``, as it stands now; None
        when there is none.

        Were there several, the first that stands. Raises ProviderUnclear.
        """

    def refunds(self) -> Iterable[ProviderRefund]:
        """All refunds as they stand now. Raises ProviderUnclear while they are read."""

    def captures(self) -> Iterable[Capture]:
        """All captures. Raises ProviderUnclear while they are read."""

    def find_chargeback(self, id_: str) -> ProviderChargeback | None:
        """The chargeback as it stands now; None when there is none, or while the bank only asks
        and has taken nothing. Raises ProviderUnclear."""

    def chargebacks(self) -> Iterable[ProviderChargeback]:
        """All chargebacks as they stand now. Raises ProviderUnclear while they are read."""

    def hand_over(self, chargeback: str, evidence: str) -> bool:
        """Give the bank our side of it; what was handed over first stands. False when the bank does
        not hear us, or no more. ``evidence`` is plain text, at most 20,000 characters. Raises
        ProviderUnclear, after which it may be handed over again."""


class ConnectedProvider(PaymentProvider, CallbackReader, Protocol):
    """A provider we ask and that reports."""


# --- The company's own sign-in ------------------------------------------------------------------


class NotIdentified(Exception):
    """The identity provider did not say who it is, or what it said does not fit."""


class Identified(Struct, frozen=True):
    """Who somebody is by the identity provider; ``verified``: it has checked that the e-mail is
    theirs."""

    email: str
    verified: bool


class IdentityProvider(Protocol):
    """Signs the platform's people in elsewhere (OpenID Connect, code flow with PKCE)."""

    def sign_in_at(self, state: str, nonce: str, verifier: str, back: str) -> str:
        """The address to send a browser to, which returns to ``back``.

        All three are unguessable and this browser's own. Raises NotIdentified when the provider
        cannot be reached.
        """

    def identify(self, code: str, nonce: str, verifier: str, back: str) -> Identified:
        """Who came back with ``code``, which works once. Raises NotIdentified."""


# --- Mail ---------------------------------------------------------------------------------------


class MailRefused(Exception):
    """This mail will never be accepted (no such recipient, malformed address): do not retry."""


class MailFailed(Exception):
    """The mail could not be handed over now; it may be sent again with the same id."""


class Mail(Struct, frozen=True):
    """One message to one person.

    ``message_id`` is a bare unique id (letters, digits, ``.``, ``_``, ``-``; at most 120): sent
    again, a mail keeps it, so that the recipient's mail program recognises the double.
    ``reply_to`` is where an answer goes, "" for nowhere; ``unsubscribe`` an address at which such
    mail is ordered off by posting to it, "" for what is always sent.
    """

    to: str
    subject: str
    text: str
    html: str | None
    message_id: str
    reply_to: str = ""
    unsubscribe: str = ""


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

# The largest file of each kind that is taken.
MOST_MEGABYTES: dict[FileKind, int] = {
    "photo": 10,
    "video": 100,
    "audio": 100,
    "document": 10,
    "text": 1,
}


class Inspected(Struct, frozen=True, tag="inspected"):
    """A file that may be kept: ``data`` is what to keep, ``digest`` its SHA-256 in hex.

    ``found`` names private or foreign data in the upload (``gps``, ``camera``, ``taken_at``, ...),
    ``removed`` what of it is no longer in ``data``. ``likeness``: 64 bits in hex by which the same
    picture is found in another size or quality; "" where there is nothing to go by.
    """

    kind: FileKind
    media_type: str
    data: bytes
    digest: str
    found: tuple[str, ...] = ()
    removed: tuple[str, ...] = ()
    likeness: str = ""


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


# --- Signatures ---------------------------------------------------------------------------------


class Signer(Protocol):
    """Signs what the platform gives out, so that others can check that it did (Ed25519)."""

    @property
    def public_key(self) -> bytes:
        """By which a signature is checked, as PEM; the same for as long as the key is kept."""

    def sign(self, data: bytes) -> bytes:
        """The signature of ``data``, 64 bytes; always the same for the same data."""


# --- Webhooks -----------------------------------------------------------------------------------

NoAnswer = Literal["timeout", "connection", "tls", "unknown_host", "private_address", "not_https"]


class Unanswered(Exception):
    """Whoever was posted to gave no answer, or was not posted to at all."""

    def __init__(self, problem: NoAnswer) -> None:
        super().__init__(problem)
        self.problem: NoAnswer = problem


class Post(Protocol):
    """Posts to an address somebody else chose."""

    def __call__(self, url: str, headers: Mapping[str, str], body: bytes) -> tuple[int, str]:
        """The status and how the answer begins, within ten seconds. Raises Unanswered."""
