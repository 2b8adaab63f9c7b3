"""What is in a case file, for whom, and that it is the same each time."""

from __future__ import annotations

import hashlib
import io
import tracemalloc
import zipfile
from dataclasses import replace
from pathlib import Path
from typing import Any, BinaryIO

import msgspec
import pytest

from amends.adapters.documents.typesetting import ChildTypesetter
from amends.engine.groups import TooBusy
from amends.engine.outside import StoredFile
from amends.entrypoints.api import casefile
from amends.entrypoints.api.calls import Call, Problem
from amends.entrypoints.api.casefile import get_casefile
from amends.entrypoints.api.context import Api
from amends.entrypoints.casefile.contents import Contents, contents_of
from amends.entrypoints.casefile.document import said
from amends.entrypoints.casefile.packing import pack
from amends.entrypoints.erasing import erase
from amends.entrypoints.words.languages import speaking
from amends.kernel.people import Actor, Role
from tests.adapters.pdf_text import text_of
from tests.entrypoints.casefile.case import (
    D1,
    SECRET,
    data_in,
    files_in,
    lived,
    photo,
    taken,
    upload,
)
from tests.entrypoints.sandbox import (
    AUDITOR,
    BUYER,
    MEDIATOR,
    SELLER,
    SHOP,
    SUPERVISOR,
    Json,
    Shop,
    claim,
    rub,
)


def links_in(case_file: bytes) -> list[Json]:
    lines = files_in(case_file)["events.ndjson"].splitlines()
    return [msgspec.json.decode(line) for line in lines]


def types_in(case_file: bytes) -> list[str]:
    return [link["event"]["type"] if "event" in link else "-" for link in links_in(case_file)]


def test_the_same_record_gives_the_same_bytes(lived_shop: Shop, case_file: bytes) -> None:
    assert taken(lived_shop, language="en") == case_file
    lived_shop.advance("PT1H")  # time alone is no reason to differ
    assert taken(lived_shop, language="en") == case_file
    with zipfile.ZipFile(io.BytesIO(case_file)) as archive:
        assert {entry.date_time for entry in archive.infolist()} == {(1980, 1, 1, 0, 0, 0)}


def test_the_data_are_the_interface_s_own(lived_shop: Shop, case_file: bytes) -> None:
    data, shown = data_in(case_file), lived_shop.dispute(D1)
    assert data["dispute"] == {**shown, "options": []}
    order = lived_shop.get("/orders/A-1001", BUYER)
    same = ("lines", "payment", "buyer", "seller", "refunds", "shipments", "version")
    assert {name: data["order"][name] for name in same} == {name: order[name] for name in same}
    events = lived_shop.get(f"/disputes/{D1}/events", BUYER, limit="200")["items"]
    assert data["events"] == events
    assert data["messages"] == lived_shop.get("/orders/A-1001/messages", BUYER)["items"]
    assert data["policy"]["id"] == shown["policy"]["id"]
    assert data["made_for"] == {"role": "buyer", "person": "b1"}


def test_the_pdf_says_it_in_words(case_file: bytes) -> None:
    text = text_of(files_in(case_file)["case.pdf"])
    for words in (
        "Case file of dispute A-1001-D1", "Olga", "Blouse House", "RUB 1,600.00", "RUB 720.00",
        "9 March 2026 12:00 UTC", "The blouse is an S: #strong[no].", "That is not enough.",
        "The chart and the blouse differ.", "Evidence E1, Photo", "Page 1 of", "pay_1", "re_1",
    ):  # fmt: skip
        assert words in text, words


@pytest.mark.parametrize(
    ("language", "word"),
    [("es", "Resolución"), ("ru", "Решение"), ("zh", "裁决"), ("ar", "رارقلا")],
)
def test_it_is_written_in_each_language(lived_shop: Shop, language: str, word: str) -> None:
    files = files_in(taken(lived_shop, language=language))
    assert word in text_of(files["case.pdf"])
    assert b"pdfuaid:part" in files["case.pdf"]
    read_me = files["READ ME.txt"].decode()
    assert "sha256sum --check SHA256SUMS" in read_me
    assert "What is proven, and what is not" in read_me  # in English for whoever is given it


def test_where_nothing_came_no_goods_are_kept(shop: Shop) -> None:
    shop.shipped()
    shop.move_to("2026-03-20T12:00:00Z")
    opened = claim(received=False, reason="not_received")
    shop.post("/orders/A-1001/disputes", opened, BUYER, 201)
    text = text_of(files_in(taken(shop, language="es"))["case.pdf"])
    assert "Reembolso, RUB 720,00" in text
    assert "se queda" not in text


def test_the_way_back_is_told(shop: Shop) -> None:
    shop.disputed(remedy="return_and_refund")
    shop.on(D1, "accept_offer", SELLER, offer="O1", amount=rub(72_000))
    address = {"name": "Blouse House", "line1": "1 Silk Road", "city": "Hangzhou", "country": "CN"}
    shop.on(D1, "provide_return_address", SELLER, address=address)
    shop.on(D1, "ship_return", BUYER, carrier="DHL", tracking_number="9876543210")
    text = text_of(files_in(taken(shop, language="en"))["case.pdf"])
    for words in ("Return", "Postage is paid by", "DHL 9876543210"):
        assert words in text


def test_a_party_s_own_language_is_taken(lived_shop: Shop) -> None:
    assert data_in(taken(lived_shop, BUYER))["language"] == "ru"
    assert data_in(taken(lived_shop, SELLER))["language"] == "zh"
    assert data_in(taken(lived_shop, SUPERVISOR))["language"] == "en"


@pytest.mark.parametrize("who", [BUYER, SELLER, MEDIATOR, SHOP])
def test_what_is_kept_back_or_withdrawn_is_nowhere(lived_shop: Shop, who: str) -> None:
    files = files_in(taken(lived_shop, who, language="en"))
    assert [name for name in files if name.startswith("evidence/")] == [
        "evidence/E1-photo.jpg", "evidence/E2-text.txt",
    ]  # fmt: skip
    for hidden in (b"My bank statement.", b"A wrong file."):
        digest = hashlib.sha256(hidden).hexdigest().encode()
        assert not [name for name, data in files.items() if hidden in data or digest in data]
    assert SECRET not in {
        of["id"] for of in msgspec.json.decode(files["case.json"])["order"]["evidence"]
    }


@pytest.mark.parametrize("who", [BUYER, SELLER])
def test_a_party_reads_nothing_of_staff(lived_shop: Shop, who: str) -> None:
    case_file = taken(lived_shop, who, language="en")
    everything = b"".join(files_in(case_file).values())
    for hidden in (b'"m1"', b'"v1"', b'\\"m1\\"', b"knows more than they say"):
        assert hidden not in everything
    types = types_in(case_file)
    assert "ruling_issued" not in types  # whose hash says who issued it
    assert {"dispute_opened", "evidence_uploaded", "offer_made", "refund_settled"} <= set(types)
    assert types[0] == "-"  # an e-mail could be found out by the digest in it


def test_nobody_reads_the_other_side_s_address(lived_shop: Shop) -> None:
    assert b"olga@example.com" not in b"".join(files_in(taken(lived_shop, SELLER)).values())
    assert b"shop@example.com" not in b"".join(files_in(taken(lived_shop, BUYER)).values())


def test_the_platform_reads_more(lived_shop: Shop) -> None:
    mediator = types_in(taken(lived_shop, MEDIATOR))
    assert {"mediator_assigned", "note_written", "ruling_issued"} <= set(mediator)
    assert "order_placed" in types_in(taken(lived_shop, SHOP))
    hashes = {who: [link["hash"] for link in links_in(taken(lived_shop, who))]
              for who in (BUYER, SELLER, MEDIATOR, AUDITOR)}  # fmt: skip
    assert hashes[BUYER] == hashes[SELLER] == hashes[MEDIATOR] == hashes[AUDITOR]


def test_what_shares_a_command_with_what_is_hidden_is_hidden_too(lived_shop: Shop) -> None:
    """By its command's id the rest of the hidden one could be guessed and tried."""
    whole = {link["number"]: link["event"] for link in links_in(taken(lived_shop, AUDITOR))
             if "event" in link}  # fmt: skip
    for who in (BUYER, SELLER):
        links = links_in(taken(lived_shop, who))
        shown = {link["event"]["command"] for link in links if "event" in link}
        hidden = {link["number"] for link in links if "event" not in link}
        assert hidden
        assert not shown & {whole[number]["command"] for number in hidden if number in whole}


def test_for_strangers_there_is_none(lived_shop: Shop) -> None:
    for who in ("buyer.b2", "seller.s2", "mediator.m9"):
        refused = lived_shop.call("GET", f"/disputes/{D1}/casefile", who)
        assert refused.status_code == 404
        assert refused.json()["rule"] == "unknown_dispute"


def test_the_format_is_chosen(lived_shop: Shop) -> None:
    path = f"/disputes/{D1}/casefile"
    pdf = lived_shop.call("GET", path, BUYER)
    assert pdf.headers["content-type"] == "application/pdf"
    assert pdf.content.startswith(b"%PDF-")
    assert pdf.headers["content-disposition"] == 'attachment; filename="case-A-1001-D1.pdf"'
    packed = lived_shop.call("GET", path, BUYER, headers={"Accept": "application/zip"})
    assert packed.headers["content-type"] == "application/zip"
    assert int(packed.headers["content-length"]) == len(packed.content)
    for query in ({"format": "docx"}, {"language": "tlh"}):
        refused = lived_shop.call("GET", path, BUYER, params=query)
        assert (refused.status_code, refused.json()["rule"]) == (422, "field_invalid")


def call_for(who: Actor) -> Call:
    return Call(who, "GET", "", {"dispute_id": D1}, {"format": "pdf"})


def test_when_several_are_being_made_others_are_asked_to_come_again(lived_shop: Shop) -> None:
    api, call = Api(lived_shop.service), call_for(Actor("b1", Role.BUYER))
    held = 0
    while api.case_files.acquire(blocking=False):
        held += 1
    assert held > 1
    with pytest.raises(TooBusy):
        get_casefile(api, call)
    api.case_files.release()
    for _ in range(2):  # its place is given back
        assert get_casefile(api, call).status == 200


def test_one_that_cannot_be_set_is_refused_in_words(
    lived_shop: Shop, capfd: pytest.CaptureFixture[str]
) -> None:
    service = replace(lived_shop.service, typesetter=ChildTypesetter(memory_bytes=1 << 20))
    with pytest.raises(Problem) as refused:
        get_casefile(Api(service), call_for(Actor("b1", Role.BUYER)))
    assert (refused.value.status, refused.value.refused.rule) == (503, "case_file_not_made")
    assert "case_file_not_set" in capfd.readouterr().err


def test_taking_it_counts_as_having_looked(shop: Shop) -> None:
    shop.disputed()
    upload(shop, photo(), "sleeve.jpg", BUYER, dispute=D1)
    taken(shop, BUYER)
    assert shop.dispute(D1)["evidence"][0]["opened"] is False
    seen = data_in(taken(shop, SELLER))
    assert seen["dispute"]["evidence"][0]["opened"] is True
    assert shop.dispute(D1)["evidence"][0]["opened"] is True


def test_what_is_added_while_it_is_made_counts_as_looked_at_too(
    shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    shop.disputed()
    upload(shop, photo(), "sleeve.jpg", SELLER, dispute=D1)
    looks: list[Contents | None] = []

    def and_then_another(*asked: Any) -> Contents | None:
        contents = contents_of(*asked)
        if not looks:
            upload(shop, b"And this.", "late.txt", SELLER, dispute=D1)
        looks.append(contents)
        return contents

    monkeypatch.setattr(casefile, "contents_of", and_then_another)
    assert get_casefile(Api(shop.service), call_for(Actor("b1", Role.BUYER))).status == 200
    assert [of["opened"] for of in shop.dispute(D1)["evidence"]] == [True, True]
    assert looks[-1] is not None
    assert len(looks[-1].proofs) == 2


def test_an_erased_person_s_words_and_files_are_gone_and_the_chain_still_holds(shop: Shop) -> None:
    lived(shop)
    before = [link["hash"] for link in links_in(taken(shop, SELLER))]
    erase(shop.service, "b1")
    after = taken(shop, SELLER)
    assert [name for name in files_in(after) if name.startswith("evidence/")] == [
        "evidence/E2-text.txt"
    ]
    assert [link["hash"] for link in links_in(after)][: len(before)] == before
    assert data_in(after)["dispute"]["claim"]["erased"] is True
    assert b"size chart" not in b"".join(files_in(after).values())


HOSTILE = (
    "\u202e001 BUR\u202c", "#panic() $" * 900, "ا" * 9000, "x" * 9999, "a\n" * 4000, "\u0007!",
)  # fmt: skip


def test_whatever_somebody_writes_the_case_file_can_be_made(shop: Shop) -> None:
    shop.disputed(description=HOSTILE[0])
    for text in HOSTILE[1:]:
        shop.post("/orders/A-1001/messages", {"text": text}, BUYER, 201)
    files = files_in(taken(shop, SELLER, language="ar"))
    text = text_of(files["case.pdf"])
    assert "RUB 720.00" in text
    assert "#panic() $#panic()" in text
    assert "\u202e" not in text
    data = msgspec.json.decode(files["case.json"])
    assert data["dispute"]["claim"]["description"] == HOSTILE[0]
    assert tuple(message["text"] for message in data["messages"]) == HOSTILE[1:]


def test_of_a_text_of_thousands_of_lines_none_is_lost() -> None:
    lines = said("".join(f"{n}\n\n" for n in range(5000)))
    assert len(lines) == 100
    assert " ".join(line.text for line in lines).split() == [str(n) for n in range(5000)]


def test_a_line_runs_as_its_first_letter_does() -> None:
    lines = said("1) السعر 720 RUB\n\u202eRUB 720\u202c\n720")
    assert [(line.text, line.direction) for line in lines] == [
        ("1) السعر 720 RUB", "rtl"), ("RUB 720", "ltr"), ("720", "ltr"),
    ]  # fmt: skip
    with speaking("ar"):
        assert said("720")[0].direction == "rtl"


class LargeFiles:
    """Keeps one large file under every key."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def put(self, key: str, data: bytes | BinaryIO) -> StoredFile:
        raise NotImplementedError

    def open(self, key: str) -> BinaryIO:
        return self.path.open("rb")

    def delete(self, key: str) -> None:
        raise NotImplementedError


def test_large_evidence_is_never_held_in_memory(lived_shop: Shop, tmp_path: Path) -> None:
    video = tmp_path / "video"
    with video.open("wb") as file:
        file.truncate(64 << 20)
    service = lived_shop.service
    contents = contents_of(service, D1, Actor("b1", Role.BUYER), "en")
    assert contents is not None
    tracemalloc.start()
    try:
        with (tmp_path / "case.zip").open("wb") as target:
            pack(target, contents, b"%PDF", LargeFiles(video), service.signer, "")
        _now, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert (tmp_path / "case.zip").stat().st_size > 2 * 64 << 20
    assert peak < 16 << 20
