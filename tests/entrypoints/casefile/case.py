"""A case with everything in it, and its case file as somebody takes it."""

from __future__ import annotations

import io
import zipfile
from typing import Any

import msgspec
from PIL import Image

from tests.entrypoints.sandbox import BUYER, MEDIATOR, SELLER, SUPERVISOR, Json, Shop, rub

D1 = "A-1001-D1"
SLEEVE, CHAT, SECRET = "E1", "E2", "E3"


def photo(colour: tuple[int, int, int] = (120, 30, 160)) -> bytes:
    file = io.BytesIO()
    Image.new("RGB", (640, 400), colour).save(file, "JPEG")
    return file.getvalue()


def upload(shop: Shop, data: bytes, name: str, who: str, **fields: str) -> Json:
    answer = shop.call(
        "POST", "/orders/A-1001/evidence", who, files={"file": (name, data)}, data=fields
    )
    assert answer.status_code == 201, answer.text
    body: Json = answer.json()
    return body


def lived(shop: Shop) -> None:
    """Disputed, spoken about, ruled on, appealed, refunded: with evidence of both sides, of which
    the buyer keeps one back and the seller withdraws one."""
    shop.disputed(description="The size chart says M.\nThe blouse is an S: #strong[no].")
    shop.post("/orders/A-1001/messages", {"text": "Please look at the sleeve."}, BUYER, 201)
    upload(shop, photo(), "sleeve.jpg", BUYER, dispute=D1, note="The left sleeve.")
    upload(shop, b"Seller: it is an M, surely.", "chat.txt", SELLER, dispute=D1)
    upload(shop, b"My bank statement.", "bank.txt", BUYER)
    withdrawn = upload(shop, b"A wrong file.", "wrong.txt", SELLER, dispute=D1)["id"]
    shop.on(D1, "withdraw_evidence", SELLER, evidence=withdrawn)
    shop.on(D1, "make_offer", SELLER, remedy="refund", amount=rub(10_000), note="A bit of it.")
    shop.on(D1, "decline_offer", BUYER, offer="O2", note="That is not enough.")
    shop.on(D1, "escalate", BUYER, note="We do not agree.")
    shop.on(D1, "assign_mediator", SUPERVISOR, mediator="m1")
    shop.on(D1, "write_note", MEDIATOR, text="The seller knows more than they say.")
    shop.advance("P6D")
    shop.on(
        D1, "issue_ruling", MEDIATOR, remedy="refund", amount=rub(72_000), finding="for_buyer",
        reasons=["item_differs_from_listing"], text="The chart and the blouse differ.",
        clauses=["not_as_described"], evidence=[SLEEVE], return_postage_paid_by="seller",
    )  # fmt: skip
    shop.on(D1, "accept_ruling", BUYER)
    shop.on(D1, "accept_ruling", SELLER)
    shop.advance("P1D")


def taken(shop: Shop, who: str = BUYER, **query: str) -> bytes:
    """The case file as ZIP."""
    answer = shop.call("GET", f"/disputes/{D1}/casefile", who, params={"format": "zip", **query})
    assert answer.status_code == 200, answer.text
    assert answer.headers["content-type"] == "application/zip"
    return answer.content


def files_in(case_file: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(case_file)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def data_in(case_file: bytes) -> Json:
    data: Any = msgspec.json.decode(files_in(case_file)["case.json"])
    return dict(data)
