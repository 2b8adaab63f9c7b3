"""What other cases tell whoever judges one: the same picture, without whose case it was."""

from __future__ import annotations

from io import BytesIO

from PIL import Image

from amends.entrypoints.looking import look_at_dispute
from amends.entrypoints.signals import SamePicture, same_pictures
from amends.kernel.people import Actor, Role
from tests.adapters.test_evidence_likeness import as_file, drawn
from tests.entrypoints.sandbox import BUYER, Shop, claim, order, rub

JUDGE = Actor("v1", Role.SUPERVISOR)
OTHERS = {"id": "b2", "name": "Ivan", "email": "ivan@example.com", "locale": "ru", "country": "RU"}


def disputed(shop: Shop, name: str, who: str = BUYER) -> None:
    """An order with a dispute that has no picture yet."""
    buyer = {"buyer": OTHERS} if who == "buyer.b2" else {}
    paid = {"provider": "simulator", "reference": f"pay_{name}", "method": "card",
            "captured": rub(160_000)}  # fmt: skip
    shop.put(f"/orders/{name}", order(**buyer, payment=paid))
    shop.on_order(name, "ship_order", carrier="X", tracking_number=f"T-{name}",
                  at="2026-03-02T12:00:00Z")  # fmt: skip
    shop.post(f"/orders/{name}/disputes", claim(), who, 201)


def given(shop: Shop, name: str, data: bytes, who: str = BUYER, *, put: bool = True) -> None:
    form = {"dispute": f"{name}-D1"} if put else {}
    file = ("dress.png", data, "image/png")
    answer = shop.call("POST", f"/orders/{name}/evidence", who, files={"file": file}, data=form)
    assert answer.status_code == 201, answer.text


def seen(shop: Shop, name: str) -> tuple[SamePicture, ...]:
    found = look_at_dispute(shop.service, f"{name}-D1", JUDGE)
    assert found is not None
    looking, dispute = found
    return same_pictures(shop.service, looking.case, dispute)


def begin(shop: Shop) -> None:
    shop.move_to("2026-03-09T12:00:00Z")
    disputed(shop, "A-1")
    given(shop, "A-1", as_file(drawn(), "PNG"))


def test_the_very_file_in_another_case_is_told_with_whether_it_is_the_same_person(
    shop: Shop,
) -> None:
    begin(shop)
    assert seen(shop, "A-1") == ()
    disputed(shop, "A-2")
    given(shop, "A-2", as_file(drawn(), "PNG"))
    disputed(shop, "A-3", "buyer.b2")
    given(shop, "A-3", as_file(drawn(), "PNG"), "buyer.b2")
    (one,) = seen(shop, "A-1")
    assert (one.evidence, one.cases, one.same_person, one.exact) == ("E1", 2, 1, True)
    (other,) = seen(shop, "A-3")
    assert (other.cases, other.same_person) == (2, 0)


def test_the_same_picture_smaller_is_found_and_another_is_not(shop: Shop) -> None:
    begin(shop)
    disputed(shop, "A-2")
    given(shop, "A-2", as_file(drawn(mirrored=True), "PNG"))
    assert seen(shop, "A-1") == ()
    given(shop, "A-2", as_file(drawn().resize((320, 240)), "JPEG", quality=80))
    (one,) = seen(shop, "A-1")
    assert (one.cases, one.exact) == (1, False)
    assert [same.evidence for same in seen(shop, "A-2")] == ["E2"]


def test_a_picture_that_was_kept_back_or_withdrawn_is_not_told(shop: Shop) -> None:
    begin(shop)
    disputed(shop, "A-2")
    given(shop, "A-2", as_file(drawn(), "PNG"), put=False)
    assert seen(shop, "A-1") == ()
    shop.on_order("A-2", "withdraw_evidence", BUYER, evidence="E1")
    assert seen(shop, "A-1") == ()


def test_even_pictures_are_alike_only_to_the_byte(shop: Shop) -> None:
    shop.move_to("2026-03-09T12:00:00Z")
    white, out = Image.new("RGB", (60, 40), "white"), BytesIO()
    white.save(out, "PNG")
    for name in ("A-1", "A-2"):
        disputed(shop, name)
    given(shop, "A-1", out.getvalue())
    given(shop, "A-2", as_file(Image.new("RGB", (61, 40), "white"), "PNG"))
    assert seen(shop, "A-1") == ()
    given(shop, "A-2", out.getvalue())
    (one,) = seen(shop, "A-1")
    assert one.exact
