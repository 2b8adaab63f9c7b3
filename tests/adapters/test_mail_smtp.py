from __future__ import annotations

import asyncio
import ipaddress
import socket
import ssl
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from amends.adapters.mail.smtp import SmtpMailer, SmtpSettings
from amends.engine.outside import Mail, MailFailed, MailRefused
from tests.adapters.clocks import standing_clock
from tests.adapters.contract_mail import MAIL, MailerContract

SENDER = "amends@market.example"


class Inbox:
    """A server's side: keeps messages, or answers ``rcpt`` and ``data`` with set codes."""

    def __init__(self, rcpt: str = "250 OK", data: str = "250 OK", seconds: float = 0) -> None:
        self.messages: list[bytes] = []
        self.encrypted: list[bool] = []
        self._rcpt, self._data, self._seconds = rcpt, data, seconds

    async def handle_RCPT(  # noqa: N802 - the name the server calls
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        envelope.rcpt_tos.append(address)
        return self._rcpt

    async def handle_DATA(  # noqa: N802 - the name the server calls
        self, server: SMTP, session: Session, envelope: Envelope
    ) -> str:
        await asyncio.sleep(self._seconds)
        if self._data.startswith("250"):
            assert isinstance(envelope.original_content, bytes)
            self.messages.append(envelope.original_content)
            self.encrypted.append(session.ssl is not None)
        return self._data


Serve = Callable[..., int]


@pytest.fixture
def serve() -> Iterator[Serve]:
    """Start an SMTP server for an inbox; answers its port."""
    running: list[Controller] = []

    def start(inbox: Inbox, **settings: object) -> int:
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port = int(free.getsockname()[1])
        controller = Controller(inbox, hostname="127.0.0.1", port=port, **settings)  # type: ignore[arg-type]
        controller.start()
        running.append(controller)
        return port

    yield start
    for controller in running:
        controller.stop()


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A certificate for 127.0.0.1 with its key, signed by itself."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "mail.test")])
    now = datetime.now(UTC)
    built = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(
            x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]), False
        )
        .sign(key, hashes.SHA256())
    )
    path = tmp_path_factory.mktemp("tls") / "server.pem"
    path.write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
        + built.public_bytes(serialization.Encoding.PEM)
    )
    return path


def server_tls(certificate: Path) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    return context


def trusting(certificate: Path) -> ssl.SSLContext:
    return ssl.create_default_context(cafile=certificate)


def open_mailer(port: int, timeout_seconds: float = 5) -> SmtpMailer:
    settings = SmtpSettings("127.0.0.1", port, SENDER, "none", timeout_seconds=timeout_seconds)
    return SmtpMailer(settings, standing_clock())


class TestSmtpMailer(MailerContract):
    @pytest.fixture
    def mailer(self, serve: Serve) -> SmtpMailer:
        self.inbox = Inbox()
        return open_mailer(serve(self.inbox))

    def arrived(self) -> list[bytes]:
        return self.inbox.messages


@pytest.mark.parametrize(
    ("inbox", "raised"),
    [
        (Inbox(rcpt="550 no such mailbox"), MailRefused),
        (Inbox(rcpt="450 busy"), MailFailed),
        (Inbox(data="554 looks like spam"), MailRefused),
        (Inbox(data="451 try later"), MailFailed),
    ],
    ids=["no such mailbox", "mailbox busy", "content refused", "server busy"],
)
def test_a_lasting_no_differs_from_a_passing_one(
    serve: Serve, inbox: Inbox, raised: type[Exception]
) -> None:
    with pytest.raises(raised) as caught:
        open_mailer(serve(inbox)).send(MAIL)
    assert MAIL.to not in str(caught.value)


def test_nobody_there_is_a_passing_failure() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        with pytest.raises(MailFailed):
            open_mailer(taken.getsockname()[1]).send(MAIL)


def test_a_server_that_does_not_answer_is_given_up_on(serve: Serve) -> None:
    with pytest.raises(MailFailed):
        open_mailer(serve(Inbox(seconds=5)), timeout_seconds=0.3).send(MAIL)


class TestEncrypted:
    def check(self, user: str, password: str) -> Callable[..., AuthResult]:
        def authenticate(
            server: SMTP, session: Session, envelope: Envelope, mechanism: str, given: object
        ) -> AuthResult:
            right = given == LoginPassword(user.encode(), password.encode())
            return AuthResult(success=right, handled=right)

        return authenticate

    def mailer(self, port: int, certificate: Path, password: str) -> SmtpMailer:
        settings = SmtpSettings(
            "127.0.0.1", port, SENDER, user="shop", password=password, timeout_seconds=5
        )
        return SmtpMailer(settings, standing_clock(), trusting(certificate))

    def start(self, serve: Serve, inbox: Inbox, certificate: Path) -> int:
        return serve(
            inbox,
            tls_context=server_tls(certificate),
            require_starttls=True,
            auth_required=True,
            authenticator=self.check("shop", "right"),
        )

    def test_signs_in_over_starttls(self, serve: Serve, certificate: Path) -> None:
        inbox = Inbox()
        self.mailer(self.start(serve, inbox, certificate), certificate, "right").send(MAIL)
        assert inbox.encrypted == [True]

    def test_a_wrong_password_fails_and_is_not_told(self, serve: Serve, certificate: Path) -> None:
        port = self.start(serve, Inbox(), certificate)
        with pytest.raises(MailFailed) as caught:
            self.mailer(port, certificate, "wr0ng-secret").send(MAIL)
        assert "wr0ng-secret" not in str(caught.value)

    def test_whether_it_lets_us_in_is_seen_without_a_mail(
        self, serve: Serve, certificate: Path
    ) -> None:
        inbox = Inbox()
        port = self.start(serve, inbox, certificate)
        self.mailer(port, certificate, "right").check()
        assert inbox.messages == []
        with pytest.raises(MailFailed, match="SMTPAuthenticationError 535") as caught:
            self.mailer(port, certificate, "wr0ng-secret").check()
        assert "wr0ng-secret" not in str(caught.value)

    def test_a_certificate_nobody_vouches_for_gets_no_mail(
        self, serve: Serve, certificate: Path
    ) -> None:
        inbox = Inbox()
        port = self.start(serve, inbox, certificate)
        settings = SmtpSettings("127.0.0.1", port, SENDER, timeout_seconds=5)
        with pytest.raises(MailFailed):
            SmtpMailer(settings, standing_clock()).send(MAIL)
        assert inbox.messages == []

    def test_a_server_without_starttls_gets_no_mail(self, serve: Serve, certificate: Path) -> None:
        inbox = Inbox()
        with pytest.raises(MailFailed):
            self.mailer(serve(inbox), certificate, "right").send(MAIL)
        assert inbox.messages == []

    def test_tls_from_the_first_byte(self, serve: Serve, certificate: Path) -> None:
        inbox = Inbox()
        port = serve(inbox, ssl_context=server_tls(certificate))
        settings = SmtpSettings("127.0.0.1", port, SENDER, "tls", timeout_seconds=5)
        SmtpMailer(settings, standing_clock(), trusting(certificate)).send(
            Mail(MAIL.to, "Hello", "Words.\n", None, "m1")
        )
        assert len(inbox.messages) == 1


def test_a_password_is_not_sent_openly_nor_shown() -> None:
    settings = SmtpSettings("127.0.0.1", 25, SENDER, "none", user="shop", password="s3cret")
    with pytest.raises(ValueError, match="open line"):
        SmtpMailer(settings, standing_clock())
    assert "s3cret" not in repr(settings)
