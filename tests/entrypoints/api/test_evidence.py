"""Uploads: looked into, kept, shown without acting."""

from __future__ import annotations

import hashlib
import io

import pytest
from PIL import Image

from amends.order.events.proof import EvidenceOpened
from tests.entrypoints.sandbox import ADMIN, BUYER, SELLER, Json, Shop

D1 = "A-1001-D1"


def photo() -> bytes:
    """A JPEG that says which camera took it."""
    image = Image.new("RGB", (32, 24), (200, 30, 30))
    exif = image.getexif()
    exif[0x010F] = "Camera maker"
    file = io.BytesIO()
    image.save(file, "JPEG", exif=exif)
    return file.getvalue()


def upload(
    shop: Shop, data: bytes, name: str = "blouse.jpg", who: str = BUYER, status: int = 201,
    key: str = "", **fields: str,
) -> Json:  # fmt: skip
    answer = shop.call(
        "POST", "/orders/A-1001/evidence", who, key=key, files={"file": (name, data)}, data=fields
    )
    assert answer.status_code == status, answer.text
    body: Json = answer.json()
    return body


def test_a_photo_is_kept_without_what_is_private(shop: Shop) -> None:
    shop.disputed()
    kept = upload(shop, photo(), dispute=D1, note="The collar.")
    assert (kept["id"], kept["kind"], kept["media_type"]) == ("E1", "photo", "image/jpeg")
    assert kept["removed"]
    (shown,) = shop.dispute(D1, SELLER)["evidence"]
    assert (shown["id"], shown["by"], shown["digest"]) == ("E1", "buyer", kept["digest"])
    assert shown["opened"] is False
    file = shop.call("GET", "/orders/A-1001/evidence/E1", SELLER)
    assert file.headers["content-type"] == "image/jpeg"
    assert file.headers["content-disposition"].startswith("inline")
    assert "sandbox" in file.headers["content-security-policy"]
    assert file.headers["x-content-type-options"] == "nosniff"
    assert hashlib.sha256(file.content).hexdigest() == kept["digest"]
    assert b"Camera maker" not in file.content
    assert shop.dispute(D1, BUYER)["evidence"][0]["opened"] is True


def test_looking_at_ones_own_leaves_no_mark(shop: Shop) -> None:
    shop.disputed()
    upload(shop, photo(), dispute=D1)
    shop.call("GET", "/orders/A-1001/evidence/E1", BUYER)
    assert shop.dispute(D1, BUYER)["evidence"][0]["opened"] is False
    taken_back = shop.on(D1, "withdraw_evidence", BUYER, evidence="E1")
    assert taken_back["evidence"] == []


def test_each_who_judges_leaves_one_mark_whoever_looked_before(shop: Shop) -> None:
    shop.disputed()
    upload(shop, photo(), dispute=D1)
    for who in (SELLER, "supervisor.v1", "supervisor.v1", "supervisor.v2", SELLER):
        assert shop.call("GET", "/orders/A-1001/evidence/E1", who).status_code == 200
    told = [recorded.event for recorded in shop.service.engine.events("A-1001")]
    looked = [event.by for event in told if isinstance(event, EvidenceOpened)]
    assert looked == ["s1", "v1", "v2"]


def test_a_text_is_saved_rather_than_shown(shop: Shop) -> None:
    shop.disputed()
    upload(shop, b"Seller: the size is M, surely.", "chat.txt", dispute=D1)
    file = shop.call("GET", "/orders/A-1001/evidence/E1", SELLER)
    assert file.headers["content-disposition"].startswith("attachment; filename*=UTF-8''chat.txt")
    assert file.headers["content-type"].startswith("text/plain")


def test_what_was_put_to_nothing_is_nobody_elses(shop: Shop) -> None:
    shop.disputed()
    upload(shop, photo())
    for who in (SELLER, "buyer.b2", "mediator.m1"):
        assert shop.call("GET", "/orders/A-1001/evidence/E1", who).status_code == 404
    assert shop.call("GET", "/orders/A-1001/evidence/E1", BUYER).status_code == 200
    assert shop.call("GET", "/orders/A-1001/evidence/E2", BUYER).status_code == 404
    assert shop.get("/orders/A-1001", SELLER)["evidence"] == []
    (own,) = shop.get("/orders/A-1001", BUYER)["evidence"]
    assert own["name"] == "blouse.jpg"
    assert shop.get("/orders/A-1001", ADMIN)["evidence"] != []


def test_the_same_upload_again_is_one(shop: Shop) -> None:
    shop.disputed()
    first = upload(shop, photo(), key="k", dispute=D1)
    again = upload(shop, photo(), key="k", dispute=D1)
    assert again == first
    assert upload(shop, b"other words", "a.txt", key="k", status=422, dispute=D1)["rule"] == (
        "idempotency_key_reused"
    )
    assert len(shop.get("/orders/A-1001", BUYER)["evidence"]) == 1


@pytest.mark.parametrize(
    ("data", "name", "rule"),
    [
        (b"", "a.jpg", "file_empty"),
        (b"MZ\x90\x00" + b"\x00" * 200, "a.exe", "file_type_not_allowed"),
        (b"\xff\xd8\xff\xe0 not a photo", "a.jpg", ""),
        (b"<html><script>alert(1)</script></html>", "a.jpg", ""),
    ],
)
def test_what_is_not_kept(shop: Shop, data: bytes, name: str, rule: str) -> None:
    shop.disputed()
    refused = upload(shop, data, name, status=422)
    assert refused["rule"] == rule or not rule
    assert refused["field"] == "file"
    assert shop.get("/orders/A-1001", BUYER)["evidence"] == []


def test_forms_that_cannot_be_right(shop: Shop) -> None:
    shop.disputed()
    path = "/orders/A-1001/evidence"
    assert shop.call("POST", path, BUYER, json={}).json()["rule"] == "form_wanted"
    missing = shop.call("POST", path, BUYER, files={"photo": ("a.jpg", photo())})
    assert (missing.status_code, missing.json()["field"]) == (422, "photo")
    assert upload(shop, photo(), status=422, colour="red")["rule"] == "unknown_field"
    assert upload(shop, photo(), status=404, dispute="A-1002-D1")["rule"] == "unknown_dispute"
    assert upload(shop, photo(), who="buyer.b2", status=404)["rule"] == "unknown_order"
    note = b'--x\r\nContent-Disposition: form-data; name="note"\r\n\r\n\xff\r\n'
    for content in (b"nothing", note, note + b"--x--\r\n"):
        broken = shop.call(
            "POST", path, BUYER, content=content,
            headers={"Content-Type": "multipart/form-data; boundary=x"},
        )  # fmt: skip
        assert (broken.status_code, broken.json()["rule"]) == (400, "request_malformed")
