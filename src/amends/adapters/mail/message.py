"""Turning a mail into a message that carries nothing but what was meant."""

from __future__ import annotations

import re
from email.errors import HeaderParseError
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime

from amends.engine.outside import Mail, MailRefused
from amends.kernel.instants import Instant

_MESSAGE_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,119}")
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]+")


def compose(mail: Mail, sender: Address, at: Instant) -> EmailMessage:
    """``mail`` as a message from ``sender``, dated ``at``.

    Raises MailRefused for an address or id that cannot stand in a header. In the subject, which
    may hold people's words, control characters become blanks and ``=?`` is parted, so that it can
    neither start a header nor be decoded into one.
    """
    if not _MESSAGE_ID.fullmatch(mail.message_id):
        raise MailRefused("the message id may hold letters, digits, '.', '_' and '-' only")
    message = EmailMessage(policy=SMTP)
    message["From"] = sender
    message["To"] = recipient(mail.to)
    message["Subject"] = _CONTROL.sub(" ", mail.subject).replace("=?", "= ?").strip()
    message["Date"] = format_datetime(at)
    message["Message-ID"] = f"<{mail.message_id}@{sender.domain}>"
    # So that no out-of-office reply comes back (RFC 3834).
    message["Auto-Submitted"] = "auto-generated"
    if mail.reply_to:
        message["Reply-To"] = recipient(mail.reply_to)
    if mail.unsubscribe:
        if _CONTROL.search(mail.unsubscribe):
            raise MailRefused("an address to unsubscribe at holds no control characters")
        # Both, for one click without a visit (RFC 8058).
        message["List-Unsubscribe"] = f"<{mail.unsubscribe}>"
        message["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    message.set_content(mail.text.replace("\x00", ""))
    if mail.html is not None:
        message.add_alternative(mail.html.replace("\x00", ""), subtype="html")
    return message


def recipient(address: str) -> Address:
    """``address`` as exactly one recipient, its domain in the form that name servers know.

    Raises MailRefused when it is none, or holds what could make a second one of it. Letters
    outside ASCII before the ``@`` are refused too: most servers would not take them.
    """
    local, _, domain = address.rpartition("@")
    try:
        plain = f"{local}@{domain.encode('idna').decode()}"
        parsed = Address(addr_spec=plain)
    except (HeaderParseError, ValueError, IndexError) as error:
        raise MailRefused("this is no mail address") from error
    # What a lenient parser left out would be a comment, a name, or a way in.
    if not parsed.username or not parsed.domain or parsed.addr_spec != plain or len(plain) > 254:
        raise MailRefused("this is no mail address")
    return parsed
