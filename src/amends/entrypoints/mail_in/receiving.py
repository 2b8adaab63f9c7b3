"""What comes of a message that was sent to one of our addresses."""

from __future__ import annotations

from typing import Literal

import msgspec
import structlog
from msgspec import Struct

from amends.dispute.judge import OnOrder
from amends.engine.correspondence import Addressed
from amends.engine.outside import MailRefused
from amends.entrypoints.api import evidence
from amends.entrypoints.api.bodies import struct_in
from amends.entrypoints.api.calls import Call, Problem, Upload
from amends.entrypoints.api.commands import request_of, send
from amends.entrypoints.api.context import Api
from amends.entrypoints.mail_in.reading import Attached, Incoming, Unreadable, read
from amends.entrypoints.mails.addresses import secrets_in
from amends.entrypoints.mails.letter import Letter, mail_of
from amends.entrypoints.mails.notices import why_it_came
from amends.entrypoints.mails.recipients import Recipient, recipient_of
from amends.entrypoints.service import Service
from amends.entrypoints.views.texts import Texts
from amends.entrypoints.web.language import translate as _
from amends.entrypoints.web.saying import refused_in_words
from amends.entrypoints.words.languages import ENGLISH, speaking
from amends.kernel.decision import Refused
from amends.kernel.people import Role
from amends.order.decide.send_message import SendMessage

_log = structlog.get_logger(__name__)
Why = Literal[
    "", "not_connected", "unreadable", "automatic", "no_address_of_ours", "not_the_sender"
]


class Received(Struct, frozen=True):
    """``said``: it stands in the thread. ``ignored`` says why nothing was done; ``refused`` are the
    rules by which a part was not taken, of which the sender is told."""

    said: bool = False
    ignored: Why = ""
    refused: tuple[str, ...] = ()


def receive(service: Service, raw: bytes) -> Received:
    """Say a reply in its order's thread, once however often it comes.

    Raises Problem with status 503 when it should be handed over again later, and whatever the store
    raises. Nobody but the person an address was made for is ever answered.
    """
    if not service.reply_to:
        return Received(ignored="not_connected")
    try:
        incoming = read(raw)
    except Unreadable as error:
        return _ignored("unreadable", str(error))
    if incoming.automatic:
        return _ignored("automatic")
    found = _addressed(service, incoming)
    if found is None:
        return _ignored("no_address_of_ours")
    theirs = _recipient(service, found)
    if not theirs.address or theirs.address.casefold() != incoming.sender.casefold():
        return _ignored("not_the_sender")
    with speaking(theirs.language):
        return _Reply(service, incoming, found, theirs.address).take()


class _Reply:
    """A reply by whom it was meant for."""

    def __init__(
        self, service: Service, incoming: Incoming, found: Addressed, address: str
    ) -> None:
        self._service = service
        self._api = Api(service)
        self._incoming = incoming
        self._by, self._order = found.actor, found.order
        self._address = address
        self._refused: list[tuple[str, Refused]] = []

    def take(self) -> Received:
        """Take files and text in, and tell the sender what could not be taken."""
        ids = [id_ for n, file in enumerate(self._incoming.files) if (id_ := self._file(n, file))]
        said = self._say(tuple(ids))
        if self._incoming.too_many:
            facts = {"left_out": self._incoming.too_many}
            self._refused.append(("", Refused("too_many_attached", facts, ("upload_evidence",))))
        if self._refused:
            self._tell()
        return Received(said, refused=tuple(refused.rule for _name, refused in self._refused))

    def _file(self, n: int, file: Attached) -> str:
        upload = Upload(file.data, file.name, file.media_type)
        call = self._call(f"file{n}", upload=upload)
        try:
            reply = evidence.post_evidence(self._api, call)
        except Problem as problem:
            self._keep(file.name, problem)
            return ""
        return str(msgspec.json.decode(reply.body)["id"])

    def _say(self, pictures: tuple[str, ...]) -> bool:
        text = self._incoming.text or (_("See the attached files.") if pictures else "")
        call = self._call("text")
        try:
            body = {"text": text, "pictures": list(pictures)}
            command = OnOrder(self._order, struct_in(body, SendMessage))
            request = request_of(call, self._order, command, key=call.headers["idempotency-key"])
            send(self._service, request)
        except Problem as problem:
            self._keep("", problem)
            return False
        return True

    def _call(self, what: str, upload: Upload | None = None) -> Call:
        key = f"mail.{self._incoming.id}.{what}"
        return Call(
            by=self._by, method="POST", route="mail", path={"order_id": self._order},
            headers={"idempotency-key": key}, body=key.encode(), upload=upload,
        )  # fmt: skip

    def _keep(self, what: str, problem: Problem) -> None:
        if problem.status == 503:
            raise problem
        self._refused.append((what, problem.refused))

    def _tell(self) -> None:
        words = self._api.words
        said = [
            f"{name}: {text}" if name else text
            for name, refused in self._refused
            if (text := refused_in_words(refused, words))
        ]
        letter = Letter(
            subject=_("A part of your mail could not be taken"),
            preview=said[0],
            paragraphs=(*said, _("What else you wrote stands on the order's page.")),
            button=_("Open the order"),
            url=f"{self._service.base_url}/orders/{self._order}",
            closing=why_it_came(self._by),
            facts=((_("Order"), self._order),),
        )
        mail = mail_of(letter, self._address, f"refused.{self._incoming.id}")
        try:
            self._service.mailer.send(mail)
        except MailRefused:
            _log.warning("mail_in_not_answered", order=self._order)


def _addressed(service: Service, incoming: Incoming) -> Addressed | None:
    for secret in secrets_in(incoming.to, service.reply_to):
        found = service.store.correspondence.addressed("reply", secret)
        if found is not None:
            return found
    return None


def _recipient(service: Service, found: Addressed) -> Recipient:
    """Whose address it was, as their order has them."""
    view = service.engine.view(found.order)
    if view is None:
        return Recipient("", ENGLISH)
    order = view.state.order
    ref = order.buyer_ref if found.actor.role is Role.BUYER else order.seller_ref
    texts = Texts({ref: service.store.records.texts({(order.id, ref)}).get((order.id, ref))})
    return recipient_of(service.store.staff, view.state, found.actor, texts)


def _ignored(why: Why, detail: str = "") -> Received:
    _log.info("mail_in_ignored", why=why, detail=detail)
    return Received(ignored=why)
