"""A message as a mail server hands it on, read without trusting anything in it."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from html.parser import HTMLParser

from mailparser_reply import EmailReplyParser
from msgspec import Struct

LARGEST = 40_000_000
_LANGUAGES = ["en", "de", "es", "fr", "it", "nl", "pl", "cs", "sv", "da", "zh", "ja", "ko"]
_SENT_TO = ("To", "Cc", "Delivered-To", "X-Original-To", "Envelope-To")
# Programs that answer mail say so in one of these.
_AUTOMATIC = ("List-Id", "List-Unsubscribe", "X-Autoreply", "X-Autorespond", "X-Loop")
_IN_BULK = ("bulk", "junk", "list", "auto_reply")
_NOBODY = ("mailer-daemon", "postmaster", "noreply", "no-reply")
# Parts that mail programs add by themselves.
_OWN_DOING = ("application/pgp-signature", "application/pkcs7-signature", "text/x-vcard")
_MOST_FILES = 10
_BLANKS = re.compile(r"\s+")


class Unreadable(ValueError):
    """What came is no message that could be answered."""


class Attached(Struct, frozen=True):
    """A file that came with a message."""

    name: str
    media_type: str
    data: bytes


class Incoming(Struct, frozen=True):
    """A message: who wrote it, to which addresses, what, and with which files.

    ``id`` is the same when the same message comes again. ``automatic``: no person wrote it.
    ``too_many``: how many files are left out.
    """

    id: str
    sender: str
    to: tuple[str, ...]
    automatic: bool
    text: str
    files: tuple[Attached, ...]
    too_many: int


def read(raw: bytes) -> Incoming:
    """The message in ``raw``. Raises Unreadable."""
    try:
        message = message_from_bytes(raw, policy=default)
        if not isinstance(message, EmailMessage):
            raise Unreadable("it is no message")
        return _read(message, raw)
    except (ValueError, LookupError, AttributeError, TypeError, IndexError) as error:
        # What the library raises for headers and encodings that are nothing of the kind.
        raise Unreadable(type(error).__name__) from error


def _read(message: EmailMessage, raw: bytes) -> Incoming:
    senders = list(_addresses(message, "From"))
    if len(senders) != 1:
        raise Unreadable("it does not have one sender")
    named = str(message.get("Message-ID", "")).strip().encode() or raw
    files = [_attached(part) for part in message.iter_attachments() if _is_file(part)]
    return Incoming(
        id=hashlib.sha256(named).hexdigest()[:40],
        sender=senders[0],
        to=tuple(address for name in _SENT_TO for address in _addresses(message, name)),
        automatic=_automatic(message, senders[0]),
        text=_written(message),
        files=tuple(files[:_MOST_FILES]),
        too_many=max(0, len(files) - _MOST_FILES),
    )


def _addresses(message: EmailMessage, name: str) -> Iterator[str]:
    for header in message.get_all(name, []):
        parsed = getattr(header, "addresses", None)
        if parsed is None:
            yield str(header).strip().strip("<>")
        else:
            yield from (address.addr_spec for address in parsed)


def _automatic(message: EmailMessage, sender: str) -> bool:
    said = str(message.get("Auto-Submitted", "no")).partition(";")[0].strip().lower()
    return (
        said != "no"
        or str(message.get("Precedence", "")).strip().lower() in _IN_BULK
        or str(message.get("Return-Path", "")).strip() == "<>"
        or any(name in message for name in _AUTOMATIC)
        or message.get_content_type() == "multipart/report"
        or sender.partition("@")[0].casefold() in _NOBODY
    )


def _written(message: EmailMessage) -> str:
    """What was written in answer, without what is quoted, and without a signature."""
    body = message.get_body(("plain", "html"))
    if body is None:
        return ""
    content = str(body.get_content())
    if body.get_content_type() == "text/html":
        content = _plain(content)
    content = content.replace("\r\n", "\n").replace("\x00", "")
    found = EmailReplyParser(languages=_LANGUAGES).read(content).replies
    lines = found[0].body.split("\n") if found else []
    return "\n".join(line for line in lines if not line.startswith(">")).strip()


def _is_file(part: EmailMessage) -> bool:
    return part.get_content_type() not in _OWN_DOING and not part.is_multipart()


def _attached(part: EmailMessage) -> Attached:
    data = part.get_payload(decode=True)
    return Attached(
        part.get_filename() or "",
        part.get_content_type(),
        data if isinstance(data, bytes) else b"",
    )


class _Text(HTMLParser):
    """The words of a page, a line for each block; what is quoted is left out."""

    _BLOCKS = frozenset("p div br li tr h1 h2 h3 h4 blockquote".split())
    _UNSEEN = frozenset("style script head title blockquote".split())

    def __init__(self) -> None:
        super().__init__()
        self.parts: list[str] = []
        self._unseen = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in self._UNSEEN:
            self._unseen += 1
        elif tag in self._BLOCKS:
            self.parts.append("\n")

    def handle_endtag(self, tag: str) -> None:
        if tag in self._UNSEEN:
            self._unseen = max(0, self._unseen - 1)

    def handle_data(self, data: str) -> None:
        if not self._unseen:
            self.parts.append(_BLANKS.sub(" ", data))


def _plain(page: str) -> str:
    text = _Text()
    text.feed(page)
    lines = (line.strip() for line in "".join(text.parts).split("\n"))
    return "\n".join(lines).strip()
