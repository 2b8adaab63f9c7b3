"""Replies by mail: in the thread when they are their sender's, nothing otherwise."""

from __future__ import annotations

import gzip
import io
import shutil
from collections.abc import Iterator
from email.message import EmailMessage
from email.policy import SMTP
from pathlib import Path

import pytest
from PIL import Image

from amends.bootstrap import Settings, build_service
from amends.entrypoints.application import build_app
from amends.entrypoints.mail_in.receiving import Received, receive
from tests.entrypoints.jobs.test_mail import arrived, disputed, part
from tests.entrypoints.sandbox import BUYER, Shop

KEY = "a key of twenty letters"
BUYERS, SELLERS = "olga@example.com", "shop@example.com"


@pytest.fixture
def shop(empty_database: Path, tmp_path: Path) -> Iterator[Shop]:
    """A sandbox that takes replies in."""
    from litestar.testing import TestClient

    database = tmp_path / "sandbox.db"
    shutil.copy(empty_database, database)
    environment = {"AMENDS_REPLY_TO": "reply@market.example", "AMENDS_MAIL_IN_KEY": KEY}
    service = build_service(Settings.read(database, sandbox=True, environment=environment))
    try:
        with TestClient(build_app(service)) as client:
            opened = Shop(client, service)
            disputed(opened)
            yield opened
    finally:
        service.close()


def reply_to(folder: Path, whose: str) -> str:
    # The day's mail is answered by nobody.
    (address,) = {str(mail["Reply-To"]) for mail in arrived(folder, whose) if mail["Reply-To"]}
    return address


def picture() -> bytes:
    data = io.BytesIO()
    Image.new("RGB", (64, 64), "teal").save(data, "JPEG")
    return data.getvalue()


def written(to: str, text: str = "It is an S.\n", sender: str = SELLERS, **headers: str) -> bytes:
    message = EmailMessage(policy=SMTP)
    message["From"], message["To"] = f"Shop <{sender}>", to
    message["Subject"], message["Message-ID"] = "Re: Dispute", "<r1@shop.example>"
    for name, value in headers.items():
        del message[name.replace("_", "-")]
        message[name.replace("_", "-")] = value
    message.set_content(text)
    return message.as_bytes()


def thread(shop: Shop) -> list[tuple[str, str]]:
    found = shop.get("/orders/A-1001/messages", BUYER)
    return [(m["by"], m["text"]) for m in found["items"]]


def test_a_reply_stands_in_the_thread_once(shop: Shop, tmp_path: Path) -> None:
    quoted = (
        "It is an S, sorry.\n\nWe send an M.\n\n-- \nBlouse House\nTel. 1\n\n"
        "On Mon, 9 Mar 2026 at 12:00, amends <amends@market.example> wrote:\n"
        "> A dispute about order A-1001 was opened.\n> Please act by ...\n"
    )
    raw = written(reply_to(tmp_path, SELLERS), quoted)
    assert receive(shop.service, raw) == Received(said=True)
    assert receive(shop.service, raw) == Received(said=True)
    assert thread(shop) == [("seller", "It is an S, sorry.\n\nWe send an M.")]


def test_each_side_has_an_address_of_its_own(shop: Shop, tmp_path: Path) -> None:
    sellers, buyers = reply_to(tmp_path, SELLERS), reply_to(tmp_path, BUYERS)
    assert sellers != buyers
    assert sellers.startswith("reply+")
    assert len(sellers.partition("@")[0]) <= 64, "as long as a local part may be"
    raw = written(sellers.upper(), "Hello")
    assert receive(shop.service, raw).said, "whatever a mail server makes of its letters"


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"sender": "thief@example.net"}, "not_the_sender"),
        ({"sender": BUYERS}, "not_the_sender"),
        ({"Auto_Submitted": "auto-replied"}, "automatic"),
        ({"Precedence": "bulk"}, "automatic"),
        ({"List_Id": "<news.example>"}, "automatic"),
        ({"Return_Path": "<>"}, "automatic"),
        ({"sender": "MAILER-DAEMON@example.com"}, "automatic"),
        ({"From": "a@example.com, b@example.com"}, "unreadable"),
        ({"To": "reply+aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa@market.example"}, "no_address_of_ours"),
        ({"To": "reply@market.example"}, "no_address_of_ours"),
    ],
    ids=[
        "a stranger", "the other side", "out of office", "bulk", "a list", "a bounce",
        "a mail server", "two senders", "an invented address", "no secret",
    ],
)  # fmt: skip
def test_what_is_no_reply_of_theirs_changes_and_answers_nothing(
    shop: Shop, tmp_path: Path, changes: dict[str, str], why: str
) -> None:
    before = len(list((tmp_path / "sandbox.db.mail").iterdir()))
    raw = written(reply_to(tmp_path, SELLERS), **changes)
    assert receive(shop.service, raw) == Received(ignored=why)  # type: ignore[arg-type]
    assert thread(shop) == []
    assert len(list((tmp_path / "sandbox.db.mail").iterdir())) == before


@pytest.mark.parametrize("raw", [b"", b"\x00\xff", b"From: \r\n\r\nx", b"\n" * 1000])
def test_what_is_no_message_is_left_alone(shop: Shop, raw: bytes) -> None:
    assert receive(shop.service, raw).ignored == "unreadable"


def test_a_page_is_read_as_its_words_without_what_is_quoted(shop: Shop, tmp_path: Path) -> None:
    message = EmailMessage(policy=SMTP)
    message["From"], message["To"] = SELLERS, reply_to(tmp_path, SELLERS)
    message.set_content(
        "<style>p { color: red }</style><p>It is an <b>S</b> &amp; not an M.</p><p>Sorry.</p>"
        "<blockquote><p>A dispute was opened.</p></blockquote>",
        subtype="html",
    )
    assert receive(shop.service, message.as_bytes()).said
    ((_, text),) = thread(shop)
    assert [line for line in text.splitlines() if line] == ["It is an S & not an M.", "Sorry."]


def test_attachments_are_looked_through_and_what_is_not_taken_is_told(
    shop: Shop, tmp_path: Path
) -> None:
    message = EmailMessage(policy=SMTP)
    message["From"], message["To"] = SELLERS, reply_to(tmp_path, SELLERS)
    message["Message-ID"] = "<r2@shop.example>"
    message.set_content("See the label.\n")
    message.add_attachment(picture(), maintype="image", subtype="jpeg", filename="label.jpg")
    message.add_attachment(b"MZ\x90", maintype="image", subtype="jpeg", filename="label.exe")
    received = receive(shop.service, message.as_bytes())
    assert received.said
    assert len(received.refused) == 1
    found = shop.get("/orders/A-1001/messages", BUYER)["items"]
    assert [(m["text"], len(m["pictures"])) for m in found] == [("See the label.", 1)]
    (told,) = [m for m in arrived(tmp_path, SELLERS) if "could not be taken" in str(m["Subject"])]
    assert "label.exe:" in part(told, "plain")
    assert "Send a photo, a PDF, a text or a video." in part(told, "plain")


def test_a_reply_that_says_nothing_is_told(shop: Shop, tmp_path: Path) -> None:
    received = receive(shop.service, written(reply_to(tmp_path, SELLERS), "\n> quoted\n"))
    assert not received.said
    assert received.refused
    assert any("could not be taken" in str(m["Subject"]) for m in arrived(tmp_path, SELLERS))


def test_a_mail_server_hands_it_over_with_its_key(shop: Shop, tmp_path: Path) -> None:
    raw = written(reply_to(tmp_path, SELLERS))
    assert shop.client.post("/mail", content=raw).status_code == 401
    wrong = {"Authorization": "Bearer somebody else's"}
    assert shop.client.post("/mail", content=raw, headers=wrong).status_code == 401
    right = {"Authorization": f"Bearer {KEY}"}
    packed = {**right, "Content-Encoding": "gzip"}
    answer = shop.client.post("/mail", content=gzip.compress(raw), headers=packed)
    assert (answer.status_code, answer.headers["accept-encoding"]) == (415, "identity")
    assert shop.client.post("/mail", content=raw, headers=right).status_code == 204
    assert thread(shop) == [("seller", "It is an S.")]


def test_where_replies_are_not_taken_in_none_is_asked_for(
    empty_database: Path, tmp_path: Path
) -> None:
    from tests.entrypoints.sandbox import sandbox

    database = tmp_path / "sandbox.db"
    shutil.copy(empty_database, database)
    with sandbox(database) as shop:
        disputed(shop)
        assert {mail["Reply-To"] for mail in arrived(tmp_path, SELLERS)} == {None}
        assert receive(shop.service, b"").ignored == "not_connected"
        assert shop.client.post("/mail", content=b"").status_code == 404
