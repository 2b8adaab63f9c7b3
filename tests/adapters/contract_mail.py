"""What every Mailer does. ``deliver`` sends and answers what the recipient's side then holds."""

from __future__ import annotations

from abc import ABC, abstractmethod
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default

import pytest
from msgspec.structs import replace

from amends.engine.outside import Mail, Mailer, MailRefused

MAIL = Mail(
    to="olga@example.com",
    subject="Ваш спор: 5 days left",
    text="The seller answers by Tuesday.\n.\nA line with a dot alone above.\n",
    html="<p>The seller answers by <b>Tuesday</b>.</p>",
    message_id="01hx.notice-1",
)


def parsed(raw: bytes) -> EmailMessage:
    message = message_from_bytes(raw, policy=default)
    assert isinstance(message, EmailMessage)
    return message


class MailerContract(ABC):
    @pytest.fixture
    @abstractmethod
    def mailer(self) -> Mailer:
        """The implementation, sending as ``amends@market.example`` at the start of 2026."""

    @abstractmethod
    def arrived(self) -> list[bytes]:
        """The messages handed over so far."""

    def only(self) -> EmailMessage:
        [raw] = self.arrived()
        return parsed(raw)

    def test_hands_over_both_forms_whole(self, mailer: Mailer) -> None:
        mailer.send(MAIL)
        message = self.only()
        assert message["To"] == "olga@example.com"
        assert message["From"] == "amends@market.example"
        assert message["Subject"] == MAIL.subject
        assert message["Message-ID"] == "<01hx.notice-1@market.example>"
        assert message["Date"].datetime.isoformat() == "2026-01-01T00:00:00+00:00"
        text, html = message.iter_parts()
        assert text.get_content().splitlines() == MAIL.text.splitlines()
        assert html.get_content().strip() == MAIL.html

    def test_plain_text_alone_is_one_part(self, mailer: Mailer) -> None:
        mailer.send(Mail(MAIL.to, "Hello", "Words.\n", None, "m1"))
        assert self.only().get_content_type() == "text/plain"

    def test_says_where_to_answer_and_where_to_order_it_off(self, mailer: Mailer) -> None:
        mailer.send(MAIL)
        plain = self.only()
        assert plain["Reply-To"] is plain["List-Unsubscribe"] is None
        off = "https://market.example/mail/off/k2"
        mailer.send(replace(MAIL, message_id="m2", reply_to="reply+k1@a.example", unsubscribe=off))
        message = parsed(self.arrived()[-1])
        assert message["Reply-To"] == "reply+k1@a.example"
        assert message["List-Unsubscribe"] == f"<{off}>"
        assert message["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"

    @pytest.mark.parametrize(
        "broken", [{"reply_to": "a@b.example\r\nBcc: x@y.example"}, {"unsubscribe": "x>\r\nBcc: x"}]
    )
    def test_they_start_no_header_either(self, mailer: Mailer, broken: dict[str, str]) -> None:
        with pytest.raises(MailRefused):
            mailer.send(replace(MAIL, **broken))
        assert self.arrived() == []

    @pytest.mark.parametrize(
        "subject",
        [
            "Blouse\r\nBcc: thief@example.net",
            "Blouse\nBcc: thief@example.net",
            "Blouse\rBcc: thief@example.net",
            "=?UTF-8?Q?a=0D=0ABcc:_thief@example.net?= ü",
            "Blouse\u2028Bcc: thief@example.net",
            "Blouse\x00\x1b[2J",
        ],
    )
    def test_a_subject_starts_no_header(self, mailer: Mailer, subject: str) -> None:
        mailer.send(Mail(MAIL.to, subject, "Words.\n", None, "m1"))
        message = self.only()
        assert {name.lower() for name in message} == {
            "from", "to", "subject", "date", "message-id", "auto-submitted", "content-type",
            "content-transfer-encoding", "mime-version",
        } | ({"x-peer", "x-mailfrom", "x-rcptto"} & {n.lower() for n in message})  # fmt: skip
        assert not set(str(message["Subject"])) & set("\r\n\x00\x1b")

    @pytest.mark.parametrize(
        "to",
        [
            "", "olga", "@example.com", "olga@", "olga@example.com\r\nBcc: thief@example.net",
            "olga@example.com, thief@example.net", "Olga <olga@example.com>",
            "olga@example.com thief@example.net", f"{'o' * 250}@example.com", "о@example.com",
        ],
    )  # fmt: skip
    def test_what_is_not_one_address_is_refused(self, mailer: Mailer, to: str) -> None:
        with pytest.raises(MailRefused):
            mailer.send(Mail(to, "Hello", "Words.\n", None, "m1"))
        assert self.arrived() == []

    @pytest.mark.parametrize("message_id", ["", "../m1", "a b", "m1>\r\nBcc: x", ".m1", "m" * 121])
    def test_an_id_that_is_more_than_an_id_is_refused(
        self, mailer: Mailer, message_id: str
    ) -> None:
        with pytest.raises(MailRefused):
            mailer.send(Mail(MAIL.to, "Hello", "Words.\n", None, message_id))
        assert self.arrived() == []

    def test_a_domain_in_other_letters_goes_as_name_servers_know_it(self, mailer: Mailer) -> None:
        mailer.send(Mail("olga@bücher.example", "Hello", "Words.\n", None, "m1"))
        assert self.only()["To"] == "olga@xn--bcher-kva.example"
