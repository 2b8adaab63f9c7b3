"""Mail by SMTP."""

from __future__ import annotations

import smtplib
import ssl
from dataclasses import dataclass, field
from email.headerregistry import Address
from email.message import EmailMessage
from typing import Literal

from amends.adapters.mail.message import compose
from amends.engine.outside import Clock, Mail, MailFailed, MailRefused


@dataclass(frozen=True)
class SmtpSettings:
    """Where mail is handed over.

    ``security``: ``tls`` from the first byte (port 465), ``starttls`` (587; a server that does not
    offer it gets no mail) or ``none``, for a relay on the same machine. The password is not shown.
    """

    host: str
    port: int
    sender: str
    security: Literal["tls", "starttls", "none"] = "starttls"
    user: str | None = None
    password: str | None = field(default=None, repr=False)
    timeout_seconds: float = 30.0


class SmtpMailer:
    """Hands each mail over in a connection of its own.

    ``tls`` is for servers with a certificate of a private authority; by default the machine's
    authorities count. Safe to share between threads.
    """

    def __init__(
        self, settings: SmtpSettings, clock: Clock, tls: ssl.SSLContext | None = None
    ) -> None:
        if settings.user is not None and settings.security == "none":
            raise ValueError("a password is not sent over an open line: use tls or starttls")
        self._settings = settings
        self._sender = Address(addr_spec=settings.sender)
        self._clock = clock
        self._tls = tls or ssl.create_default_context()

    def send(self, mail: Mail) -> None:
        """Hand ``mail`` over.

        Raises MailRefused when the server says that this message or recipient will never do, and
        MailFailed for all else: no connection, no sign-in, a busy server, a lost answer.
        """
        message = compose(mail, self._sender, self._clock.now())
        try:
            with self._connect() as server:
                self._sign_in(server)
                self._hand_over(server, message)
        except (smtplib.SMTPException, OSError) as error:
            raise MailFailed(f"the mail server did not take the mail: {_named(error)}") from error

    def check(self) -> None:
        """See that the server is there and lets us in; no mail is sent. Raises MailFailed."""
        try:
            with self._connect() as server:
                self._sign_in(server)
                server.noop()
        except (smtplib.SMTPException, OSError) as error:
            raise MailFailed(f"the mail server does not let us in: {_named(error)}") from error

    def _connect(self) -> smtplib.SMTP:
        s = self._settings
        if s.security == "tls":
            return smtplib.SMTP_SSL(
                s.host, s.port, self._sender.domain, timeout=s.timeout_seconds, context=self._tls
            )
        return smtplib.SMTP(s.host, s.port, self._sender.domain, timeout=s.timeout_seconds)

    def _sign_in(self, server: smtplib.SMTP) -> None:
        s = self._settings
        if s.security == "starttls":
            server.starttls(context=self._tls)
        if s.user is not None:
            server.login(s.user, s.password or "")

    def _hand_over(self, server: smtplib.SMTP, message: EmailMessage) -> None:
        try:
            server.send_message(message)
        except smtplib.SMTPRecipientsRefused as error:
            code, _ = next(iter(error.recipients.values()))
            if code >= 500:
                raise MailRefused(f"the mail server refused the recipient ({code})") from error
            raise
        except smtplib.SMTPDataError as error:
            if error.smtp_code >= 500:
                raise MailRefused(
                    f"the mail server refused the mail ({error.smtp_code})"
                ) from error
            raise


def _named(error: Exception) -> str:
    # Servers quote addresses in their texts; the kind and code say enough for a log.
    code = f" {error.smtp_code}" if isinstance(error, smtplib.SMTPResponseException) else ""
    return f"{type(error).__name__}{code}"
